"""The command line from outside: every command as a process of its own, its exit code, what it prints and where.

Data goes to stdout, words for people to stderr; 0 done, 1 trouble found, 2 wrong usage, 3 refused.
"""

from __future__ import annotations

import base64
import json
import os
import socket
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor import store
from monitor.store import archive as archive_store
from tests.hook_server import HookServer, SlackServer
from tests.mail_server import MailServer
from tests.servers import Answer, WebServer

NOW = "2026-11-20T12:00:00Z"
ROOT = Path(__file__).parents[1]

FREED = {
    "url": "https://wire.example/news/1",
    "title": "Belarus frees 15 political prisoners, Zosia Alheniuk among them",
    "text": "Belarus freed 15 political prisoners on Thursday, 19 November. Zosia Alheniuk is among those released, "
    "her family said. They were taken to the Lithuanian border.",
    "published": "2026-11-20T08:00:00Z",
    "source": "Wire",
}
COPY = {**FREED, "url": "https://copy.example/r/77", "source": "Copy", "published": "2026-11-20T09:00:00Z"}
APPLES = {
    "url": "https://wire.example/news/2",
    "title": "Orchard prices rise for a third month",
    "text": "Apples cost a tenth more than a year ago, the growers' union said.",
    "published": "2026-11-20T08:30:00Z",
    "source": "Wire",
}
READING = ["url", "language", "relevant", "topics", "people", "claim"]
CLAIM = ["kind", "modality", "total", "political", "cumulative", "date", "destination", "origin", "sentence"]
FILED = ["new", "duplicate_of", "story", "event", "facts"]


@dataclass
class Answered:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass
class House:
    """A configuration, a state folder, and the program run on them."""

    folder: Path
    config: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def __call__(self, *command: str, stdin: str = "", now: str = NOW) -> Answered:
        (self.folder / "config.yaml").write_text(yaml.safe_dump(self.config, allow_unicode=True), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "monitor", "--config", str(self.folder / "config.yaml"), "--state", str(self.state)]
            + (["--now", now] if now else [])
            + list(command),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=100,
            cwd=ROOT,
            env={**os.environ, **self.environment, "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"},
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Answered(done.returncode, done.stdout, done.stderr)

    def ingest(self, *articles: dict[str, Any]) -> list[Any]:
        return self("ingest", "-", stdin=lines(*articles)).rows


def lines(*articles: dict[str, Any]) -> str:
    return "".join(json.dumps(a, ensure_ascii=False) + "\n" for a in articles)


