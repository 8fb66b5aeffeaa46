"""Every file of some folders as a feed of its own, through `monitor once`, twice.

    python -m tests.conformance FOLDER… [--at 2026-11-28] [--minutes 30]

Each file is served on loopback with the Content-Type that it names (feedparser's own tests do, in a `Header:` line) or
one guessed by its name. It is a failure when the program crashes or hangs, when a source was not visited, when an error
of the program ended a visit, when an article could not be taken in, when a second reading of the same bytes finds an
entry that the first one did not. Listed for a person to read, and no failure: sources that say in words why they are no
feed, and those with fewer entries than an index.csv in the folder promises (empty and repeated ones are not taken).
"""

from __future__ import annotations

import argparse
import csv
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import yaml

from monitor.gather.parsed import MOST
from monitor.store import Database, close_all, row, rows, write
from monitor.store.archive_schema import open_archive
from tests.servers import Answer, WebServer

HOSTS = 16  # on 127.0.2.x: a host is asked one thing at a time
TYPES = {".json": "application/json", ".html": "text/html", ".atom": "application/atom+xml"}
NO_FEEDS = {".csv", ".py", ".md", ".txt"}
_HEADER = re.compile(rb"Header:\s*Content-type:[ \t]*([^\r\n]+)", re.IGNORECASE)
_OURS = re.compile("error of this program|could not be taken in|Traceback")


@dataclass(frozen=True)
class Sample:
    """A file that is served as a feed. `promised` is the number of entries that an index says it has, 0 unknown."""

    name: str
    path: Path
    promised: int

    @property
    def content_type(self) -> str:
        found = _HEADER.search(self.path.read_bytes()[:2000])
        return found[1].decode("latin-1").strip() if found else TYPES.get(self.path.suffix, "application/xml")


def samples(folders: list[Path]) -> list[Sample]:
    """Every file below the folders, named by its path."""
    found = []
    for folder in folders:
        promised = _index(folder / "index.csv")
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix not in NO_FEEDS):
            name = str(path.relative_to(folder))
            found.append(Sample(f"{folder.name}/{name}", path, promised.get(path.name, 0)))
    return found


def _index(path: Path) -> dict[str, int]:
    if not path.exists():
        return {}
    with path.open(newline="") as file:
        return {r["file"]: int(r["entries"] or 0) for r in csv.DictReader(file)}


@dataclass
class Run:
    """The program, its state folder and what it said."""

    folder: Path
    config: Path
    seconds: float
    said: str = ""

    @property
    def archive(self) -> Database:
        return open_archive(self.folder / "state")

    def once(self, at: datetime) -> str:
        """One `monitor once`. Returns what went wrong, or ''."""
        command = [sys.executable, "-m", "monitor", "--config", str(self.config), "--state", f"{self.folder}/state"]
        try:
            done = subprocess.run(
                [*command, "--now", at.isoformat(), "once"],
                capture_output=True,
                text=True,
                timeout=self.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"it did not end within {self.seconds / 60:.0f} minutes"
        self.said = done.stderr
        return f"exit code {done.returncode}: {done.stderr[-2000:]}" if done.returncode else ""


def conform(found: list[Sample], at: datetime, seconds: float) -> list[str]:
    """Run the samples through twice and print what came of it. Returns the failures as sentences."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as open_servers:
        servers = [open_servers.enter_context(WebServer(host=f"127.0.2.{n}")) for n in range(1, HOSTS + 1)]
        config = Path(folder, "config.yaml")
        config.write_text(_config(found, servers))
        run = Run(Path(folder), config, seconds)
        try:
            return list(_twice(run, found, at))
        finally:
            close_all()


def _config(found: list[Sample], servers: list[WebServer]) -> str:
    sources = []
    for n, sample in enumerate(found):
        answer = Answer(body=sample.path.read_bytes(), headers=(("Content-Type", sample.content_type),))
        sources.append({"name": sample.name, "url": servers[n % HOSTS].says(f"/{n}", answer)})
    return yaml.safe_dump({"network": {"allow": ["127.0.0.0/8"], "spacing": 0}, "sources": sources})


def _twice(run: Run, found: list[Sample], at: datetime) -> list[str]:
    began = time.monotonic()
    failures = [trouble] if (trouble := run.once(at)) else []
    failures += _visits(run, found)
    first = _entries(run.archive)
    _tell(run.archive, time.monotonic() - began)
    if failures:
        return failures
    for sample in found:
        if first[sample.name] < min(sample.promised, MOST):
            print(f"  {sample.name}: {first[sample.name]} entries, {sample.promised} promised")
    with write(run.archive) as archive:  # so that the same bytes are read once more
        archive.conn.execute("UPDATE sources SET body_hash = ''")
    failures += [trouble] if (trouble := run.once(at + timedelta(days=3))) else []
    second = _entries(run.archive)
    failures += [
        f"{name}: read again, it has {number - first[name]} entries more"
        for name, number in second.items()
        if number != first[name]
    ]
    return failures


def _visits(run: Run, found: list[Sample]) -> list[str]:
    visited = {r["name"]: r["note"] for r in rows(run.archive, "SELECT name, note FROM sources WHERE status <> ''")}
    lost = [f"{s.name}: not visited" for s in found if s.name not in visited]
    ours = [f"{name}: {note}" for name, note in visited.items() if _OURS.search(note)]
    logged = [line for line in run.said.splitlines() if _OURS.search(line)]
    return [*lost, *ours, *logged]


def _entries(archive: Database) -> Counter[str]:
    sql = "SELECT s.name, count(*) AS number FROM entries e JOIN sources s ON s.id = e.source_id GROUP BY s.name"
    return Counter({r["name"]: r["number"] for r in rows(archive, sql)})


def _tell(archive: Database, seconds: float) -> None:
    for r in rows(archive, "SELECT name, note FROM sources WHERE status NOT IN ('new', 'unchanged') ORDER BY name"):
        print(f"  {r['name']}: {r['note']}")
    entries = row(archive, "SELECT count(*) FROM entries")
    articles = row(archive, "SELECT count(*), count(published_at) FROM articles")
    statuses = rows(archive, "SELECT status, count(*) AS n FROM sources GROUP BY status")
    assert entries and articles
    print(f"{entries[0]} entries; {articles[0]} articles, {articles[1]} of them dated; {seconds:.0f} s")
    print("visits: " + ", ".join(f"{r['n']} {r['status']}" for r in statuses))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("folders", nargs="+", type=Path)
    asked.add_argument("--at", type=datetime.fromisoformat, default=datetime.fromisoformat("2026-11-28T12:00:00+00:00"))
    asked.add_argument("--minutes", type=float, default=30)
    given = asked.parse_args()
    found = samples(given.folders)
    print(f"{len(found)} files", flush=True)
    failures = conform(found, given.at, given.minutes * 60)
    for failure in failures:
        print("FAILED", failure)
    sys.exit(1 if failures or not found else 0)


if __name__ == "__main__":
    main()
