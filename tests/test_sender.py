"""The sender as a whole: from facts in archive.db to mails in a mailbox, and what makes it stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor import clock as wall
from monitor.config import Config
from monitor.errors import KeysMissing, StateInUse
from monitor.process import only_one
from monitor.sender import Sender
from monitor.store import Database, health
from monitor.store.private_schema import open_private
from monitor.subscribers import passphrase, safety
from monitor.subscribers.keys import KEY_FILE
from tests import press
from tests.mail_server import MailServer

HOUR = timedelta(hours=1)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as running:
        yield running


def config_for(server: MailServer, **more: object) -> Config:
    return Config.model_validate(
        {
            "delivery": {
                "smtp": {"host": server.host, "port": server.port, "security": "none", "per_minute": 60_000},
                "gather_for": "1 s",
            },
            "alerts": [{"name": "releases", "keywords": "prisoners, палітвязні", "to": "reader@mail.test"}],
            **more,
        }
    )


class Running:
    """A sender at work in a thread."""

    def __init__(self, sender: Sender) -> None:
        self.stop, self.trouble = threading.Event(), None
        self._thread = threading.Thread(target=sender.run, args=[self.stop])

    def __enter__(self) -> Running:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self._thread.join(15)
        assert not self._thread.is_alive()

    def ended(self, seconds: float) -> bool:
        self._thread.join(seconds)
        return not self._thread.is_alive()


def wait_for(what: object, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not what():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


# ------------------------------------------------------------------------------------------------------------- once


def test_a_fact_becomes_one_mail(archive: Database, state: Path, now: datetime, server: MailServer) -> None:
    sender = Sender(config_for(server), state, state.with_name("keys"), lambda: now)
    uid = press.story(archive, now)
    for number in range(12):
        press.covered(archive, now, uid, outlet=f"Outlet {number}")
    assert sender.once().sent == 1
    assert sender.once().sent == 0
    (mail,) = server.mails
    assert mail.recipients == ("reader@mail.test",)
    assert "Outlet 4" in mail.text


def test_d04_three_days_later_everything_goes_out_once_and_is_marked_late(
    archive: Database, state: Path, now: datetime, server: MailServer
) -> None:
    moment = [now]
    daily = {"name": "daily", "keywords": "prisoners", "to": "daily@mail.test", "when": "daily 08:00"}
    config = config_for(server, alerts=[{"name": "now", "keywords": "prisoners", "to": "a@mail.test"}, daily])
    sender = Sender(config, state, state.with_name("keys"), lambda: moment[0])
    sender.once()
    press.covered(archive, now + HOUR, press.story(archive, now))
    moment[0] += timedelta(days=3)
    press.covered(archive, moment[0], press.story(archive, moment[0]))
    sender.once()
    assert sorted(m.recipients[0] for m in server.mails) == ["a@mail.test", "daily@mail.test"]
    assert "Late" in server.to("a@mail.test")[0].text
    sender.once()
    assert len(server.mails) == 2


def test_a_second_sender_refuses(state: Path, archive: Database, now: datetime, server: MailServer) -> None:
    sender = Sender(config_for(server), state, state.with_name("keys"), lambda: now)
    with only_one(state, "send"), pytest.raises(StateInUse, match="already works"):
        sender.once()


def test_a_locked_list_sends_nothing_and_keeps_everything(
    archive: Database, state: Path, now: datetime, server: MailServer
) -> None:
    sender = Sender(config_for(server), state, state.with_name("keys"), lambda: now)
    sender.once()
    safety.lock(open_private(state), now)
    press.covered(archive, now, press.story(archive, now))
    assert sender.once().sent == 0
    safety.unlock(open_private(state))
    assert sender.once().sent == 1


def test_p08_without_its_key_nothing_is_sent_and_nothing_changed(
    archive: Database, state: Path, now: datetime, server: MailServer
) -> None:
    key_folder = state.with_name("keys")
    Sender(config_for(server), state, key_folder, lambda: now).once()
    press.covered(archive, now, press.story(archive, now))
    (key_folder / KEY_FILE).rename(state.with_name("elsewhere"))
    with pytest.raises(KeysMissing):
        Sender(config_for(server), state, key_folder, lambda: now).once()
    state.with_name("elsewhere").rename(key_folder / KEY_FILE)
    assert Sender(config_for(server), state, key_folder, lambda: now).once().sent == 1


# -------------------------------------------------------------------------------------------------------------- run


def test_a_running_sender_delivers_beats_and_stops(archive: Database, state: Path, server: MailServer) -> None:
    with Running(Sender(config_for(server), state, state.with_name("keys"), wall.now)) as running:
        press.covered(archive, wall.now(), press.story(archive, wall.now()))
        wait_for(lambda: server.mails)
        assert health.heartbeat(open_private(state), "send")
        began = time.monotonic()
        running.stop.set()
        assert running.ended(10)
        assert time.monotonic() - began < 10
    assert len(server.mails) == 1


def test_p09_a_lock_stops_within_five_seconds_and_unlocking_goes_on(
    archive: Database, state: Path, server: MailServer
) -> None:
    with Running(Sender(config_for(server), state, state.with_name("keys"), wall.now)):
        wait_for(lambda: health.heartbeat(open_private(state), "send"))
        safety.lock(open_private(state), wall.now())
        time.sleep(5)
        press.covered(archive, wall.now(), press.story(archive, wall.now()))
        time.sleep(4)
        assert server.mails == []
        safety.unlock(open_private(state))
        wait_for(lambda: server.mails)


def test_p09_a_lock_forgets_the_passphrase_and_only_unlocking_brings_it_back(
    archive: Database, state: Path, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(passphrase.VARIABLE, "correct horse")
    folder = state.with_name("keys")
    sender = Sender(config_for(server), state, folder, wall.now)
    with Running(sender):
        wait_for(lambda: health.heartbeat(open_private(state), "send"))
        assert passphrase.VARIABLE not in os.environ, "it is taken away from the environment at once"
        safety.lock(open_private(state), wall.now())
        wait_for(lambda: sender._keys is None)
        assert not passphrase.hand_over(folder, "correct horse"), "nobody takes it while it is locked"
        press.covered(archive, wall.now(), press.story(archive, wall.now()))
        safety.unlock(open_private(state))
        wait_for(lambda: passphrase.hand_over(folder, "wrong horse"))
        time.sleep(5)
        assert server.mails == []
        wait_for(lambda: passphrase.hand_over(folder, "correct horse"))
        wait_for(lambda: server.mails)
    assert not (folder / passphrase.PIPE).exists()


def test_p14_a_running_sender_ends_when_its_key_is_gone(archive: Database, state: Path, server: MailServer) -> None:
    with Running(Sender(config_for(server), state, state.with_name("keys"), wall.now)) as running:
        wait_for(lambda: health.heartbeat(open_private(state), "send"))
        safety.panic(state, state.with_name("keys"))
        assert running.ended(10)
    assert not (state / "private" / "private.db").exists()


def test_c08_sigterm_ends_the_process_and_what_was_not_sent_goes_out_once(
    archive: Database, state: Path, tmp_path: Path, server: MailServer
) -> None:
    server.fail("data", lambda _: time.sleep(0.05), times=None)
    alerts = "\n".join(f"  - {{name: a{n}, keywords: prisoners, to: r{n}@mail.test}}" for n in range(80))
    smtp = f"{{host: {server.host}, port: {server.port}, security: none, per_minute: 60000}}"
    config = tmp_path / "config.yaml"
    config.write_text(f"delivery: {{gather_for: 1 s, smtp: {smtp}}}\nalerts:\n{alerts}\n")
    code = (
        "import sys; from pathlib import Path; from monitor.config import load; from monitor.sender import Sender;"
        "from monitor.process import stop_on_signals; from monitor import clock;"
        "Sender(load(Path(sys.argv[1])), Path(sys.argv[2]), Path(sys.argv[3]), clock.now).run(stop_on_signals())"
    )
    command = [sys.executable, "-c", code, str(config), str(state), str(state.with_name("keys"))]
    press.covered(archive, wall.now(), press.story(archive, wall.now()))

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, cwd=Path(__file__).parent.parent, env={**os.environ, "PYTHONPATH": "."})

    first = start()
    wait_for(lambda: len(server.mails) > 5, 40)
    first.send_signal(signal.SIGTERM)
    assert first.wait(10) == 0
    sent = len(server.mails)
    assert sent < 80
    second = start()
    wait_for(lambda: len(server.mails) >= 80, 40)
    second.send_signal(signal.SIGTERM)
    assert second.wait(10) == 0
    assert len({m.recipients for m in server.mails}) == len(server.mails) == 80


def test_p10_no_core_and_no_debugger() -> None:
    code = (
        "import resource, ctypes; from monitor.sender import forbid_core_dumps; forbid_core_dumps();"
        "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split(")")[0] == "(0, 0"
    assert done.stdout.strip().endswith("0")
