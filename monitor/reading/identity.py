"""Which article is this? The outlet and the path or number within it, never the host.

One outlet may answer under eighteen host names; AMP pages, trailing slashes and dots, and tracking parameters are the
same article; language editions are editions of one item where the outlet's `path_id` says what its number is. Without
a `path_id` two paths are two articles: a wrong merge hides news, a missed one only repeats it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from monitor.model import Source

#: Parameters that say where a reader came from. Sources: the link builders' own documents (Google Analytics `utm_*`,
#: Meta `fbclid`, Google Ads `gclid`, Yandex `yclid` and `ysclid`, Microsoft `msclkid`, Mailchimp `mc_*`, Piwik `pk_*`,
#: AT Internet `at_*` as BBC feeds use, RFE/RL `withmediaplayer` and `nocache`).
_TRACKING = re.compile(
    r"(utm_\w+|at_\w+|mc_\w+|pk_\w+|fbclid|gclid|dclid|yclid|ysclid|msclkid|igshid|twclid|_openstat|ocid|cmpid|cmp"
    r"|ref|ref_src|referrer|source|src|from|partner|share|nocache|withmediaplayer|rss|feed|smid|amp|outputtype)",
    re.IGNORECASE,
)
_AMP_SEGMENTS = {"amp", "amp.html", "index.amp"}
_EDITION = re.compile(r"(?:^|/)(be[-_](?:latn|tarask)|be|by|ru|en|uk|ua|pl|lt|lv|de)(?=/|$)|[?&]lang=([\w-]+)")


@dataclass(frozen=True, slots=True)
class Identity:
    """`item` is one thing an outlet published, `edition` one wording of it ('' where there is only one)."""

    outlet: str
    item: str
    edition: str = ""

    @property
    def key(self) -> str:
        """The article's key in the archive."""
        return "|".join((self.outlet, self.item, self.edition))


class Outlets:
    """Which configured source a host name belongs to. Only listed hosts count: look-alike domains are cheap."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._by_host: dict[str, Source] = {}
        for source in sources:
            if source.kind == "telegram":
                self._by_host.setdefault(_channel(source.url), source)
                continue
            for host in (_host(source.url), *(m.lower().rstrip(".") for m in source.mirrors)):
                self._by_host.setdefault(host, source)

    def of(self, url: str) -> Source | None:
        """The source whose outlet publishes under this address, or None."""
        host = _host(url)
        if host == "t.me":
            return self._by_host.get(_channel(url))
        while host:
            found = self._by_host.get(host) or self._by_host.get(f"*.{host}")
            if found:
                return found
            _, _, host = host.partition(".")
            if "." not in host:
                return None
        return None


def identify(url: str, source: Source | None = None) -> Identity:
    """The identity of the article under `url`; `source` is its outlet's, as `Outlets.of` found it."""
    parts = urlsplit(url.strip())
    outlet = source.outlet if source else _host(url)
    place = parts.path + (f"?{parts.query}" if parts.query else "")
    if source and source.path_id and (found := re.search(source.path_id, place)):
        return Identity(outlet, next((g for g in found.groups() if g), found[0]), _edition(place))
    return Identity(outlet, _plain_path(parts.path) + _plain_query(parts.query, parts.path))


def _host(url: str) -> str:
    host = (urlsplit(url.strip()).hostname or "").rstrip(".").lower()
    return re.sub(r"^(www|m|amp|mobile)\.", "", host)


def _channel(url: str) -> str:
    """`https://t.me/s/viasna96/123` and `https://t.me/viasna96` are both `t.me/viasna96`."""
    found = re.search(r"t\.me/(?:s/)?(\w+)", url)
    return f"t.me/{found[1].lower()}" if found else "t.me"


def _plain_path(path: str) -> str:
    segments = [unquote(s) for s in path.split("/") if s and s.lower() not in _AMP_SEGMENTS]
    if len(segments) > 1 and segments[0] == "s":  # Telegram's preview of a channel
        segments = segments[1:]
    if segments and re.fullmatch(r"index\.(html?|php)", segments[-1]):
        segments = segments[:-1]
    plain = "/".join(s.rstrip(".") for s in segments)
    return quote(re.sub(r"[-.]amp(\.html)?$|\.amp$", "", plain), safe="/:@!$&'()*+,;=~")


def _plain_query(query: str, path: str) -> str:
    """What of the query names the article. Everything but trackers, in a fixed order."""
    kept = sorted((k, v) for k, v in parse_qsl(query, keep_blank_values=False) if not _TRACKING.fullmatch(k))
    return f"?{urlencode(kept)}" if kept else ""


def _edition(place: str) -> str:
    found = _EDITION.search(place)
    return (found[1] or found[2] or "").lower() if found else ""
