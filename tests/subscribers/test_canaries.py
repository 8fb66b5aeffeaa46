"""100 canary addresses and 20 hook URLs go through every feature: no trace of one in any file or log.

Fails when anything that points to a person is stored unsealed or logged.
"""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from monitor.config import Config
from monitor.sender import Sender
from monitor.store import Database, rows
from monitor.store.private_schema import open_private
from monitor.subscribers import desk, requests
from monitor.subscribers.keys import load
from monitor.subscribers.vault import Vault
from tests import press
from tests.hook_server import HookServer
from tests.mail_server import MailServer
from tests.readers import reader, wants

HOUR = timedelta(hours=1)


def spellings(canary: str) -> Iterator[bytes]:
    """Every form in which somebody would look for it."""
    for text in {canary, canary.lower(), canary.upper()}:
        plain = text.encode()
        yield from (plain, plain[::-1], text.encode("utf-16-le"), plain.hex().encode(), quote(text).encode())
        yield ".".join(reversed(text.split("@")[-1].split("."))).encode()
        for offset in range(3):
            inner = base64.b64encode(b"\0" * offset + plain)
            yield inner[4 if offset else 0 : -4]
        for method in (hashlib.md5, hashlib.sha1, hashlib.sha256):
            yield from (method(plain).digest(), method(plain).hexdigest().encode())


def traces(content: bytes, canaries: list[str]) -> list[str]:
    return [c for c in canaries if any(len(s) > 7 and s in content for s in spellings(c))]


def files_of(state: Path) -> dict[str, bytes]:
    return {str(f.relative_to(state)): f.read_bytes() for f in state.rglob("*") if f.is_file()}


@pytest.fixture
def addresses() -> list[str]:
    return [f"Canary.{n:03}+{('Tag', 'naviny', 'x')[n % 3]}@kan{n:02}arejka-{n % 7}.mail.test" for n in range(100)]


def test_p01_p02_p03_no_trace_of_a_reader_in_any_file_or_log(
    archive: Database, state: Path, now: datetime, addresses: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
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
        for r in rows(private, "SELECT sealed FROM deliveries WHERE kind IN ('confirm', 'manage') AND sealed NOT NULL"):
            requests.append(private, vault, {"kind": "confirm", "token": keys.open(r["sealed"])["token"]}, moment[0])
        for to in addresses[10:20]:
            ident = desk.find(private, keys, to)
            assert ident
            desk.export(private, keys, ident)
            desk.erase(private, ident)
        sender.once()
        assert len(server.mails) > 100
        assert len(hooks.calls) > 20

    canaries = [*addresses, *urls, *secrets]
    hidden = [c for c in files_of(state).items() if traces(c[1], canaries)]
    assert hidden == []
    assert traces(caplog.text.encode(), canaries) == []
    tokens = [w for m in server.mails for w in m.text.split() if "/u/" in w]
    assert tokens
    assert not any(t.rpartition("/")[2] in caplog.text for t in tokens)


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