def source(name: str) -> dict[str, Any]:
    return {"name": name, "url": f"https://{name.lower()}.example/rss", "outlet": name, "languages": ["en"]}


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path, {"sources": [source("Wire"), source("Copy")]})


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house with one person, a release told by two outlets, and something else; only ever read."""
    house = House(tmp_path_factory.mktemp("house"), {"sources": [source("Wire"), source("Copy")]})
    people = house.folder / "people.csv"
    people.write_text(
        "id,name_en,name_be,name_ru,aliases,status,note\n"
        "alheniuk,Zosia Alheniuk,Зося Алегянюк,Зося Олегенюк,Sofia Alheniuk;Z. Alheniuk,held,ignored\n",
        encoding="utf-8",
    )
    assert house("person", "import", str(people)).code == 0
    house.ingest(FREED, COPY, APPLES)
    return house


# ------------------------------------------------------------------------------------------------------ shared options


def test_help_lists_every_command_of_the_contract(house: House) -> None:
    text = house("--help").out
    for command in (
        *("run", "web", "gather", "send", "once", "ingest", "read", "person", "search", "match", "why", "alert"),
        *("source", "subscriber", "story", "event", "delivery", "digest", "backup", "lock", "unlock", "panic"),
        *("status", "doctor", "demo"),
    ):
        assert f"\n  {command} " in text, command


@pytest.mark.parametrize(
    "command",
    [["nonsense"], ["search"], ["search", "NOT a"], ["--now", "soon", "status"], ["match", "a", "--since", "x"]],
)
def test_wrong_usage_is_two_and_one_clear_sentence(furnished: House, command: list[str]) -> None:
    answered = furnished(*command)
    assert answered.code == 2
    assert answered.out == ""
    assert answered.err.strip()


@pytest.mark.parametrize(
    ("command", "stdin", "says"),
    [
        (["ingest", "-"], '{"url": "https://a.example/1"', "line 1: this is no JSON"),
        (["ingest", "-"], "[1]", "line 1: this is no JSON object"),
        (["ingest", "-"], '{"title": "x"}', "line 1: url is missing"),
        (["read", "-"], '{"url": "https://a.example/1", "published": "soon"}', "'soon' is no moment, such as 2026-"),
        (["ingest", "no/such/file"], "", "no/such/file: No such file"),
        (["backup", "no/such/folder/file"], "", "No such file or directory"),
        (["subscriber", "offline-key", "no/such/folder/key"], "", "No such file or directory"),
        (
            ["subscriber", "add", "-k", "x", "--certainty", "sure"],
            "a@mail.test",
            "--certainty is one of hint, announced",
        ),
        (["subscriber", "add", "-k", "x", "--language", "fr"], "a@mail.test", "one of be, ru, en"),
        (["delivery", "list", "--state", "odd"], "", "--state is one of due, sent, given-up, cancelled"),
        (["event", "release", "nothing"], "", "no fact called 'nothing' waits"),
        (["digest", "preview", "nothing"], "", "`monitor alert list` shows them"),
        (["search", "pardon (("], "", "a word is missing here (at character 10)"),
    ],
)
def test_bad_input_is_two_and_a_sentence_that_says_what_to_do(
    furnished: House, command: list[str], stdin: str, says: str
) -> None:
    answered = furnished(*command, stdin=stdin)
    assert (answered.code, answered.out) == (2, "") and says in answered.err
    assert len(answered.err.strip().splitlines()) == 1


def test_bytes_that_are_no_text_are_two_and_what_came_before_them_is_taken_in(house: House) -> None:
    file = house.folder / "articles.jsonl"
    file.write_bytes(lines(APPLES).encode() + b"\xff\xfe\n")
    answered = house("ingest", str(file))
    assert answered.code == 2 and "this is no UTF-8" in answered.err


def test_a_taken_port_is_three_and_names_the_setting(house: House) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        house.environment["PORT"] = str(taken.getsockname()[1])
        for command in (["web"], ["run"], ["demo"]):
            answered = house(*command)
            assert answered.code == 3, command
            assert "another program listens there" in answered.err and "PORT=" in answered.err


def test_without_an_alert_the_list_says_how_to_make_one(house: House) -> None:
    answered = house("alert", "list")
    assert answered.code == 0 and answered.out == "" and "four lines" in answered.err


def test_a_broken_configuration_is_two_and_names_every_mistake(house: House) -> None:
    house.config = {"sources": [{"name": "x"}], "colour": "blue"}
    answered = house("alert", "list")
    assert answered.code == 2
    assert "colour" in answered.err and "sources" in answered.err


def test_configuration_and_state_may_come_from_the_environment(house: House) -> None:
    house("status")
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "status", "--json"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={
            **os.environ,
            "MONITOR_CONFIG": str(house.folder / "config.yaml"),
            "MONITOR_STATE": str(house.folder / "elsewhere"),
        },
    )
    assert done.returncode == 0 and json.loads(done.stdout)["archive"]["articles"] == 0
    assert (house.folder / "elsewhere" / "archive.db").exists()


def test_the_state_folder_is_for_its_owner_alone(furnished: House) -> None:
    assert stat.S_IMODE(furnished.state.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(f.stat().st_mode) & 0o077 == 0 for f in furnished.state.rglob("*"))


# -------------------------------------------------------------------------------------------------- articles in and out


def test_read_prints_the_published_keys_and_stores_nothing(furnished: House) -> None:
    unseen = {**FREED, "url": "https://wire.example/news/9"}
    answered = furnished("read", "-", stdin=lines(unseen, APPLES))
    first, second = answered.rows
    assert list(first) == list(second) == READING
    assert first["url"] == unseen["url"] and first["language"] == "en" and first["relevant"] is True
    assert list(first["claim"]) == CLAIM
    assert first["claim"]["total"] == 15 and first["claim"]["date"] == "2026-11-19"
    (person,) = first["people"]
    assert list(person) == ["id", "name", "status", "spelling"]
    assert person["id"] == "alheniuk" and person["status"] == "freed"
    assert second["relevant"] is False and second["claim"] is None and second["people"] == []
    assert furnished("search", "title:prisoners", "--json").rows.__len__() == 2


def test_read_takes_a_file_too_and_names_a_line_it_cannot_read(furnished: House) -> None:
    file = furnished.folder / "articles.jsonl"
    file.write_text(lines(FREED) + "{not json\n", encoding="utf-8")
    answered = furnished("read", str(file))
    assert answered.code == 2 and "line 2" in answered.err
    assert furnished("read", str(file.with_name("absent"))).code == 2


def test_ingest_prints_what_became_of_each_article_in_order(house: House) -> None:
    first, copy, apples = house.ingest(FREED, COPY, APPLES)
    assert list(first) == list(copy) == list(apples) == READING + FILED
    assert [r["url"] for r in (first, copy, apples)] == [FREED["url"], COPY["url"], APPLES["url"]]
    assert first["new"] and first["duplicate_of"] is None and first["event"]
    assert copy["new"] and copy["duplicate_of"] and copy["story"] == first["story"] and copy["event"] == first["event"]
    assert apples["story"] != first["story"] and apples["event"] is None
    assert {"id", "key", "kind", "person"} <= set(first["facts"][0])
    (again,) = house.ingest(FREED)
    assert again["new"] is False and again["facts"] == [] and again["story"] == first["story"]


def test_search_finds_what_match_would_have_sent_one_line_a_story(furnished: House) -> None:
    found = furnished("search", "prisoners", "--json").rows
    assert {hit["url"] for hit in found} == {FREED["url"], COPY["url"]}
    sent = furnished("match", "prisoners", "--since", "90d", "--json").rows
    assert len(sent) == 1 and sent[0]["story"] == found[0]["story"]
    assert furnished("match", "prisoners", "--since", "2026-11-21", "--json").rows == []
    plain = furnished("search", "prisoners")
    assert FREED["url"] in plain.out and "2 found" in plain.err


@pytest.mark.parametrize(
    ("what", "word"),
    [
        (FREED["url"], "15"),
        (f"{FREED['url']}?utm_source=x", "Story"),
        ("alheniuk", "Zosia"),
        ("Зося Алегянюк", "alheniuk"),
    ],
)
def test_why_explains_an_article_or_a_person(furnished: House, what: str, word: str) -> None:
    assert word in furnished("why", what).out
    trace = furnished("why", what, "--json").rows[0]
    assert set(trace) == {"about", "lines"} and trace["lines"]


def test_why_says_when_nothing_is_known(furnished: House) -> None:
    assert furnished("why", "https://nowhere.example/1").code == 2


# ---------------------------------------------------------------------------------------------------------- people


def test_people_are_imported_from_csv_and_listed(furnished: House) -> None:
    listed = {p["id"]: p for p in furnished("person", "list", "--json").rows}
    mine = listed["alheniuk"]
    assert mine["name_be"] == "Зося Алегянюк" and mine["aliases"] == ["Sofia Alheniuk", "Z. Alheniuk"]
    assert "Zosia Alheniuk" in furnished("person", "list").out


def test_a_line_without_a_name_is_refused_by_number(house: House) -> None:
    file = house.folder / "people.csv"
    file.write_text("id,name_en\na,Adam Example\nb,\n", encoding="utf-8")
    answered = house("person", "import", str(file))
    assert answered.code == 2 and "line 3" in answered.err
    assert house("person", "import", str(house.folder / "absent.csv")).code == 2


# --------------------------------------------------------------------------------------------------------- sources

RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Loopback News</title>
<item><title>First</title><link>http://127.0.0.1/1</link><guid>1</guid>
<pubDate>Fri, 20 Nov 2026 08:00:00 GMT</pubDate></item></channel></rss>"""
LINK = b'<link rel="alternate" type="application/rss+xml" href="/rss">'
TYPE = (("Content-Type", "application/rss+xml"),)


