"""The list of prisoners fails closed: half a list would free thousands."""

from __future__ import annotations

import csv
import io
import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from scrapy.http import HtmlResponse

from monitor.errors import InsaneResult
from monitor.gather.crawl.replay import Replayed, replay
from monitor.model import Kind, Source
from spiders.prisoner_list import (
    COLUMNS,
    HEADINGS,
    LEAST,
    check_rows,
    column_of,
    export_address,
    plain_person,
    read_date,
    read_rows,
    settle,
)

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
PAGE = "https://prisoners.spring96.org/en/list"


def export(*people: dict[str, str], headings: tuple[str, ...] = COLUMNS, delimiter: str = ",") -> str:
    """A CSV file of people given by column name."""
    sheet = io.StringIO()
    lines = csv.writer(sheet, delimiter=delimiter, lineterminator="\r\n")
    lines.writerow(headings)
    lines.writerows([person.get(column, "") for column in COLUMNS] for person in people)
    return sheet.getvalue()


def person(number: int, **more: str) -> dict[str, str]:
    return {"id": str(number), "name": f"Person {number}", "status": "active", **more}


def visit(pages: dict[str, str | bytes], *, inbox: Path | None = None, least: int = 1) -> Replayed:
    def fetch(url: str) -> tuple[int, dict[str, str], bytes]:
        body = pages.get(url)
        return (404, {}, b"") if body is None else (200, {}, body if isinstance(body, bytes) else body.encode())

    return replay(Source("List", PAGE, Kind.PRISONER_LIST, least=least), NOW, fetch, inbox=inbox)


def headings(language: int) -> tuple[str, ...]:
    """The headings of one language: English, Russian, Belarusian by their place among the aliases."""
    chosen = []
    for column in COLUMNS:
        known = [h.strip() for h in HEADINGS[column].split(",")]
        cyrillic = [h for h in known if not h.isascii()]
        chosen.append(known[0] if language == 0 else cyrillic[0 if language == 1 else -1])
    return tuple(chosen)


@pytest.mark.parametrize("language", [0, 1, 2])
def test_localised_headings_are_understood(language: int) -> None:
    (row,) = read_rows(export(person(1, release_date="2026-11-16"), headings=headings(language)).encode())
    assert (row["id"], row["name"], row["status"], row["release_date"]) == ("1", "Person 1", "active", "2026-11-16")


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("id", "id"),
        (" ID ", "id"),
        ("articles/12", "articles"),
        ("prison/address", "prison"),
        ("penalty_start_date", "penalty_start_date"),
        ("Penalty start date", "penalty_start_date"),
        ("Дата освобождения", "release_date"),
        ("ДАТА ВЫЗВАЛЕННЯ", "release_date"),
        ("Памёр", "died"),
        ("shoe size", ""),
        ("", ""),
    ],
)
def test_headings_are_read_as_columns(heading: str, column: str) -> None:
    assert column_of(heading) == column


def test_no_heading_stands_for_two_columns() -> None:
    known = [h.strip() for headings in HEADINGS.values() for h in headings.split(",")] + list(COLUMNS)
    assert len(known) == len(set(known))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_a_file_saved_by_a_spreadsheet_program_is_read(encoding: str) -> None:
    text = export(person(1, name="Язэп Навумчык"))
    (row,) = read_rows(text.encode(encoding))
    assert row["name"] == "Язэп Навумчык"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    (row,) = read_rows(export(person(1, description="a, b; c"), delimiter=delimiter).encode())
    assert row["description"] == "a, b; c"


def test_a_cell_may_hold_quotes_and_line_breaks() -> None:
    rows = read_rows(export(person(1, description='librarian; "read"\nsecond line'), person(2)).encode())
    assert [row["id"] for row in rows] == ["1", "2"]


def test_a_web_page_in_place_of_the_file_is_refused() -> None:
    with pytest.raises(InsaneResult, match="a web page"):
        read_rows(b"\xef\xbb\xbf \n<!DOCTYPE html><html></html>")


def test_a_cell_without_end_is_refused() -> None:
    with pytest.raises(InsaneResult, match="not a CSV file"):
        read_rows((export(person(1)) + '2,"' + "x" * 200_000).encode())


@pytest.mark.parametrize("needed", ["id", "name", "status"])
def test_a_list_without_what_identifies_people_is_refused(needed: str) -> None:
    odd = tuple(f"x{c}" if c == needed else c for c in COLUMNS)
    with pytest.raises(InsaneResult, match=f"no column {needed}"):
        read_rows(export(person(1), headings=odd).encode())


def test_a_list_with_less_than_three_quarters_of_the_columns_is_refused() -> None:
    def renamed(count: int) -> tuple[str, ...]:
        return COLUMNS[:-count] + tuple(f"x{c}" for c in COLUMNS[-count:])

    assert read_rows(export(person(1), headings=renamed(5)).encode())  # 18 of 23
    with pytest.raises(InsaneResult, match="only 17 of 23 known columns"):
        read_rows(export(person(1), headings=renamed(6)).encode())


def test_a_short_list_is_refused() -> None:
    rows = [person(n) for n in range(LEAST)]
    check_rows(rows, LEAST)
    with pytest.raises(InsaneResult, match="only 4999 rows where at least 5000"):
        check_rows(rows[1:], LEAST)


