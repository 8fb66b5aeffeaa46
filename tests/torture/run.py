"""The run: prepare the scenes, count their calls, strike, recover, audit, remember."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

from tests.torture.auditor import Finding
from tests.torture.desk import Desk
from tests.torture.launch import Ended, Launcher, can_trace
from tests.torture.plan import Memory, Point, Tally, points
from tests.torture.scenes import SCENES, Scene, Stage
from tests.torture.world import World

#: Without strace nothing can be counted; a kill then comes after 20, 40, 60 … ms.
BLIND = {"write": 60}


class Run:
    """Shared by the workers: what is to be done next, and what came out."""

    def __init__(self, work: Path, scratch: Path, seed: int, only: set[str]) -> None:
        self.memory = Memory.load(work / "torture.json")
        self.scratch, self.seed = scratch, seed
        self.scenes = [s for s in (*SCENES, Desk) if not only or s.name in only]
        self.broken = False
        self._gate, self._counting = threading.Lock(), threading.Lock()
        self._queues: dict[str, Iterator[Point]] = {}
        self._began = 0.0

    def work(self, number: int, wanted: dict[str, int], minutes: float, cold: int) -> None:
        """One worker with a world of its own, until everything wanted is done or the time is over."""
        folder = self.scratch / f"worker-{number}"
        folder.mkdir()
        try:
            with World() as world, Launcher(folder, world.environment) as launcher:
                stage = Stage(folder, world, launcher)
                scenes = {s.name: s() for s in self.scenes}
                self._count(stage, scenes)
                self._began = self._began or time.monotonic()
                while self._in_time(minutes) and (point := self._next(wanted)):
                    scene = scenes[point.scene]
                    self._prepared(stage, scene)
                    cold_start = bool(cold) and point.kind == "kill" and point.fault.nth % cold == 0
                    self._strike(stage, scene, point, cold=cold_start)
        except Exception:
            self.broken = True
            traceback.print_exc()

    def _in_time(self, minutes: float) -> bool:
        return time.monotonic() - self._began < minutes * 60

    def _next(self, wanted: dict[str, int]) -> Point | None:
        """The next point of the kind that is furthest behind; None when as many as wanted are done."""
        with self._gate:
            kinds = [k for k in wanted if self._done(k) < wanted[k] and (k != "error" or can_trace())]
            for kind in sorted(kinds, key=lambda k: self._done(k) / wanted[k]):
                if kind not in self._queues:
                    self._queues[kind] = iter(points(self.memory.counted, kind, self.seed)[self._done(kind) :])
                if point := self._drawn(kind):
                    return point
            return None

    def _drawn(self, kind: str) -> Point | None:
        """From the plan of a kind, past scenes that are not played today."""
        names = {scene.name for scene in self.scenes}
        for point in self._queues[kind]:
            self.memory.done[f"{self.seed} {kind}"] = self._done(kind) + 1
            if point.scene in names:
                return point
        return None

    def _done(self, kind: str) -> int:
        return self.memory.done.get(f"{self.seed} {kind}", 0)

    def _count(self, stage: Stage, scenes: dict[str, Scene]) -> None:
        """How often each scene makes each call, seen in a run that nothing befalls; it has to be without fault."""
        with self._counting:
            for scene in scenes.values():
                if scene.name in self.memory.counted:
                    continue
                self._prepared(stage, scene)
                ended = scene.strike(stage, count=True)
                scene.recover(stage)
                finding = scene.audit(stage, 0)
                if finding.bad or finding.repeated or ended.code:
                    raise RuntimeError(f"{scene.name} fails without any fault: {finding} {ended.errors[-1500:]}")
                self.memory.counted[scene.name] = (
                    {c: n for c, n in ended.calls.items() if c in scene.calls} if can_trace() else dict(BLIND)
                )
            with self._gate:
                self.memory.save()

    def _prepared(self, stage: Stage, scene: Scene) -> None:
        if stage.kept(scene.name):
            return
        stage.bring("nothing")
        scene.prepare(stage)
        (stage.folder / f"kept-{scene.name}").mkdir()
        stage.keep(scene.name)

    def _strike(self, stage: Stage, scene: Scene, point: Point, *, cold: bool) -> None:
        began = time.monotonic()
        ended = scene.strike(stage, point.fault, cold=cold)
        again = scene.recover(stage)
        finding = scene.audit(stage, 0 if point.kind in ("term", "lock") else scene.in_hand)
        finding.amiss += [a for e in again if (a := _trouble(e))]
        self._note(point, ended, finding, time.monotonic() - began)

    def _note(self, point: Point, ended: Ended, finding: Finding, seconds: float) -> None:
        with self._gate:
            tally = self.memory.tallies.setdefault(f"{point.kind} {point.scene}", Tally())
            tally.faults += ended.struck
            tally.missed += not ended.struck
            tally.lost += len(finding.lost)
            tally.doubled += len(finding.doubled) + len(finding.uninvited)
            tally.corrupt += len(finding.corrupt)
            tally.amiss += len(finding.amiss)
            tally.repeated += finding.repeated
            tally.seconds += seconds
            self._tell(point, finding)
            for bad in finding.bad:
                line = f"{point.scene}, {point.fault}: {bad}"
                print(line, flush=True)
                self.memory.bad.append(line)
            self.memory.save()

    def _tell(self, point: Point, finding: Finding) -> None:
        done = sum(t.faults for t in self.memory.tallies.values())
        if done % 25 == 0:
            print(
                f"{done} faults, {len(self.memory.bad)} broken promises; last: {point.scene}, {point.fault}", flush=True
            )


def _trouble(ended: Ended) -> str:
    """A restart without a fault has to go well."""
    return "" if ended.code == 0 else f"the restart ended with {ended.code}: {ended.errors[-300:]}"