@pytest.fixture
def site() -> Iterator[WebServer]:
    with WebServer() as server:
        server.says("/", Answer(200, LINK, (("Content-Type", "text/html"),)))
        server.says("/rss", Answer(200, RSS, TYPE))
        yield server


def test_a_source_is_found_added_listed_and_checked(house: House, site: WebServer) -> None:
    house.config["network"] = {"allow": ["127.0.0.0/8"], "respect_robots": False, "spacing": 0}
    added = house("source", "add", f"{site.url}/", "--name", "Loop")
    assert added.code == 0, added.err
    local = yaml.safe_load((house.folder / "config.local.yaml").read_text(encoding="utf-8"))
    assert local["sources"] == [{"name": "Loop", "url": f"{site.url}/rss"}]
    assert {s["name"] for s in house("source", "list", "--json").rows} == {"Wire", "Copy", "Loop"}
    checked = house("source", "check", "Loop")
    assert checked.code == 0 and "Loop: 1 item\n" in checked.err
    again = house("source", "add", f"{site.url}/", "--name", "Loop once more")
    assert again.code == 2 and "watched already, as 'Loop'" in again.err
    assert house("source", "check", "Nobody").code == 2
    assert house("source", "add", f"{site.url}/nothing", "--name", "Other").code == 2


