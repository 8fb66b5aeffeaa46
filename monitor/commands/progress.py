"""The first gathering, shown while it happens: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator

from monitor.commands.session import say
from monitor.config import Config
from monitor.model import Outcome, Status

_FINE = (Status.NEW, Status.UNCHANGED)


@contextlib.contextmanager
def show_first_gathering(config: Config, *, enabled: bool) -> Iterator[Callable[[Outcome], None] | None]:
    """Yields the function that takes each outcome; it falls silent once every source was seen."""
    total = sum(s.enabled for s in config.all_sources())
    if not enabled or not total:
        yield None
    elif sys.stderr.isatty():
        with _bar(total) as seen:
            yield seen
    else:
        yield _Lines(total).seen


class _Lines:
    """Counts sources as they are seen for the first time, and names those that did not answer, with the reason."""

    def __init__(self, total: int) -> None:
        self.total, self.names, self.articles, self.trouble = total, set[str](), 0, 0
        self._lock = threading.Lock()

    def seen(self, outcome: Outcome) -> None:
        with self._lock:
            if len(self.names) >= self.total or outcome.source in self.names:
                return
            self.names.add(outcome.source)
            self.articles += len(outcome.articles)
            fine = outcome.visit.status in _FINE
            self.trouble += not fine
            self.line(outcome, fine)
            if len(self.names) == self.total:
                self.end()

    def line(self, outcome: Outcome, fine: bool) -> None:
        what = f"{len(outcome.articles)} items" if fine else outcome.visit.note
        say(f"  [{len(self.names):>3}/{self.total}] {'ok ' if fine else '-- '} {outcome.source}: {what}")

    def end(self) -> None:
        reached = self.total - self.trouble
        say(f"First gathering done: {reached} of {self.total} sources answered, {self.articles} items as a baseline.")
        if self.trouble:
            say("The others are asked again, ever more slowly; /sources on the page says why each one is silent.")


@contextlib.contextmanager
def _bar(total: int) -> Iterator[Callable[[Outcome], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    progress = Progress(
        TextColumn("First gathering"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        console=console,
    )
    task = progress.add_task("", total=total)

    class Bar(_Lines):
        def line(self, outcome: Outcome, fine: bool) -> None:
            if not fine:
                progress.print(f"  {outcome.source}: {outcome.visit.note}", markup=False)
            progress.update(task, advance=1, description=outcome.source)

        def end(self) -> None:
            progress.stop()
            super().end()

    progress.start()
    try:
        yield Bar(total).seen
    finally:
        progress.stop()
