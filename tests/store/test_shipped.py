"""The data that come with the program."""

from __future__ import annotations

import json
from datetime import date

import pytest

from monitor.model import Person
from monitor.store import people, row, rows
from monitor.store.shipped import load, shipped_people
from monitor.translations import translated


def test_the_register_is_there_on_the_first_day(archive):
    load(archive)
    assert len(people.all_people(archive)) > 150


def test_whose_status_was_not_found_is_unknown_and_never_held():
    unknown = [p for p in shipped_people() if p.status == "unknown"]
    assert unknown
    assert all(p.category == "prisoner" and not p.status_date for p in unknown)


def test_a_status_has_a_date_or_says_nothing():
    for person in shipped_people():
        if person.status == "held":
            assert date.fromisoformat(person.status_date)


def test_aliases_are_full_names():
    for person in shipped_people():
        assert all(len(alias.replace("-", " ").split()) > 1 for alias in person.aliases), person.id


def test_the_timeline_is_full_from_july_2024_on(archive):
    load(archive)
    days = [r["date"] for r in rows(archive, "SELECT date FROM events WHERE history ORDER BY date")]
    assert days[0] == "2024-07-03"
    assert len(days) == 29


def test_every_release_of_the_history_has_sources_and_known_people(archive):
    load(archive)
    known = {p.id for p in people.all_people(archive)}
    for found in rows(archive, "SELECT date, ledger FROM events"):
        ledger = json.loads(found["ledger"])
        assert ledger["sources"], found["date"]
        assert set(ledger["people"]) <= known


def test_the_pardons_of_2024_add_up(archive):
    load(archive)
    total = 0
    for found in rows(archive, "SELECT ledger FROM events WHERE date < '2025-01-25' AND kind = 'pardon' ORDER BY date"):
        values = json.loads(found["ledger"])["values"]
        total += values["verified"]
        assert values["cumulative"] == total
    assert total == 258


def test_loading_again_changes_nothing(archive):
    load(archive)
    before = [tuple(r) for r in rows(archive, "SELECT * FROM events ORDER BY id")]
    load(archive)
    assert [tuple(r) for r in rows(archive, "SELECT * FROM events ORDER BY id")] == before


def test_an_operators_own_row_is_kept(archive):
    people.save(archive, [Person("losik-ihar", "Ihar Losik", status="held")], "operator")
    load(archive)
    assert people.person(archive, "losik-ihar").status == "held"


def test_how_many_are_held_is_dated_and_sourced(archive):
    load(archive)
    found = row(archive, "SELECT * FROM held_counts ORDER BY date DESC LIMIT 1")
    assert (found["date"], found["count"]) == ("2026-08-30", 889)
    assert all(r["url"].startswith("http") for r in rows(archive, "SELECT url FROM held_counts"))


def history(archive) -> dict[str, dict]:
    load(archive)
    return {r["date"]: json.loads(r["ledger"]) for r in rows(archive, "SELECT date, ledger FROM events WHERE history")}


def test_no_figure_stands_alone(archive):
    """Fails when a number of the history has nobody who says it."""
    said = [f for ledger in history(archive).values() for figures in ledger["figures"].values() for f in figures]
    assert len(said) > 100
    assert [f for f in said if not f["owner"]] == []


def test_only_the_authorities_of_belarus_give_the_official_number_and_only_viasna_verifies(archive):
    """Fails when a number of the White House stands under `by the authorities`."""
    ledgers = history(archive)
    verified = {f["owner"] for ledger in ledgers.values() for f in ledger["figures"].get("verified", ())}
    assert all("Viasna" in owner for owner in verified)
    deal = ledgers["2025-02-12"]
    assert "official" not in deal["figures"]
    assert [f["owner"] for f in deal["figures"]["reported"]] == ["White House", "Tsikhanouskaya office"]
    assert deal["values"]["reported"] == 3


def test_a_release_of_the_history_is_as_sure_as_its_sources_make_it(archive):
    """Fails when what only the press service said is called independently corroborated."""
    ledgers = history(archive)
    states = {day: ledger["state"] for day, ledger in ledgers.items()}
    assert (states["2025-05-07"], states["2024-11-07"], states["2025-12-13"]) == (
        "announced",
        "corroborated",
        "confirmed",
    )
    for ledger in ledgers.values():
        assert ledger["state"] in ("announced", "named", "corroborated", "confirmed")
        assert ledger["state"] != "announced" or not ledger["people"]
        assert {line["state"] for line in ledger["people"].values()} <= {ledger["state"]}
        if ledger["state"] == "corroborated":
            assert len({f["owner"] for figures in ledger["figures"].values() for f in figures}) > 1 or ledger["note"]


def test_the_history_follows_the_file_until_something_is_reported_of_it(archive):
    load(archive)
    archive.conn.execute("UPDATE events SET ledger = '{}', state = 'hint' WHERE history")
    load(archive)
    assert {r["state"] for r in rows(archive, "SELECT state FROM events")} >= {"announced", "confirmed"}
    (kept,) = rows(archive, "SELECT id, slug FROM events LIMIT 1")
    archive.conn.execute("UPDATE events SET ledger = '{}' WHERE id = ?", (kept["id"],))
    archive.conn.execute(
        "INSERT INTO decisions (at, kind, subject, data) VALUES ('2026-01-01T00:00:00Z', 'event-retract', ?, '{}')",
        (kept["slug"],),
    )
    load(archive)
    assert row(archive, "SELECT ledger FROM events WHERE id = ?", kept["id"])["ledger"] == "{}"


@pytest.mark.parametrize("language", ["be", "ru"])
def test_everything_shipped_that_a_page_shows_is_there_in_its_language(archive, language: str):
    """Fails when a Belarusian page says in English who somebody is, or who counted."""
    ledgers = history(archive).values()
    texts = {text for p in shipped_people() for text in (p.role, p.destination, p.namesakes)}
    texts |= {ledger["note"] for ledger in ledgers}
    texts |= {f["owner"] for ledger in ledgers for figures in ledger["figures"].values() for f in figures}
    assert {text for text in texts - {""} if not translated(text, language)} == set()
    assert translated("lawyer", "en") == "lawyer"
    assert translated("something of an operator's own", language) == ""
