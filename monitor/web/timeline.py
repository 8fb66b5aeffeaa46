"""The timeline: releases by month and how many were held, as charts with their numbers, and as CSV and JSON."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from monitor.reading.ledger import Ledger, from_json
from monitor.store import chronicle, pages
from monitor.web import charts, inert
from monitor.web.event import MEANINGS, meaning
from monitor.web.site import Site, View, site_of

#: The count of people held is drawn from here on, like the releases; the table has the earlier ones.
FIRST_DAY = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class Release:
    """An event that happened (no hint, not retracted) with its ledger."""

    line: pages.EventLine
    ledger: Ledger

    @property
    def month(self) -> date:
        return date.fromisoformat(f"{self.line.date[:7]}-01")


def page(request: Request) -> Response:
    """Two charts, and below them every figure they are made of."""
    site = site_of(request)
    view = View(site, request)
    found = releases(site)
    held = chronicle.held_counts(site.archive())
    drawn = [h for h in held if date.fromisoformat(h.date) >= FIRST_DAY]
    return site.page(
        request,
        "timeline.html",
        releases=found,
        months=months(found),
        bars=_bars(view, found),
        held=held[::-1],
        drawn=drawn,
        line=_line(view, drawn),
        box=charts,
        meaning=meaning,
        meanings=MEANINGS,
    )


def releases(site: Site) -> list[Release]:
    """Everything that happened, latest first."""
    found = [Release(e, from_json(e.ledger)) for e in pages.events(site.archive()) if e.date]
    return [r for r in found if r.line.state not in ("hint", "retracted")]


def months(found: Sequence[Release]) -> list[tuple[date, int]]:
    """Every month from the first release to the last, with how many were freed in it."""
    if not found:
        return []
    sums: dict[date, int] = {}
    for release in found:
        sums[release.month] = sums.get(release.month, 0) + (release.ledger.total or 0)
    return [(month, sums.get(month, 0)) for month in _each_month(min(sums), max(sums))]


def _each_month(first: date, last: date) -> Iterable[date]:
    month = first
    while month <= last:
        yield month
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _bars(view: View, found: Sequence[Release]) -> charts.Chart:
    values = months(found)
    columns = [(n, str(m.year)) for n, (m, _) in enumerate(values) if m.month == 1 or n == 0]
    return charts.bars(
        [(f"{view.words.month(m)}: {view.words.number(v)}", v, f"#m{m:%Y-%m}") for m, v in values], columns
    )


def _line(view: View, held: Sequence[chronicle.Held]) -> charts.Chart:
    """One dot a day: of several counts the highest."""
    by_day = itertools.groupby(held, key=lambda h: h.date)
    highest = [max(of_day, key=lambda h: h.count) for _, of_day in by_day]
    t = view.words
    values = [
        (date.fromisoformat(h.date), h.count, f"{t.partial(h.date)}: {t.number(h.count)} ({t.named('counter', h.who)})")
        for h in highest
    ]
    years = sorted({day.year for day, _, _ in values})
    return charts.line(values, [(date(year, 1, 1), str(year)) for year in years])


def as_csv(request: Request) -> Response:
    """Every release as a row; no cell is a formula."""
    found = releases(site_of(request))
    header = ["date", "precision", "kind", "state", *MEANINGS, "named", "destinations", "event"]
    return _csv("releases.csv", header, [_row(r) for r in found])


def held_csv(request: Request) -> Response:
    """Every count of people held."""
    held = chronicle.held_counts(site_of(request).archive())
    return _csv("held.csv", ["date", "count", "who", "url"], [[h.date, h.count, h.who, h.url] for h in held])


def as_json(request: Request) -> Response:
    """Releases with their whole ledgers, and the counts of people held."""
    site = site_of(request)
    keys = ("date", "precision", "kind", "state", *MEANINGS, "named", "destinations", "event")
    rows = [dict(zip(keys, _row(r), strict=True)) | {"ledger": r.line.ledger} for r in releases(site)]
    held = [
        {"date": h.date, "count": h.count, "who": h.who, "url": h.url} for h in chronicle.held_counts(site.archive())
    ]
    return JSONResponse({"releases": rows, "held": held}, headers={"Cache-Control": "max-age=300"})


def _row(release: Release) -> list[object]:
    line, ledger = release.line, release.ledger
    figures = [ledger.value(m) for m in MEANINGS]
    places = "; ".join(ledger.destinations)
    return [line.date, line.precision, line.kind, line.state, *figures, len(ledger.named), places, line.slug]


def _csv(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([inert.cell(value) for value in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "max-age=300"}
    return Response(out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


ROUTES = [
    Route("/timeline", page),
    Route("/timeline.csv", as_csv),
    Route("/timeline.json", as_json),
    Route("/held.csv", held_csv),
]
