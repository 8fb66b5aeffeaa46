"""The desk: adding, changing, listing, exporting, erasing."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.clock import from_text
from monitor.errors import MonitorError, QueryError
from monitor.store import Database, outbox, rows, subscribers, write
from monitor.store.outbox import NewDelivery
from monitor.subscribers import desk
from monitor.subscribers.desk import NobodyThere
from monitor.subscribers.keys import Keys
from monitor.subscribers.readers import Reader
from monitor.subscribers.requests import mark_left
from tests.readers import add, reader, wants

TABLES = ("subscribers", "subscriptions", "matches", "deliveries", "tokens", "receipts", "left_tokens")


def everything(private: Database) -> dict[str, int]:
    return {t: rows(private, f"SELECT count(*) AS n FROM {t}")[0]["n"] for t in TABLES}


def give_history(private: Database, who: str, now: datetime) -> None:
    """A match, a delivery that was sent, and its receipt."""
    with write(private):
        private.conn.execute(
            "INSERT INTO matches (subscriber_id, fact_key, fact_id, reasons, instant, at, delivery_id)"
            " VALUES (?, 'story:s1', 1, '[]', 1, ?, 'd1')",
            (who, "2026-11-16T09:00:00Z"),
        )
        outbox.add_delivery(private, NewDelivery("d1", who, "alert", now), now)
        outbox.sent(private, "d1", now)


def test_the_same_address_is_on_the_list_once_in_any_case(private: Database, keys: Keys, now: datetime) -> None:
    add(private, keys, now, reader("Iryna@mail.test"))
    with pytest.raises(MonitorError, match="on the list already"):
        add(private, keys, now, reader("iryna@MAIL.test"))


def test_a_query_that_cannot_be_matched_is_refused_before_anything_is_stored(
    private: Database, keys: Keys, now: datetime
) -> None:
    with pytest.raises(QueryError):
        add(private, keys, now, None, wants("NOT everything"))
    assert everything(private)["subscribers"] == 0


def test_settings_that_would_stop_everybody_are_refused() -> None:
    for wrong in ({"zone": "Europe/Atlantis"}, {"zone": "../etc/passwd"}, {"hour": "25:00"}, {"quiet": ("8", "9")}):
        with pytest.raises(ValueError, match=r"no such|written as"):
            reader(**wrong)


def test_a_webhook_gets_a_secret_of_its_own(private: Database, keys: Keys, now: datetime) -> None:
    ids = [add(private, keys, now, reader(f"https://hook.test/{n}", "webhook")) for n in range(2)]
    secrets = {desk.secret_of(private, keys, i) for i in ids}
    assert len(secrets) == 2
    assert all(s.startswith("whsec_") and len(s) > 40 for s in secrets)


def test_h09_a_rotated_secret_overlaps_with_the_old_one_for_a_day(private: Database, keys: Keys, now: datetime) -> None:
    ident = add(private, keys, now, reader("https://hook.test/1", "webhook"))
    old = desk.secret_of(private, keys, ident)
    new = desk.rotate_secret(private, keys, ident, now)
    row = subscribers.by_id(private, ident)
    assert row
    held = desk.open_reader(keys, row)
    assert (held.address(now).secret, held.address(now).old_secret) == (new, old)
    assert held.address(now + timedelta(hours=25)).old_secret == ""
    assert from_text(held.old_until) == now + timedelta(hours=24)


def test_the_list_shows_ids_and_states_and_an_address_only_on_an_explicit_wish(
    private: Database, keys: Keys, now: datetime
) -> None:
    ident = add(private, keys, now)
    (plain,) = desk.listing(private)
    assert plain == desk.Listed(ident, "active", "operator", "2026-11", 1)
    assert desk.listing(private, keys)[0].address == ""
    assert desk.listing(private, keys, reveal=True)[0].address == "reader@mail.test"


def test_editing_keeps_what_is_not_named(private: Database, keys: Keys, now: datetime) -> None:
    ident = add(private, keys, now, None, wants("prisoners", name="a"), wants("border", name="b"))
    before = dict(desk.open_subscriptions(private, keys, ident))
    desk.edit(private, keys, ident, wanted=[wants("prisoners", name="a"), wants("lithuania", name="b")])
    after = dict(desk.open_subscriptions(private, keys, ident))
    assert after.keys() == before.keys()
    assert {s.query for s in after.values()} == {"prisoners", "lithuania"}


def test_a_new_address_is_looked_up_by_its_own_name(private: Database, keys: Keys, now: datetime) -> None:
    ident = add(private, keys, now)
    desk.edit(private, keys, ident, reader("new@mail.test"))
    assert desk.find(private, keys, "NEW@mail.test") == ident
    assert desk.find(private, keys, "reader@mail.test") is None


def test_nobody_is_edited_paused_or_exported_who_is_not_there(private: Database, keys: Keys) -> None:
    for action in (
        lambda: desk.edit(private, keys, "nobody"),
        lambda: desk.pause(private, "nobody"),
        lambda: desk.export(private, keys, "nobody"),
    ):
        with pytest.raises(NobodyThere):
            action()


def test_p15_the_export_shows_all_that_is_held(private: Database, keys: Keys, now: datetime) -> None:
    who = reader(code_word="kalina", quiet=("22:00", "07:00"))
    ident = add(private, keys, now, who)
    give_history(private, ident, now)
    shown = desk.export(private, keys, ident)
    assert Reader.unpack(shown["settings"]) == who
    assert shown["subscriptions"][0]["query"] == "prisoners"
    assert shown["told"] == ["story:s1"]
    assert shown["deliveries"][0]["state"] == "sent"


def test_p06_erasing_leaves_no_row_and_not_even_the_sealed_bytes(
    private: Database, keys: Keys, now: datetime, state: Path
) -> None:
    ident = add(private, keys, now)
    add(private, keys, now, reader("other@mail.test"))
    give_history(private, ident, now)
    row = subscribers.by_id(private, ident)
    assert row
    sealed = [row.sealed, row.look_up, row.unsubscribe_hash]
    sealed += [s.sealed for s in subscribers.subscriptions_of(private, ident)]
    before = b"".join(f.read_bytes() for f in (state / "private").iterdir())
    assert all(piece[:40] in before for piece in sealed)
    assert desk.erase(private, ident)
    after = b"".join(f.read_bytes() for f in (state / "private").iterdir())
    assert not any(piece[:40] in after for piece in sealed)
    assert ident.encode() not in after
    assert everything(private) == {t: int(t in ("subscribers", "subscriptions")) for t in TABLES}


def test_whoever_left_is_erased_without_a_word(private: Database, keys: Keys, now: datetime) -> None:
    who = reader()
    ident = add(private, keys, now, who, origin="web")
    give_history(private, ident, now)
    mark_left(private, who.leave, now)
    assert desk.work_off_leavers(private, keys) == 1
    assert set(everything(private).values()) == {0}


def test_a_configured_address_that_left_goes_silent_and_stays_so(private: Database, keys: Keys, now: datetime) -> None:
    who = reader()
    ident = add(private, keys, now, who, origin="config")
    give_history(private, ident, now)
    mark_left(private, who.leave, now)
    desk.work_off_leavers(private, keys)
    assert desk.work_off_leavers(private, keys) == 0
    row = subscribers.by_id(private, ident)
    assert row and row.state == "left"
    assert everything(private)["deliveries"] == everything(private)["receipts"] == 0


def test_an_operator_can_take_somebody_back(private: Database, keys: Keys, now: datetime) -> None:
    who = reader()
    ident = add(private, keys, now, who, origin="config")
    mark_left(private, who.leave, now)
    desk.work_off_leavers(private, keys)
    desk.edit(private, keys, ident, wanted=[wants()], state="active")
    people, standing = subscribers.listening(private)
    assert len(people) == len(standing) == 1
