"""source: what is watched, how it does, and adding one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
import yaml

from monitor.commands.session import Session, out, say, some
from monitor.errors import ConfigError

source = typer.Typer(help="The sources.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def register(app: typer.Typer) -> None:
    app.add_typer(source, name="source")


@source.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """Every source with its state and, where it is not well, the reason."""
    from monitor.gather.collect import sync_sources
    from monitor.store import health

    session: Session = context.obj
    sync_sources(session.archive, session.config, session.clock())
    for s in health.sources(session.archive, session.clock()):
        if json:
            out(s)
        else:
            print(f"{s.condition:8} {s.name:44} {s.note}".rstrip())


@source.command()
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The address of a site or of its feed.")],
    name: Annotated[str, typer.Option(help="What to call it; the feed's own title where it is left out.")] = "",
) -> None:
    """Find the feed of a site, show what it gives, and write it into config.local.yaml."""
    from monitor.gather.collect import door, pool
    from monitor.gather.discover import find_feed

    session: Session = context.obj
    candidates = find_feed(door(session.config.network), url, now=session.clock(), pool=pool())
    usable = [c for c in candidates if not c.problem]
    if not usable:
        for c in candidates:
            say(f"  no feed  {c.url}: {c.problem}")
        raise ConfigError(f"no feed was found at {url}; a site without one needs a spider: see CONTRIBUTING.md")
    best = usable[0]
    watched = next((s.name for s in session.config.all_sources() if s.url == best.url), None)
    if watched:
        raise ConfigError(f"{best.url} is watched already, as {watched!r}")
    cheaply = "can be asked cheaply" if best.validators else "sends the whole of itself at every visit"
    say(f"{best.title or best.url}: {some(best.entries, 'entry', 'entries')}, {cheaply}")
    for article in best.newest:
        say(f"    {article.title}")
    _write(session, {"name": name or best.title or best.url, "url": best.url})
    say(f"added to {session.config_path.with_suffix('.local.yaml')}; the first visit is a baseline and alerts nobody")


@source.command()
def check(
    context: typer.Context, name: Annotated[str, typer.Argument(help="As `monitor source list` shows it.")]
) -> None:
    """Visit one source now, whether it is due or not, and say what came."""
    from monitor.gatherer import Gatherer
    from monitor.process import only_one

    session: Session = context.obj
    if name not in [s.name for s in session.config.all_sources()]:
        raise ConfigError(f"there is no source called {name!r}; `monitor source list` shows them")
    session.log("check")
    with only_one(session.state, "gather"):
        report = Gatherer(session.config, session.state, session.clock).once(
            names=[name], progress=lambda o: say(f"{o.source}: {o.visit.note or some(len(o.articles), 'item')}")
        )
    if report.failed:
        raise typer.Exit(1)


@source.command()
def fixture(
    context: typer.Context,
    folder: Path,
    name: Annotated[
        str, typer.Argument(help="Visit this source and save its pages; leave it out to read saved ones.")
    ] = "",
) -> None:
    """Save the pages of a spider's source and what is read in them; a person corrects and commits both."""
    from monitor.fixture import expect, record
    from monitor.gather.collect import door

    session: Session = context.obj
    if not name:
        written = expect(folder)
    else:
        found = next((s for s in session.config.all_sources() if s.name == name), None)
        if found is None:
            raise ConfigError(f"there is no source called {name!r}; `monitor source list` shows them")
        written = record(found, folder, door(session.config.network), session.clock())
    say(f"{written}: read it, correct it, commit it")


def _write(session: Session, entry: dict[str, str]) -> None:
    """Append a source to config.local.yaml, leaving what stands there, comments too, as it is."""
    path = session.config_path.with_suffix(".local.yaml")
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    held = yaml.safe_load(text) or {}
    if entry["name"] in [s.source().name for s in session.config.sources]:
        raise ConfigError(f"there is a source called {entry['name']!r} already; give this one another --name")
    line = "  - " + yaml.safe_dump(entry, allow_unicode=True, default_flow_style=True, width=1000).strip()
    if not held.get("sources"):
        text = f"{text.rstrip()}\n\nsources:\n{line}\n".lstrip()
    else:
        head, mark, rest = (
            text.partition("\nsources:") if not text.startswith("sources:") else ("", "sources:", text[8:])
        )
        text = f"{head}{mark}\n{line}{rest}" if rest.startswith("\n") else _rewritten(held, entry)
    path.write_text(text, encoding="utf-8")


def _rewritten(held: dict[str, list[object]], entry: dict[str, str]) -> str:
    held["sources"].append(entry)
    return yaml.safe_dump(held, allow_unicode=True, sort_keys=False)
