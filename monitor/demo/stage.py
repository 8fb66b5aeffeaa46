"""The stage: five readers, and the configuration an operator would write for them."""

from __future__ import annotations

import os
from dataclasses import dataclass

from monitor.config import Config
from monitor.demo.newsroom import Outlet, Script
from monitor.demo.receivers import Receivers


@dataclass(frozen=True, slots=True)
class Reader:
    """Someone who waits for news. `asked` is what the alert says, `at_once` whether it waits for the morning."""

    id: str
    where: str
    who: str
    asked: str
    language: str = "en"
    at_once: bool = True


READERS = (
    Reader("advocate", "mail", "an advocate, at once, in English", "topic:releases"),
    Reader("family", "mail", "a family, at once, in Belarusian", 'person:"Вера Сінявокая"', "be"),
    Reader(
        "desk", "mail", "a newsroom, every morning at 08:00 in Vilnius, in Russian", "topic:releases …", "ru", False
    ),
    Reader("channel", "Slack", "a team's channel, at once", "topic:releases"),
    Reader("system", "webhook", "another program, at once", "topic:releases"),
)
BY_ID = {reader.id: reader for reader in READERS}


def address(reader: str) -> str:
    """The mail address of a reader."""
    return f"{reader}@demo.test"


def demo_config(script: Script, receivers: Receivers, web_port: int) -> Config:
    """Alerts, sources and receivers, with loopback opened in the address guard."""
    os.environ["DEMO_SLACK"] = f"http://127.0.0.1:{receivers.slack_port}/services/T0/B0/demo"
    os.environ["DEMO_HOOK"] = f"http://127.0.0.1:{receivers.hook_port}/hook"
    return Config.model_validate(
        {
            "demo": True,
            "alerts": [{**alert, "weekly": False} for alert in _alerts()],  # two weeks in a minute have no quiet Monday
            "sources": [_source(outlet) for outlet in script.outlets],
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


def _alerts() -> list[dict[str, object]]:
    return [
        {"name": "releases", "keywords": "topic:releases", "to": address("advocate"), "when": "now"},
        {
            "name": "Вера",
            "keywords": 'person:"Вера Сінявокая"',
            "certainty": "corroborated",
            "to": address("family"),
            "language": "be",
        },
        {
            "name": "утро",
            "keywords": ["topic:releases", 'политзаключенный OR палітвязень OR "political prisoner"'],
            "to": address("desk"),
            "when": "daily 08:00 Europe/Vilnius",
            "language": "ru",
        },
        {"name": "channel", "keywords": "topic:releases", "to": "DEMO_SLACK"},
        {"name": "system", "keywords": "topic:releases", "to": "DEMO_HOOK"},
    ]


def _source(outlet: Outlet) -> dict[str, object]:
    return {
        "name": outlet.name,
        "url": outlet.address,
        "kind": outlet.kind,
        "type": outlet.type,
        "outlet": outlet.name,
        "languages": outlet.languages,
        # Sites and channels are read by a child that takes a second to start: they are asked less often.
        "interval": "5 min" if outlet.kind == "feed" else "15 min",
        "spider": "spring96" if outlet.kind == "site" else "",
        "path_id": r"/(?:be|ru)/(\d+)" if outlet.id == "hazieta" else "",
    }
