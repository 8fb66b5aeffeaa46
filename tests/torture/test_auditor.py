"""The auditor finds what it is there to find: a rig that cannot fail proves nothing."""

from __future__ import annotations

from pathlib import Path

from monitor.store import Database
from tests.torture.auditor import audit, damage
from tests.torture.launch import Fault, calls
from tests.torture.plan import Memory, Tally, points
from tests.torture.table import table
from tests.torture.world import HOOK, Told

DUE = {"a@mail.test": {"march", "library"}}
BOTH = frozenset({"march", "library"})
ONE = frozenset({"march"})


def told(of: frozenset[str], id: str = "1", to: str = "a@mail.test") -> Told:
    return Told(to, id, of, "")


def test_everything_told_once_is_no_finding() -> None:
    assert audit([told(BOTH)], DUE, in_hand=0).bad == []
    assert audit([told(ONE, "1"), told(frozenset({"library"}), "2")], DUE, in_hand=0).bad == []


def test_what_was_not_told_is_lost() -> None:
    assert audit([told(ONE)], DUE, in_hand=0).lost == ["library for a@mail.test"]


def test_another_message_of_the_same_is_a_double() -> None:
    assert audit([told(BOTH, "1"), told(ONE, "2")], DUE, in_hand=5).doubled == ["march for a@mail.test in 2 messages"]


def test_the_same_message_again_is_a_repeat_and_only_as_many_as_were_in_hand_are_allowed() -> None:
    twice = [told(BOTH), told(BOTH)]
    assert (audit(twice, DUE, in_hand=1).repeated, audit(twice, DUE, in_hand=1).bad) == (1, [])
    assert "came again" in audit(twice, DUE, in_hand=0).bad[0]


def test_whoever_was_not_to_be_told_and_was_is_found() -> None:
    assert audit([told(BOTH), told(ONE, to=HOOK)], DUE, in_hand=0).uninvited == ["march for hook"]


def test_a_damaged_database_is_found(archive: Database, private: Database, state: Path) -> None:
    archive.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert damage(state) == []
    with (state / "archive.db").open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096)
    assert damage(state)[0].startswith("archive.db")


def test_calls_are_counted_by_the_busiest_thread() -> None:
    log = "12 pwrite64(3, ) = 1\n12 pwrite64(3, ) = 1\n13 pwrite64(3, ) = 1\n13  sendto(4) = 2\n"
    assert calls(log) == {"pwrite64": 2, "sendto": 1}


def test_the_plan_has_every_call_once_and_depends_on_the_seed_only() -> None:
    counted = {"alert": {"pwrite64": 5, "connect": 2}}
    plan = points(counted, "kill", 1)
    assert {p.fault for p in plan} == {
        Fault("KILL", c, n) for c, times in counted["alert"].items() for n in range(1, times + 1)
    }
    assert plan == points(counted, "kill", 1)
    assert plan != points(counted, "kill", 2)


def test_an_error_lasts_for_some_calls() -> None:
    assert Fault("EIO", "fsync", 3, 5).injection == "inject=fsync:error=EIO:when=3..7"


def test_a_run_goes_on_where_the_last_one_ended(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "torture.json", {"alert": {"fsync": 3}}, {"1 kill": 2}, {"kill alert": Tally(faults=2)})
    memory.save()
    assert Memory.load(tmp_path / "torture.json") == memory


def test_the_table_sums_up() -> None:
    last = table({"kill alert": Tally(faults=2, repeated=1), "term alert": Tally(faults=3)}).splitlines()[-1]
    assert last.split()[:3] == ["all", "all", "5"]
