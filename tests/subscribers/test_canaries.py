"""100 canary addresses and 20 hook URLs go through every feature: no trace of one in any file or log.

Fails when anything that points to a person is stored unsealed or logged.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import os
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from monitor import clock as wall
from monitor.alerts import report as reports
from monitor.config import Config, WebConfig
from monitor.sender import Sender
from monitor.store import Database, backups, facts
from monitor.store import traces as traces_of
from monitor.store.private_schema import open_private
from monitor.subscribers import desk, requests, rotation, safekeeping
from monitor.subscribers.keys import load
from monitor.subscribers.vault import Vault
from monitor.web.app import create_app
from tests import press
from tests.hook_server import HookServer
from tests.mail_server import MailServer
from tests.readers import reader, wants
from tests.traces import files_of, traces

HOUR = timedelta(hours=1)


@pytest.fixture
def addresses() -> list[str]:
    return [f"Canary.{n:03}+{('Tag', 'naviny', 'x')[n % 3]}@kan{n:02}arejka-{n % 7}.mail.test" for n in range(100)]


def test_p01_p02_p03_no_trace_of_a_reader_in_any_file_or_log(
    archive: Database,
    state: Path,
    now: datetime,
    addresses: list[str],
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    caplog.set_level(logging.DEBUG)
    for browser in (
        "httpx",
        "httpx2",
        "httpcore",
        "httpcore2",
    ):  # the browser of this test writes down what it asks for
        caplog.set_level(logging.WARNING, logger=browser)
    moment = [now]
    key_folder = state.with_name("keys")
    with MailServer() as server, HookServer() as hooks:
        urls = [f"{hooks.url}/kanarejka/{n:02}/sakret" for n in range(20)]
        secrets = ["kalina-chyrvonaja", "Bialiatski-i-Kalesnikava"]
        config = Config.model_validate(
            {
                "delivery": {
                    "smtp": {"host": server.host, "port": server.port, "security": "none", "per_minute": 600_000},
                    "operator": addresses[0],
                },
                "network": {"allow": ["127.0.0.0/8"]},
                "alerts": [{"name": "a", "keywords": "prisoners", "to": addresses[1]}],
            }
        )
        sender = Sender(config, state, key_folder, lambda: moment[0])
        sender.once()
        private, keys, vault = open_private(state), load(key_folder), Vault.load(state / "private")
        for n, to in enumerate(addresses[2:50]):
            who = reader(to, code_word=secrets[0], hour="08:00" if n % 2 else "")
            desk.add(private, keys, who, [wants(f"prisoners OR {secrets[1]}", name=secrets[1])], now)
        for to in urls:
            desk.add(private, keys, reader(to, "webhook"), [wants()], now)
        for to in addresses[50:]:
            wanted = [wants(name=secrets[1]).pack()]
            asked = {"kind": "sign-up", "channel": "email", "to": to, "settings": {}, "subscriptions": wanted}
            requests.append(private, vault, asked, now)
        requests.append(private, vault, {"kind": "manage-link", "to": addresses[3]}, now)
        server.fail("rcpt", lambda line: "550 5.1.1 <who?> no such user" if "Canary.007" in line else None)
        server.fail("rcpt", lambda line: f"451 4.2.0 {line} later" if "Canary.008" in line else None)
        hooks.answer(500, body=urls[0], times=5)
        for hour in range(0, 30, 3):
            moment[0] = now + hour * HOUR
            press.covered(archive, moment[0], press.story(archive, moment[0]))
            sender.once()
            if not hour:
                _confirm_all(private, vault, server, moment[0])
        for to in addresses[10:20]:
            ident = desk.find(private, keys, to)
            assert ident
            desk.export(private, keys, ident)
            desk.erase(private, ident)
        sender.once()
        shown = _use_the_page(config, state, moment[0], addresses)
        sender.once()
        manage = next(m for m in reversed(server.to(addresses[60])) if "/m/" in m.text)
        shown += _use_a_manage_link(config, state, moment[0], manage.text)
        sender.once()
        shown += "\n".join(reports.lines(reports.report(archive, private, keys, moment[0])))
        shown += repr(
            [trace for f in facts.after(archive, 0, 50) if (trace := traces_of.article(archive, private, f.story))]
        )
        safekeeping.backup(private, keys, safekeeping.make_key(tmp_path / "offline.key"), state / "readers.backup")
        backups.backup(archive, state / "archive.backup")
        rotation.rotate(private, key_folder, state, None)
        assert len(server.mails) > 100
        assert len(hooks.calls) > 20

    canaries = [*addresses, *urls, *secrets]
    files = files_of(state, key_folder)
    assert {"state/private/private.db", "state/readers.backup", "state/archive.backup"} <= set(files)
    assert [name for name, content in files.items() if traces(content, canaries)] == []
    assert traces(caplog.text.encode(), canaries) == []
    assert traces(shown.encode(), canaries) == []
    tokens = [w for m in server.mails for w in m.text.split() if "/u/" in w]
    assert tokens
    assert not any(t.rpartition("/")[2] in caplog.text for t in tokens)


def _confirm_all(private: Database, vault: Vault, server: MailServer, now: datetime) -> None:
    """Everybody opens the link in their mailbox."""
    for mail in server.mails:
        for link in (word for word in mail.text.split() if "/c/" in word):
            requests.append(private, vault, {"kind": "confirm", "token": link.rpartition("/")[2]}, now)


def _use_the_page(config: Config, state: Path, now: datetime, addresses: list[str]) -> str:
    """Sign up, ask for a link, and do what fails; what the pages answered, but for the look at one's own form."""
    app = create_app(config.model_copy(update={"web": WebConfig(sign_up="open")}), state, now=lambda: now)
    said = ""
    with TestClient(app, base_url="http://127.0.0.1:8000", headers={"sec-fetch-site": "same-origin"}) as client:
        for to in addresses[70:75]:
            wish = {"channel": "email", "to": to, "queries": "prisoners", "when": "now"}
            client.post("/subscribe", data=wish | {"do": "look"})
            said += client.post("/subscribe", data=wish | {"do": "send"}).text
        said += client.post("/m", data={"to": addresses[60]}).text
        said += client.post("/c", data={"code": addresses[61]}).text
        said += client.get(f"/u/{addresses[61]}").text + client.get(f"/nothing/{addresses[61]}").text
        said += client.get("/health", headers={"user-agent": addresses[61], "x-forwarded-for": addresses[62]}).text
    return said


