"""alert: what config.yaml's alerts are, and one marked sample of each."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.commands.session import Session, out, say
from monitor.errors import ConfigError, DeliveryError

alert = typer.Typer(help="The alerts of config.yaml.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(alert, name="alert")


@alert.command("list")
def list_(
    context: typer.Context, json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False
) -> None:
    """Every alert, how its keywords are understood, and when it is sent."""
    from monitor.matching.query import explain, from_keywords, parse
    from monitor.matching.topics import topic_names

    session: Session = context.obj
    topics = topic_names(session.config.topics)
    if not session.config.alerts:
        say("there is no alert yet: README.md shows the four lines that make one, in config.local.yaml")
    for a in session.config.alerts:
        query = from_keywords(a.keywords)
        meaning = explain(parse(query, topics), a.language)
        if json:
            out({"name": a.name, "when": a.when, "query": query, "means": meaning})
        else:
            print(f"{a.name} ({a.when})\n    {meaning}")


@alert.command()
def test(
    context: typer.Context, name: Annotated[str, typer.Argument(help="As `monitor alert list` shows it.")]
) -> None:
    """Send one marked sample to an alert's address and print the receiver's answer."""
    from monitor.alerts.channels import open_channels
    from monitor.alerts.sample import send_sample
    from monitor.subscribers.configured import sync_config

    session: Session = context.obj
    now = session.clock()
    if name not in [a.name for a in session.config.alerts]:
        names = ", ".join(a.name for a in session.config.alerts) or "none"
        raise ConfigError(f"there is no alert called {name!r}; there are: {names}")
    troubles = sync_config(session.private, session.keys, session.config, now)
    if troubles:
        raise ConfigError("\n".join(troubles))
    channels = open_channels(session.config, session.state)
    try:
        answer = send_sample(session.archive, session.private, session.keys, channels, session.config, name, now)
    except DeliveryError as trouble:
        say(f"not delivered: {trouble}")
        raise typer.Exit(1) from None
    print(answer)
