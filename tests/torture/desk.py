"""Signing up, confirming, leaving and being erased while the program is struck: no half state, nobody mailed again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from monitor import store
from monitor.store.private_schema import open_private
from monitor.subscribers import desk, requests
from monitor.subscribers.keys import load
from monitor.subscribers.vault import Vault
from tests.readers import wants
from tests.torture.auditor import Finding, one
from tests.torture.launch import Ended
from tests.torture.scenes import (
    EVERYBODY,
    IN_HAND,
    NEXT_MORNING,
    START,
    STRUCK,
    Scene,
    Stage,
    expect,
)  # fmt: skip
from tests.torture.world import LATER, MORNING, NEW, OLD, QUERY, TOLD_LATER, TOLD_NEW

CONFIRMS, ERASED, LEFT, NEWCOMER = (f"{who}@mail.test" for who in ("confirms", "erased", "left", "newcomer"))
MINUTE = timedelta(minutes=1)


class Desk(Scene):
    """One confirms, one is erased, one has left, one signs up, all in the same moment as an article appears."""

    name = "desk"
    at = STRUCK + 10 * MINUTE
    in_hand = IN_HAND + 2

    def prepare(self, stage: Stage) -> None:
        super().prepare(stage)
        _ask(stage, START, *(_sign_up(to) for to in (CONFIRMS, ERASED, LEFT)))
        expect(stage.run(START + MINUTE, "once"))
        confirm = {to: _token(stage, to, "c") for to in (CONFIRMS, ERASED, LEFT)}
        _ask(stage, START, *({"kind": "confirm", "token": confirm[to]} for to in (ERASED, LEFT)))
        stage.world.publish((*OLD, *NEW), STRUCK)
        expect(stage.run(STRUCK, "once"))
        leave = _token(stage, LEFT, "u")
        _ask(stage, STRUCK, {"kind": "manage-link", "to": ERASED})
        expect(stage.run(STRUCK + MINUTE, "once"))
        erase = {"kind": "erase", "token": _token(stage, ERASED, "m")}
        _ask(stage, STRUCK + 2 * MINUTE, {"kind": "confirm", "token": confirm[CONFIRMS]}, erase, _sign_up(NEWCOMER))
        requests.mark_left(open_private(stage.state), leave, STRUCK)
        store.close_all()

    def command(self, stage: Stage) -> Sequence[str]:
        return ["once"]

    def recover(self, stage: Stage) -> list[Ended]:
        first = stage.run(self.at + MINUTE, "once")
        stage.world.publish((*OLD, *NEW, *LATER), NEXT_MORNING)
        return [first, stage.run(NEXT_MORNING, "once")]

    def due(self) -> dict[str, frozenset[str]]:
        return {**dict.fromkeys((*EVERYBODY, CONFIRMS), TOLD_LATER), MORNING: TOLD_NEW | TOLD_LATER}

    def audit(self, stage: Stage, in_hand: int) -> Finding:
        finding = super().audit(stage, in_hand)
        told = stage.world.told()
        asked = {t.id for t in told if t.to == NEWCOMER}
        if not asked:
            finding.lost.append(f"the question to {NEWCOMER}")
        if len(asked) > 1:
            finding.doubled.append(f"the question to {NEWCOMER}")
        finding.uninvited += [f"a mail to {t.to}" for t in told if t.to in (ERASED, LEFT)]
        finding.amiss += _remains(stage)
        return finding


def _remains(stage: Stage) -> list[str]:
    private, keys = open_private(stage.state), load(stage.keys)
    found = [f"{to} is still on the list" for to in (ERASED,) if desk.find(private, keys, to)]
    store.close_all()
    waiting = one(_file(stage), "SELECT count(*) FROM requests")
    return [*found, *([f"{waiting} requests wait"] if waiting else [])]


def _file(stage: Stage) -> Path:
    return stage.state / "private" / "private.db"


def _ask(stage: Stage, now: Any, *asked: dict[str, Any]) -> None:
    """What the web does with a form."""
    private, vault = open_private(stage.state), Vault.load(stage.state / "private")
    for request in asked:
        requests.append(private, vault, request, now)
    store.close_all()


def _sign_up(to: str) -> dict[str, Any]:
    wanted = [wants(QUERY).pack()]
    return {"kind": "sign-up", "channel": "email", "to": to, "settings": {}, "subscriptions": wanted}


def _token(stage: Stage, to: str, scope: str) -> str:
    """The newest token of a kind that somebody was mailed."""
    found = [t for m in stage.world.mail.to(to) for t in re.findall(rf"/{scope}/([0-9a-f]{{40}})", m.text)]
    if not found:
        raise RuntimeError(f"{to} got no /{scope}/ link")
    return found[-1]
