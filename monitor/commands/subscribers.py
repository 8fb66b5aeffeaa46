"""subscriber: the operator's hand on the sealed list. Secrets come from standard input, never from arguments."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from monitor.commands.session import Session, out, say, warn_of_volume
from monitor.config import parse_when
from monitor.errors import ConfigError
from monitor.model import Discretion

if TYPE_CHECKING:
    from monitor.subscribers.readers import Reader

subscriber = typer.Typer(help="The sealed list of readers.", no_args_is_help=True)

Who = Annotated[str, typer.Argument(help="The subscriber's id, as `list` shows it.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Keywords = Annotated[list[str] | None, typer.Option("--keywords", "-k", help="May be given several times: OR.")]
When = Annotated[str, typer.Option(help="now, or daily 08:00 Europe/Vilnius.")]
Language = Annotated[str, typer.Option(help="be, ru or en.")]


def register(app: typer.Typer) -> None:
    app.add_typer(subscriber, name="subscriber")


@subscriber.command()
def add(
    context: typer.Context,
    keywords: Keywords = None,
    name: Annotated[str, typer.Option(help="What the alert is called in its messages.")] = "",
    when: When = "now",
    language: Language = "en",
    discretion: Annotated[str, typer.Option(help="open, discreet or pointer.")] = "discreet",
    certainty: Annotated[
        str, typer.Option(help="The least certainty: hint (anything), announced, named, corroborated or confirmed.")
    ] = "",
    html: Annotated[bool, typer.Option(help="Mail with an HTML part.")] = False,
    json: Json = False,
) -> None:
    """Add a reader; the address (or Slack or webhook URL) is read from standard input."""
    from monitor.subscribers import desk
    from monitor.subscribers.readers import CERTAINTIES, Subscription, usual_certainty

    session: Session = context.obj
    if not keywords:
        raise ConfigError("what is to be heard? Give --keywords, for example --keywords topic:releases")
    if certainty and certainty not in CERTAINTIES:
        raise ConfigError(f"--certainty is one of {', '.join(CERTAINTIES)}")
    query = _query(session, keywords)
    reader = _reader(session, _address(), when, language, discretion, html)
    certainty = certainty or usual_certainty(query)
    wanted = Subscription(name or keywords[0], query, instant=not reader.hour, certainty=certainty)
    ident = desk.add(session.private, session.keys, reader, [wanted], session.clock())
    secret = desk.secret_of(session.private, session.keys, ident) if reader.channel == "webhook" else ""
    if json:
        out({"id": ident, **({"secret": secret} if secret else {})})
        return
    print(ident)
    if secret:
        say(f"The webhook's signing secret, shown once: {secret}")


@subscriber.command()
def edit(
    context: typer.Context,
    who: Who,
    keywords: Keywords = None,
    name: Annotated[str, typer.Option(help="What the alert is called in its messages.")] = "",
    when: Annotated[str, typer.Option(help="now, or daily 08:00 Europe/Vilnius.")] = "",
    language: Annotated[str, typer.Option(help="be, ru or en.")] = "",
    discretion: Annotated[str, typer.Option(help="open, discreet or pointer.")] = "",
    weekly: Annotated[bool | None, typer.Option(help="A note after a week without any other.")] = None,
) -> None:
    """Change what a reader hears, when, or how."""
    from dataclasses import replace

    from monitor.store.subscribers import by_id
    from monitor.subscribers import desk
    from monitor.subscribers.readers import Subscription, usual_certainty

    session: Session = context.obj
    row = by_id(session.private, who)
    if row is None:
        raise desk.NobodyThere(f"there is no subscriber {who}")
    reader = desk.open_reader(session.keys, row)
    if when:
        hour, zone = _when(when)
        reader = replace(reader, hour=hour, zone=zone or reader.zone)
    reader = replace(
        reader,
        language=language or reader.language,
        discretion=_discretion(discretion) if discretion else reader.discretion,
        weekly=reader.weekly if weekly is None else weekly,
    )
    wanted = [s for _, s in desk.open_subscriptions(session.private, session.keys, who)]
    if keywords:
        query = _query(session, keywords)
        wanted = [Subscription(name or keywords[0], query, not reader.hour, usual_certainty(query))]
    elif when:
        wanted = [replace(s, instant=not reader.hour) for s in wanted]
    desk.edit(session.private, session.keys, who, reader, wanted)
    say("changed")


@subscriber.command()
def pause(
    context: typer.Context, who: Who, resume: Annotated[bool, typer.Option(help="Go on sending.")] = False
) -> None:
    """Send nothing to a reader until they are resumed."""
    from monitor.subscribers import desk

    session: Session = context.obj
    desk.pause(session.private, who, resume=resume)
    say("resumed" if resume else "paused")


@subscriber.command("list")
def list_(
    context: typer.Context,
    reveal: Annotated[bool, typer.Option(help="Show addresses; needs the private key.")] = False,
    json: Json = False,
) -> None:
    """Everybody, by id and state; addresses only where they are asked for."""
    from monitor.subscribers import desk

    session: Session = context.obj
    for entry in desk.listing(session.private, session.keys if reveal else None, reveal=reveal):
        if json:
            out(entry)
        else:
            print(f"{entry.id}  {entry.state:8} {entry.origin:9} {entry.since}  {entry.address}".rstrip())


@subscriber.command()
def remove(context: typer.Context, who: Who) -> None:
    """Take a reader off the list, without a word to them; nothing of them stays."""
    erase(context, who)


@subscriber.command()
def erase(context: typer.Context, who: Who) -> None:
    """The same as remove."""
    from monitor.store.subscribers import by_id
    from monitor.subscribers import desk

    session: Session = context.obj
    if by_id(session.private, who) is None:
        raise desk.NobodyThere(f"there is no subscriber {who}")
    at_once = desk.erase(session.private, who)
    say("erased" if at_once else "erased; the log is emptied as soon as nobody reads it")


@subscriber.command()
def export(context: typer.Context, who: Who) -> None:
    """Everything that is held about a reader, as JSON."""
    from monitor.subscribers import desk

    session: Session = context.obj
    out(desk.export(session.private, session.keys, who))


def _address() -> str:
    """The address from standard input: arguments can be read by everybody on the machine."""
    if sys.stdin.isatty():
        address = getpass.getpass("Address (e-mail, Slack or webhook URL; not shown): ")
    else:
        address = sys.stdin.readline()
    if not address.strip():
        raise ConfigError("no address: write it to standard input")
    return address.strip()


def _discretion(text: str) -> Discretion:
    for known in get_args(Discretion):
        if text == known:
            return known  # type: ignore[no-any-return]
    raise ConfigError("--discretion is open, discreet or pointer")


def _query(session: Session, keywords: list[str]) -> str:
    """Raises QueryError for what cannot be read or asks for a topic that is not there; says what will be much."""
    from monitor.matching.query import from_keywords, parse
    from monitor.matching.topics import topic_names

    query = from_keywords(keywords)
    parse(query, topic_names(session.config.topics))
    warn_of_volume(session, query)
    return query


def _reader(session: Session, address: str, when: str, language: str, discretion: str, html: bool) -> Reader:
    from monitor.subscribers.readers import Reader
    from monitor.subscribers.requests import new_token

    channel = _channel(session, address)
    hour, zone = _when(when)
    try:
        return Reader(
            channel,
            address,
            new_token(),
            language=language,
            zone=zone or "UTC",
            hour=hour,
            discretion="open" if channel == "slack" else _discretion(discretion),
            html=html,
        )
    except ValueError as trouble:
        raise ConfigError(str(trouble)) from None


def _channel(session: Session, address: str) -> str:
    """What kind of address it is. Raises ConfigError for none."""
    from email_validator import EmailNotValidError, validate_email

    if "://" in address:
        host = session.config.delivery.slack_host.split("://")[-1]
        return "slack" if address.split("://", 1)[1].startswith(f"{host}/") else "webhook"
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise ConfigError("this is no e-mail address and no web address") from None
    return "email"


def _when(when: str) -> tuple[str, str]:
    try:
        return parse_when(when)
    except ValueError as trouble:
        raise ConfigError(f"--when: {trouble}") from None
