"""Why something was, or was not, sent to whoever asks: one sentence, from the archive and from their own settings.

Whoever asks has opened their settings with their own link; nothing is looked up in the list of readers.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from monitor.store import archive, pages, reasons
from monitor.store.reasons import Known
from monitor.subscribers.readers import RELEASES, is_sure_enough
from monitor.web.people import matching
from monitor.web.site import Site

#: Of several articles about somebody, the sentence that says most wins.
ORDER = ("told", "waiting", "paused", "unsure", "before", "silent", "unwanted")
LONGEST = 2000
#: More people than this cannot be meant at once.
PEOPLE = 3


def sentence(site: Site, held: dict[str, Any], typed: str) -> str:
    """The key of a sentence (`why.…`) for a link or a name; `held` is what a manage link opens."""
    found = _meant(site, typed.strip()[:LONGEST])
    said = {_verdict(site, held, reasons.known(site.archive(), article)) for article in found}
    return next((key for key in ORDER if key in said), "unknown")


def _meant(site: Site, typed: str) -> list[int]:
    """The articles that a link or a name stands for."""
    if not typed:
        return []
    db = site.archive()
    if "://" not in typed:
        people = matching(site, typed)
        return [a for p in people for a in reasons.articles_about(db, p.id)] if len(people) <= PEOPLE else []
    try:
        parts = urlsplit(typed)
    except ValueError:  # "https://["
        return []
    if site.hosts.origin(parts.netloc):
        return _of_our_page(site, parts.path)
    from monitor.reading.identity import Outlets, identify

    key = identify(typed, Outlets(site.config.all_sources()).of(typed)).key
    return reasons.articles_named(db, key) or reasons.articles_named(db, typed)


def _of_our_page(site: Site, path: str) -> list[int]:
    """The articles behind one of our own links, the neutral ones of a discreet message included."""
    db, name = site.archive(), path.rstrip("/").rpartition("/")[2]
    if path.startswith("/person/"):
        return [] if site.veil.hides(name) else reasons.articles_about(db, name)
    return reasons.articles_named(db, pages.find(db, name)[1])


def _verdict(site: Site, held: dict[str, Any], about: Known) -> str:
    for key, word in (("told", "told"), ("waiting", "waiting")):
        if any(_is_about(str(told), about) for told in held.get(key, ())):
            return word
    if not about.news:
        return "silent"
    wanted = [s for s in held.get("subscriptions", ()) if _meets(site, str(s["query"]), about)]
    if not wanted:
        return "unwanted"
    if held.get("state") == "paused":
        return "paused"
    return "before" if any(_is_sure(s, about) for s in wanted) else "unsure"


def _is_about(key: str, about: Known) -> bool:
    """Whether a told key is this article's: its story, or anything of its event."""
    return key in about.keys or bool(about.event and key.startswith(f"event:{about.event}:"))


def _is_sure(wanted: dict[str, Any], about: Known) -> bool:
    """Whether it was sure enough to be told; a digest of releases also brings what is not."""
    if wanted["query"] == RELEASES and not wanted.get("instant"):
        return True
    return is_sure_enough(about.state if about.event else "", str(wanted.get("certainty", "")))


def _meets(site: Site, query: str, about: Known) -> bool:
    from monitor.matching.index import meets
    from monitor.matching.query import parse  # with them come the words of seven languages

    return meets(parse(query), archive.document(site.archive(), about.article)) is not None
