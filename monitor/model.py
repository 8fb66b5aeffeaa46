"""The nouns that travel between rooms: frozen, typed, and free of behaviour beyond the obvious.

Data is named by its stage of life: an `Article` was gathered, a `Reading` is what it says, a `Fact` is what became
newsworthy, a `Match` says who wants to know, a `Bundle` is what is due to one person, a `Message` is its final form.
All moments are aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Literal, NamedTuple

# --------------------------------------------------------------------------------------------- sources and gathering


class Kind(StrEnum):
    """How a source is read."""

    FEED = "feed"
    SITEMAP = "sitemap"
    SITE = "site"
    TELEGRAM = "telegram"
    PRISONER_LIST = "prisoner-list"


class OutletType(StrEnum):
    """Who speaks. Shown beside every claim; owners, not URLs, count as independent."""

    OFFICIAL = "official"
    STATE_ALIGNED = "state-aligned"
    NGO = "ngo"
    INDEPENDENT = "independent"
    AGENCY = "agency"
    DESTINATION_STATE = "destination-state"
    AGGREGATOR = "aggregator"


@dataclass(frozen=True, slots=True)
class Source:
    """One place where coverage appears, as the operator configured it.

    `mirrors` are host names that serve the same articles under the same paths. `path_id` is a regular expression
    whose first group is the article's id within the outlet; without it the path is the id.
    `least` is how many results a visit must bring to be believed; 0 leaves it to the reader of that kind.
    `encoding` overrides an undeclared or wrong charset. `proxy` is an operator's `http://` or `socks5h://` address.
    """

    name: str
    url: str
    kind: Kind = Kind.FEED
    outlet: str = ""
    owner: str = ""
    type: OutletType = OutletType.INDEPENDENT
    languages: tuple[str, ...] = ()
    interval: timedelta = timedelta(minutes=60)
    full_text: bool = False
    enabled: bool = True
    mirrors: tuple[str, ...] = ()
    path_id: str = ""
    spider: str = ""
    least: int = 0
    encoding: str = ""
    proxy: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to make the next request conditional: byte for byte, one set, replaced as one."""

    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""


class Status(StrEnum):
    """How one visit to a source ended."""

    NEW = "new"  # a body that differs from the last one
    UNCHANGED = "unchanged"  # 304, or the same bytes
    SLOW_DOWN = "slow-down"  # 429, 503
    REFUSED = "refused"  # 401, 403, 451
    MISSING = "missing"  # 404
    GONE = "gone"  # 410
    BROKEN = "broken"  # answered, but not with what it should be
    UNREACHABLE = "unreachable"  # no answer: name, route, TLS, time


@dataclass(frozen=True, slots=True)
class Visit:
    """The facts of one answer that `gather.pacing` decides on. Header values are verbatim; '' where absent."""

    status: Status
    at: datetime
    http_status: int = 0
    validators: Validators | None = None  # a full replacement set, or None to keep the old one
    cache_control: str = ""
    age: str = ""
    expires: str = ""
    date: str = ""
    retry_after: str = ""
    ttl_minutes: int = 0  # the feed's own <ttl>
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()
    moved_to: str = ""  # the final address of an all-permanent redirect chain
    bytes: int = 0
    ms: int = 0
    note: str = ""  # one sentence a person understands, for the source's page


@dataclass(frozen=True, slots=True)
class Answered:
    """What a server answered, as bytes: the proof of what an article was read from.

    `url` is the address that answered in the end, `kind` its Content-Type. `hidden` says that a withheld name is in
    it, so that only its hash may be kept.
    """

    url: str
    status: int
    kind: str
    body: bytes = field(repr=False)
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Article:
    """One item as a source gave it, before anything was decided about it.

    `text` is plain text of the article's own body (never page furniture), '' where only title and summary are known.
    `source` is a `Source.name`. `language` is what the source declared, as a two-letter code or ''.
    `forwarded_from` names the channel whose words these are where the source only passes them on: no voice of its own.
    `answered` is what it was read from, where that is at hand.
    """

    url: str
    title: str
    text: str = ""
    summary: str = ""
    published: datetime | None = None
    source: str = ""
    language: str = ""
    author: str = ""
    guid: str = ""
    edited: datetime | None = None
    forwarded_from: str = ""
    answered: Answered | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """One row of a published list of prisoners: only the few fields that are used."""

    id: str
    name: str
    status: str  # active | former | np
    released_on: date | None = None
    died: bool = False
    url: str = ""
    prison: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A whole list as published at one moment."""

    source: str
    at: datetime
    people: tuple[ListedPerson, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One visit with what it brought. Nothing here was stored yet."""

    source: str
    visit: Visit
    articles: tuple[Article, ...] = ()
    listing: Listing | None = None