def test_a_source_that_does_not_answer_fails_its_check_with_a_reason(house: House) -> None:
    house.config = {
        "network": {"allow": ["127.0.0.0/8"]},
        "sources": [{"name": "Gone", "url": "http://127.0.0.1:9/rss"}],
    }
    answered = house("source", "check", "Gone")
    assert answered.code == 1 and "127.0.0.1" in answered.err


def test_once_visits_what_is_due_and_reports(house: House, site: WebServer) -> None:
    house.config = {
        "network": {"allow": ["127.0.0.0/8"], "respect_robots": False, "spacing": 0},
        "sources": [{"name": "Loop", "url": f"{site.url}/rss"}],
    }
    (report,) = house("once", "--json").rows
    assert set(report) == {"gathered", "sent"}
    assert report["gathered"]["new"] == 1
    assert house("status", "--json").rows[0]["archive"]["articles"] == 1


# ---------------------------------------------------------------------------------------------- readers and deliveries


@pytest.fixture
def post() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


def with_mail(house: House, post: MailServer) -> House:
    house.config["delivery"] = {
        "smtp": {"host": post.host, "port": post.port, "security": "none", "sender": "notes@watch.test"}
    }
    house.config["network"] = {"allow": ["127.0.0.0/8"]}
    house.config["sources"] = [{**s, "enabled": False} for s in house.config["sources"]]
    return house


def test_alerts_are_explained_and_a_sample_is_sent(house: House, post: MailServer) -> None:
    with_mail(house, post)
    house.config["alerts"] = [{"name": "freed", "keywords": "prisoners, палітвязні", "to": "me@mail.test"}]
    (alert,) = house("alert", "list", "--json").rows
    assert set(alert) == {"name", "when", "query", "means"} and alert["name"] == "freed"
    assert "freed" in house("alert", "list").out
    house.ingest(FREED)
    sample = house("alert", "test", "freed")
    assert sample.code == 0 and sample.out.strip()
    (mail,) = post.mails
    assert mail.recipients == ("me@mail.test",) and FREED["title"] in mail.text
    assert house("alert", "test", "other").code == 2
    post.fail("rcpt", "550 5.1.1 no such user")
    refused = house("alert", "test", "freed")
    assert refused.code == 1 and "me@mail.test" not in refused.err


