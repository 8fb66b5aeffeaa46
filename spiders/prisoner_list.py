"""Viasna's list of political prisoners as a Listing: the CSV export of its page, or a CSV file from the inbox folder.

Fails closed: a short file, a file whose columns are not the known ones, or one with statuses nobody knows is refused
whole, because a comparison with half a list would free thousands. People are keyed on their id, never on their name;
only the few fields that are used are kept. A row that is missing means nothing: names are withheld on purpose.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from scrapy.http import TextResponse

from monitor.errors import InsaneResult
from spiders import SourceSpider, bare

LEAST = 5_000  # rows; 8,696 on 30 August 2026
SHARE_OF_HEADERS = 0.75
SHARE_OF_ODD_ROWS = 0.01
MAX_BYTES = 9_000_000  # 6.0 MB on 30 August 2026

#: The columns of the export in the order it has them. `councel` is the site's own spelling.
COLUMNS = (
    "id", "url", "name", "status", "gender", "photo", "description", "birthday", "arrested", "articles",
    "prison", "declaration", "decision", "penalty", "judge", "councel", "penalty_start_date", "release_date",
    "verdict_date", "appeal_date", "fake_terrorist_list", "died", "clusters",
)  # fmt: skip
NEEDED = {"id", "name", "status"}

#: Some exports carry the page's headings, in its language, instead of the field names.
HEADINGS = {
    "id": "no, №, номер, нумар",
    "url": "link, ссылка, спасылка",
    "name": "full name, имя, фио, имя и фамилия, імя, імя і прозвішча",
    "status": "статус",
    "gender": "sex, пол",
    "photo": "фото, фота",
    "description": "описание, апісанне",
    "birthday": "date of birth, дата рождения, дата нараджэння",
    "arrested": "date of arrest, date of detention, дата задержания, дата затрымання",
    "articles": "criminal code articles, статьи, статьи ук, артыкулы, артыкулы кк",
    "prison": "place of detention, место заключения, место содержания, месца зняволення",
    "declaration": "statement, заявление, заява",
    "decision": "sentence, решение, решение суда, приговор, рашэнне, рашэнне суда, прысуд",
    "penalty": "punishment, наказание, пакаранне",
    "judge": "судья, суддзя",
    "councel": "counsel, prosecutor, прокурор, пракурор",
    "penalty_start_date": "начало срока, дата начала срока, пачатак тэрміну, дата пачатку тэрміну",
    "release_date": "date of release, дата освобождения, дата вызвалення",
    "verdict_date": "date of verdict, дата приговора, дата прысуду",
    "appeal_date": "date of appeal, дата апелляции, дата апеляцыі",
    "fake_terrorist_list": "terrorist list, список террористов, спіс тэрарыстаў",
    "died": "date of death, умер, дата смерти, памёр, дата смерці",
    "clusters": "categories, категории, катэгорыі",
}

STATUSES = {
    "active": "active",
    "imprisoned": "active",
    "former": "former",
    "released": "former",
    "np": "np",
}

_NO = {"", "0", "no", "false", "-", "—", "нет", "не"}


def plain_heading(heading: str) -> str:
    return " ".join(heading.replace("_", " ").split()).casefold().replace("ё", "е")


_COLUMN_OF = {plain_heading(column): column for column in COLUMNS} | {
    plain_heading(heading): column for column, headings in HEADINGS.items() for heading in headings.split(",")
}

Row = dict[str, str]


class Spider(SourceSpider):
    async def start(self) -> AsyncIterator[Any]:
        """A file in the inbox wins: whoever put it there knows why."""
        files = sorted(self.inbox.glob("*.csv"), key=lambda f: f.stat().st_mtime) if self.inbox else []
        if not files:
            yield self.ask(self.source.url, self.parse)
            return
        try:
            yield {**self.listing(files[-1].read_bytes()), "file": str(files[-1])}
        except InsaneResult as trouble:
            self.trouble = InsaneResult(f"{files[-1].name} in the inbox: {trouble}")

    def parse(self, response: TextResponse) -> Iterator[Any]:
        yield self.ask(export_address(response), self.parse_export, meta={"max_bytes": MAX_BYTES})

    def parse_export(self, response: TextResponse) -> Iterator[dict[str, Any]]:
        yield self.listing(response.body)

    def listing(self, data: bytes) -> dict[str, Any]:
        rows = read_rows(data)
        check_rows(rows, self.source.least or LEAST)
        kept, clashes = settle(rows)
        if clashes:
            self.remarks.append(f"{clashes} rows share an id or a page with another person")
        return {"people": [plain_person(row) for row in kept]}


def export_address(page: TextResponse) -> str:
    """Where the page offers its CSV export; the usual place where it does not say."""
    # <a class="download" href="?status%5B%5D=0&amp;format=csv"><span>(csv)</span></a>
    for href in page.xpath("//a[contains(translate(@href, 'CSV', 'csv'), 'csv')]/@href").getall():
        url = urlsplit(page.urljoin(href.strip()))
        if url.scheme in ("http", "https") and bare(url.hostname or "") == bare(urlsplit(page.url).hostname or ""):
            return url.geturl()
    return page.urljoin("?format=csv")


def read_rows(data: bytes) -> list[Row]:
    """The rows by column name. Raises InsaneResult where this is not the list."""
    text = decode(data)
    if re.match(r"\s*<", text):
        raise InsaneResult("the export is a web page, not a CSV file")
    header, _, _ = text.partition("\n")
    delimiter = max(",;\t", key=header.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        columns = [column_of(heading) for heading in next(lines, [])]
        check_columns(columns)
        return [by_column(columns, line) for line in lines if any(line)]
    except csv.Error as trouble:
        raise InsaneResult(f"the export is not a CSV file: {trouble}") from None


def decode(data: bytes) -> str:
    """UTF-8 with or without a mark; a spreadsheet program may have saved it as UTF-16 or Windows-1251."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1251", errors="replace")