def _use_a_manage_link(config: Config, state: Path, now: datetime, mail: str) -> str:
    """Ask why, then erase: what is shown to whoever holds the link is theirs, the last answer is nobody's."""
    path = next(word for word in mail.split() if "/m/" in word).partition("/m/")[2]
    app = create_app(config, state, now=lambda: now)
    with TestClient(app, base_url="http://127.0.0.1:8000", headers={"sec-fetch-site": "same-origin"}) as client:
        assert client.get(f"/m/{path}").status_code == 200
        assert client.post(f"/m/{path}", data={"do": "why", "what": "Bialiatski-i-Kalesnikava"}).status_code == 200
        assert client.post(f"/m/{path}", data={"do": "export"}).status_code == 200
        return client.post(f"/m/{path}", data={"do": "erase"}).text


def test_p03_a_sender_that_dies_leaves_no_core_and_shows_no_address_to_ps(
    archive: Database, state: Path, tmp_path: Path, addresses: list[str]
) -> None:
    """SIGABRT with every limit on cores lifted before the start: the program itself must forbid them."""
    with MailServer() as server:
        smtp = f"{{host: {server.host}, port: {server.port}, security: none}}"
        config = tmp_path / "config.yaml"
        config.write_text(
            f"delivery: {{gather_for: 1 s, smtp: {smtp}}}\n"
            f"alerts: [{{name: a, keywords: prisoners, to: {addresses[0]}}}]\n"
        )
        here = tmp_path / "here"
        here.mkdir()
        command = ["-m", "monitor", "--debug", "--config", str(config), "--state", str(state), "send"]
        environment = {
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "MONITOR_PASSPHRASE": "correct horse",
        }
        limit = ["prlimit", "--core=unlimited", sys.executable]
        press.covered(archive, wall.now(), press.story(archive, wall.now()))
        with (here / "log").open("wb") as log:
            process = subprocess.Popen([*limit, *command], cwd=here, env=environment, stdout=log, stderr=log)
            end = time.monotonic() + 60
            while not server.mails and time.monotonic() < end:
                time.sleep(0.1)
            shown = Path(f"/proc/{process.pid}/cmdline").read_bytes() + Path(f"/proc/{process.pid}/status").read_bytes()
            process.send_signal(signal.SIGABRT)
            assert process.wait(10) == -signal.SIGABRT
        assert server.mails
    left = files_of(here, state, state.with_name(f"{state.name}-keys"))
    assert not [name for name in left if "core" in name.rpartition("/")[2]]
    assert [name for name, content in left.items() if traces(content, addresses[:1])] == []
    assert traces(shown, addresses[:1]) == []
    assert not any(b"correct horse" in content for content in left.values())


def test_the_search_for_canaries_finds_one_where_there_is_one(addresses: list[str]) -> None:
    to = addresses[3]
    for form in (to, to.lower(), to[::-1], to.encode("utf-16-le").decode("latin-1"), to.encode().hex()):
        assert traces(b"..." + form.encode("latin-1") + b"...", addresses) == [to]
    for offset in range(3):
        assert traces(base64.b64encode(b"z" * offset + to.encode() + b"zz"), addresses) == [to]
    assert traces(hashlib.sha256(to.lower().encode()).hexdigest().encode(), addresses) == [to]


def test_p04_a_copied_state_folder_without_the_key_lists_and_mails_nobody(
    archive: Database, state: Path, now: datetime, tmp_path: Path, addresses: list[str]
) -> None:
    import shutil

    from monitor.errors import KeysMissing

    with MailServer() as server:
        config = Config.model_validate(
            {
                "delivery": {"smtp": {"host": server.host, "port": server.port, "security": "none"}},
                "alerts": [{"name": "a", "keywords": "prisoners", "to": addresses[0]}],
            }
        )
        Sender(config, state, state.with_name("keys"), lambda: now).once()
        press.covered(archive, now, press.story(archive, now))
        copy = tmp_path / "stolen"
        shutil.copytree(state, copy)
        with pytest.raises(KeysMissing):
            Sender(config, copy, tmp_path / "stolen-keys", lambda: now).once()
        assert server.mails == []
        (listed,) = desk.listing(open_private(copy))
        assert listed.address == ""
        with TestClient(create_app(Config(), copy, now=lambda: now), base_url="http://127.0.0.1:8000") as thief:
            assert press.TITLE in thief.get("/").text, "what is public stays readable"
            assert press.TITLE in thief.get("/feed.atom").text