def test_slack_and_webhooks_are_named_by_a_variable_and_answer(house: House) -> None:
    with SlackServer() as slack, HookServer() as hook:
        house.config["network"] = {"allow": ["127.0.0.0/8"]}
        house.config["delivery"] = {"slack_host": slack.slack_host}
        house.config["alerts"] = [
            {"name": "team", "keywords": "prisoners", "to": "TEAM_SLACK"},
            {"name": "program", "keywords": "prisoners", "to": "PROGRAM_HOOK"},
        ]
        house.environment = {"TEAM_SLACK": slack.url, "PROGRAM_HOOK": hook.url}
        assert house("alert", "test", "team").code == 0
        assert house("alert", "test", "program").code == 0
        assert len(slack.calls) == len(hook.calls) == 1


def test_what_an_alert_would_send_in_the_morning_is_shown_and_not_sent(house: House, post: MailServer) -> None:
    with_mail(house, post)
    house.config["alerts"] = [
        {"name": "morning", "keywords": "prisoners", "to": "me@mail.test", "when": "daily 08:00 Europe/Vilnius"}
    ]
    house.ingest(FREED, APPLES)
    shown = house("digest", "preview", "morning")
    assert shown.code == 0 and FREED["title"] in shown.out and APPLES["title"] not in shown.out
    assert not post.mails
    assert house("digest", "preview", "evening").code != 0


def test_a_reader_is_added_changed_paused_exported_and_erased(house: House) -> None:
    asked = ("--keywords", "prisoners", "--keywords", '"political prisoner"', "--json")
    (added,) = house("subscriber", "add", *asked, stdin="anna@mail.test\n").rows
    who = added["id"]
    listed = house("subscriber", "list", "--json")
    assert [r["id"] for r in listed.rows] == [who]
    assert "anna" not in listed.out and "anna" in house("subscriber", "list", "--reveal").out
    assert house("subscriber", "edit", who, "--when", "daily 07:30 Europe/Warsaw", "--language", "be").code == 0
    assert house("subscriber", "edit", who, "--no-weekly").code == 0
    assert house("subscriber", "pause", who).code == 0
    assert house("subscriber", "list", "--json").rows[0]["state"] == "paused"
    assert house("subscriber", "pause", who, "--resume").code == 0
    (held,) = house("subscriber", "export", who).rows
    told = json.dumps(held, ensure_ascii=False)
    assert "anna@mail.test" in told and "prisoners" in told and "07:30" in told and '"be"' in told
    assert '"weekly": false' in told
    assert house("subscriber", "erase", who).code == 0
    assert house("subscriber", "list", "--json").rows == []
    assert not any(b"anna@mail.test" in f.read_bytes() for f in house.state.rglob("*") if f.is_file())


def test_a_webhook_gets_a_secret_once_and_remove_is_erase(house: House) -> None:
    (added,) = house("subscriber", "add", "-k", "prisoners", "--json", stdin="https://hook.example/in\n").rows
    assert added["secret"].startswith("whsec_")
    assert house("subscriber", "remove", added["id"]).code == 0
    assert house("subscriber", "list").out == ""


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        (["add"], "anna@mail.test\n"),
        (["add", "-k", "prisoners"], ""),
        (["add", "-k", "prisoners"], "no address\n"),
        (["add", "-k", "NOT everything"], "anna@mail.test\n"),
        (["add", "-k", "prisoners", "--when", "at noon"], "anna@mail.test\n"),
        (["add", "-k", "prisoners", "--discretion", "loud"], "anna@mail.test\n"),
    ],
)
def test_a_senseless_reader_is_refused(furnished: House, arguments: list[str], stdin: str) -> None:
    answered = furnished("subscriber", *arguments, stdin=stdin)
    assert answered.code == 2 and "anna" not in answered.err


