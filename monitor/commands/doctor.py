"""doctor: is everything as it must be? Each trouble comes with its remedy."""

from __future__ import annotations

import re
import smtplib
import stat
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from monitor.commands import machine
from monitor.commands.machine import Finding
from monitor.commands.session import Session, out, say, some
from monitor.errors import ConfigError, KeysMissing, MonitorError
from monitor.store import sqlite3

#: A backup of the readers that is older than this is asked for again.
BACKUP_DAYS = 31


def register(app: typer.Typer) -> None:
    app.command()(doctor)


def doctor(
    context: typer.Context, json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False
) -> None:
    """Check configuration, keys, permissions, SMTP login, clock, disk, SQLite and HTTPS, each with its remedy."""
    findings = list(examine(context.obj))
    for f in findings:
        if json:
            out(f)
        else:
            sign = {"fine": "ok  ", "warning": "note", "trouble": "BAD "}[f.state]
            print(f"{sign}  {f.what}: {f.found}" + (f"\n      -> {f.remedy}" if f.remedy else ""))
    if any(f.state == "trouble" for f in findings):
        say("something needs mending")
        raise typer.Exit(1)


def examine(session: Session) -> Iterator[Finding]:
    """Every check in turn; one that cannot be made is itself a finding."""
    checks: list[Callable[[Session], Iterator[Finding]]] = [
        _configuration, machine.disk, machine.sqlite, machine.databases, machine.clock, _permissions, _keys, _offline,
        _mail, _discreet, _page,
    ]  # fmt: skip
    for check in checks:
        try:
            yield from check(session)
        except (MonitorError, OSError, sqlite3.Error) as trouble:
            yield Finding(check.__name__.strip("_"), "trouble", str(trouble), "mend this first, then run doctor again")
            if check in (_configuration, machine.disk):
                return  # nothing else can be looked at


def _configuration(session: Session) -> Iterator[Finding]:
    config = session.config
    sources = config.all_sources()
    yield Finding(
        "configuration",
        "fine",
        f"{some(sum(s.enabled for s in sources), 'source')} on, {some(len(config.alerts), 'alert')}",
    )
    if not config.network.contact:
        yield Finding(
            "contact",
            "warning",
            "the sites that are visited cannot reach you",
            "set network.contact to a page or a mailbox: it goes into the User-Agent",
        )


def _permissions(session: Session) -> Iterator[Finding]:
    open_ones = [p for p in _private_paths(session) if p.exists() and stat.S_IMODE(p.stat().st_mode) & 0o077]
    for path in open_ones:
        mode = "700" if path.is_dir() else "600"
        yield Finding("permissions", "trouble", f"{path} can be read by others", f"chmod {mode} {path}")
    if not open_ones:
        yield Finding("permissions", "fine", "state and keys are readable by this user only")


def _private_paths(session: Session) -> Iterator[Path]:
    yield session.state
    yield session.key_folder
    for folder in (session.state / "private", session.key_folder):
        if folder.is_dir():
            yield folder
            yield from folder.iterdir()


def _keys(session: Session) -> Iterator[Finding]:
    from monitor.subscribers import keys
    from monitor.subscribers.vault import PUBLIC_FILE

    if session.key_folder.resolve().is_relative_to(session.state.resolve()):
        yield Finding(
            "keys",
            "trouble",
            "the key folder lies inside the state folder: whoever copies the state can read the list",
            "move it and set keys.folder",
        )
    sealed = session.state / "private" / PUBLIC_FILE
    if not keys.present(session.key_folder):
        if sealed.exists():
            yield Finding(
                "keys", "trouble", f"this state folder was sealed with a key that is not in {session.key_folder}",
                f"bring the key back; without it move {sealed.parent} away, and the list of readers begins anew",
            )  # fmt: skip
        else:
            yield Finding("keys", "warning", f"there are none in {session.key_folder}", "the first start makes them")
        return
    try:
        held = keys.load(session.key_folder, session.passphrase())
    except KeysMissing as trouble:
        yield Finding("keys", "trouble", str(trouble), "until then nothing is sent; bring the key back from your copy")
        return
    if sealed.exists() and sealed.read_bytes() != held.vault.public_key:
        yield Finding(
            "keys", "trouble", f"the key in {session.key_folder} is not the one this state folder was sealed with",
            "bring the right key back, or set keys.folder to where it lies; nothing is sent until then",
        )  # fmt: skip
    else:
        yield Finding("keys", "fine", "the private key opens")


