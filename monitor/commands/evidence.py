"""restore, verify, evidence: putting a copy back, and proving what an alert was based on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.commands.session import Session, say


def register(app: typer.Typer) -> None:
    app.command()(restore)


def restore(
    context: typer.Context,
    file: Path,
    alert: Annotated[bool, typer.Option("--alert", help="Tell readers of what appeared since the copy.")] = False,
) -> None:
    """Put a backup of the archive in its place; gather and send must be stopped. The old archive is kept beside it."""
    from monitor.process import only_one
    from monitor.store import backups

    session: Session = context.obj
    with only_one(session.state, "gather"), only_one(session.state, "send"):
        aside = backups.restore(session.state, file, session.clock(), silent=not alert)
    say(f"restored from {file}" + (f"; the archive before it is {aside}" if aside else ""))
    say("What appeared since the copy will be gathered again, and " + ("told." if alert else "told to nobody."))
