"""The play as a whole, once, and how it judges itself: a demo that cannot fail shows nothing."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.demo.newsroom import Ending, Expected, Item, Script, read_script
from monitor.demo.play import moments, play
from monitor.demo.received import Received
from monitor.demo.stage import READERS
from monitor.demo.verdict import Outcome, Scene, judge
from monitor.reading.ledger import Figure, Ledger, Line
from monitor.store.filed import Filed, Known

NOON = datetime(2031, 5, 8, 12, tzinfo=UTC)
AT_ONCE = [r.id for r in READERS if r.at_once]


# ------------------------------------------------------------------------------------------------------- the whole play


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, list[str]]:
    lines: list[str] = []
    stage = tmp_path_factory.mktemp("stage")
    outcome = play(8000, lambda text="", style="", /: lines.append(text), threading.Event(), browse=False, keep=stage)
    return outcome, lines


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.xdist_group("demo")  # one play for all of them
class TestTheWholePlay:
    def test_every_item_is_filed_and_told_as_it_should_be(self, played: tuple[Outcome, list[str]]) -> None:
        outcome, _ = played
        assert {v.item.slug: v.troubles for v in outcome.verdicts if v.troubles} == {}
        assert outcome.troubles == ()
        assert outcome.fine

    def test_every_trap_of_the_script_is_judged(self, played: tuple[Outcome, list[str]]) -> None:
        outcome, lines = played
        laid = [i.slug for i in read_script(80).items if i.trap]
        assert sorted(v.item.slug for v in outcome.traps) == sorted(laid)
        assert sum(line.startswith("  avoided  ") for line in lines) == len(laid)

    def test_nobody_is_told_twice_of_a_story(self, played: tuple[Outcome, list[str]]) -> None:
        outcome, _ = played
        for subject in outcome.subjects:
            if not subject.event:
                assert all(subject.messages[reader] <= 1 for reader in AT_ONCE), subject.what

    def test_twelve_outlets_tell_of_the_pardon_and_it_is_one_message(self, played: tuple[Outcome, list[str]]) -> None:
        outcome, _ = played
        pardon = max(outcome.subjects, key=lambda subject: subject.outlets)
        assert pardon.outlets == 12 and pardon.articles > 12
        assert pardon.messages["family"] == 1
        assert pardon.messages["advocate"] == pardon.messages["channel"] == pardon.messages["system"]

    def test_mail_slack_and_webhook_get_the_same_news(self, played: tuple[Outcome, list[str]]) -> None:
        messages = played[0].messages
        assert messages["advocate"] == messages["channel"] == messages["system"] > 0
        assert messages["desk"] > 0

    def test_the_tables_say_who_got_what(self, played: tuple[Outcome, list[str]]) -> None:
        text = "\n".join(played[1])
        assert "DEMO" in text.splitlines()[0]
        for reader in READERS:
            assert f"\n  {reader.id:<9} {reader.where:<8} " in text
        assert "because they asked for" in text and "who says so" in text
        assert max(len(line) for line in played[1]) <= 130


def test_every_item_comes_to_its_own_moment_and_every_morning_has_one() -> None:
    script = read_script(80)
    at = [moment for moment, _ in moments(script)]
    assert at == sorted(set(at))
    assert {i.at.replace(minute=i.at.minute + 1) for i in script.items if i.at > script.start} <= set(at)
    assert len([m for m in at if (m.hour, m.minute) == (5, 1)]) == 13
    assert {m.date() for m, visiting in moments(script) if visiting} == {m.date() for m in at}


# ----------------------------------------------------------------------------------------------------------- the judge


def item(**expect: object) -> Item:
    return Item(NOON, "wire", "one", "Title", "Text", "a trap", Expected(**expect))  # type: ignore[arg-type]


FILED = Filed("Wire", "http://wire.test/one", "Title", "s1", "e1", "", baseline=False)
EVENT = Known("e1", "announced", Ledger())


def message(reader: str, subject: str = "Pardon", *, correction: bool = False) -> Received:
    return Received(reader, subject, ("s1",), correction, "Wire", "", "")


def scene(of: Item, *received: Received, opened: bool = False, filed: Filed | None = FILED) -> Scene:
    known = {"e1": EVENT}
    return Scene(NOON, (of,), {of: filed} if filed else {}, frozenset(known if opened else ()), known, received)


def troubles(*scenes: Scene) -> tuple[str, ...]:
    script = Script(NOON, NOON, (), (), (), {})
    return judge(script, scenes, [FILED]).verdicts[-1].troubles


def test_what_was_never_seen_is_trouble() -> None:
    assert troubles(scene(item(), filed=None)) == ("it was never seen",)


def test_an_event_opens_only_where_it_is_expected() -> None:
    assert troubles(scene(item(opens="pardon"), opened=True)) == ()
    assert troubles(scene(item(opens="pardon"))) == ("no event was opened",)
    assert troubles(scene(item(), opened=True)) == ("it was taken for a new event",)


def test_an_item_joins_the_event_it_tells_of() -> None:
    first = scene(item(opens="pardon"), opened=True)
    assert troubles(first, scene(item(joins="pardon"))) == ()
    elsewhere = replace(FILED, event="e2")
    assert troubles(first, scene(item(joins="pardon"), filed=elsewhere)) == ("it was not filed under “pardon”",)


def test_silence_is_broken_by_whoever_is_told_at_once_and_not_by_the_morning() -> None:
    assert troubles(scene(item(silent=True), message("desk"))) == ()
    assert troubles(scene(item(silent=True), message("family"))) == ("family were told",)


def test_who_should_be_told_is_told_and_a_correction_is_called_one() -> None:
    wanted = item(told=("advocate",), corrects=True)
    assert troubles(scene(wanted, message("advocate", correction=True))) == ()
    assert troubles(scene(wanted)) == ("advocate were not told",)
    assert troubles(scene(wanted, message("advocate"))) == ("it was not sent as a correction",)


def test_certainty_is_held_against_the_script() -> None:
    assert troubles(scene(item(state="announced"))) == ()
    assert troubles(scene(item(state="confirmed"))) == ("its event counts as announced, not as confirmed",)


ENDING = Ending(messages=1, total=23, freed=("a",), held=("b",), political=21)
LEDGER = Ledger(
    figures={"official": (Figure(23, "official", "", ""),), "political": (Figure(21, "ngo", "", ""),)},
    people={"a": Line("named", ""), "b": Line("retracted", "")},
)


def ending(ledger: Ledger, *received: Received) -> Outcome:
    opened = scene(item(opens="pardon"), *received, opened=True)
    last = replace(opened, known={"e1": Known("e1", "named", ledger)})
    return judge(Script(NOON, NOON, (), (), (), {"pardon": ENDING}), [last], [FILED])


def test_what_is_known_at_the_end_is_held_against_the_script() -> None:
    assert ending(LEDGER).fine
    people = {"a": Line("held", ""), "b": Line("named", "")}
    wrong = ending(Ledger(people=people)).troubles
    assert wrong == (
        "pardon: None people, not 23",
        "pardon: nobody is on record as counting 21 political prisoners",
        "pardon: not named as freed: a",
        "pardon: named as freed, though held: b",
    )


def test_a_message_too_many_is_trouble() -> None:
    assert ending(LEDGER, message("advocate"), message("desk"), message("desk")).fine
    twice = ending(LEDGER, message("advocate"), message("advocate"))
    assert twice.troubles == ("advocate got 2 messages about “Pardon”",)
    assert twice.subjects[0].messages == Counter(advocate=2)


def test_the_script_names_only_outlets_and_readers_it_has() -> None:
    script = read_script(80)
    outlets = {o.id for o in script.outlets}
    assert {i.outlet for i in script.items} == outlets
    assert {reader for i in script.items for reader in i.expect.told} <= {r.id for r in READERS}
    opened = {i.expect.opens for i in script.items} - {""}
    assert opened == set(script.endings)
    assert {i.expect.joins for i in script.items} - {""} <= opened


def test_the_demo_keeps_nothing_unless_it_is_told_to(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    play(8000, lambda text="", style="", /: None, stop, browse=False, keep=tmp_path)
    assert (tmp_path / "state" / "archive.db").exists()
