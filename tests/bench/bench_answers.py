"""W-09: can it be told from the time of an answer whether an address is known? 2 × 1,000 requests of each kind.

A real server on loopback, requests in turns in a new order every time; the figure is the AUC of the time alone (0.5 is
a coin; more than 0.55 is a leak). `--quick` asks 200 times.
"""

from __future__ import annotations

import http.client
import socket
import sys
import tempfile
import threading
import time
from datetime import timedelta
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from monitor import clock
from monitor.config import Config
from monitor.store import Database, tokens
from monitor.store.archive_schema import open_archive
from monitor.store.private_schema import open_private
from monitor.subscribers.keys import Keys, prepare
from monitor.web import budget
from monitor.web.server import serve
from tests.readers import add, reader
from tests.web.timing import auc, interleaved

KNOWN = ("active", "pending", "suppressed")
UNKNOWN = ("unknown", "another")
WISH = {"channel": "email", "queries": "pardoned", "when": "now", "zone": "Europe/Vilnius", "do": "send"}
MOST = 0.55


def main() -> None:
    """Print an AUC for each state and form, and whether one is above MOST."""
    times = 200 if "--quick" in sys.argv else 1000
    budget.EVERYBODY = budget.ALL = 10**9
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "state"
        state.mkdir(mode=0o700)
        open_archive(state)
        private = open_private(state)
        _fill(private, prepare(state.with_name("keys"), state))
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        stop = threading.Event()
        config = Config.model_validate(
            {"web": {"port": port, "base_url": f"http://127.0.0.1:{port}", "sign_up": "open"}}
        )
        web = threading.Thread(target=serve, args=(config, state, stop))
        web.start()
        time.sleep(1)
        try:
            worst = max(_measure(port, path, more, times) for path, more in (("/subscribe", WISH), ("/m", {})))
        finally:
            stop.set()
            web.join(10)
    print(f"the highest is {worst:.3f}: {'a leak' if worst > MOST else 'nothing to be told'}")


def _fill(private: Database, keys: Keys) -> None:
    now = clock.now()
    for state in KNOWN[:-1]:
        add(private, keys, now, reader(_address(state)), state=state)
    suppressed = keys.look_up(_address("suppressed"), "suppression")
    tokens.suppress(private, suppressed, "not me", now + timedelta(days=400))


def _measure(port: int, path: str, more: dict[str, str], times: int) -> float:
    line = http.client.HTTPConnection("127.0.0.1", port)

    def ask(state: str) -> None:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        line.request("POST", path, urlencode(more | {"to": _address(state)}), headers)
        answer = line.getresponse()
        answer.read()
        assert answer.status == 200

    for state in (*KNOWN, *UNKNOWN) * 5:
        ask(state)
    taken = interleaved(ask, (*KNOWN, *UNKNOWN), times)
    print(f"{path}, {times} times each; unknown takes {1000 * median(taken['unknown']):.2f} ms")
    found = {state: auc(taken[state], taken["unknown"]) for state in (*KNOWN, "another")}
    for state, figure in found.items():
        print(f"  {state:12} AUC {figure:.3f}   median {1000 * median(taken[state]):.2f} ms")
    return max(found.values())


def _address(state: str) -> str:
    return f"{state:x<10}@mail.example"


if __name__ == "__main__":
    main()