def column_of(heading: str) -> str:
    """`articles/0` and `prison/title` are parts of one column; an unknown heading is ''."""
    return _COLUMN_OF.get(plain_heading(heading.partition("/")[0]), "")


def check_columns(columns: Sequence[str]) -> None:
    found = set(columns) - {""}
    missing = sorted(NEEDED - found)
    if missing:
        raise InsaneResult(f"the list has no column {', '.join(missing)}")
    if len(found) < SHARE_OF_HEADERS * len(COLUMNS):
        raise InsaneResult(f"only {len(found)} of {len(COLUMNS)} known columns are there; the old list is kept")


def by_column(columns: Sequence[str], line: Sequence[str]) -> Row:
    """Of several parts of one column the first that is filled counts."""
    row: Row = {}
    for column, cell in zip(columns, line, strict=False):
        if column and not row.get(column):
            row[column] = " ".join(cell.split())
    return row


def check_rows(rows: Sequence[Row], least: int) -> None:
    if len(rows) < least:
        raise InsaneResult(f"only {len(rows)} rows where at least {least} are expected; the old list is kept")
    odd = sum(not is_whole(row) for row in rows)
    if odd > SHARE_OF_ODD_ROWS * len(rows):
        raise InsaneResult(f"{odd} of {len(rows)} rows lack an id, a name or a known status; the old list is kept")


def is_whole(row: Row) -> bool:
    return bool(row.get("id") and row.get("name") and row.get("status", "").casefold() in STATUSES)


def settle(rows: Sequence[Row]) -> tuple[list[Row], int]:
    """The rows that stand for one person each, and how many rows clash with another.

    One id with two names cannot be trusted: both go. Two ids with one page are kept apart, because the id is the key.
    """
    whole = [row for row in rows if is_whole(row)]
    names: dict[str, set[str]] = {}
    for row in whole:
        names.setdefault(row["id"], set()).add(row["name"])
    ids_of_page = Counter(page for _, page in {(row["id"], row["url"]) for row in whole if row.get("url")})
    doubtful = [row for row in whole if len(names[row["id"]]) > 1]
    shared = [row for row in whole if len(names[row["id"]]) == 1 and ids_of_page[row.get("url", "")] > 1]
    kept = {row["id"]: row for row in whole if len(names[row["id"]]) == 1}
    return list(kept.values()), len(doubtful) + len(shared)


def plain_person(row: Row) -> dict[str, Any]:
    """The plain form of a `monitor.model.ListedPerson`: empty fields left out."""
    released = read_date(row.get("release_date", ""))
    fields = {
        "id": row["id"],
        "name": row["name"],
        "status": STATUSES[row["status"].casefold()],
        "released_on": released.isoformat() if released else "",
        "died": row.get("died", "").casefold() not in _NO,
        "url": row.get("url", ""),
        "prison": row.get("prison", ""),
    }
    return {name: value for name, value in fields.items() if value}


def read_date(text: str) -> date | None:
    """2025-09-11, 2025-09-11T00:00:00 or 11.09.2025."""
    for form, length in (("%Y-%m-%d", 10), ("%d.%m.%Y", 10)):
        try:
            return datetime.strptime(text[:length], form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None
