"""A month of a hundred feeds of every mood, scored: `python -m tests.gather.month [feeds] [days]` (some minutes)."""

from __future__ import annotations

import random
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.gather.collect import pool
from monitor.store.archive_schema import open_archive
from tests.gather.weeks import Weeks, moods
from tests.servers import EtiquetteServer


def main() -> None:
    feeds, days = (int(number) for number in (*sys.argv[1:], "100", "30")[:2])
    with tempfile.TemporaryDirectory() as folder, EtiquetteServer() as server:
        weeks = Weeks(open_archive(Path(folder)), datetime(2026, 11, 16, 9, 0, tzinfo=UTC), server)
        scripts = {f"{name}{n}": script for n in range(feeds // 10) for name, script in moods(random.Random(n)).items()}
        weeks.watch(**scripts)
        weeks.live(timedelta(days=days))
        pool().close()
    print(f"{len(scripts)} feeds, {days} days, {len(server.asked)} requests, {len(server.faults)} faults")
    print("\n".join(server.faults[:50]))
    sys.exit(bool(server.faults))


if __name__ == "__main__":
    main()
