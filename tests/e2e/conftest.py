"""A whole house on loopback and a real browser before its door: Debian's Chromium, driven by Playwright.

Skipped with the reason where either is missing: `make browser` installs the one, `apt-get install chromium` the other.
"""

from __future__ import annotations

import json
import shutil
import socket
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.config import Config
from monitor.sender import Sender
from monitor.store import Database
from monitor.subscribers.keys import Keys
from monitor.web.server import serve
from tests import press
from tests.mail_server import MailServer, Received
from tests.web import gazette
from tests.web.newsroom import Newsroom

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: make browser")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
PHONE = {"width": 320, "height": 640}
DESK = {"width": 1200, "height": 860}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


class House:
    """The website, served by its own server, and a sender that works when it is told to."""

    def __init__(self, state: Path, archive: Database, mails: MailServer, now: datetime) -> None:
        self.moment, self.mails, self.archive = now, mails, archive
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.config = Config.model_validate(
            {
                "web": {"base_url": self.url, "port": port, "sign_up": "open"},
                "delivery": {"smtp": {"host": mails.host, "port": mails.port, "security": "none"}},
            }
        )
        self._sender = Sender(self.config, state, state.with_name("keys"), self.now)
        self._stop = threading.Event()
        self._web = threading.Thread(target=serve, args=(self.config, state, self._stop), kwargs={"now": self.now})
        self._web.start()
        for _ in range(100):
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    return
            self._stop.wait(0.05)

    def now(self) -> datetime:
        return self.moment

    def send(self, **later: float) -> None:
        """Let so much time pass, then let `send` do everything that is due."""
        self.moment += timedelta(**later)
        self._sender.once()

    def news(self, **given: Any) -> None:
        """A story that is news now."""
        press.covered(self.archive, self.moment, press.story(self.archive, self.moment), **given)

    def last_to(self, address: str) -> Received:
        return self.mails.to(address)[-1]

    def close(self) -> None:
        self._stop.set()
        self._web.join(10)


@pytest.fixture
def house(state: Path, archive: Database, keys: Keys, now: datetime) -> Iterator[House]:
    gazette.fill(Newsroom(archive, now))
    with MailServer() as mails:
        open_house = House(state, archive, mails, now)
        yield open_house
        open_house.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    if not CHROMIUM:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A page as most people see it."""
    context = chromium.new_context(viewport=DESK, locale="en")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def strict_page(chromium: Any, tmp_path: Path) -> Iterator[Any]:
    """A phone of 320 px that refuses cookies and runs no scripts, as Tor Browser does at its safest."""
    profile = tmp_path / "profile"
    (profile / "Default").mkdir(parents=True)
    refused = {"profile": {"default_content_setting_values": {"cookies": 2, "javascript": 2}}}
    (profile / "Default" / "Preferences").write_text(json.dumps(refused), encoding="utf-8")
    context = chromium.browser_type.launch_persistent_context(
        str(profile), executable_path=CHROMIUM, viewport=PHONE, java_script_enabled=False, locale="en"
    )
    context.set_default_timeout(10_000)
    yield context.pages[0]
    assert context.cookies() == []
    context.close()