def _offline(session: Session) -> Iterator[Finding]:
    """Backups of the readers: is there a key for them, and is the last one young enough?"""
    from monitor.store import switches

    if not session.config.keys.offline:
        yield Finding(
            "readers' backup",
            "warning",
            "there is no key for it: if this machine dies, its readers are lost",
            "on another machine: monitor subscriber offline-key FILE; then set keys.offline here",
        )
        return
    day = switches.switch(session.private, switches.READERS_KEPT)
    if not day or (session.clock().date() - date.fromisoformat(day)).days > BACKUP_DAYS:
        yield Finding(
            "readers' backup", "warning", f"the last one was made {'on ' + day if day else 'never'}",
            "monitor subscriber backup FILE, and take the file elsewhere",
        )  # fmt: skip
    else:
        yield Finding("readers' backup", "fine", f"the last one was made on {day}")


def _discreet(session: Session) -> Iterator[Finding]:
    """Whatever stands in every mail must say nothing to whoever looks over a shoulder."""
    from monitor.alerts import sensitive

    smtp, base = session.config.delivery.smtp, session.config.web.base_url
    places = (("delivery.smtp.sender", smtp.sender), ("delivery.smtp.sender_name", smtp.sender_name),
              ("delivery.smtp.bounces", smtp.bounces), ("web.base_url", base))  # fmt: skip
    telling = [(name, stem) for name, value in places for stem in sensitive.found_in(re.sub(r"[-_.\d]", " ", value))]
    for name, stem in telling:
        yield Finding(name, "warning", f"it holds {stem!r}, which every mail would show", "choose a neutral word")
    if not telling:
        yield Finding("discretion", "fine", "sender and addresses say nothing")


def _mail(session: Session) -> Iterator[Finding]:
    from monitor.alerts.channels.email import connect, open_channel

    smtp = session.config.delivery.smtp
    if not smtp.host:
        yield Finding(
            "mail",
            "warning",
            "no mail server: mails are laid into the state folder's mail/ and nothing leaves this machine",
            "set delivery.smtp in config.local.yaml",
        )
        return
    try:
        open_channel(session.config, session.state)
        connect(smtp).quit()
    except ConfigError as trouble:
        yield Finding("mail", "trouble", str(trouble), "mend delivery.smtp in config.local.yaml")
    except (OSError, smtplib.SMTPException, MonitorError) as trouble:
        why = str(trouble) if isinstance(trouble, MonitorError) else type(trouble).__name__  # it may quote a password
        yield Finding("mail", "trouble", f"{smtp.host}:{smtp.port} did not let us in: {why}", _mend(why, smtp.security))
    else:
        yield Finding("mail", "fine", f"{smtp.host}:{smtp.port} lets us in ({smtp.security})")
    if not session.config.delivery.probe_to:
        yield Finding(
            "test item", "warning", "no test mailbox: nobody would notice that mails stop arriving",
            "name a mailbox that nobody reads in delivery.probe.to",
        )  # fmt: skip


def _mend(why: str, security: str) -> str:
    """Which setting of delivery.smtp to look at, by the step that failed."""
    if "AUTH" in why:
        return "check user and password of delivery.smtp; some providers want a password made for programs"
    if "certificate" in why:
        return "set delivery.smtp.host to the name that stands in the server's certificate"
    if "STARTTLS" in why or "TLS" in why:
        return f"check delivery.smtp.security (now {security}) and port: starttls with 587, tls with 465"
    return "check host and port of delivery.smtp"


def _page(session: Session) -> Iterator[Finding]:
    base = session.config.web.base_url
    if base.startswith("https://"):
        yield from _https(session, base)
    elif base.startswith(("http://127.0.0.1", "http://localhost")):
        yield Finding(
            "page",
            "warning",
            f"{base} is for this machine only",
            "docs/operate.md takes you to HTTPS; then set web.base_url",
        )
    else:
        yield Finding("page", "trouble", f"{base} is not encrypted", "put a TLS proxy before it: docs/operate.md")


def _https(session: Session, base: str) -> Iterator[Finding]:
    from monitor.gather.egress import Door
    from monitor.store import switches

    try:
        answer = Door(session.config.network).get(f"{base}/health")
    except (MonitorError, OSError) as trouble:
        yield Finding(
            "page", "trouble", f"{base} does not answer: {trouble}", "is the proxy running, is the name right?"
        )
        return
    state: Literal["fine", "trouble"] = "fine" if answer.status == 200 else "trouble"
    if state == "fine":
        switches.turn_on(session.private, switches.PAGE_SEEN, base.rstrip("/"), session.clock())
    remedy = "" if state == "fine" else "open /health: it says which process is silent"
    yield Finding("page", state, f"{base}/health answers {answer.status}", remedy)