def test_a_mail_that_came_back_switches_its_reader_off_and_the_report_says_so(house: House) -> None:
    """Fails when the delivery is not found by the address the bounce was sent to, or something still goes out."""
    who = house("subscriber", "add", "-k", "prisoners", "--json", stdin="anna@mail.test\n").rows[0]["id"]
    house.ingest(FREED)
    assert house("once", now="2026-11-20T12:10:00Z").code in (0, 1)
    (mail,) = (f.read_text() for f in (house.state / "mail" / "new").iterdir())
    delivery = next(line for line in mail.splitlines() if line.startswith("Message-ID: <"))[13:].partition("@")[0]
    assert house("subscriber", "bounced", "nothing@bounces.example").code != 0
    answered = house("subscriber", "bounced", f"{delivery}@bounces.example")
    assert answered.code == 0 and who in answered.err and "anna" not in answered.err
    (told,) = house("subscriber", "report", "--json").rows
    assert told["states"] == {"disabled": 1} and told["switched_off"] == [who]
    assert f"Switched off, because nothing arrives: {who}" in house("subscriber", "report").out


@pytest.mark.parametrize("command", ["edit", "pause", "erase", "remove", "export"])
def test_nobody_is_changed_who_is_not_there(furnished: House, command: str) -> None:
    answered = furnished("subscriber", command, "nobody")
    assert answered.code != 0 and "nobody" in answered.err


def test_what_failed_is_listed_with_its_reason_and_can_be_tried_again(house: House, post: MailServer) -> None:
    with_mail(house, post)
    house.config["delivery"]["gather_for"] = "1 s"
    house.config["alerts"] = [{"name": "freed", "keywords": "prisoners", "to": "me@mail.test"}]
    house("once")  # the cursor of a new list stands at its beginning
    house.ingest(FREED)
    post.fail("dot", "554 5.7.1 not wanted here", times=1)
    house("once")
    (failed,) = house("delivery", "list", "--json").rows
    assert failed["state"] == "given-up" and failed["reason"]
    assert "me@mail.test" not in json.dumps(failed)
    assert "given-up" in house("delivery", "list", "--state", "given-up").out
    assert failed["id"] == house("why", failed["id"], "--json").rows[0]["about"]
    assert house("delivery", "retry", failed["id"]).code == 0
    house("once")
    assert [m.recipients for m in post.mails] == [("me@mail.test",)]
    assert house("delivery", "list", "--state", "sent", "--json").rows[0]["id"] == failed["id"]
    assert house("delivery", "retry", "nothing").code == 1


# ------------------------------------------------------------------------------------------------ the operator's word


def test_an_article_leaves_its_story_and_stories_become_one_again(house: House) -> None:
    first, _ = house.ingest(FREED, COPY)
    split = house("story", "split", COPY["url"])
    assert split.code == 0
    other = split.out.strip()
    assert other and other != first["story"]
    assert len(house("match", "prisoners", "--json").rows) == 2
    assert house("story", "merge", other, first["story"]).code == 0
    assert len(house("match", "prisoners", "--json").rows) == 1
    decided = house("story", "cases").rows
    assert [case["same"] for case in decided] == [False, True]
    assert {COPY["title"], FREED["title"]} == {article["title"] for article in decided[0]["articles"]}
    assert house("story", "split", "https://nowhere.example/").code == 2
    assert house("story", "merge", "none", first["story"]).code == 2


def test_an_event_is_confirmed_and_withdrawn(house: House) -> None:
    (filed,) = house.ingest(FREED)
    slug = filed["event"]
    assert slug in house("event", "list").out
    confirmed = house("event", "confirm", slug)
    assert confirmed.code == 0
    states = {e["slug"]: e["state"] for e in house("event", "list", "--json").rows}
    assert states[slug] == "confirmed"
    withdrawn = house("event", "retract", slug)
    assert withdrawn.code == 0 and any(f["kind"] == "correction" for f in withdrawn.rows)
    assert house("event", "confirm", "none").code == 2


# ------------------------------------------------------------------------------------------------------------- safety


