"""What a process is refused shows within seconds, in a place that needs neither disk nor lock, and ends again."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from monitor.config import Config
from monitor.pulse import Pulse, calmly, felt
from monitor.store import Database
from monitor.store import sqlite3 as stored
from monitor.web.app import create_app

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


@pytest.fixture
def pulse(state: Path, archive: Database, monkeypatch: pytest.MonkeyPatch) -> Pulse:
    monkeypatch.setattr("monitor.pulse.PATIENCE", 0.05)
    archive.conn.execute("PRAGMA busy_timeout=50")
    return Pulse(state, "gather", lambda: NOW, {"archive.db": state / "archive.db"})


def health(state: Path) -> dict[str, object]:
    with TestClient(create_app(Config(), state, now=lambda: NOW), base_url="http://127.0.0.1") as client:
        found: dict[str, object] = client.get("/health").json()
        found["metrics"] = client.get("/metrics").text
    return found


def test_c06_a_locked_database_degrades_and_an_unlocked_one_is_well_again(
    pulse: Pulse, state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert pulse.feel().troubles == {}
    other = stored.connect(state / "archive.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    pulse.feel()
    found = health(state)
    assert found["status"] == "degraded"
    assert "another program holds the database's lock" in str(found["reasons"])
    assert 'monitor_trouble{what="gather archive.db"} 1.0' in str(found["metrics"])
    other.execute("ROLLBACK")
    other.close()
    pulse.feel()
    found = health(state)
    assert (found["status"], found["reasons"]) == ("ok", [])
    assert 'monitor_trouble{what="gather archive.db"} 0.0' in str(found["metrics"])
    said = [record.getMessage() for record in caplog.records if record.name == "monitor.pulse"]
    assert len(said) == 2, "once when it begins, once when it ends"


def test_c05_a_database_that_was_taken_away_is_named_and_not_made_anew(state: Path) -> None:
    lost = state / "lost.db"
    pulse = Pulse(state, "send", lambda: NOW, {"lost.db": lost})
    assert not pulse.feel().troubles, "at the first start there is none yet"
    lost.touch()
    pulse.feel()
    lost.unlink()
    assert "gone" in str(pulse.feel().troubles)
    assert not lost.exists()


def test_c07_no_more_files_is_seen_and_said_although_nothing_can_be_opened(state: Path, archive: Database) -> None:
    script = """
import json, os, resource, sys
from datetime import UTC, datetime
from pathlib import Path
from monitor.pulse import Pulse
state = Path(sys.argv[1])
pulse = Pulse(state, "gather", lambda: datetime(2026, 11, 16, 9, 0, tzinfo=UTC), {"archive.db": state / "archive.db"})
found = [dict(pulse.feel().troubles)]
most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (3, most[1]))
pulse.feel()
resource.setrlimit(resource.RLIMIT_NOFILE, most)
found.append(json.loads((state / "gather.pulse").read_bytes())["troubles"])
found.append(dict(pulse.feel().troubles))
print(json.dumps(found))
"""
    done = subprocess.run([sys.executable, "-c", script, str(state)], capture_output=True, text=True, check=True)
    before, during, after = json.loads(done.stdout)
    assert (before, after) == ({}, {})
    assert "no more files" in during["files"][0]


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        (stored.OperationalError("database or disk is full"), "the disk is full"),
        (stored.OperationalError("disk I/O error"), "input/output error"),
        (OSError(28, "No space left on device"), "the disk is full"),
        (OSError(24, "Too many open files"), "no more files"),
        (stored.OperationalError("attempt to write a readonly database"), "read-only"),
        (stored.OperationalError("something else"), "OperationalError: something else"),
    ],
)
def test_c04_trouble_is_said_in_words_a_person_understands(state: Path, trouble: Exception, says: str) -> None:
    def refuse() -> None:
        raise trouble

    pulse = Pulse(state, "gather", lambda: NOW, {})
    pulse._tries["archive.db"] = refuse
    pulse.feel()
    last = felt(state, "gather")
    assert last and says in last.troubles["archive.db"][0]


def test_a_job_that_is_refused_every_few_seconds_complains_once(caplog: pytest.LogCaptureFixture) -> None:
    refused = [True]

    def job() -> None:
        if refused[0]:
            raise stored.OperationalError("database is locked")

    calm = calmly(job)
    for _ in range(5):
        calm()
    assert len(caplog.records) == 1
    refused[0] = False
    calm()
    refused[0] = True
    calm()
    assert len(caplog.records) == 2, "a new trouble is told again"


def test_the_thread_feels_at_once_and_ends_with_the_process(pulse: Pulse, state: Path) -> None:
    with pulse:
        pass
    last = felt(state, "gather")
    assert last is not None and last.at == NOW
    assert not pulse._thread.is_alive()
    assert (state / "gather.pulse").stat().st_mode & 0o077 == 0


def test_a_torn_or_missing_word_is_no_word(state: Path) -> None:
    assert felt(state, "gather") is None
    (state / "gather.pulse").write_text('{"at": "2026')
    assert felt(state, "gather") is None
