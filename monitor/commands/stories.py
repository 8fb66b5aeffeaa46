"""story, event: the operator's word on what belongs together and what is true; replayed with the claims, never lost."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.commands.session import Session, out, say
from monitor.errors import ConfigError

story = typer.Typer(help="Which articles are one story.", no_args_is_help=True)
event = typer.Typer(help="What is known of a release.", no_args_is_help=True)

Slug = Annotated[str, typer.Argument(help="The event's name, as `monitor event list` shows it.")]
Part = Annotated[str, typer.Option(help="Only this person's part, by the id that `monitor person list` shows.")]


def register(app: typer.Typer) -> None:
    app.add_typer(story, name="story")
    app.add_typer(event, name="event")


@story.command()
def split(context: typer.Context, article: Annotated[str, typer.Argument(help="Its address or id.")]) -> None:
    """Take an article and its copies out of their story, into one of its own; what they said leaves its event."""
    from monitor.store import facts, grouping, write

    session: Session = context.obj
    with write(session.archive):
        uid, drafts = grouping.split(session.archive, article, session.clock())
        facts.append(session.archive, drafts)
    print(uid)


@story.command()
def merge(
    context: typer.Context,
    one: Annotated[
        str, typer.Argument(help="The story that ends; `ingest`, `why` and its page's address show its name.")
    ],
    into: Annotated[str, typer.Argument(help="The story that goes on.")],
) -> None:
    """Make one story of two; nobody who was told of either is told again."""
    from monitor.store import grouping, write

    session: Session = context.obj
    with write(session.archive):
        grouping.merge(session.archive, one, into, session.clock())
    say("merged")


@story.command()
def cases(context: typer.Context) -> None:
    """Every split and merge as a test case in JSON Lines (two labelled articles, one event or two): for
    `python -m tests.eval.score_stories FILE`."""
    from monitor.store import grouping

    session: Session = context.obj
    for case in grouping.cases(session.archive):
        out(case)


@event.command("list")
def list_(
    context: typer.Context, json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False
) -> None:
    """Every event, newest first."""
    from monitor.store import pages

    session: Session = context.obj
    for e in pages.events(session.archive):
        if json:
            out(e)
        else:
            print(f"{e.date or '':12} {e.slug:12} {e.state:13} {e.kind:14} {e.title}")


@event.command()
def confirm(context: typer.Context, slug: Slug, person: Part = "") -> None:
    """Confirm an event, or one person's part in it."""
    _decide(context.obj, slug, "confirm", person)


@event.command()
def retract(context: typer.Context, slug: Slug, person: Part = "") -> None:
    """Withdraw an event, or one person's part in it: everyone who was told gets the correction."""
    _decide(context.obj, slug, "retract", person)


@event.command()
def release(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="The fact, as the operator's notice or `monitor why` shows it.")],
) -> None:
    """Let a fact go that waits for a human (a death, a health or re-arrest claim)."""
    from monitor.store import facts, write

    session: Session = context.obj
    with write(session.archive):
        released = facts.release(session.archive, key, session.clock())
    if not released:
        raise ConfigError(f"no fact called {key!r} waits for you; `monitor why` shows those that do")
    say(f"{len(released)} let go")


def _decide(session: Session, slug: str, what: str, person: str) -> None:
    from monitor.errors import ConfigError
    from monitor.store import decisions, facts, write

    kind = f"person-{what}" if person else f"event-{what}"
    try:
        with write(session.archive):
            drafts = decisions.decide(session.archive, slug, kind, session.clock(), person)
            written = facts.append(session.archive, drafts)
    except KeyError:
        raise ConfigError(f"there is no event {slug}; `monitor event list` shows them") from None
    for f in written:
        out({"id": f.id, "key": f.key, "kind": f.kind, **f.data})
