"""The play: the unmodified gatherer and sender, a clock of their own, two weeks in about a minute.

::

    for each moment of the script:  set the clock -> gather -> send -> tell what arrived and why
    then leave the page open to browse
"""

from __future__ import annotations

import os
import re
import socket
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from monitor import store
from monitor.config import Config
from monitor.demo.newsroom import Newsroom, Script, read_script
from monitor.demo.receivers import Arrivals, Receivers
from monitor.gatherer import Gatherer
from monitor.sender import Sender
from monitor.store import people
from monitor.store.archive_schema import open_archive
from monitor.web.server import serve

Say = Callable[[str], None]

#: An instant alert waits a minute for more of the same; so the sender looks again shortly after.
AFTER = timedelta(minutes=2)

READERS = {
    "advocate@demo.test": "an advocate: every release, at once, in English",
    "family@demo.test": "a family: Вера Сінявокая, at once, in Belarusian",
    "desk@demo.test": "a newsroom: daily digest at 08:00 in Vilnius, in Russian",
}


class StageClock:
    """Shows the moment it was set to."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment


def play(web_port: int, say: Say, stop: threading.Event, *, browse: bool = True) -> Counter[str]:
    """Play the whole script and count what arrived. With `browse` the page stays open until `stop`."""
    with tempfile.TemporaryDirectory(prefix="monitor-demo-") as folder, Receivers() as receivers:
        script = read_script(_free_port())
        clock = StageClock(script.start)
        with Newsroom(script, clock):
            config = demo_config(script, receivers, web_port)
            stage = Path(folder)
            count = _perform(script, config, stage, clock, receivers, say, stop)
            if browse and not stop.is_set():
                say(f"\nLook around: http://127.0.0.1:{web_port}  (everything there is invented; Ctrl-C ends it)")
                serve(config, stage / "state", stop, now=clock)
        store.close_all()
    return count


def demo_config(script: Script, receivers: Receivers, web_port: int) -> Config:
    """The configuration an operator would write, with loopback opened in the address guard."""
    os.environ["DEMO_SLACK"] = f"http://127.0.0.1:{receivers.slack_port}/services/T0/B0/demo"
    os.environ["DEMO_HOOK"] = f"http://127.0.0.1:{receivers.hook_port}/hook"
    return Config.model_validate(
        {
            "demo": True,
            "alerts": [
                {"name": "releases", "keywords": "topic:releases", "to": "advocate@demo.test", "when": "now"},
                {"name": "Вера", "keywords": 'person:"Вера Сінявокая"', "to": "family@demo.test", "language": "be"},
                {
                    "name": "утро",
                    "keywords": ["topic:releases", 'политзаключенный OR палітвязень OR "political prisoner"'],
                    "to": "desk@demo.test",
                    "when": "daily 08:00 Europe/Vilnius",
                    "language": "ru",
                },
                {"name": "channel", "keywords": "topic:releases", "to": "DEMO_SLACK"},
                {"name": "system", "keywords": "topic:releases", "to": "DEMO_HOOK"},
            ],
            "sources": [
                {
                    "name": o.name,
                    "url": o.address,
                    "kind": o.kind,
                    "type": o.type,
                    "outlet": o.name,
                    "languages": o.languages,
                    "interval": "10 min",
                    "spider": "spring96" if o.kind == "site" else "",
                    "path_id": r"/(?:be|ru)/(\d+)" if o.id == "hazieta" else "",
                }
                for o in script.outlets
            ],
            "delivery": {
                "smtp": {
                    "host": "127.0.0.1",
                    "port": receivers.smtp_port,
                    "security": "none",
                    "sender": "notes@demo.test",
                },
                "slack_host": f"127.0.0.1:{receivers.slack_port}",
            },
            "network": {"allow": ["127.0.0.0/8"], "spacing": 0, "respect_robots": False},
            "web": {"base_url": f"http://127.0.0.1:{web_port}", "port": web_port},
        }
    )


def moments(script: Script) -> Iterator[datetime]:
    """When something happens: the start, a little after each item, each morning's digest, the end."""
    when = {script.start, script.end}
    when |= {i.at + timedelta(minutes=1) for i in script.items if i.at > script.start}
    day = script.start.replace(hour=5, minute=1)  # 08:01 in Vilnius in summer
    while day < script.end:
        when.add(day)
        day += timedelta(days=1)
    return (w for w in sorted(when) if w >= script.start)


def _perform(
    script: Script,
    config: Config,
    stage: Path,
    clock: StageClock,
    receivers: Receivers,
    say: Say,
    stop: threading.Event,
) -> Counter[str]:
    state = stage / "state"
    state.mkdir(mode=0o700)
    db = open_archive(state)
    with store.write(db):
        people.save(db, script.people, "operator")
    gatherer = Gatherer(config, state, clock)
    sender = Sender(config, state, stage / "keys", clock)
    count: Counter[str] = Counter()
    _introduce(script, say)
    for moment in moments(script):
        if stop.is_set():
            break
        clock.moment = moment
        _tell_items(script, moment, say)
        gatherer.once(stop)
        sender.once(stop)
        clock.moment = moment + AFTER
        sender.once(stop)
        _tell_arrivals(receivers.take(), moment, say, count)
    _conclude(script, count, say)
    return count


def _introduce(script: Script, say: Say) -> None:
    say(f"DEMO. {len(script.outlets)} invented outlets, {len(script.items)} invented articles, two invented weeks.")
    for address, who in READERS.items():
        say(f"  {address}: {who}")
    say("  and one Slack channel and one webhook: every release, at once\n")


def _tell_items(script: Script, moment: datetime, say: Say) -> None:
    names = {o.id: o.name for o in script.outlets}
    for i in script.items:
        if i.at + timedelta(minutes=1) == moment:
            trap = f"   [trap: {i.trap}]" if i.trap else ""
            say(f"{moment:%a %d %b %H:%M}  {names[i.outlet]}: {i.title}{trap}")


def _tell_arrivals(arrived: Arrivals, moment: datetime, say: Say, count: Counter[str]) -> None:
    for to, mail in arrived.mails:
        count[f"mails to {to}"] += 1
        body = mail.get_body(("plain",))
        say(f"{'':16}  => mail to {to}: {mail['Subject']}")
        for line in _gist(body.get_content() if body else ""):
            say(f"{'':22}{line}")
    for post in arrived.slack:
        count["Slack messages"] += 1
        say(f"{'':16}  => Slack: {post['text'].splitlines()[0][:100]}")
    for call in arrived.hooks:
        count["webhook calls"] += 1
        say(f"{'':16}  => webhook: {call.get('type')}")


def _gist(text: str) -> list[str]:
    """The first lines of a mail that say something."""
    lines = [line.strip() for line in text.splitlines() if re.search(r"\w", line)]
    return [line[:110] for line in lines[:6]]


def _conclude(script: Script, count: Counter[str], say: Say) -> None:
    traps = [i for i in script.items if i.trap]
    say(f"\nArrived: {', '.join(f'{n} {what}' for what, n in sorted(count.items())) or 'nothing'}.")
    say(f"Traps laid: {len(traps)}.")


def _free_port() -> int:
    """A port that is free on loopback at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
