"""Charts as SVG made on the server: bars and a line, with words for whoever does not see them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, log10

WIDTH, HEIGHT = 720, 256
LEFT, RIGHT, TOP, BOTTOM = 78, 16, 34, 38  # room for labels that are drawn two and a half times as large on a phone


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    value: int
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    value: int
    label: str


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Positions in a box of WIDTH × HEIGHT; `rows` are the values beside the left edge, `columns` those below."""

    rows: tuple[Tick, ...]
    columns: tuple[Tick, ...]
    bars: tuple[Bar, ...] = ()
    dots: tuple[Dot, ...] = ()

    @property
    def path(self) -> str:
        """The line through the dots, as an SVG path."""
        return " ".join(f"{'M' if n == 0 else 'L'}{d.x:.1f} {d.y:.1f}" for n, d in enumerate(self.dots))


def bars(values: Sequence[tuple[str, int, str]], columns: Sequence[tuple[int, str]]) -> Chart:
    """One bar per (label, value, link), side by side; `columns` names some of them by place."""
    most = max((v for _, v, _ in values), default=0)
    top = _top(most, _step(most))
    step = (WIDTH - LEFT - RIGHT) / max(len(values), 1)
    made = []
    for place, (label, value, href) in enumerate(values):
        y = _y(value, top)
        made.append(Bar(LEFT + place * step + step * 0.12, y, step * 0.76, HEIGHT - BOTTOM - y, value, label, href))
    ticks = tuple(Tick(LEFT + (place + 0.5) * step, label) for place, label in columns)
    return Chart(_rows(top, _step(most)), ticks, bars=tuple(made))


def line(values: Sequence[tuple[date, int, str]], columns: Sequence[tuple[date, str]]) -> Chart:
    """One dot per (day, value, label) along the days, above a zero line."""
    if not values:
        return Chart((), ())
    first, last = values[0][0], values[-1][0]
    days = max((last - first).days, 1)
    most = max(v for _, v, _ in values)
    top = _top(most, _step(most))

    def x(day: date) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (day - first).days / days

    dots = tuple(Dot(x(day), _y(value, top), value, label) for day, value, label in values)
    return Chart(
        _rows(top, _step(most)), tuple(Tick(x(d), label) for d, label in columns if first <= d <= last), dots=dots
    )


def _y(value: float, top: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top)


def _step(most: int) -> int:
    """1, 2, 2.5, 4 or 5 times a power of ten, so that three or four of them reach the largest value."""
    least = max(most / 4, 1)
    power = 10 ** int(log10(least))
    return next(int(m * power) for m in (1, 2, 2.5, 4, 5, 10) if m * power >= least and m * power == int(m * power))


def _rows(top: int, step: int) -> tuple[Tick, ...]:
    return tuple(Tick(_y(value, top), str(value)) for value in range(0, top + 1, step))


def _top(most: int, step: int) -> int:
    return max(ceil(most / step), 1) * step
