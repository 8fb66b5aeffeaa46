"""config.yaml becomes one validated `Config`: every mistake is reported at once, with its path and what to do.

Config decides, the database learns: nothing with a time in it is kept here. Secrets are never in the file; the file
names an environment variable (`env:NAME`) or a file (`file:/path`) that holds them. `config.local.yaml` beside the
file overlays it: mappings merge, lists whose items have a `name` merge by that name, everything else replaces.
"""

from __future__ import annotations

import os
import re
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from monitor import model
from monitor.errors import ConfigError

# libyaml reads the file in a tenth of the time, where it was built in
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}


def parse_span(value: object) -> timedelta:
    """`10 min`, `48h`, `2 d` or a number of seconds. Raises ValueError otherwise."""
    if isinstance(value, timedelta):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return timedelta(seconds=value)
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(s|m|min|h|d)\s*", str(value))
    if not found:
        raise ValueError("write a span of time such as 10 min, 48 h or 2 d")
    return timedelta(seconds=float(found[1]) * _UNITS[found[2]])


Span = Annotated[timedelta, BeforeValidator(parse_span)]


class Strict(BaseModel):
    """A section of the file: unknown keys are mistakes, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceConfig(Strict):
    """One entry of `sources:`. A bare address is a feed with everything else found out."""

    name: str = ""
    url: str
    kind: model.Kind = model.Kind.FEED
    outlet: str = ""
    owner: str = ""
    type: model.OutletType = model.OutletType.INDEPENDENT
    languages: tuple[str, ...] = ()
    interval: Span = timedelta(minutes=60)
    full_text: bool = False
    enabled: bool = True
    mirrors: tuple[str, ...] = ()
    path_id: str = ""
    spider: str = ""
    least: int = Field(default=0, ge=0)
    encoding: str = ""
    proxy: str = ""
    note: str = ""

    @field_validator("url")
    @classmethod
    def _http(cls, value: str) -> str:
        if not re.match(r"https?://[^/\s]+", value):
            raise ValueError("an address starts with https:// or http://")
        return value

    @field_validator("interval")
    @classmethod
    def _polite(cls, value: timedelta) -> timedelta:
        if value < timedelta(minutes=5):
            raise ValueError("no source is asked more often than every 5 min")
        return value

    @field_validator("proxy")
    @classmethod
    def _no_leak(cls, value: str) -> str:
        if value and not re.match(r"(http|https|socks5h)://", value):
            raise ValueError("use http:// or socks5h:// (socks5:// would look names up outside the proxy)")
        return value

    @field_validator("path_id")
    @classmethod
    def _one_group(cls, value: str) -> str:
        if value and re.compile(value).groups < 1:
            raise ValueError("path_id needs one group (…) around the article's id")
        return value

    def source(self) -> model.Source:
        """The same as a noun that travels, with names found out from the address where they are not given."""
        host = re.sub(r"^https?://(www\.)?|[:/].*$", "", self.url)
        fields = self.model_dump()
        fields["name"] = self.name or self.url
        fields["outlet"] = self.outlet or self.name or host
        fields["owner"] = self.owner or fields["outlet"]
        return model.Source(**fields)


class AlertConfig(Strict):
    """One entry of `alerts:`, the four lines most people need."""

    name: str
    keywords: str | tuple[str, ...]
    to: str
    when: str = "now"
    language: Literal["be", "ru", "en"] = "en"
    certainty: Literal["", "hint", "announced", "named", "corroborated", "confirmed"] = ""  # '' as is usual
    discreet: bool = False
    html: bool = False
    weekly: bool = True  # a note after a week in which nothing else was sent

    @field_validator("when")
    @classmethod
    def _when(cls, value: str) -> str:
        parse_when(value)
        return value

    @field_validator("to")
    @classmethod
    def _to(cls, value: str) -> str:
        if re.match(r"https?://", value):
            raise ValueError(
                "a hook address is a secret: put it in an environment variable and write the variable's name here, "
                "for example  to: SLACK_WEBHOOK_URL"
            )
        return value


def parse_when(value: str) -> tuple[str, str]:
    """`now` is ("", ""); `daily 08:00 Europe/Vilnius` is ("08:00", "Europe/Vilnius"). Raises ValueError otherwise."""
    if value.strip() == "now":
        return "", ""
    found = re.fullmatch(r"\s*daily\s+([01]?\d|2[0-3]):([0-5]\d)(?:\s+(\S+))?\s*", value)
    if not found:
        raise ValueError("write now, or daily 08:00 Europe/Vilnius")
    zone = found[3] or "UTC"
    try:
        ZoneInfo(zone)
    except Exception as trouble:
        raise ValueError(f"{zone} is not a time zone; write one such as Europe/Vilnius or UTC") from trouble
    return f"{int(found[1]):02}:{found[2]}", zone


class SmtpConfig(Strict):
    """The mail server. Without `host`, mail goes to a Maildir under the state folder and nothing leaves."""

    host: str = ""
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = ""  # env:NAME or file:/path
    sender: str = "notes@localhost"
    sender_name: str = ""
    bounces: str = ""  # a domain: each mail's envelope sender is then a random address there
    per_minute: int = Field(default=600, ge=1)
    connections: int = Field(default=4, ge=1, le=16)

    @field_validator("bounces")
    @classmethod
    def _domain(cls, value: str) -> str:
        if value and not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", value):
            raise ValueError("write a domain such as bounces.example.org")
        return value

    @field_validator("password")
    @classmethod
    def _not_here(cls, value: str) -> str:
        if value and not value.startswith(("env:", "file:")):
            raise ValueError("a password does not belong in this file: write env:NAME or file:/path")
        return value


class ProbeConfig(Strict):
    """The synthetic item that shows that the line is open: a mailbox of its own, read by nobody."""

    to: str = ""  # a test mailbox; may stay empty only where mails are laid into the state folder
    every: Span = timedelta(hours=1)
    within: Span = timedelta(minutes=10)  # later than this, /health is degraded
    maildir: str = ""  # where mails to it land on this machine, if they do: it is then looked for there


class DeliveryConfig(Strict):
    smtp: SmtpConfig = SmtpConfig()
    slack_host: str = "hooks.slack.com"
    late_after: Span = timedelta(hours=48)  # older than this when it could first have been seen: not an alert
    gather_for: Span = timedelta(seconds=60)  # an instant alert waits this long for more of the same
    operator: str = ""  # where notices to the operator go: an e-mail address
    probe: ProbeConfig = ProbeConfig()

    @property
    def probe_to(self) -> str:
        """Where the synthetic item goes; '' where there is none."""
        return self.probe.to or ("" if self.smtp.host else "test-item@localhost")


class WebConfig(Strict):
    base_url: str = ""  # what links begin with; where it is not set, the address that is listened on
    bind: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    onion: str = ""
    mirrors: tuple[str, ...] = ()
    #: Addresses or ranges of the proxies in front: only they are asked (X-Forwarded-For) whom a request comes from.
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    sign_up: Literal["closed", "open"] = "closed"
    title: str = ""  # default: "Release monitor" in the language of the page

    @model_validator(mode="before")
    @classmethod
    def _own_address(cls, data: Any) -> Any:
        if not isinstance(data, dict) or data.get("base_url"):
            return data
        bind = str(data.get("bind") or "127.0.0.1")
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(bind, f"[{bind}]" if ":" in bind else bind)  # noqa: S104
        return {**data, "base_url": f"http://{host}:{data.get('port', 8000)}"}


class NetworkConfig(Strict):
    allow: tuple[str, ...] = ()  # CIDR ranges that the address guard lets through
    user_agent: str = "release-monitor/0.1 (+https://github.com/release-monitor/release-monitor)"
    contact: str = ""  # added to the user agent
    hosts_at_once: int = Field(default=32, ge=1, le=256)
    spacing: Span = timedelta(seconds=2)  # between two requests to one host
    total: Span = timedelta(seconds=30)
    max_bytes: int = 1024 * 1024
    max_decoded: int = 10 * 1024 * 1024
    respect_robots: bool = True


class EvidenceConfig(Strict):
    """What is kept of the answers that alerts rest on; their hashes are kept for ever."""

    keep: Span = timedelta(days=730)
    largest: int = Field(default=512 * 1024, ge=0)  # bytes, compressed; of a larger answer only the hash is kept


class KeyConfig(Strict):
    """Where the keys lie: a folder outside the state folder, 0700, files 0600."""

    folder: str = ""  # default: beside the state folder, <state>-keys
    offline: str = ""  # the public key that backups of the readers are sealed to; its other half is elsewhere

    @field_validator("offline")
    @classmethod
    def _public(cls, value: str) -> str:
        if value and not re.fullmatch(r"[0-9a-f]{64}", value):
            raise ValueError("write the 64 letters and digits that `monitor subscriber offline-key` shows")
        return value


class Config(Strict):
    alerts: tuple[AlertConfig, ...] = ()
    sources: tuple[SourceConfig, ...] = ()
    topics: dict[str, dict[str, tuple[str, ...]]] = Field(default_factory=dict)
    delivery: DeliveryConfig = DeliveryConfig()
    web: WebConfig = WebConfig()
    network: NetworkConfig = NetworkConfig()
    keys: KeyConfig = KeyConfig()
    evidence: EvidenceConfig = EvidenceConfig()
    withhold: tuple[str, ...] = ()  # names that get no mention, no key, no display
    demo: bool = False

    @model_validator(mode="before")
    @classmethod
    def _bare_addresses(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("sources"), list):
            data = {**data, "sources": [{"url": s} if isinstance(s, str) else s for s in data["sources"]]}
        return data

    @model_validator(mode="after")
    def _unique_names(self) -> Config:
        for what, names in (
            ("sources", [s.source().name for s in self.sources]),
            ("alerts", [a.name for a in self.alerts]),
        ):
            twice = sorted({n for n in names if names.count(n) > 1})
            if twice:
                raise ValueError(f"{what}: two entries are called {', '.join(twice)}; give each its own name")
        return self

    def secret_variables(self) -> frozenset[str]:
        """The environment variables that hold secrets of the sending side."""
        named = [self.delivery.smtp.password.removeprefix("env:"), *(a.to for a in self.alerts if "@" not in a.to)]
        names = [name.removeprefix("env:") for name in named if name and not name.startswith("file:")]
        return frozenset(["MONITOR_PASSPHRASE", *names, *(f"{name}_SECRET" for name in names)])

    def all_sources(self) -> tuple[model.Source, ...]:
        return tuple(s.source() for s in self.sources)


def load(path: Path) -> Config:
    """Read config.yaml and its overlay. Raises ConfigError with every mistake at once."""
    data = _overlay(_read(path), _read(path.with_suffix(".local.yaml"), missing_ok=True))
    for name, place in (("PORT", ("web", "port")), ("MONITOR_BASE_URL", ("web", "base_url"))):
        if os.environ.get(name):
            data = _overlay(data, {place[0]: {place[1]: os.environ[name]}})
    try:
        return Config.model_validate(data)
    except ValidationError as trouble:
        lines = [f"  {_where(e['loc'], data)}: {_plain(e)}" for e in trouble.errors()]
        local = path.with_suffix(".local.yaml")
        files = f"{path} and {local.name}" if local.exists() else str(path)
        raise ConfigError(f"{files}: {len(lines)} to mend\n" + "\n".join(lines)) from None


def secret(reference: str) -> str:
    """What `env:NAME`, `file:/path` or a bare environment variable name stands for.

    Raises ConfigError where it is not set; the message names the variable or file, never a value.
    """
    if not reference:
        return ""
    scheme, _, rest = reference.partition(":")
    if scheme == "file":
        try:
            return Path(rest).read_text(encoding="utf-8").strip()
        except OSError as trouble:
            raise ConfigError(f"cannot read {rest}: {trouble.strerror}") from None
    name = rest if scheme == "env" else reference
    value = os.environ.get(name, "").strip()
    if not value:
        raise ConfigError(f"the environment variable {name} is not set")
    return value


def _read(path: Path, *, missing_ok: bool = False) -> dict[str, Any]:
    if missing_ok and not path.exists():
        return {}
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # noqa: S506 — a safe one
    except FileNotFoundError:
        raise ConfigError(f"{path} does not exist; name another with --config") from None
    except (yaml.YAMLError, UnicodeDecodeError) as trouble:
        raise ConfigError(f"{path} is not YAML: {trouble}") from None
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise ConfigError(
            f"{path}: the file is a mapping of sections (alerts, sources, …), this is a {type(data).__name__}"
        )
    return data


def _overlay(below: Any, above: Any) -> Any:
    if isinstance(below, dict) and isinstance(above, dict):
        return {**below, **{k: _overlay(below[k], v) if k in below else v for k, v in above.items()}}
    if isinstance(below, list) and isinstance(above, list) and all(isinstance(x, dict) and "name" in x for x in above):
        merged = {x["name"]: x for x in below if isinstance(x, dict) and "name" in x}
        nameless = [x for x in below if not (isinstance(x, dict) and "name" in x)]
        for entry in above:
            merged[entry["name"]] = {**merged.get(entry["name"], {}), **entry}
        return [*merged.values(), *nameless]
    return above


def _where(path: tuple[int | str, ...], data: Any) -> str:
    """`sources[3] (Zerkalo).interval`: an index alone is hard to find in a long file."""
    text = ""
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            data = None
        if isinstance(part, int):
            text += f"[{part}]"
            if isinstance(data, dict) and data.get("name"):
                text += f" ({data['name']})"
        else:
            text += f".{part}" if text else str(part)
    return text or "the file"


def _plain(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        return "there is no such setting"
    if error["type"] == "missing":
        return "is missing"
    return str(error["msg"]).removeprefix("Value error, ")
