"""One website: its configuration, its databases, and how a page is made of a template and what it shows."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from monitor import store
from monitor.clock import Clock
from monitor.config import Config
from monitor.errors import DatabaseTrouble
from monitor.model import Snippet
from monitor.store import Database, health, switches
from monitor.store.archive_schema import open_archive
from monitor.translations import translated
from monitor.web import inert, phrases
from monitor.web.budget import Budget
from monitor.web.guard import Hosts
from monitor.web.words import LANGUAGES, MINSK, OWN_NAMES, Words, choose, words

_HERE = Path(__file__).parent
_STATIC = {"style.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}


class Site:
    """What every page needs. One per process; safe to share between threads."""

    def __init__(self, config: Config, state: Path, now: Clock) -> None:
        self.config = config
        self.state = state
        self.now = now
        self.hosts = Hosts(config.web)
        self.veil = inert.Veil(config.withhold)
        self.assets = {_hashed(name): name for name in _STATIC}
        self._names = {name: hashed for hashed, name in self.assets.items()}
        self._templates = self._environment()
        self._asked, self._seen = -60.0, False
        self.started = now()
        self.budget = Budget()
        open_archive(state)

    def pieces(self, snippet: Snippet) -> list[tuple[str, bool]]:
        """A snippet cut at its marks: (text, is it a word that matched). Withheld names go before anything is cut."""
        if self.veil(snippet.text) != snippet.text:
            return [(self.shown(snippet.text), False)]
        pieces, at = [], 0
        for start, end in snippet.marks:
            pieces += [(inert.soft(snippet.text[at:start]), False), (inert.soft(snippet.text[start:end]), True)]
            at = end
        return [*pieces, (inert.soft(snippet.text[at:]), False)]

    def archive(self) -> Database:
        """This thread's connection to archive.db, which cannot write."""
        return store.connect(self.state / "archive.db", timeout=2, read_only=True)

    def private(self) -> Database | None:
        """This thread's read-only connection to private.db, where there is one."""
        path = self.state / "private" / "private.db"
        return store.connect(path, timeout=2, read_only=True) if path.exists() else None

    def title(self, words: Words) -> str:
        """What the site is called: as the operator wishes, else its own name in the language of `words`."""
        return inert.plain(self.config.web.title) or words("name")

    def shown(self, text: object) -> str:
        """Foreign text as a page may show it: one line, no tricks, no withheld name."""
        return self.veil(inert.plain(str(text)))

    def desk(self) -> Database | None:
        """This thread's writing connection to private.db, for what a reader asks of us; None where nobody is kept."""
        path = self.state / "private" / "private.db"
        return store.connect(path, timeout=4) if path.exists() else None

    def takes_sign_ups(self) -> bool:
        """Whether readers may sign up here: the operator opened it, and `doctor` saw the address answer over HTTPS.

        An address of this machine itself is only for looking. Asked of the database once a minute.
        """
        if self.config.web.sign_up != "open":
            return False
        if self.hosts.is_local(urlsplit(self.hosts.base).netloc):
            return True
        if self._asked + 60 < time.monotonic():
            self._asked, self._seen = time.monotonic(), self._seen_by_doctor()
        return self._seen

    def _seen_by_doctor(self) -> bool:
        try:
            private = self.private()
            return private is not None and switches.switch(private, switches.PAGE_SEEN) == self.hosts.base
        except (store.sqlite3.Error, DatabaseTrouble):  # busy, or being destroyed: reading goes on
            return False

    def page(self, request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Render a template. Pages are the same for everybody, so that they may be kept for a minute."""
        view = View(self, request)
        named = {"t": view.words, "site_name": self.title(view.words), "config": self.config.web}
        values = {"site": self, "view": view, **named, **values}
        html = self._templates.get_template(template).render(values)
        headers = {"Content-Language": view.language, "Vary": "Accept-Language"}
        if status == 200:
            headers["Cache-Control"] = "max-age=30"
        return HTMLResponse(html, status, headers)

    def asset(self, hashed: str) -> tuple[bytes, str] | None:
        """Content and type of a static file by its hashed name."""
        name = self.assets.get(hashed)
        return ((_HERE / "static" / name).read_bytes(), _STATIC[name]) if name else None

    def static(self, name: str) -> str:
        return f"/static/{self._names[name]}"

    def _environment(self) -> Environment:
        env = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        env.filters |= {"shown": self.shown, "soft": inert.soft, "link": inert.link, "host": inert.host}
        env.filters["inside"] = lambda text: text[:1].lower() + text[1:]  # a name that stands within a sentence
        return env


class View:
    """One request's language and links: what templates ask for by the name `view`."""

    def __init__(self, site: Site, request: Request) -> None:
        self.site = site
        self.request = request
        self.asked = request.query_params.get("lang", "")
        self.language = choose(self.asked, request.headers.get("accept-language", ""))
        self.words: Words = words(self.language)
        self.now: datetime = site.now()
        self.origin: str = request.scope.get("origin", site.hosts.base)

    def url(self, path: str, **params: object) -> str:
        """A link within the site that remembers a chosen language; empty parameters are left out."""
        kept: dict[str, object] = {k: v for k, v in params.items() if v not in ("", None)}
        if self.asked in LANGUAGES and "lang" not in kept:
            kept["lang"] = self.asked
        return f"{path}?{urlencode(kept)}" if kept else path

    def here(self, **params: object) -> str:
        """This page again, with some parameters changed: a relative address, so that no page repeats its token."""
        given: Mapping[str, str] = dict(self.request.query_params)
        return self.url("", **{**given, **params}) or "?"

    @property
    def languages(self) -> list[tuple[str, str, str]]:
        """Code, own name and address of this page in every language."""
        return [(code, OWN_NAMES[code], self.here(lang=code)) for code in LANGUAGES]

    @property
    def coverage(self) -> Any:
        return health.coverage(self.site.archive(), self.now)

    @property
    def today(self) -> date:
        """The day it is in Minsk."""
        return self.now.astimezone(MINSK).date()

    def ours(self, said: str) -> str:
        """A sentence of this program's other rooms in the page's language; '' where nobody wrote it there."""
        return phrases.translated(said, self.words)

    def shipped(self, text: str) -> str:
        """A text of the shipped data in the page's language; '' where nobody wrote it there."""
        return translated(text, self.words.language)

    def reason(self, note: str) -> str:
        """Why a visit to a source went as it did, beyond what its status says."""
        return phrases.reason(note, self.words)

    def moment(self, moment: datetime) -> str:
        """When, in words."""
        return self.words.moment(moment, self.now)


def site_of(request: Request) -> Site:
    """The site a request belongs to."""
    site: Site = request.app.state.site
    return site


def _hashed(name: str) -> str:
    stem, suffix = name.rsplit(".", 1)
    digest = hashlib.sha256((_HERE / "static" / name).read_bytes()).hexdigest()[:12]
    return f"{stem}.{digest}.{suffix}"
