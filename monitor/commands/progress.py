"""The first visits to sources, shown while they happen: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Collection, Iterator

from monitor.commands.session import say, some
from monitor.model import Outcome, Status

_FINE = (Status.NEW, Status.UNCHANGED)


@contextlib.contextmanager
def show_first_gathering(unseen: Collection[str]) -> Iterator[Callable[[Outcome], None] | None]:
    """Yields the function that takes each outcome; it falls silent once every source of `unseen` was visited."""
    if not unseen:
        yield None
        return
    say("The first visit to each source is a baseline: it fills the archive and alerts nobody.")
    if sys.stderr.isatty():
        with _bar(unseen) as seen:
            yield seen
    else:
        yield _Lines(unseen).seen


class _Lines:
    """Counts sources as they are seen for the first time, and names those that did not answer, with the reason."""

    def __init__(self, unseen: Collection[str]) -> None:
        self.unseen, self.total, self.articles, self.trouble = set(unseen), len(unseen), 0, 0
        self._lock = threading.Lock()

    def seen(self, outcome: Outcome) -> None:
        with self._lock:
            if outcome.source not in self.unseen:
                return
            self.unseen.remove(outcome.source)
            self.articles += len(outcome.articles)
            fine = outcome.visit.status in _FINE
            self.trouble += not fine
            self.line(outcome, fine)
            if not self.unseen:
                self.end()

    def line(self, outcome: Outcome, fine: bool) -> None:
        what = some(len(outcome.articles), "item") if fine else outcome.visit.note
        say(f"  [{self.total - len(self.unseen):>3}/{self.total}] {'ok ' if fine else '-- '} {outcome.source}: {what}")

    def end(self) -> None:
        reached = self.total - self.trouble
        items = some(self.articles, "item")
        say(f"First gathering done: {reached} of {some(self.total, 'source')} answered, {items} as a baseline.")
        if self.trouble:
            say("The others are asked again, ever more slowly; /sources on the page says why each one is silent.")


@contextlib.contextmanager
def _bar(unseen: Collection[str]) -> Iterator[Callable[[Outcome], None]]:
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
    task = progress.add_task("", total=len(unseen))

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
        yield Bar(unseen).seen
    finally:
        progress.stop()