# ------------------------------------------------------------------------------------------------------------ reading


@dataclass(frozen=True, slots=True)
class Tokens:
    """Analysed text: for each word position all its keys, and where the word stands in the original text.

    `keys[i]` is a tuple of strings; the first is always the exact key `"=" + normalised form`, the rest are the
    lemma or stem keys of every parse. `spans[i]` is the half-open range of the word in the text that was analysed.
    `capitals` are the numbers of the words that begin with a capital letter; None where nobody has looked.
    """

    keys: tuple[tuple[str, ...], ...] = ()
    spans: tuple[tuple[int, int], ...] = ()
    capitals: Sequence[int] | None = field(default=None, compare=False, repr=False)

    def __len__(self) -> int:
        return len(self.keys)


class PersonStatus(StrEnum):
    """What an article says of a person it names."""

    FREED = "freed"
    HELD = "held"
    OTHER = "other"


class Mention(NamedTuple):
    """One known person named by an article. `certain` is False where it may be another person of that name."""

    person: str  # Person.id
    name: str
    spelling: str
    field: Literal["title", "text"]
    span: tuple[int, int]
    status: PersonStatus = PersonStatus.OTHER
    sentence: str = ""
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Claim:
    """What an article says happened, with the sentence it was read from.

    `kind`: pardon, amnesty, exchange, deal, deportation, end-of-term, home-arrest-ended, release, death, re-arrest,
    health, refused-exile. `modality`: hint, announced, reported, denied, retracted, past, forecast, demand.
    `total` is the number freed in this event by this article; `political` the political subset; `cumulative` a running
    total since some date; `per` counts by destination or nationality. `origin` names who it rests on:
    official-by, state-aligned, viasna, relative, destination-state, us, agency, ngo, own-reporting, or ''.
    """

    kind: str
    modality: str
    sentence: str
    total: int | None = None
    political: int | None = None
    cumulative: int | None = None
    per: tuple[tuple[str, int], ...] = ()
    date: date | None = None
    destination: str = ""
    origin: str = ""
    freed: tuple[str, ...] = ()  # Person.id
    held: tuple[str, ...] = ()
    withheld: bool = False  # the article says names are withheld
    recalled: bool = False  # it only tells of those freed, not that they are freed now
    said: tuple[tuple[str, str], ...] = ()  # total, political, cumulative or a meaning of `per`, and its sentence


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything the program reads in one article."""

    language: str
    title: Tokens
    text: Tokens
    relevant: bool = False
    topics: tuple[str, ...] = ()
    names: tuple[Sighting, ...] = ()
    mentions: tuple[Mention, ...] = ()
    claims: tuple[Claim, ...] = ()
    analyser_version: str = ""

    @property
    def claim(self) -> Claim | None:
        """The claim the article makes first, or None."""
        return self.claims[0] if self.claims else None


@dataclass(frozen=True, slots=True)
class Person:
    """Someone the operator made public: covered widely enough that following them points to nobody.

    `aliases` are spellings in any language and script. `namesakes` says who else bears the name, for readers.
    """

    id: str
    name_en: str
    name_be: str = ""
    name_ru: str = ""
    aliases: tuple[str, ...] = ()
    gender: str = ""
    role: str = ""
    category: str = ""  # former-prisoner | prisoner | died | context
    status: str = ""  # released | held | died | unknown
    status_date: str = ""  # ISO, may be partial
    status_source: str = ""
    destination: str = ""
    namesakes: str = ""


# ----------------------------------------------------------------------------------------------------------- matching


class Sighting(NamedTuple):
    """A run of words in an article that may be somebody's name, with every key under which a watched name meets it.

    `strong` keys stand for a full name (first name or its group + surname), `weak` ones for a surname alone or with an
    initial; weak ones count only beside a strong one of the same name, or (initial) in prison context.
    """

    field: Literal["title", "text"]
    span: tuple[int, int]
    spelling: str
    strong: tuple[str, ...]
    weak: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """An article as the matcher sees it. `people`, `names`, `topics` and `event` feed person:, topic: and event:."""

    title: Tokens
    text: Tokens
    names: tuple[Sighting, ...] = ()
    language: str = ""
    source: str = ""
    outlet: str = ""
    type: str = ""
    people: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    event: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a query matched: the words and where they stand, as (field, start, end) into the article's own text."""

    spans: tuple[tuple[Literal["title", "text"], int, int], ...] = ()
    people: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that became newsworthy: an immutable, numbered row. `key` says what is new, never where it was filed.

    `kind`: coverage (an article in a story), announced, named, count, destination, state, correction.
    `held_for_human` facts wait for the operator and reach nobody before.
    """

    id: int
    key: str
    kind: str
    at: datetime
    article: int | None = None
    story: str = ""
    event: str = ""
    person: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    held_for_human: bool = False


# ------------------------------------------------------------------------------------------------------- what is sent


@dataclass(frozen=True, slots=True)
class Snippet:
    """Words that matched, in their context; `marks` are ranges of the matched words within `text`."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Voice:
    """Someone who says so."""

    outlet: str
    type: str
    url: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One story or event in a message.

    `section`: correction, person, event, story (the order in a digest). `happened` is one sentence made from the
    ledger where there is one; `state` its certainty word (hint, announced, named, corroborated, confirmed, corrected);
    `ledger` the lines of counts, `unknown` what is not known; `new` what this message adds to earlier ones.
    """

    section: Literal["correction", "person", "event", "story"]
    title: str
    link: str  # the lead article
    page: str  # our own page, neutral: {base_url}/n/{id}
    voices: tuple[Voice, ...]
    published: datetime | None
    seen: datetime
    snippets: tuple[Snippet, ...] = ()
    names: tuple[str, ...] = ()  # followed people it names, as the reader wrote them
    happened: str = ""
    state: str = ""
    ledger: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    late: bool = False
    alerts: tuple[str, ...] = ()  # names of the alerts that matched


@dataclass(frozen=True, slots=True)
class Coverage:
    """The line that explains silence: how many sources are checked, which are quiet or failing, since when."""

    checked: int
    quiet: tuple[str, ...] = ()
    failing: tuple[tuple[str, datetime], ...] = ()


class DeliveryKind(StrEnum):
    ALERT = "alert"
    DIGEST = "digest"
    CORRECTION = "correction"
    QUIET = "quiet"  # once in a week that brought nothing: we looked, and there was nothing
    CONFIRM = "confirm"
    MANAGE = "manage"
    NOTICE = "notice"  # to the operator
    TEST = "test"


Discretion = Literal["open", "discreet", "pointer"]


@dataclass(frozen=True, slots=True)
class Bundle:
    """What is due to one person in one message, before it is worded."""

    delivery: str  # random, for life
    kind: DeliveryKind
    at: datetime
    language: str = "en"  # be | ru | en
    zone: str = "UTC"
    discretion: Discretion = "discreet"
    html: bool = False
    entries: tuple[Entry, ...] = ()
    more: int = 0  # stories beyond those listed
    more_url: str = ""
    coverage: Coverage | None = None
    held: str = ""  # "889 held (Viasna, 30 Aug 2026)", '' where unknown
    code_word: str = ""
    unsubscribe_url: str = ""
    manage_url: str = ""
    action_url: str = ""  # confirm and manage mails
    text: str = ""  # notices


@dataclass(frozen=True, slots=True)
class Mail:
    subject: str
    text: str
    html: str = ""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SlackPost:
    text: str  # the fall-back, plain and short
    blocks: tuple[dict[str, Any], ...] = ()
    rest: tuple[SlackPost, ...] = ()  # what did not fit, in order; each without a `rest` of its own


@dataclass(frozen=True, slots=True)
class HookCall:
    type: str
    data: dict[str, Any]
    timestamp: str = ""  # of what is told, as `clock.to_text` writes it; the same on every attempt


Message = Mail | SlackPost | HookCall


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes, opened: in memory only, in `send` only. Its repr hides it from logs and tracebacks."""

    channel: str  # email | slack | webhook
    to: str = field(repr=False)
    secret: str = field(default="", repr=False)  # webhook signing secret
    old_secret: str = field(default="", repr=False)  # the one before, while both are valid


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row of the outbox, as claimed."""

    id: str
    subscriber: str
    kind: DeliveryKind
    attempts: int
    created: datetime
    first_due: datetime