def test_the_operator_may_expect_a_shorter_list() -> None:
    replayed = visit({PAGE: "<html></html>", f"{PAGE}?format=csv": export(person(1))}, least=1)
    assert len(replayed.items[0]["people"]) == 1
    replayed = visit({PAGE: "<html></html>", f"{PAGE}?format=csv": export(person(1))}, least=0)
    assert "only 1 rows where at least 5000" in replayed.trouble
    assert replayed.items == []


@pytest.mark.parametrize("odd", [{"status": "перасоўваецца"}, {"name": ""}, {"id": ""}])
def test_a_list_with_many_odd_rows_is_refused_and_with_few_is_read_without_them(odd: dict[str, str]) -> None:
    rows = [person(n) for n in range(100)]
    check_rows([*rows[1:], {**rows[0], **odd}], 1)
    kept, _ = settle([*rows[1:], {**rows[0], **odd}])
    assert len(kept) == 99
    with pytest.raises(InsaneResult, match="2 of 100 rows lack"):
        check_rows([*rows[2:], {**rows[0], **odd}, {**rows[1], **odd}], 1)


def test_an_id_with_two_names_is_trusted_in_neither_and_reported() -> None:
    kept, clashes = settle([person(1), person(1, name="Somebody Else"), person(2)])
    assert [row["id"] for row in kept] == ["2"]
    assert clashes == 2


def test_two_ids_with_one_page_are_two_people_and_reported() -> None:
    page = f"{PAGE}/person/one"
    kept, clashes = settle([person(1, url=page), person(2, url=page), person(3, url=f"{PAGE}/person/three")])
    assert [row["id"] for row in kept] == ["1", "2", "3"]
    assert clashes == 2


def test_a_row_that_is_there_twice_is_one_person() -> None:
    assert settle([person(1), person(1)]) == ([person(1)], 0)


def test_only_the_few_fields_that_are_used_are_kept() -> None:
    row = person(1, birthday="1985-02-03", photo="x.jpg", articles="342", judge="Somebody", prison="Remand prison")
    assert plain_person(row) == {"id": "1", "name": "Person 1", "status": "active", "prison": "Remand prison"}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"status": "Former", "release_date": "11.09.2025"}, {"status": "former", "released_on": "2025-09-11"}),
        ({"status": "imprisoned"}, {"status": "active"}),
        ({"died": "2025-03-01"}, {"status": "active", "died": True}),
        ({"died": "No"}, {"status": "active"}),
        ({"release_date": "soon"}, {"status": "active"}),
    ],
)
def test_what_a_row_says_of_a_person(row: dict[str, str], expected: dict[str, Any]) -> None:
    assert plain_person(person(1, **row)) == {"id": "1", "name": "Person 1", **expected}


@pytest.mark.parametrize("text", ["2025-09-11", "2025-09-11T10:00:00", "11.09.2025"])
def test_a_date_is_read_in_its_usual_forms(text: str) -> None:
    assert read_date(text) == date(2025, 9, 11)


@pytest.mark.parametrize(
    ("html", "address"),
    [
        ("<a href='?status%5B%5D=0&amp;format=csv'>csv</a>", f"{PAGE}?status%5B%5D=0&format=csv"),
        ("<a href='/en/export.CSV'>x</a>", "https://prisoners.spring96.org/en/export.CSV"),
        ("<a href='javascript:csv()'>csv</a>", f"{PAGE}?format=csv"),
        ("<a href='https://prisoners.example/list.csv'>csv</a>", f"{PAGE}?format=csv"),
        ("", f"{PAGE}?format=csv"),
    ],
)
def test_the_export_is_where_the_page_says_and_never_elsewhere(html: str, address: str) -> None:
    assert export_address(HtmlResponse(PAGE, body=f"<html><body>{html}</body></html>".encode())) == address


def test_an_export_that_is_refused_is_the_failure_of_the_visit() -> None:
    replayed = visit({PAGE: "<html></html>"})
    assert replayed.trouble == "HTTP 404"


def test_of_several_files_in_the_inbox_the_newest_is_read(tmp_path: Path) -> None:
    for age, name in ((100, "old.csv"), (10, "new.csv")):
        (tmp_path / name).write_text(export(person(age)), encoding="utf-8")
        os.utime(tmp_path / name, (1e9 - age, 1e9 - age))
    (tmp_path / "notes.txt").write_text("not a list", encoding="utf-8")
    (item,) = visit({}, inbox=tmp_path).items
    assert item["file"] == str(tmp_path / "new.csv")
    assert item["people"][0]["id"] == "10"


def test_a_file_in_the_inbox_that_is_no_list_is_named_and_nothing_else_is_asked(tmp_path: Path) -> None:
    (tmp_path / "shopping.csv").write_text("what,how many\nmilk,2\n", encoding="utf-8")
    replayed = visit({}, inbox=tmp_path)
    assert replayed.trouble == "shopping.csv in the inbox: the list has no column id, name, status"
    assert replayed.items == []


def test_an_empty_inbox_means_the_page(tmp_path: Path) -> None:
    pages: dict[str, str | bytes] = {PAGE: "<html></html>", f"{PAGE}?format=csv": export(person(1))}
    (item,) = visit(pages, inbox=tmp_path).items
    assert "file" not in item
