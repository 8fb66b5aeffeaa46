"""demo: two invented weeks on loopback."""

from __future__ import annotations

import logging
from typing import Annotated

import typer

from monitor.commands.session import Session


def register(app: typer.Typer) -> None:
    app.command()(demo)


def demo(
    context: typer.Context,
    port: Annotated[int, typer.Option(envvar="PORT", help="Where the page is left open.")] = 8000,
    browse: Annotated[bool, typer.Option(help="Leave the page open afterwards.")] = True,
) -> None:
    """Play two invented weeks: no network, no configuration, nothing kept."""
    from monitor.demo.play import play
    from monitor.process import log_to_stderr, stop_on_signals

    session: Session = context.obj
    log_to_stderr("demo", level=logging.DEBUG if session.debug else logging.WARNING)
    stop = stop_on_signals()
    arrived = play(port, lambda text: print(text, flush=True), stop, browse=browse)
    if not arrived and not stop.is_set():
        raise typer.Exit(1)
