"""A list of prisoners says what it says, and no more."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from monitor.model import ListedPerson, Listing
from monitor.reading.listing import Change, Row, changes, key_of

AT = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
FILLERS = tuple(ListedPerson(f"f{n}", f"Filler {n}", "active") for n in range(200))


def after(
    before: ListedPerson, now: ListedPerson, *, named: str = "Martsin Zhavaranak", event_is_open: bool = False
) -> Change:
    first = changes({}, Listing("List", AT, (before, *FILLERS)), lambda _: named)
    return changes(first.rows, Listing("List", AT, (now, *FILLERS)), lambda _: named, event_is_open=event_is_open)


HELD = ListedPerson("1", "Марцін Жаваранак", "active", url="https://list.example/person/1")
FREE = ListedPerson("1", "Марцін Жаваранак", "former", date(2026, 11, 15), url="https://list.example/person/1")


def test_the_first_visit_is_no_news_and_keeps_no_names() -> None:
    change = changes({}, Listing("List", AT, (HELD,)), lambda _: "Martsin Zhavaranak")
    assert change.articles == ()
    assert dict(change.rows) == {key_of("1"): Row("active")}


def test_who_left_the_list_is_told_with_the_date_and_the_source() -> None:
    (article,) = after(HELD, FREE).articles
    assert article.title == "Viasna: political prisoner Martsin Zhavaranak released"
    assert "on 15 November 2026" in article.text
    assert article.url.startswith("https://list.example/person/1?")


def test_people_outside_the_register_are_a_number() -> None:
    (article,) = after(HELD, FREE, named="").articles
    assert article.title == "1 person left the list of political prisoners"
    assert "Жаваранак" not in article.title + article.text + article.url


def test_who_is_back_in_prison_and_who_died_are_told_apart() -> None:
    (again,) = after(FREE, HELD).articles
    assert "detained again" in again.text
    (died,) = after(HELD, ListedPerson("1", HELD.name, "former", died=True)).articles
    assert "died" in died.title


@pytest.mark.parametrize("now", [HELD, ListedPerson("1", HELD.name, "active", prison="another")])
def test_nothing_else_is_news(now: ListedPerson) -> None:
    assert after(HELD, now).articles == ()


def test_a_row_that_vanished_proves_nothing() -> None:
    first = changes({}, Listing("List", AT, (HELD, *FILLERS)), lambda _: "x")
    assert changes(first.rows, Listing("List", AT, FILLERS), lambda _: "x").articles == ()


def test_many_changes_at_once_are_held_unless_a_release_is_reported() -> None:
    first = changes({}, Listing("List", AT, FILLERS), lambda _: "")
    freed = tuple(ListedPerson(p.id, p.name, "former") for p in FILLERS[:20])
    now = Listing("List", AT, (*freed, *FILLERS[20:]))
    held = changes(first.rows, now, lambda _: "")
    assert "20 of 200" in held.doubt
    assert held.rows == first.rows
    (article,) = changes(first.rows, now, lambda _: "", event_is_open=True).articles
    assert article.title.startswith("20 people")
