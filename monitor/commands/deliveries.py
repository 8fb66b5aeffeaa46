"""delivery, digest: what left, what waits, what failed."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.commands.session import Session, out, say
from monitor.errors import ConfigError

delivery = typer.Typer(help="The outbox.", no_args_is_help=True)
digest = typer.Typer(help="Digests.", no_args_is_help=True)
#: What a delivery can have come to.
STATES = ("due", "sent", "given-up", "cancelled")
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def register(app: typer.Typer) -> None:
    app.add_typer(delivery, name="delivery")
    app.add_typer(digest, name="digest")


@delivery.command("list")
def list_(
    context: typer.Context,
    state: Annotated[str, typer.Option(help="due, sent, given-up or cancelled; all where it is left out.")] = "",
    limit: Annotated[int, typer.Option(min=1)] = 100,
    json: Json = False,
) -> None:
    """The newest deliveries, without addresses."""
    from monitor.alerts.deliver import list_deliveries

    session: Session = context.obj
    if state and state not in STATES:
        raise ConfigError(f"--state is one of {', '.join(STATES)}")
    for d in list_deliveries(session.private, state, limit):
        if json:
            out(d._asdict())
        else:
            print(f"{d.id}  {d.kind:10} {d.state:9} {d.attempts} attempts  {d.reason}".rstrip())


@delivery.command()
def retry(
    context: typer.Context, ident: Annotated[str, typer.Argument(help="As `monitor delivery list` shows it.")]
) -> None:
    """Put a delivery that was given up back into the queue."""
    from monitor.alerts.deliver import retry_delivery

    session: Session = context.obj
    if not retry_delivery(session.private, ident, session.clock()):
        say("there is no such delivery that could be sent again")
        raise typer.Exit(1)
    say("it goes out with the next round")


@digest.command()
def preview(
    context: typer.Context, name: Annotated[str, typer.Argument(help="As `monitor alert list` shows it.")]
) -> None:
    """The digest an alert of config.yaml would send now, in words; nothing is sent."""
    from monitor.alerts.sample import preview_digest

    session: Session = context.obj
    print(preview_digest(session.config, session.archive, name, session.clock()))
