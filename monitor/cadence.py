"""How a source is doing, judged by its own habits. Pure.

Each source has a rhythm of its own: one writes every twenty minutes, another twice a month. It is quiet when it has
been silent for half as long again as it ever was, and suspicious when what it gives is not what it used to give: a
third of it, another language, another domain, or a host that only looks like one we know. Nothing here stops anybody
from being asked; it only says what a person should know, and says it once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from tld import get_fld

#: Until a rhythm is known, silence of this length is called quiet.
UNKNOWN = timedelta(days=3)
LEAST, MOST = timedelta(hours=12), timedelta(days=60)
#: So many items make a rhythm.
ITEMS = 8
#: One failed visit is weather; from the second on, or where none ever went well, it is a failure.
FAILING_FROM = 2
#: A move is believed by `gather.pacing` after so many equal answers; then it is a state to be told.
MOVED_FROM = 3
RECENT, BEFORE = 5, 10  # articles that are compared, and how many there must have been before them
SMALLER = 3  # a third of what it was
#: How long a state has to last before the operator is told of it. A refusal and a move are told by `gather.pacing`.
LASTS = {"failing": timedelta(hours=6), "quiet": timedelta(0), "suspicious": timedelta(0)}
TROUBLE = ("failing", "blocked", "moved", "suspicious", "quiet")
_CONFUSED = str.maketrans({"0": "o", "1": "l", "i": "l", "3": "e", "5": "s", "-": "", "_": ""})


@dataclass(frozen=True, slots=True)
class Seen:
    """One article of a source, newest first in every sequence: its language and where its link leads."""

    language: str
    host: str


@dataclass(frozen=True, slots=True)
class Oddity:
    """What is strange: `smaller`, `language`, `domain` or `look-alike`, and the word that shows it."""

    kind: str = ""
    detail: str = ""


def quiet_after(moments: Iterable[datetime]) -> timedelta | None:
    """After how long a silence a source is quiet: half as long again as its longest pause; None for too few items."""
    known = sorted(set(moments))
    if len(known) < ITEMS:
        return None
    longest = max(later - earlier for earlier, later in pairwise(known))
    return min(max(longest * 3 / 2, LEAST), MOST)


def condition(source: Mapping[str, Any], last: datetime | None, rhythm: timedelta | None, now: datetime) -> str:
    """off, failing, blocked, moved, suspicious, waiting, quiet or well; `source` is its row, `last` its last news."""
    if not source["enabled"]:
        return "off"
    never = not source["last_success_at"]
    if source["failures"] >= (1 if never else FAILING_FROM) and source["status_since"]:
        return "blocked" if source["status"] == "refused" else "failing"
    if never:
        return "waiting"
    if source["moved_to"] and source["moved_seen"] >= MOVED_FROM:
        return "moved"
    if source["oddity"]:
        return "suspicious"
    return "quiet" if last and now - last > (rhythm or UNKNOWN) else "well"


def oddity(
    articles: Sequence[Seen], entries: Sequence[int], languages: Collection[str], own: Collection[str], known: set[str]
) -> Oddity:
    """What is strange about a source's newest articles and visits (both newest first).

    `languages` are those it was configured with, `own` its hosts and mirrors, `known` the hosts of all sources.
    """
    recent, before = articles[:RECENT], articles[RECENT:]
    for one in articles[: RECENT * 4]:
        if alike := look_alike(one.host, known):
            return Oddity("look-alike", f"{one.host} / {alike}")
    if len(recent) == RECENT and len(before) >= BEFORE:
        usual = {one.language for one in before} | set(languages)
        if recent[0].language and not usual & {one.language for one in recent}:
            return Oddity("language", recent[0].language)
        domains = {_domain(host) for host in (*(one.host for one in before), *own)}
        if not domains & {_domain(one.host) for one in recent}:
            return Oddity("domain", recent[0].host)
    if len(entries) >= RECENT + BEFORE:
        now, usual_size = median(entries[:RECENT]), median(entries[RECENT:])
        if usual_size >= RECENT and now * SMALLER < usual_size:
            return Oddity("smaller", f"{now:.0f} / {usual_size:.0f}")
    return Oddity()


def look_alike(host: str, known: Collection[str]) -> str:
    """The known host that this one only looks like, or ''. Another address of the same domain is no look-alike."""
    domain = _domain(host)
    label = _bones(domain)
    if not label or any(domain == _domain(one) for one in known):
        return ""
    return next((one for one in sorted(known) if _bones(_domain(one)) == label), "")


def to_tell(told: str, now_is: str, since: datetime | None, now: datetime) -> tuple[str, str]:
    """(what the operator knows after this, "begins", "ends" or ""): every change once, and none that does not last."""
    if now_is == told:
        return told, ""
    if now_is in TROUBLE:
        if now_is not in LASTS:  # told by the visit itself
            return now_is, ""
        return (now_is, "begins") if since is None or now - since >= LASTS[now_is] else (told, "")
    return "", "ends" if told else ""


def sentence(name: str, now_is: str, source: Mapping[str, Any], strange: Oddity, rhythm: timedelta | None) -> str:
    """What the operator is told when a state begins."""
    if now_is == "quiet":
        return f"{name} has been silent for longer than it ever was ({said(rhythm or UNKNOWN)}). Is it still there?"
    if now_is == "suspicious":
        what = _STRANGE[strange.kind].format(strange.detail)
        return f"{name} is not what it was: {what}. Look at it before you trust it."
    return f"{name} fails: {source['note'] or source['status']}. It is asked ever more seldom, and never given up."


def said(span: timedelta) -> str:
    """A span as a person says it."""
    return (
        f"{span / timedelta(days=1):.0f} days"
        if span >= timedelta(days=2)
        else f"{span / timedelta(hours=1):.0f} hours"
    )


_STRANGE = {
    "smaller": "its visits bring much less than they used to ({})",
    "language": "its articles are suddenly in another language ({})",
    "domain": "its articles suddenly lead to another domain ({})",
    "look-alike": "it links to a host that only looks like one we know ({})",
}


def host_of(url: str) -> str:
    """The host of an address, '' where there is none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _domain(host: str) -> str:
    found = get_fld(host, fix_protocol=True, fail_silently=True, search_private=True) if host else None
    if found or host.replace(".", "").isdigit():
        return found or host
    return ".".join(host.split(".")[-2:])  # a suffix that is on no public list


def _bones(domain: str) -> str:
    """What is left of a name for a hasty eye: `zerka1o-web.site` and `zerkalo.io` are both `zerkalo`."""
    label = domain.split(".")[0].removeprefix("www-").removesuffix("-web").removesuffix("-news")
    return label.translate(_CONFUSED).replace("rn", "m").replace("vv", "w") if len(label) > 3 else ""
