"""restore, verify, evidence: putting a copy back, and proving what an alert was based on."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Annotated

import typer

from monitor.commands.session import Session, out, say
from monitor.store.captures import Capture


def register(app: typer.Typer) -> None:
    app.command()(restore)
    app.command()(verify)
    app.command()(evidence)


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


def verify(context: typer.Context) -> None:
    """Recompute the chain of evidence; names everything that is not as it was written. Exit code 1 where there is any.

    The last hash is printed: written down elsewhere, it also proves that nothing was cut off at the end.
    """
    from monitor.store import captures

    session: Session = context.obj
    trouble = list(captures.verify(session.archive, session.clock() - session.config.evidence.keep))
    for line in trouble:
        print(line)
    count, chain = captures.end(session.archive)
    say(f"{count} captures, last hash {chain}")
    if trouble:
        raise typer.Exit(1)


def evidence(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The article's address.")],
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    response: Annotated[Path | None, typer.Option(help="Write the newest answer, byte for byte, to this file.")] = None,
) -> None:
    """What an article said when it was alerted on, and how its page changed since."""
    from monitor.store import captures

    session: Session = context.obj
    number = captures.article_named(session.archive, url)
    if number is None:
        say("no such article")
        raise typer.Exit(1)
    found = captures.of_article(session.archive, number)
    for capture in found:
        if json:
            noted = {"response": dict(capture.response)} if capture.response else {}
            out({"at": capture.at, "status": capture.http_status, "hash": capture.chain, **noted, **capture.said})
    if response:
        bodies = [body for c in found if (body := captures.response(session.archive, c)) is not None]
        if not bodies:
            say("no answer of it was kept")
            raise typer.Exit(1)
        response.write_bytes(bodies[-1])
    elif not json:
        print("\n".join(told(found)) or "it was no evidence for any alert")


def told(found: list[Capture]) -> Iterator[str]:
    """The captures of one article in lines: when, what, and how the words differ from the ones before."""
    before: list[str] = []
    for capture in found:
        status = {0: "gathered", -1: "could not be asked"}.get(capture.http_status, f"answered {capture.http_status}")
        yield f"{capture.at:%Y-%m-%d %H:%M} UTC  {status}  {capture.chain[:16]}"
        if capture.response:
            noted = capture.response
            why = f", not kept: {noted['left_out']}" if "left_out" in noted else ""
            yield f"    answer of {noted['bytes']} bytes, SHA-256 {noted['sha256']}{why}"
        if capture.said:
            lines = [capture.said["title"], *capture.said["text"].split("\n")]
            yield from (f"    {line}" for line in unified_diff(before, lines, lineterm="", n=0))
            before = lines
        elif capture.http_status == 200:
            yield "    the same, or nothing that can be read"
