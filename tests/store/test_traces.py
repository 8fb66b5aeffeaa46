"""`why`: when it was seen, where it was filed, how many were due it and what came of it; counts, never names."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.alerts import bundles
from monitor.alerts.standing import Standing
from monitor.store import Database, outbox, rows, traces, write
from monitor.subscribers.keys import Keys
from tests import press
from tests.readers import add, reader, wants

MINUTE = timedelta(minutes=1)


def tell(archive: Database, private: Database, keys: Keys, now: datetime) -> list[str]:
    """Two readers wait for it, a third for something else; one mail is sent, one is given up. The deliveries' ids."""
    standing = Standing(keys)
    for name in ("first", "second"):
        add(private, keys, now, reader(f"{name}@mail.test"))
    add(private, keys, now, reader("third@mail.test"), wants("apples"))
    press.covered(archive, now, press.story(archive, now))
    bundles.match(archive, private, standing, now)
    bundles.bundle(private, standing, now + MINUTE, timedelta())
    sent, failed = [r["id"] for r in rows(private, "SELECT id FROM deliveries ORDER BY id")]
    with write(private):
        outbox.sent(private, sent, now + MINUTE)
        outbox.give_up(private, failed, now + MINUTE, "the server answered 554")
    return [sent, failed]


def test_an_article_says_who_was_due_it_in_numbers_and_with_what_result(
    archive: Database, private: Database, keys: Keys, now: datetime
) -> None:
    tell(archive, private, keys, now)
    found = traces.article(archive, private, press.TITLE)
    assert found is not None
    said = "\n".join(found.lines)
    assert "Seen 2026-11-16T09:00" in said and "alone so far" in said
    assert "1 given up, 1 known to have been told, 1 sent" in said
    assert "mail.test" not in said


def test_an_article_that_nobody_waits_for_says_so(
    archive: Database, private: Database, keys: Keys, now: datetime
) -> None:
    add(private, keys, now, reader(), wants("apples"))
    press.covered(archive, now, press.story(archive, now))
    bundles.match(archive, private, Standing(keys), now)
    found = traces.article(archive, private, press.TITLE)
    assert found and "nobody's words matched" in found.lines[-1]


def test_a_delivery_says_what_it_is_about_and_what_came_of_it(
    archive: Database, private: Database, keys: Keys, now: datetime
) -> None:
    sent, failed = tell(archive, private, keys, now)
    found = traces.delivery(private, sent)
    assert found is not None
    assert found.lines[0] == "One alert about 1 item for one reader, made 2026-11-16 09:01 UTC."
    assert found.lines[1].startswith("Sent after 0 attempts")
    assert found.lines[2].startswith("News: story:")
    given_up = traces.delivery(private, failed)
    assert given_up and "The last attempt: the server answered 554." in given_up.lines
    assert "mail.test" not in str(found) + str(given_up)
    assert traces.delivery(private, "nothing") is None
