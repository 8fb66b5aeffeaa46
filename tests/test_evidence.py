"""Evidence is there before anybody is told, every flipped byte is found, and pages that change are noticed."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from monitor import evidence, store
from monitor.commands.evidence import told
from monitor.config import Config
from monitor.evidence import Witness
from monitor.gather.crawl import wire
from monitor.gather.egress import Door
from monitor.gather.fulltext import read_pages
from monitor.gather.pacing import Memory
from monitor.gather.parse_pool import ParsePool
from monitor.gather.robots import Robots
from monitor.gather.visit import fetch
from monitor.gatherer import Gatherer
from monitor.ingest import Ingester
from monitor.model import Answered, Article, Source
from monitor.store import Database, captures, facts, row, rows
from tests.servers import Answer, WebServer

HOUR = timedelta(hours=1)
TITLE = "Belarus frees 23 political prisoners"
TEXT = (
    "Belarus on Thursday freed 23 political prisoners, the rights group Viasna said. The men and women were pardoned"
    " by Alexander Lukashenko after talks with a United States envoy. They are home in Minsk and Homiel by now."
)
DENIED = (
    "Belarus did not free 23 political prisoners on Thursday, the rights group Viasna said. Reports of a release were"
    " false, Viasna said and denied that anybody was pardoned. Nobody was released."
)
OTHER = (
    "The growers' union counted a tenth fewer apples than a year ago, because of a late frost in the orchards around"
    " Minsk and Homiel. Prices rose for the third month in a row, and nobody expects them to fall before spring."
)


def page(title: str, text: str) -> Answer:
    body = "".join(f"<p>{sentence}.</p>" for sentence in text.split(". "))
    html = f"<html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body>"
    return Answer(200, html.encode(), (("Content-Type", "text/html; charset=utf-8"),))


@pytest.fixture
def paper() -> Iterator[WebServer]:
    with WebServer() as server:
        yield server


@pytest.fixture
def config() -> Config:
    network = {"allow": ["127.0.0.0/8"], "spacing": 0, "respect_robots": False}
    return Config.model_validate({"network": network, "withhold": ["Вера Ціхая"]})


@pytest.fixture
def ingester(archive: Database, config: Config) -> Ingester:
    return Ingester(archive, config)


@pytest.fixture(scope="module")
def pool() -> Iterator[ParsePool]:
    with ParsePool() as running:
        yield running


def take(ingester: Ingester, db: Database, now: datetime, url: str = "http://127.0.0.1/a", text: str = TEXT) -> int:
    ingester.ingest(db, [Article(url, TITLE, text, published=now)], now=now)
    return int(rows(db, "SELECT id FROM articles ORDER BY id DESC")[0]["id"])


def ask(db: Database, ingester: Ingester, config: Config, pool: ParsePool, now: datetime) -> int:
    return Witness(db, ingester, Door(config.network), pool, lambda: now).ask_again(threading.Event())


# ----------------------------------------------------------------------------------------------------------- the chain


def test_a01_what_an_event_alert_rests_on_is_captured_in_the_same_transaction(
    ingester: Ingester, archive: Database, now: datetime
) -> None:
    article = take(ingester, archive, now)
    (capture,) = captures.of_article(archive, article)
    assert (capture.said["title"], capture.said["text"]) == (TITLE, TEXT)
    assert capture.said["claims"][0]["total"] == 23
    assert list(captures.verify(archive)) == []


def test_what_alerts_nobody_of_an_event_is_not_captured(ingester: Ingester, archive: Database, now: datetime) -> None:
    ingester.ingest(archive, [Article("http://127.0.0.1/b", "Apples", OTHER, published=now)], now=now)
    ingester.ingest(archive, [Article("http://127.0.0.1/c", TITLE, TEXT, published=now)], now=now, baseline=True)
    assert captures.end(archive) == (0, captures.BEGINNING)


def test_a_fact_without_evidence_is_named_even_when_it_was_the_end_of_the_chain(
    ingester: Ingester, archive: Database, now: datetime
) -> None:
    take(ingester, archive, now)
    with store.write(archive):
        archive.conn.execute("DELETE FROM captures")
    assert "of which there is no capture" in next(captures.verify(archive))


def chain(db: Database, ingester: Ingester, now: datetime) -> int:
    article = take(ingester, db, now)
    for number in range(1, 12):
        said = {"title": f"Title {number}", "text": "Some words of that day. " * number}
        captures.append(db, article, now + number * HOUR, "http://127.0.0.1/a", said, http_status=200, check=number)
    return article


def flipped(value: Any, dice: random.Random) -> Any:
    """A value of the same kind with one bit, or one step, of difference."""
    if isinstance(value, int):
        return value + 1
    raw = bytearray(value.encode() if isinstance(value, str) else value)
    raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(6)
    return raw.decode("utf-8", "replace") if isinstance(value, str) else bytes(raw)


def test_a02_a_thousand_flips_anywhere_in_the_chain_are_all_found(
    ingester: Ingester, archive: Database, now: datetime
) -> None:
    chain(archive, ingester, now)
    dice, missed = random.Random(2), []
    columns = ("at", "url", "http_status", "headers", "body", "sha256", "previous", "chain")
    archive.conn.execute("PRAGMA foreign_keys=OFF")
    for _ in range(1000):
        number, column = dice.randint(1, 12), dice.choice(columns)
        archive.conn.execute("BEGIN")
        before = row(archive, f"SELECT {column} AS it FROM captures WHERE id = ?", number)
        assert before is not None
        archive.conn.execute(f"UPDATE captures SET {column} = ? WHERE id = ?", (flipped(before["it"], dice), number))
        if not any(f"capture {number} " in line for line in captures.verify(archive)):
            missed.append((number, column))
        archive.conn.rollback()
    assert missed == []
    assert list(captures.verify(archive)) == []


ANSWER = Answered("http://127.0.0.1/a", 200, "text/html", b"<html><p>" + TEXT.encode() * 20 + b"</p></html>")


def test_a01_the_answer_is_kept_byte_for_byte_beside_what_was_read_and_only_once(
    ingester: Ingester, archive: Database, now: datetime
) -> None:
    given = Article("http://127.0.0.1/a", TITLE, TEXT, published=now, answered=ANSWER)
    ingester.ingest(archive, [given], now=now)
    (capture,) = captures.of_article(archive, 1)
    assert captures.response(archive, capture) == ANSWER.body
    assert (capture.response["bytes"], capture.response["status"]) == (len(ANSWER.body), 200)
    captures.append(archive, 1, now, "http://127.0.0.1/a", {"title": TITLE}, http_status=200, check=1, answered=ANSWER)
    assert len(rows(archive, "SELECT 1 FROM responses")) == 1
    assert list(captures.verify(archive)) == []


def test_a02_three_hundred_flips_in_kept_answers_are_all_found(archive: Database, now: datetime) -> None:
    archive.conn.execute("PRAGMA foreign_keys=OFF")
    for number in range(5):
        answered = replace(ANSWER, body=ANSWER.body * (number + 1))
        captures.append(archive, 1, now, "http://127.0.0.1/a", {"title": TITLE}, answered=answered)
    dice, missed = random.Random(3), []
    kept = [bytes(r["packed"]) for r in rows(archive, "SELECT packed FROM responses ORDER BY sha256")]
    names = [r["sha256"] for r in rows(archive, "SELECT sha256 FROM responses ORDER BY sha256")]
    for _ in range(300):
        which = dice.randrange(5)
        column = dice.choice(("packed", "packed", "sha256"))
        changed = flipped(kept[which] if column == "packed" else names[which], dice)
        archive.conn.execute("BEGIN")
        archive.conn.execute(f"UPDATE responses SET {column} = ? WHERE sha256 = ?", (changed, names[which]))
        if not any("the answer it was read from" in line for line in captures.verify(archive)):
            missed.append((which, column))
        archive.conn.rollback()
    assert missed == []
    assert list(captures.verify(archive)) == []


def test_answers_are_bounded_and_forgotten_when_the_operator_wishes_but_never_their_hashes(
    archive: Database, now: datetime
) -> None:
    archive.conn.execute("PRAGMA foreign_keys=OFF")
    said = {"title": TITLE}
    captures.append(archive, 1, now, "http://127.0.0.1/a", said, answered=ANSWER, largest=10)
    (large,) = captures.of_article(archive, 1)
    assert (large.response["left_out"], captures.response(archive, large)) == ("too large", None)
    assert len(large.response["sha256"]) == 64
    captures.append(archive, 2, now, "http://127.0.0.1/b", said, answered=ANSWER)
    captures.append(archive, 2, now + HOUR, "http://127.0.0.1/b", said, answered=replace(ANSWER, body=b"other"))
    assert captures.forget_responses(archive, now + HOUR) == 1
    assert list(captures.verify(archive, now + HOUR)) == []
    assert "is missing" in " ".join(captures.verify(archive, now)), "taken out before it was old"
    with store.write(archive):
        archive.conn.execute("DELETE FROM responses")
    assert "is missing" in " ".join(captures.verify(archive, now + HOUR))


@pytest.mark.parametrize(
    ("text", "body"),
    [
        (f"{TEXT} Among them is Вера Ціхая.", b"<p>anything</p>"),
        (TEXT, "<item>Apples</item><item>Затрымана Вера &#1062;іхая з Гомеля</item>".encode()),
        (TEXT, b"x" * 1_100_000),
    ],
    ids=["in the article", "elsewhere in the feed", "too long to look through"],
)
def test_an_answer_that_holds_a_withheld_name_leaves_only_its_hash(
    ingester: Ingester, archive: Database, now: datetime, text: str, body: bytes
) -> None:
    answered = replace(ANSWER, body=body)
    ingester.ingest(archive, [Article("http://127.0.0.1/a", TITLE, text, published=now, answered=answered)], now=now)
    (capture,) = captures.of_article(archive, 1)
    assert capture.response["left_out"] == "a withheld name is in it"
    assert capture.response["sha256"] == sha256(body).hexdigest()
    assert rows(archive, "SELECT 1 FROM responses") == []
    assert list(captures.verify(archive)) == []


def test_a01_from_feed_page_and_crawled_site_the_answer_comes_along(
    archive: Database, config: Config, pool: ParsePool, paper: WebServer, now: datetime
) -> None:
    url = paper.says("/a", page(TITLE, TEXT))
    item = f"<item><title>{TITLE}</title><link>{url}</link><description>{TEXT}</description></item>"
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>P</title>{item}</channel></rss>'.encode()
    paper.says("/feed", Answer(200, feed, (("Content-Type", "application/rss+xml"),)))
    door, source = Door(config.network), Source("P", f"{paper.url}/feed", languages=("en",))
    (article,) = fetch(door, source, Memory(), now, pool.feed).articles
    assert article.answered and article.answered.body == feed
    ((read, is_read),) = read_pages(door, pool, Robots(door, pool, {}, lambda *_: None), source, [article], now)
    assert is_read and read.answered and TEXT[:40].encode() in read.answered.body
    line = {"status": "new", "answers": [wire.answer(url, 200, "text/html", b"as it was")]}
    line["articles"] = [{"url": url, "title": TITLE, "answer": 0}]
    told_by_child = wire.outcome(json.loads(wire.dumps(line)), source, now)
    assert told_by_child.articles[0].answered == Answered(url, 200, "text/html", b"as it was")


def test_a02_rows_taken_out_or_swapped_are_found(ingester: Ingester, archive: Database, now: datetime) -> None:
    chain(archive, ingester, now)
    for change in (
        "DELETE FROM captures WHERE id = 5",
        "UPDATE captures SET id = CASE id WHEN 4 THEN -7 ELSE id END",
        "UPDATE captures SET body = (SELECT body FROM captures WHERE id = 9) WHERE id = 8",
    ):
        archive.conn.execute("BEGIN")
        archive.conn.execute(change)
        assert list(captures.verify(archive)), change
        archive.conn.rollback()


def test_withheld_names_are_in_no_evidence(ingester: Ingester, archive: Database, now: datetime) -> None:
    article = take(ingester, archive, now, text=f"{TEXT} Among them is Вера Ціхая.")
    assert "Ціхая" not in captures.of_article(archive, article)[0].body.decode()


# ------------------------------------------------------------------------------------------------- asking pages again


def test_pages_are_due_after_an_hour_six_a_day_and_a_week_and_never_again(
    ingester: Ingester, archive: Database, now: datetime
) -> None:
    article = take(ingester, archive, now)
    asked = []
    for minutes in range(0, 60 * 24 * 20, 30):
        moment = now + timedelta(minutes=minutes)
        for one in captures.due(archive, moment, evidence.AFTER, 5):
            captures.append(archive, article, moment, one.url, {}, http_status=200, check=one.check)
            asked.append(moment - now)
    assert asked == [HOUR, 6 * HOUR, 24 * HOUR, 7 * 24 * HOUR]


def test_after_two_days_down_a_page_is_asked_once_not_three_times(
    ingester: Ingester, archive: Database, now: datetime
) -> None:
    take(ingester, archive, now)
    (one,) = captures.due(archive, now + 48 * HOUR, evidence.AFTER, 5)
    assert one.check == 3


def test_a_page_that_still_says_so_is_noted_and_nothing_more(
    ingester: Ingester, archive: Database, config: Config, pool: ParsePool, paper: WebServer, now: datetime
) -> None:
    url = paper.says("/a", page(TITLE, TEXT))
    article = take(ingester, archive, now, url)
    before = facts.newest(archive)
    assert ask(archive, ingester, config, pool, now + HOUR) == 1
    assert ask(archive, ingester, config, pool, now + HOUR) == 0
    assert ask(archive, ingester, config, pool, now + 6 * HOUR) == 1
    gathered, first, second = captures.of_article(archive, article)
    assert (first.http_status, first.said["title"]) == (200, TITLE)
    assert TEXT[:40].encode() in (captures.response(archive, first) or b"")
    assert second.said == {}
    assert gathered.said["text"] == TEXT
    assert facts.newest(archive) == before
    assert list(captures.verify(archive)) == []


def test_a03_a_page_that_denies_it_now_becomes_a_correction_and_both_versions_are_kept(
    ingester: Ingester, archive: Database, config: Config, pool: ParsePool, paper: WebServer, now: datetime
) -> None:
    url = paper.says("/a", page("Belarus did not free 23 political prisoners", DENIED))
    article = take(ingester, archive, now, url)
    ask(archive, ingester, config, pool, now + HOUR)
    corrections = rows(archive, "SELECT * FROM facts WHERE kind = 'correction'")
    assert len(corrections) == 1
    said = [c.said["text"] for c in captures.of_article(archive, article) if c.said]
    assert TEXT in said
    assert any("did not free" in text for text in said)
    assert list(captures.verify(archive)) == []


@pytest.mark.parametrize(("status", "how"), [(404, "gone"), (410, "gone")])
def test_a03_a_page_that_was_taken_down_waits_for_a_human_once(
    ingester: Ingester, archive: Database, config: Config, pool: ParsePool, paper: WebServer, now: datetime,
    status: int, how: str,
) -> None:  # fmt: skip
    url = paper.says("/a", Answer(status))
    take(ingester, archive, now, url)
    for hours in (1, 6, 24):
        ask(archive, ingester, config, pool, now + hours * HOUR)
    (correction,) = rows(archive, "SELECT * FROM facts WHERE kind = 'correction'")
    assert correction["held"]
    assert correction["key"].endswith(how)


def test_a_claim_that_vanished_from_the_same_article_waits_for_a_human(
    ingester: Ingester, archive: Database, config: Config, pool: ParsePool, paper: WebServer, now: datetime
) -> None:
    url = paper.says("/a", page("Belarus and 23 political prisoners", OTHER))
    take(ingester, archive, now, url)
    ask(archive, ingester, config, pool, now + HOUR)
    (correction,) = rows(archive, "SELECT * FROM facts WHERE kind = 'correction'")
    assert (correction["held"], correction["key"].rpartition(":")[2]) == (1, "vanished")


@pytest.mark.parametrize(
    "answer", [page("We value your privacy", OTHER), Answer(503), Answer(403), Answer(200, b"")], ids=str
)
def test_a_consent_wall_or_a_server_in_trouble_is_no_correction(
    ingester: Ingester, archive: Database, config: Config, pool: ParsePool, paper: WebServer, now: datetime,
    answer: Answer,
) -> None:  # fmt: skip
    take(ingester, archive, now, paper.says("/a", answer))
    assert ask(archive, ingester, config, pool, now + HOUR) == 1
    assert rows(archive, "SELECT * FROM facts WHERE kind = 'correction'") == []


def test_a_page_that_gives_no_answer_says_nothing(
    ingester: Ingester, archive: Database, config: Config, pool: ParsePool, now: datetime
) -> None:
    article = take(ingester, archive, now, "http://127.0.0.1:9/a")
    ask(archive, ingester, config, pool, now + HOUR)
    assert captures.of_article(archive, article)[1].http_status == -1
    assert rows(archive, "SELECT * FROM facts WHERE kind = 'correction'") == []


def test_the_gatherer_asks_what_is_due_after_its_visits(
    archive: Database, state: Path, config: Config, paper: WebServer, now: datetime
) -> None:
    ingester = Ingester(archive, config)
    article = take(ingester, archive, now, paper.says("/a", page(TITLE, TEXT)))
    Gatherer(config, state, lambda: now + HOUR).once()
    assert captures.of_article(archive, article)[1].http_status == 200


def test_the_difference_between_two_versions_is_shown(ingester: Ingester, archive: Database, now: datetime) -> None:
    article = take(ingester, archive, now)
    said = {"title": TITLE, "text": TEXT.replace("23", "24")}
    captures.append(archive, article, now + HOUR, "http://127.0.0.1/a", said, http_status=200, check=1)
    captures.append(archive, article, now + HOUR, "http://127.0.0.1/a", {}, http_status=404, check=2)
    lines = list(told(captures.of_article(archive, article)))
    assert any(line.startswith("    -") and "freed 23" in line for line in lines)
    assert any(line.startswith("    +") and "freed 24" in line for line in lines)
    assert "answered 404" in lines[-1]


def test_verify_says_what_was_changed_and_ends_with_one(
    ingester: Ingester, archive: Database, state: Path, now: datetime
) -> None:
    take(ingester, archive, now)
    command = [sys.executable, "-m", "monitor", "--config", str(state.with_name("c.yaml")), "--state", str(state)]
    state.with_name("c.yaml").write_text("sources: []\n")
    fine = subprocess.run([*command, "verify"], capture_output=True, text=True)
    with store.write(archive):
        archive.conn.execute("UPDATE captures SET body = CAST(replace(body, '23', '32') AS BLOB)")
    bad = subprocess.run([*command, "verify"], capture_output=True, text=True)
    assert (fine.returncode, fine.stdout) == (0, "")
    assert "1 captures, last hash" in fine.stderr
    assert bad.returncode == 1
    assert "capture 1 of http://127.0.0.1/a: what was read was changed" in bad.stdout
