"""What the program is busy with when it is struck: each scene is prepared once, copied, struck, restarted and audited.

::

    prepare   a state folder in which something is due          (once)
    strike    one command of the program, with the fault        (for each fault, on a copy)
    recover   the same program without the fault, later         (an hour, or the next morning)
    audit     what arrived, what is due, what the files say
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.torture.auditor import Finding, audit, damage, one, schema
from tests.torture.launch import Ended, Fault, Launcher
from tests.torture.world import (
    AT_ONCE,
    HOOK,
    MORNING,
    NEW,
    OLD,
    SLACK,
    TOLD_NEW,
    World,
    written,
)  # fmt: skip

START = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
STRUCK = START + timedelta(hours=2)
#: Later than every lease: 15 minutes or its interval for a source, a minute for a hook, more than ten for a mail.
AFTER = STRUCK + timedelta(minutes=70)
NEXT_MORNING = START + timedelta(hours=23, minutes=5)
EVERYBODY = (*AT_ONCE, HOOK, SLACK)
#: One connection or request a receiver, so no more than these can be in hand at once.
IN_HAND = len(EVERYBODY)


#: From this program's archive back to the first schema.
OLDER = (
    "DROP TABLE responses",
    *(f"ALTER TABLE sources DROP COLUMN {c}" for c in ("quiet_after", "last_article_at", "oddity", "told")),
    "DELETE FROM _sqlite_migrations WHERE name > '0001_archive'",
)


class Stage:
    """One world, one starter, one folder: where scenes are played one after the other."""

    def __init__(self, folder: Path, world: World, launcher: Launcher) -> None:
        self.folder, self.world, self.launcher = folder, world, launcher
        self.config = world.configure(folder)
        self.state, self.keys = folder / "state", folder / "state-keys"

    def run(
        self, at: datetime, *argv: str, fault: Fault | None = None, count: bool = False, cold: bool = False
    ) -> Ended:
        command = ["--config", str(self.config), "--state", str(self.state), "--now", at.isoformat(), *argv]
        if fault and fault.what == "LOCK":
            with held(self.state / fault.call, fault.nth / 10):
                return replace(self.launcher.run(command), struck=True)
        if fault and cold:
            return self.launcher.cold(command, fault)
        return self.launcher.run(command, fault, count=count)

    def keep(self, name: str) -> None:
        """Lay the state and its keys aside under a name."""
        for part in (self.state, self.keys):
            if part.exists():
                shutil.copytree(part, self.folder / f"kept-{name}" / part.name)

    def bring(self, name: str) -> None:
        """The state and its keys as they were laid aside; empty boxes."""
        for part in (self.state, self.keys):
            shutil.rmtree(part, ignore_errors=True)
            kept = self.folder / f"kept-{name}" / part.name
            if kept.exists():
                shutil.copytree(kept, part)
        self.world.forget()

    def kept(self, name: str) -> bool:
        return (self.folder / f"kept-{name}").exists()


class Scene:
    """From a feed with three new articles to mails, a webhook and Slack; next morning the digest."""

    name = "alert"
    calls = (
        "pwrite64",
        "fsync",
        "fdatasync",
        "ftruncate",
        "unlink",
        "connect",
        "sendto",
        "recvfrom",
        "write",
        "rename",
    )
    in_hand = IN_HAND

    def prepare(self, stage: Stage) -> None:
        stage.world.publish(OLD, START)
        expect(stage.run(START, "once"))

    def command(self, stage: Stage) -> Sequence[str]:
        stage.world.publish((*OLD, *NEW), STRUCK)
        return ["once"]

    def strike(self, stage: Stage, fault: Fault | None = None, *, count: bool = False, cold: bool = False) -> Ended:
        stage.bring(self.name)
        return stage.run(self.at, *self.command(stage), fault=fault, count=count, cold=cold)

    at = STRUCK

    def recover(self, stage: Stage) -> list[Ended]:
        return [stage.run(NEXT_MORNING, "once")]

    def due(self) -> dict[str, frozenset[str]]:
        return {**dict.fromkeys(EVERYBODY, TOLD_NEW), MORNING: TOLD_NEW}

    def audit(self, stage: Stage, in_hand: int) -> Finding:
        finding = audit(stage.world.told(), self.due(), in_hand=in_hand)
        finding.corrupt += damage(stage.state)
        waiting = one(stage.state / "private" / "private.db", "SELECT count(*) FROM deliveries WHERE state = 'due'")
        if waiting:
            finding.amiss.append(f"{waiting} messages are still due")
        return finding


class Digest(Scene):
    """The morning: everything was told at once the day before, now the digest is built and sent."""

    name = "digest"
    at = NEXT_MORNING
    in_hand = 1

    def prepare(self, stage: Stage) -> None:
        super().prepare(stage)
        stage.world.publish((*OLD, *NEW), STRUCK)
        expect(stage.run(STRUCK, "once"))

    def due(self) -> dict[str, frozenset[str]]:
        return {MORNING: TOLD_NEW}

    def recover(self, stage: Stage) -> list[Ended]:
        return [stage.run(NEXT_MORNING + timedelta(minutes=70), "once")]


class Ingest(Scene):
    """Articles from a file; whoever feeds the program tries again until it was taken."""

    name = "ingest"
    in_hand = 0

    def command(self, stage: Stage) -> Sequence[str]:
        stage.world.publish(OLD, START)
        return ["ingest", str(written(NEW, STRUCK, stage.folder / "articles.jsonl"))]

    def recover(self, stage: Stage) -> list[Ended]:
        again = stage.run(STRUCK, *self.command(stage))
        return [again, stage.run(NEXT_MORNING, "once")]


class FirstStart(Scene):
    """Nothing is there yet: both databases, the keys, the shipped data and the first visit. Old news alert nobody."""

    name = "first-start"
    at = START
    in_hand = 0

    def prepare(self, stage: Stage) -> None:
        """An empty disk; but once, to know what a whole schema is."""
        stage.world.publish(OLD, START)
        expect(stage.run(START, "once"))
        self.whole = [schema(p) for p in _databases(stage)]
        for part in (stage.state, stage.keys):
            shutil.rmtree(part)

    def command(self, stage: Stage) -> Sequence[str]:
        stage.world.publish(OLD, START)
        return ["once"]

    def recover(self, stage: Stage) -> list[Ended]:
        first = stage.run(AFTER - timedelta(hours=2), "once")
        stage.world.publish((*OLD, *NEW), NEXT_MORNING)
        return [first, stage.run(NEXT_MORNING, "once"), stage.run(NEXT_MORNING + timedelta(days=1), "once")]

    def audit(self, stage: Stage, in_hand: int) -> Finding:
        finding = super().audit(stage, in_hand)
        if [schema(p) for p in _databases(stage)] != self.whole:
            finding.corrupt.append("the schema is not whole")
        return finding


class Migration(Scene):
    """An archive of the first schema, with news in it: the program that follows brings it up to date while it works."""

    name = "migration"

    def prepare(self, stage: Stage) -> None:
        super().prepare(stage)
        self.whole = [schema(p) for p in _databases(stage)]
        db = sqlite3.connect(stage.state / "archive.db")
        for statement in OLDER:
            db.execute(statement)
        db.commit()
        db.close()

    def audit(self, stage: Stage, in_hand: int) -> Finding:
        finding = super().audit(stage, in_hand)
        if [schema(p) for p in _databases(stage)] != self.whole:
            finding.corrupt.append("the schema is neither the old one nor the new one")
        return finding


class Panic(Scene):
    """The keys and the list are destroyed; a struck panic is run again. The archive stays whole."""

    name = "panic"
    calls = ("pwrite64", "fsync", "fdatasync", "ftruncate", "unlink", "write", "rename")
    in_hand = 0

    def prepare(self, stage: Stage) -> None:
        super().prepare(stage)
        stage.world.publish((*OLD, *NEW), STRUCK)
        expect(stage.run(STRUCK, "once"))

    def command(self, stage: Stage) -> Sequence[str]:
        return ["panic", "--yes"]

    def recover(self, stage: Stage) -> list[Ended]:
        self.keys_outlived = _has_files(stage.keys) and not (stage.state / "private" / "private.db").exists()
        return [stage.run(AFTER, "panic", "--yes")]

    def audit(self, stage: Stage, in_hand: int) -> Finding:
        finding = Finding(corrupt=damage(stage.state))
        if self.keys_outlived:
            finding.amiss.append("the list went before the keys")
        for folder in (stage.keys, stage.state / "private"):
            finding.amiss += [f"{p.name} is still there" for p in _files(folder) if p.suffix != ".lock"]
        return finding


class Backup(Scene):
    """A copy of the archive: whole, or not there at all."""

    name = "backup"
    calls = ("pwrite64", "fsync", "fdatasync", "ftruncate", "unlink", "write", "rename")
    in_hand = 0

    def command(self, stage: Stage) -> Sequence[str]:
        self.file = stage.folder / "backup.db"
        self.file.unlink(missing_ok=True)
        return ["backup", str(self.file)]

    def recover(self, stage: Stage) -> list[Ended]:
        self.found = _check_backup(self.file) if self.file.exists() else []
        return [stage.run(AFTER, "backup", str(self.file))]

    def audit(self, stage: Stage, in_hand: int) -> Finding:
        again = _check_backup(self.file) if self.file.exists() else ["there is no copy"]
        return Finding(corrupt=[*damage(stage.state), *self.found, *again])


@contextlib.contextmanager
def held(path: Path, after: float, seconds: float = 3.0) -> Iterator[None]:
    """Another program holds a database's write lock for a while, beginning `after` seconds from now."""
    over = threading.Event()

    def hold() -> None:
        over.wait(after)
        db = sqlite3.connect(path, timeout=5, isolation_level=None)
        try:
            db.execute("BEGIN IMMEDIATE")
            over.wait(seconds)
            db.execute("ROLLBACK")
        except sqlite3.OperationalError:
            pass  # the program was quicker and held on to it
        finally:
            db.close()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def expect(ended: Ended) -> None:
    if ended.code:
        raise RuntimeError(f"the program cannot even prepare: {ended.errors[-2000:]}")


def _databases(stage: Stage) -> list[Path]:
    return [stage.state / "archive.db", stage.state / "private" / "private.db"]


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file()) if folder.is_dir() else []


def _has_files(folder: Path) -> bool:
    return any(p.suffix != ".lock" for p in _files(folder))


def _check_backup(file: Path) -> list[str]:
    folder = file.with_name("backup-check")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(file, folder / "archive.db")
    return damage(folder)


SCENES: tuple[type[Scene], ...] = (Scene, Digest, Ingest, FirstStart, Migration, Panic, Backup)
