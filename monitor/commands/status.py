"""status, why: is it alive, and why did something (not) happen? Readers are counted, never named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any

import typer

from monitor.commands.session import Session, out, say
from monitor.errors import ConfigError

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
#: Both clocks give a sign of life every 15 s.
STILL_AFTER = timedelta(seconds=90)


def register(app: typer.Typer) -> None:
    app.command()(status)
    app.command()(why)


def status(context: typer.Context, json: Json = False) -> None:
    """What the archive holds, what waits to be sent, how the sources do. Exit code 1 where a clock stands still."""
    from monitor.store import health, outbox
    from monitor.subscribers import safety

    session: Session = context.obj
    now = session.clock()
    coverage = health.coverage(session.archive, now)
    found: dict[str, Any] = {
        "archive": health.totals(session.archive),
        "deliveries": outbox.counts(session.private),
        "locked": safety.is_locked(session.private),
        "sources": {
            "checked": coverage.checked,
            "quiet": list(coverage.quiet),
            "failing": dict(coverage.failing),
        },
        "heartbeats": {
            "gather": health.heartbeat(session.archive, "gather"),
            "send": health.heartbeat(session.private, "send"),
        },
    }
    if json:
        out(found)
    else:
        for line in _lines(found):
            print(line)
    still = [clock for clock, beat in found["heartbeats"].items() if beat and now - beat > STILL_AFTER]
    if still:
        say(f"{' and '.join(still)} gave no sign of life for more than {STILL_AFTER.seconds} s")
        raise typer.Exit(1)


def _lines(found: dict[str, Any]) -> Iterator[str]:
    archive, deliveries, sources = found["archive"], found["deliveries"], found["sources"]
    yield "archive: " + ", ".join(f"{number} {what}" for what, number in archive.items())
    yield "deliveries: " + ", ".join(f"{number} {what}" for what, number in deliveries.items())
    yield f"sources: {sources['checked']} checked"
    for condition in ("quiet", "failing"):
        if sources[condition]:
            yield f"  {condition}: {', '.join(sources[condition])}"
    if found["locked"]:
        yield "locked: nothing is sent until `monitor unlock`"
    for clock, beat in found["heartbeats"].items():
        yield f"{clock}: " + (f"last sign of life {beat:%Y-%m-%d %H:%M:%S} UTC" if beat else "never ran here")


def why(
    context: typer.Context,
    what: Annotated[str, typer.Argument(help="An article's address, a person, or a delivery's id.")],
    json: Json = False,
) -> None:
    """Why something was, or was not, sent: when it was seen, which story it joined and why, what came of it."""
    from monitor.reading.people import Register
    from monitor.store import people, traces
    from monitor.store.people import all_people

    session: Session = context.obj
    trace = traces.article(session.archive, session.private, _key(session, what)) or traces.delivery(
        session.private, what
    )
    if trace is None:
        known = people.person(session.archive, what)
        found = [known] if known else Register(all_people(session.archive)).resolve(what)
        if not found:
            raise ConfigError("nothing is known by that address, name or id: it was never seen here")
        trace = traces.person(session.archive, found[0])
    if json:
        out(trace)
        return
    for line in trace.lines:
        print(line)
    if not trace.lines:
        say("nothing came of it yet")


def _key(session: Session, url: str) -> str:
    """The article's key for an address, however it is dressed; the text itself for anything else."""
    from monitor.reading.identity import Outlets, identify

    if "://" not in url:
        return url
    return identify(url, Outlets(session.config.all_sources()).of(url)).key
