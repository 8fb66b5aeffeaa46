"""subscriber report, bounced, backup, restore, offline-key, rotate-key: looking after the list without looking."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from monitor.commands.session import Session, out, say
from monitor.commands.subscribers import Json, subscriber
from monitor.errors import ConfigError, MonitorError

File = Annotated[Path, typer.Argument(help="Where it is written; never overwritten by something else.")]


def register(app: typer.Typer) -> None:
    """The commands join `subscriber` when this module is imported."""


@subscriber.command()
def report(context: typer.Context, json: Json = False) -> None:
    """What needs looking after: pending sign-ups, noisy wishes, bounces, silent sources. No addresses, no wishes."""
    from monitor.alerts import report as reports

    session: Session = context.obj
    found = reports.report(session.archive, session.private, session.keys, session.clock())
    if json:
        out(found)
        return
    for line in reports.lines(found):
        print(line)


@subscriber.command()
def bounced(context: typer.Context, delivery: Annotated[str, typer.Argument(help="The bounce's recipient.")]) -> None:
    """A mail came back for good: switch its reader off. The part before the @ is the delivery's id."""
    from monitor.store import outbox, subscribers

    session: Session = context.obj
    ident = delivery.partition("@")[0]
    row = (
        next(iter(outbox.listed(session.private, ident=ident)), None)
        if re.fullmatch(r"[0-9a-z]{8,64}", ident)
        else None
    )
    if row is None:
        raise MonitorError("no delivery has this id: it was never sent from here, or is older than seven days")
    subscribers.set_state(session.private, row.subscriber, "disabled")
    outbox.cancel_all(session.private, row.subscriber, session.clock(), "the mailbox sent a mail back")
    say(f"{row.subscriber} is switched off; whoever it is can sign up again")


@subscriber.command("offline-key")
def offline_key(context: typer.Context, file: File) -> None:
    """Make the key that backups of the readers are sealed to. Run this on another machine, and leave the file there."""
    from monitor.subscribers import safekeeping

    public = safekeeping.make_key(file)
    print(public)
    say(f"{file} opens every backup: keep it off this server. On the server, set keys.offline: {public}")


@subscriber.command()
def backup(context: typer.Context, file: File) -> None:
    """Write all readers into one file that only the offline key opens."""
    from monitor.store import switches
    from monitor.subscribers import safekeeping

    session: Session = context.obj
    if not session.config.keys.offline:
        raise ConfigError("keys.offline is not set: `monitor subscriber offline-key FILE` makes one on another machine")
    count = safekeeping.backup(session.private, session.keys, session.config.keys.offline, file)
    switches.turn_on(session.private, switches.READERS_KEPT, session.clock().date().isoformat(), session.clock())
    say(f"{file}: {count} readers, sealed to the offline key")


@subscriber.command()
def restore(
    context: typer.Context, file: Path, key: Annotated[Path, typer.Option(help="The offline key's file.")]
) -> None:
    """Put the readers of a backup on this list. Bring the offline key for this alone, and take it away after."""
    from monitor.subscribers import safekeeping

    session: Session = context.obj
    try:
        came, here = safekeeping.restore(session.private, session.keys, key, file)
    except OSError as trouble:
        raise ConfigError(f"{trouble.filename}: {trouble.strerror}") from None
    say(f"{came} readers came back, {here} were here already")


@subscriber.command("rotate-key")
def rotate_key(context: typer.Context) -> None:
    """Make a new key, seal everything again, destroy the old one. `send` must not run meanwhile."""
    from monitor.process import only_one
    from monitor.subscribers import rotation

    session: Session = context.obj
    word = session.passphrase()
    with only_one(session.state, "send"):
        done = rotation.rotate(session.private, session.key_folder, session.state, word)
    say(f"{done.values} values are sealed with the new key, and the old one is gone")
    if done.suppressions:
        say(f"{done.suppressions} who said that it was not them are not known any more: their hashes had the old key")
