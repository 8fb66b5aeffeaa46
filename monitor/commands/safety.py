"""lock, unlock, panic, backup: for the day when it gets serious, and for every day."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from monitor.commands.session import Session, say

#: Half seconds for which a sender is waited for that takes the passphrase.
HANDING_OVER = 16


def register(app: typer.Typer) -> None:
    app.command()(lock)
    app.command()(unlock)
    app.command()(panic)
    app.command()(backup)


def lock(context: typer.Context) -> None:
    """Stop sending within five seconds, and stay so across restarts, until unlock."""
    from monitor.subscribers import safety

    session: Session = context.obj
    say("locked" if safety.lock(session.private, session.clock()) else "it was locked already")


def unlock(context: typer.Context) -> None:
    """Go on sending; what waited goes out. A protected key needs its passphrase again."""
    from monitor.subscribers import keys, safety

    session: Session = context.obj
    word = session.passphrase()
    if word and keys.present(session.key_folder):
        keys.load(session.key_folder, word)  # a wrong one is said now, and nothing is unlocked
    say("unlocked" if safety.unlock(session.private) else "it was not locked")
    if word:
        taken = _hand_over(session.key_folder, word)
        say("the sender has the key again" if taken else "no sender waits for the passphrase: give it when it starts")


def _hand_over(folder: Path, word: str) -> bool:
    """Wait a little for the sender to see that it may go on."""
    from monitor.subscribers import passphrase

    for _ in range(HANDING_OVER):
        if passphrase.hand_over(folder, word):
            return True
        time.sleep(0.5)
    return False


def panic(context: typer.Context, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Destroy the keys, then the list of readers. The archive stays. Cannot be undone; safe to run twice."""
    from monitor.errors import ConfigError
    from monitor.subscribers import safety

    session: Session = context.obj
    if not yes:
        typer.confirm("Destroy the keys and the list of readers for ever?", abort=True)
    try:
        folder = session.key_folder
    except ConfigError:  # a broken configuration must not save the keys
        folder = Path(f"{session.state_path}-keys")
    gone = safety.panic(session.state_path, folder)
    say(f"gone: {', '.join(gone)}" if gone else "there was nothing left to destroy")


def backup(context: typer.Context, file: Path) -> None:
    """Copy the archive into one file while everything runs. It never contains readers."""
    from monitor.store import backups

    session: Session = context.obj
    backups.backup(session.archive, file)
    say(f"{file}: the archive, without readers")
