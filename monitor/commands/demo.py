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
    """Play two invented weeks: no network, no configuration, nothing kept.

    With --no-browse the exit code is 1 where anything was filed or told differently from what the script expects.
    """
    from rich.console import Console

    from monitor.demo.play import play
    from monitor.process import log_to_stderr, stop_on_signals
    from monitor.web.server import listen

    console = Console(highlight=False, soft_wrap=True)

    def say(text: str = "", style: str = "", /) -> None:
        console.print(text, style=style or None, markup=False)

    if browse:
        listen("127.0.0.1", port).close()  # to be told of a taken port now, and not after two weeks
    session: Session = context.obj
    log_to_stderr("demo", level=logging.DEBUG if session.debug else logging.WARNING)
    stop = stop_on_signals()
    outcome = play(port, say, stop, browse=browse)
    if not browse and not stop.is_set() and not outcome.fine:
        raise typer.Exit(1)
