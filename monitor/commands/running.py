"""run, gather, send, web, once: the processes, alone or together."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.commands.session import Session, out, say


def register(app: typer.Typer) -> None:
    app.command()(run)
    app.command()(gather)
    app.command()(send)
    app.command()(web)
    app.command()(once)


def run(context: typer.Context) -> None:
    """Start everything: gather, send and the web page."""
    from monitor.commands.together import Together

    session: Session = context.obj
    session.log("run")
    raise typer.Exit(Together(session).run())


def gather(
    context: typer.Context, progress: Annotated[bool, typer.Option(help="Show the first gathering.")] = False
) -> None:
    """Visit the sources and fill the archive."""
    from monitor.commands.progress import show_first_gathering
    from monitor.gatherer import Gatherer
    from monitor.process import stop_on_signals
    from monitor.store import sources

    session: Session = context.obj
    session.log("gather")
    _sound(session)
    visited = sources.visited(session.archive)
    unseen = {s.name for s in session.config.all_sources() if s.enabled} - visited if progress else ()
    stop = stop_on_signals()
    with show_first_gathering(unseen) as seen:
        Gatherer(session.config, session.state, session.clock).run(stop, progress=seen)


def send(context: typer.Context) -> None:
    """Match, bundle and deliver: the only process that can open an address."""
    from monitor.process import stop_on_signals
    from monitor.sender import Sender

    session: Session = context.obj
    session.log("send")
    _sound(session)
    stop = stop_on_signals()
    Sender(session.config, session.state, session.key_folder, session.clock, session.passphrase).run(stop)


def web(context: typer.Context) -> None:
    """Serve the page."""
    from monitor.process import stop_on_signals
    from monitor.web.server import serve

    session: Session = context.obj
    session.log("web")
    serve(session.config, session.state, stop_on_signals(), now=session.clock)


def once(
    context: typer.Context, json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False
) -> None:
    """Gather every due source, match, deliver everything due, report, end."""
    from monitor.gatherer import Gatherer
    from monitor.process import only_one, stop_on_signals
    from monitor.sender import Sender

    session: Session = context.obj
    session.log("once")
    _sound(session)
    _ = session.archive
    stop = stop_on_signals()
    with only_one(session.state, "gather"):
        gathered = Gatherer(session.config, session.state, session.clock).once(stop)
    sent = Sender(session.config, session.state, session.key_folder, session.clock, session.passphrase).once(stop)
    if json:
        out({"gathered": gathered, "sent": sent})
    else:
        say(f"{gathered}\n{sent}")


def _sound(session: Session) -> None:
    """Refuse to start with a damaged database: nothing is sent from it, nothing written into it."""
    from monitor.store import integrity

    integrity.check(session.state)