def test_a_backup_holds_the_archive_and_no_reader(house: House) -> None:
    house.ingest(FREED)
    house("subscriber", "add", "-k", "prisoners", stdin="anna@mail.test\n")
    copy = house.folder / "copy.db"
    assert house("backup", str(copy)).code == 0
    db = sqlite3.connect(copy)
    assert db.execute("SELECT title FROM articles").fetchall() == [(FREED["title"],)]
    assert "subscribers" not in {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_lock_stops_sending_until_unlock(house: House, post: MailServer) -> None:
    with_mail(house, post)
    house.config["alerts"] = [{"name": "freed", "keywords": "prisoners", "to": "me@mail.test"}]
    house("once")
    assert house("lock").code == 0
    house.ingest(FREED)
    house("once")
    assert house("status", "--json").rows[0]["locked"] is True
    assert not post.mails
    assert house("unlock").code == 0
    house("once")
    assert len(post.mails) == 1


def test_panic_destroys_keys_and_list_and_leaves_the_archive(house: House) -> None:
    house.ingest(FREED)
    house("subscriber", "add", "-k", "prisoners", stdin="anna@mail.test\n")
    keys = house.folder / "state-keys"
    assert keys.exists() and (house.state / "private" / "private.db").exists()
    assert house("panic", stdin="n\n").code == 1
    assert keys.exists()
    assert house("panic", "--yes").code == 0
    assert not (house.state / "private" / "private.db").exists()
    assert not any(f for f in keys.rglob("*") if f.is_file() and f.stat().st_size)
    assert house("panic", "--yes").code == 0
    assert len(house("search", "prisoners", "--json").rows) == 1


def test_panic_does_not_need_a_configuration_that_can_be_read(house: House) -> None:
    house("subscriber", "add", "-k", "prisoners", stdin="anna@mail.test\n")
    house.config = {"colour": "blue"}
    assert house("panic", "--yes").code == 0
    assert not (house.state / "private" / "private.db").exists()


# --------------------------------------------------------------------------------------------------- is it all right?


def test_status_counts_and_never_names_a_reader(furnished: House) -> None:
    answered = furnished("status", "--json")
    (found,) = answered.rows
    assert answered.code == 0
    assert set(found) == {"archive", "deliveries", "locked", "sources", "heartbeats"}
    assert found["archive"]["articles"] == 3
    assert "archive: 3 articles" in furnished("status").out


def test_status_is_one_when_a_clock_stands_still(house: House) -> None:
    house.ingest(APPLES)
    db = sqlite3.connect(house.state / "archive.db")
    with db:
        db.execute("INSERT INTO heartbeats (process, at) VALUES ('gather', '2026-11-20T11:00:00Z')")
    db.close()
    answered = house("status")
    assert answered.code == 1 and "gather" in answered.err


def test_doctor_names_each_trouble_with_its_remedy(house: House) -> None:
    house.ingest(APPLES)
    fine = house("doctor", "--json")
    assert fine.code == 0
    assert {f["state"] for f in fine.rows} <= {"fine", "warning"}
    assert {"configuration", "clock", "SQLite", "disk", "permissions", "keys", "mail", "page"} <= {
        f["what"] for f in fine.rows
    }
    house.state.chmod(0o755)
    house.config["delivery"] = {"smtp": {"host": "127.0.0.1", "port": 9, "security": "none"}}
    ill = house("doctor", "--json", now="2020-01-01T00:00:00Z")
    troubles = {f["what"]: f for f in ill.rows if f["state"] == "trouble"}
    assert ill.code == 1
    assert {"clock", "mail"} <= set(troubles)
    assert all(f["remedy"] for f in troubles.values())
    assert "127.0.0.1:9" in troubles["mail"]["found"] and "delivery.smtp" in troubles["mail"]["remedy"]


def trouble(house: House, what: str, **more: str) -> tuple[str, str]:
    """What doctor finds wrong with one thing, and its remedy."""
    answered = house("doctor", "--json", **more)
    assert answered.code == 1, "a trouble is an exit code of its own"
    (found,) = (f for f in answered.rows if f["what"] == what and f["state"] == "trouble")
    return found["found"], found["remedy"]


def test_doctor_notices_a_damaged_database(house: House) -> None:
    house.ingest(APPLES)
    archive = house.state / "archive.db"
    archive.write_bytes(archive.read_bytes()[:8192] + bytes(5000) + archive.read_bytes()[13192:])
    for log in house.state.glob("archive.db-*"):
        log.unlink()
    found, remedy = trouble(house, "archive.db")
    assert "damaged" in found and "monitor restore" in remedy


def test_doctor_notices_that_somebody_holds_a_lock(house: House) -> None:
    house.ingest(APPLES)
    with store.write(store.connect(house.state / "archive.db")):
        found, remedy = trouble(house, "archive.db")
    assert found == "another program holds its lock" and "fuser" in remedy


def test_doctor_notices_keys_that_are_gone_broken_or_not_ours(house: House) -> None:
    """Fails when a key that opens anything is enough, or when a list nobody can open passes for a first start."""
    house("subscriber", "add", "-k", "prisoners", stdin="anna@mail.test\n")
    key = house.folder / "state-keys" / "send.key"
    ours = key.read_bytes()
    key.unlink()
    assert "not in" in trouble(house, "keys")[0]
    key.write_text("garbage")
    key.chmod(0o600)
    assert "is no key file" in trouble(house, "keys")[0]
    other = json.loads(ours)
    other["keys"] = base64.b64encode(bytes(64)).decode()
    key.write_text(json.dumps(other))
    assert "is not the one" in trouble(house, "keys")[0]
    key.write_bytes(ours)
    assert house("doctor").code == 0


def test_doctor_notices_a_clock_that_went_back_and_one_far_ahead(house: House) -> None:
    house.ingest(APPLES)
    with store.write(store.connect(house.state / "archive.db")) as db:
        archive_store.beat(db, "gather", datetime(2026, 12, 24, 9, tzinfo=UTC))
    found, remedy = trouble(house, "clock", now="2026-12-23T09:00:00Z")
    assert "before 2026-12-24 09:00" in found and remedy
    ahead = house("doctor", "--json", now="2036-01-01T00:00:00Z")
    assert [f["state"] for f in ahead.rows if f["what"] == "clock"] == ["warning"]


@pytest.mark.parametrize(
    ("smtp", "found", "remedy"),
    [
        ({"port": 9}, "nobody listens", "host and port"),
        ({"host": "no.such.invalid"}, "name of the server is not known", "host and port"),
        (
            {"user": "u", "password": "env:NOT_SET_ANYWHERE", "security": "tls"},
            "NOT_SET_ANYWHERE is not set",
            "delivery.smtp",
        ),
        ({"user": "u", "password": "env:HOME", "security": "none"}, "never sent without TLS", "delivery.smtp"),
        ({"security": "starttls"}, "STARTTLS failed: the server does not offer it", "delivery.smtp.security"),
        ({"security": "tls"}, "does not speak TLS", "delivery.smtp.security"),
    ],
)
def test_doctor_says_why_the_mail_server_does_not_let_us_in(
    house: House, smtp: dict[str, object], found: str, remedy: str
) -> None:
    with MailServer() as server:
        house.config["delivery"] = {"smtp": {"host": server.host, "port": server.port, "security": "none"} | smtp}
        said, mend = trouble(house, "mail")
    assert found in said and remedy in mend


def test_a_state_folder_that_cannot_be_is_one_clear_sentence(house: House) -> None:
    house.state.parent.joinpath("state").write_text("a file")
    answered = house("status")
    assert answered.code == 2 and "name another with --state" in answered.err
    assert len([f for f in house("doctor", "--json").rows if f["state"] == "trouble"]) == 1


def test_a_second_gatherer_on_the_same_state_is_refused_with_three(house: House) -> None:
    from monitor.process import only_one

    house("status")
    with only_one(house.state, "gather"):
        assert house("once").code == 3


def test_missing_keys_are_three_and_not_silently_made_anew(house: House) -> None:
    house("subscriber", "add", "-k", "prisoners", stdin="anna@mail.test\n")
    for file in (house.folder / "state-keys").rglob("*"):
        if file.is_file():
            file.unlink()
    assert house("subscriber", "list", "--reveal").code == 3
