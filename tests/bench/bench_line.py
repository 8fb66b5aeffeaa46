"""The whole line as it is shipped: `monitor run`, its start, its memory, and how long a story takes to become a mail.

A newsroom on loopback has a few feeds; after their baseline one of them publishes. The visit is then made due at once,
so the time told is that of the line alone: what the interval of a source adds is told beside it. A start is told by the
clock on the wall and in processor time, because neighbours stop the first and not the second.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from monitor.store import close_all, row, write
from monitor.store.archive_schema import open_archive
from tests.gather.feed_samples import item, rss
from tests.mail_server import MailServer
from tests.servers import Answer, WebServer

FEEDS, ENTRIES = 20, 30
FASTEST = 10  # minutes: the shortest interval of a shipped source
PORT = 8791
PATIENCE = 300.0


def main() -> None:
    """Print start, memory and latency of one run and of a second start."""
    with tempfile.TemporaryDirectory() as at, WebServer() as newsroom, MailServer() as post:
        folder = Path(at)
        for n in range(FEEDS):
            newsroom.says(f"/{n}", Answer(body=_feed(n), headers=(("ETag", '"1"'),)))
        (folder / "config.yaml").write_text(_config(newsroom, post))
        with _running(folder, "first start") as top:
            _wait(lambda: _visited(folder) == FEEDS)
            _memory(top, "after the first gathering")
            _latency(folder, newsroom, post)
            _memory(top, "after the first mail")
        with _running(folder, "second start"):
            pass
        close_all()


def _feed(n: int, *more: str) -> bytes:
    words = "The council of an invented town met and decided nothing of note about its bridge. " * 8
    old = (item(m, title=f"Report {m} of {n}", link=f"https://n{n}.example/{m}", guid=f"{n}-{m}", text=words)
           for m in range(ENTRIES))  # fmt: skip
    return rss([*more, *old])


def _config(newsroom: WebServer, post: MailServer) -> str:
    smtp = {"host": "127.0.0.1", "port": post.port, "security": "none", "sender": "desk@bench.test"}
    return yaml.safe_dump(
        {
            "network": {"allow": ["127.0.0.0/8"], "spacing": 0},
            "web": {"port": PORT},
            "delivery": {"smtp": smtp},
            "sources": [{"name": f"Feed {n}", "url": f"{newsroom.url}/{n}"} for n in range(FEEDS)],
            "alerts": [{"name": "bridge", "keywords": "quibblebridge", "to": "reader@bench.test", "when": "now"}],
        }
    )


@contextmanager
def _running(folder: Path, what: str) -> Iterator[int]:
    command = [sys.executable, "-m", "monitor", "--config", f"{folder}/config.yaml", "--state", f"{folder}/state"]
    began = time.monotonic()
    program = subprocess.Popen([*command, "run"], stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait(lambda: _health() == 200)
        wall, used = time.monotonic() - began, _used(program.pid)
        print(f"{what}: /health answers after {wall:.1f} s; processor time of " + _list(used, "{:.2f} s"), flush=True)
        yield program.pid
    finally:
        began = time.monotonic()
        program.send_signal(signal.SIGTERM)
        program.wait(30)
        print(f"{what}: ended in {time.monotonic() - began:.1f} s")


def _wait(done: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > ends:
            raise TimeoutError
        time.sleep(0.02)


def _health() -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health", timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as answered:
        return answered.code
    except OSError:
        return 0


def _visited(folder: Path) -> int:
    found = row(open_archive(folder / "state"), "SELECT count(*) FROM sources WHERE status = 'new'")
    return int(found[0]) if found else 0


def _latency(folder: Path, newsroom: WebServer, post: MailServer) -> None:
    news = item(99, title="The quibblebridge is open", link="https://n7.example/99", guid="new",
                date=f"{datetime.now(UTC):%a, %d %b %Y %H:%M:%S} +0000")  # fmt: skip
    newsroom.scripts["/7"] = [Answer(body=_feed(7, news), headers=(("ETag", '"2"'),))]
    published = time.monotonic()
    archive = open_archive(folder / "state")
    with write(archive):
        archive.conn.execute("UPDATE sources SET due_at = '2000-01-01T00:00:00Z' WHERE name = 'Feed 7'")
    _wait(lambda: bool(post.mails))
    line = post.mails[0].at - published
    slowest = timedelta(minutes=FASTEST) * 1.1 + timedelta(seconds=line)
    print(
        f"from publication to the accepted mail: {line:.1f} s without the interval of the source (60 s of it are waited"
        f" for more of the same); at the shipped {FASTEST} min {FASTEST * 60 * 1.05 / 2 + line:.0f} s on average,"
        f" {slowest.total_seconds():.0f} s at most",
        flush=True,
    )


# ------------------------------------------------------------------------------------------------------------ processes


def _tree() -> dict[int, tuple[int, str]]:
    """Every process of this session's programs: its parent and its command."""
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            stat, command = (entry / "stat").read_text(), (entry / "cmdline").read_text().replace("\0", " ")
        except (OSError, ValueError):
            continue
        if entry.name.isdigit() and "monitor" in command:
            found[int(entry.name)] = (int(stat.rpartition(")")[2].split()[1]), command)
    return found


def _ours(top: int) -> dict[str, list[int]]:
    """Process ids below `top` by role; `gather` includes the children that parse and crawl."""
    tree, found = _tree(), {"run": [top]}
    for role in ("web", "send", "gather"):
        heads = [pid for pid, (parent, command) in tree.items() if parent == top and f" {role}" in command]
        found[role] = [*heads, *(pid for pid, (parent, _) in tree.items() if parent in heads)]
    return found


def _used(top: int) -> dict[str, float]:
    ticks = os.sysconf("SC_CLK_TCK")

    def seconds(pid: int) -> float:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / ticks

    return {role: sum(map(seconds, pids)) for role, pids in _ours(top).items()}


def _memory(top: int, when: str) -> None:

    def resident(pid: int) -> float:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)

    found = {role: sum(map(resident, pids)) for role, pids in _ours(top).items()}
    print(f"resident memory {when}: {_list(found, '{:.0f} MB')}; together {sum(found.values()):.0f} MB", flush=True)


def _list(found: dict[str, float], form: str) -> str:
    return ", ".join(f"{role} {form.format(value)}" for role, value in found.items())


if __name__ == "__main__":
    main()
