"""The real server on loopback: what a test client does not see."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from monitor import store
from monitor.config import Config
from monitor.store import Database
from monitor.web.server import serve

from . import gazette
from .newsroom import Newsroom


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def wait_for(port: int, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


def raw(port: int, request: str) -> str:
    """The whole answer to a request as it stands on the wire."""
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.sendall(request.replace("\n", "\r\n").encode())
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()


@pytest.fixture
def port(state: Path, archive: Database, now: datetime) -> Iterator[int]:
    gazette.fill(Newsroom(archive, now))
    stop, number = threading.Event(), free_port()
    config = Config(web={"port": number})
    thread = threading.Thread(target=serve, args=(config, state, stop), kwargs={"now": lambda: now})
    thread.start()
    wait_for(number)
    yield number
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def test_w01_no_header_names_the_server(port: int) -> None:
    answer = raw(port, "GET / HTTP/1.1\nHost: 127.0.0.1\nConnection: close\n\n")
    head = answer.split("\r\n\r\n")[0].lower()
    assert head.startswith("http/1.1 200") and "server:" not in head and "uvicorn" not in head


@pytest.mark.parametrize(
    "request_text",
    [
        "GET / HTTP/1.1\nHost: evil.example\nConnection: close\n\n",
        "GET / HTTP/1.1\nHost: 127.0.0.1\nHost: evil.example\nConnection: close\n\n",
        "GET / HTTP/1.0\n\n",
        "GET http://evil.example/ HTTP/1.1\nHost: evil.example\nConnection: close\n\n",
        "GET / HTTP/1.1\nHost: 127.0.0.1/x?\nConnection: close\n\n",
    ],
)
def test_w15_odd_host_headers_get_400_on_the_wire(port: int, request_text: str) -> None:
    answer = raw(port, request_text)
    assert answer.startswith("HTTP/1.1 400") and "evil" not in answer


def test_w15_a_request_in_absolute_form_carries_no_foreign_name_into_a_page(port: int) -> None:
    answer = raw(port, "GET http://evil.example/feed.atom HTTP/1.1\nHost: 127.0.0.1\nConnection: close\n\n")
    assert "evil" not in answer


def test_w16_many_costly_searches_at_once_leave_the_rest_of_the_site_quick(port: int) -> None:
    costly = f"http://127.0.0.1:{port}/search?q=" + "+OR+".join(f"{c}*" for c in ("pa", "re", "th", "se", "co"))

    def ask(address: str) -> tuple[int, float]:
        begun = time.monotonic()
        with urllib.request.urlopen(address, timeout=20) as answer:  # an error status raises
            answer.read()
        return answer.status, time.monotonic() - begun

    with ThreadPoolExecutor(40) as pool:
        searches = [pool.submit(ask, costly) for _ in range(80)]
        others = [pool.submit(ask, f"http://127.0.0.1:{port}/health") for _ in range(5)]
        assert {s.result()[0] for s in searches} == {200}
        assert all(o.result()[0] == 200 for o in others)


def test_the_program_ends_within_seconds_of_sigterm_with_a_request_under_way(state: Path) -> None:
    number = free_port()
    program = (
        "from pathlib import Path; from monitor.config import Config; from monitor.process import stop_on_signals;"
        "from monitor.web.server import serve;"
        f"serve(Config(web={{'port': {number}}}), Path({str(state)!r}), stop_on_signals())"
    )
    process = subprocess.Popen([sys.executable, "-c", program], env=_environment())
    begun = time.monotonic()
    wait_for(number, 20)
    started = time.monotonic() - begun
    with socket.create_connection(("127.0.0.1", number)) as half:
        half.sendall(b"GET / HTTP/1.1\r\nHost: 127")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert started < 10  # alone under 2 s; the machine of a test may be busy


def test_importing_the_website_loads_neither_languages_nor_the_crawler() -> None:
    heavy = "{'scrapy', 'twisted', 'pymorphy3', 'morfeusz2', 'trafilatura', 'feedparser', 'lxml', 'requests'}"
    program = f"import sys; import monitor.web.server; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], env=_environment()).returncode == 0


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(store.__file__).parents[2])}
