"""What a newcomer sees of the first visits, and what nobody needs to see again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.commands.progress import show_first_gathering
from monitor.model import Article, Outcome, Status, Visit

AT = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


def visited(source: str, status: Status = Status.NEW, note: str = "", articles: int = 0) -> Outcome:
    return Outcome(source, Visit(status, AT, note=note), (Article("https://a.example/1", "A title"),) * articles)


def test_first_visits_are_counted_named_and_summed_up(capsys: pytest.CaptureFixture[str]) -> None:
    with show_first_gathering({"One", "Two"}) as seen:
        assert seen
        seen(visited("One", articles=1))
        seen(visited("One", articles=7))  # its second visit
        seen(visited("Two", Status.UNREACHABLE, "the name two.example is not known"))
        seen(visited("Two", articles=3))
    told = capsys.readouterr().err.splitlines()
    assert "baseline" in told[0] and told[1] == "  [  1/2] ok  One: 1 item"
    assert told[2] == "  [  2/2] --  Two: the name two.example is not known"
    assert told[3] == "First gathering done: 1 of 2 sources answered, 1 item as a baseline."
    assert len(told) == 5


def test_a_start_with_nothing_new_to_see_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with show_first_gathering(()) as seen:
        assert seen is None
    assert capsys.readouterr().err == ""
