"""What the operator is told who asks why something was, or was not, sent."""

from __future__ import annotations

from datetime import datetime

import pytest

from monitor.store import Database, traces
from tests import press


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"silent": "baseline"}, "kept silent: baseline"),
        ({"waits": "past"}, "of a release long known, hence for digests"),
        ({"waits": "hint"}, "hence for those who asked for hints"),
        ({}, "nobody's words matched"),
    ],
)
def test_it_says_why_something_was_no_news_at_once(
    archive: Database, private: Database, now: datetime, data: dict[str, str], said: str
) -> None:
    told = press.article(archive, now, press.story(archive, now, "s1"), title="The only one")
    press.fact(archive, now, "story:s1", article=told, data=data)
    trace = traces.article(archive, private, "The only one")
    assert trace is not None
    assert said in trace.lines[-1]
