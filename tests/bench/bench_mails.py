"""One matching story to 10,000 readers: matches stored, bundled, and every mail accepted by a server on loopback.

The server is a process of its own that takes and forgets; both share the machine's cores. `--quick` asks for 1,000.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from monitor import clock
from monitor.alerts import bundles, deliver
from monitor.alerts.channels import open_channels
from monitor.alerts.standing import Standing
from monitor.config import Config
from monitor.store import Database, write
from monitor.store.archive_schema import open_archive
from monitor.store.private_schema import open_private
from monitor.subscribers.keys import Keys, prepare
from tests import press
from tests.bench.calibrate import timed
from tests.readers import add, reader

SERVER = """
import asyncio

class Sink(asyncio.Protocol):
    def connection_made(self, wire):
        self.wire, self.left, self.body = wire, b"", False
        wire.write(b"220 sink\\r\\n")

    def data_received(self, data):
        self.left += data
        while True:
            line, end, rest = self.left.partition(b"\\r\\n.\\r\\n" if self.body else b"\\r\\n")
            if not end:
                return
            self.left = rest
            self.wire.write(self.answer(line[:4].upper()))

    def answer(self, verb):
        if self.body:
            self.body = False
            return b"250 taken\\r\\n"
        self.body = verb == b"DATA"
        return b"354 go on\\r\\n" if self.body else b"250 ok\\r\\n"

async def main():
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


def main() -> None:
    """Print how long each step takes, mails per second over all of them, and the peak of memory."""
    people = 1000 if "--quick" in sys.argv else 10_000
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    assert server.stdout
    port = int(server.stdout.readline())
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "state"
        state.mkdir(mode=0o700)
        try:
            _measure(people, port, state)
        finally:
            server.kill()


def _measure(people: int, port: int, state: Path) -> None:
    archive, private = open_archive(state), open_private(state)
    keys = prepare(state.with_name("keys"), state)
    _fill(private, keys, people)
    smtp = {"host": "127.0.0.1", "port": port, "security": "none", "per_minute": 1_000_000}
    config = Config.model_validate({"delivery": {"smtp": smtp}})
    channels = open_channels(config, state)
    standing = Standing(keys)
    step = _Steps()
    standing.refresh(private)
    step("open the list and build the index")
    press.covered(archive, clock.now(), press.story(archive, clock.now()))
    step.restart()
    bundles.match(archive, private, standing, clock.now())
    step("match")
    bundles.bundle(private, standing, clock.now(), timedelta())
    step("bundle")
    with timed() as timing:
        counts = deliver.drain(archive, private, keys, channels, config, clock.now)
    step("deliver")
    assert counts.sent == people, counts
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{people} readers: {people / step.total:.0f} mails/s from fact to accepted, peak memory {memory:.0f} MB")
    print(f"processor time per mail: {1000 * step.processor / people:.2f} ms")
    print(f"delivering alone, by processor time: {timing.rate(people)}")


def _fill(private: Database, keys: Keys, people: int) -> None:
    with write(private):
        for number in range(people):
            add(private, keys, clock.now(), reader(f"reader{number}@mail.test"))


class _Steps:
    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.total = 0.0
        self._began, self._processor = time.perf_counter(), time.process_time()

    def __call__(self, name: str) -> None:
        now = time.perf_counter()
        print(f"{name:36} {now - self._began:7.2f} s")
        self.total += now - self._began
        self._began = now

    @property
    def processor(self) -> float:
        return time.process_time() - self._processor


main()
