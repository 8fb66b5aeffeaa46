"""The data that come with the program."""

from __future__ import annotations

import json
from datetime import date

from monitor.model import Person
from monitor.store import people, row, rows
from monitor.store.shipped import load, shipped_people


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
