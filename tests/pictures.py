"""The pictures of the README, drawn from the demo: `make pictures` plays it and looks at what came.

The page is photographed as Debian's Chromium shows it. A mail is shown as a mail program shows plain text, a Slack
message is drawn from its blocks. `--messages FOLDER` writes every message there, for whoever wants to read them all.
"""

from __future__ import annotations

import argparse
import html
import json
import shutil
import socket
import threading
import time
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from monitor.demo import play as stage
from monitor.demo.receivers import Arrivals, Receivers

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
DESK, PHONE = {"width": 1100, "height": 820}, {"width": 390, "height": 820}
RIBBON = "DEMO · everything here is invented, it is not news"
#: The message that is shown: the second about the first event, in which names are known.
SHOWN = "named as freed"
STYLE = """
body { margin: 0; padding: 28px; background: #e8e6e1; width: 720px; color: #1d1c1d; }
body, pre { font: 16px/1.45 "Noto Sans", "DejaVu Sans", sans-serif; }
.demo { background: #7a1f5c; color: #fff; font-weight: 700; font-size: 14px; padding: 6px 12px; border-radius: 3px; }
.sheet { background: #fff; margin-top: 14px; border-radius: 6px; padding: 20px 24px; box-shadow: 0 1px 3px #0003; }
.sheet h1 { font-size: 20px; margin: 0; }
.sheet p { margin: 4px 0 0; }
.sheet .soft { color: #616061; font-size: 13.5px; }
pre { font-size: 15px; white-space: pre-wrap; overflow-wrap: anywhere; margin: 16px 0 0; padding-top: 16px; }
pre { border-top: 1px solid #ddd; }
.link { color: #1264a3; }
.block { margin-top: 8px; white-space: pre-wrap; }
"""


class Keeping(Receivers):
    """Receivers that also keep what they hand out."""

    kept = Arrivals()

    def take(self) -> Arrivals:
        fresh = super().take()
        for name in ("mails", "slack", "hooks"):
            getattr(self.kept, name).extend(getattr(fresh, name))
        return fresh


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--messages", type=Path, help="write every message of the demo into this folder")
    given = options.parse_args()
    stage.Receivers = Keeping  # type: ignore[misc]
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    stop = threading.Event()
    thread = threading.Thread(target=stage.play, args=(port, lambda text="", style="", /: print(text), stop))
    thread.start()
    try:
        _wait_for(port)
        if given.messages:
            _write(given.messages, Keeping.kept)
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=shutil.which("chromium"))
            photograph(browser, f"http://127.0.0.1:{port}")
            draw(browser, Keeping.kept)
    finally:
        stop.set()
        thread.join()


def photograph(browser: Browser, site: str) -> None:
    """The front page by day, by night and on a phone."""
    for name, scheme, size, language in (
        ("page", "light", DESK, "en"),
        ("page-dark", "dark", DESK, "be"),
        ("phone", "light", PHONE, "ru"),
    ):
        page = browser.new_page(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(f"{site}/?lang={language}")
        page.screenshot(path=FOLDER / f"{name}.png")
        page.close()


def draw(browser: Browser, kept: Arrivals) -> None:
    """One mail and one Slack message."""
    to, mail = next((to, m) for to, m in kept.mails if to.startswith("advocate") and SHOWN in _text(m))
    slack = next(post for post in kept.slack if SHOWN in json.dumps(post, ensure_ascii=False))
    _draw(browser, "mail", mail_page(to, mail))
    _draw(browser, "slack", slack_page(slack))


def mail_page(to: str, mail: EmailMessage) -> str:
    head = f"<h1>{html.escape(mail['Subject'])}</h1><p class=soft>{html.escape(mail['From'])} → {html.escape(to)}</p>"
    return f"{head}<pre>{html.escape(_text(mail).strip())}</pre>"


def slack_page(post: dict[str, Any]) -> str:
    said = "".join(_block(block) for block in post["blocks"])
    return f"<p class=soft><b>release notes</b> APP · drawn from the message's blocks</p>{said}"


def _block(block: dict[str, Any]) -> str:
    if block["type"] == "header":
        return f"<h1 class=block>{html.escape(block['text']['text'])}</h1>"
    if block["type"] == "section":
        return f"<div class=block>{_mrkdwn(block['text'])}</div>"
    if block["type"] == "context":
        return f"<div class='block soft'>{' &nbsp; '.join(_mrkdwn(element) for element in block['elements'])}</div>"
    return "<hr>"


def _mrkdwn(element: dict[str, Any]) -> str:
    if element["type"] == "plain_text":
        return html.escape(element["text"])
    pieces = []
    for n, piece in enumerate(element["text"].replace(">", "<").split("<")):  # `<address|label>`
        pieces.append(f"<span class=link>{piece.partition('|')[2]}</span>" if n % 2 else piece)
    return "".join(pieces).replace("*", "")


def _text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    return str(part.get_content()) if part else ""


def _draw(browser: Browser, name: str, sheet: str) -> None:
    page = browser.new_page(viewport={"width": 776, "height": 300})
    page.set_content(f"<style>{STYLE}</style><div class=demo>{RIBBON}</div><div class=sheet>{sheet}</div>")
    page.screenshot(path=FOLDER / f"{name}.png", full_page=True)
    page.close()


def _write(folder: Path, kept: Arrivals) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for n, (to, mail) in enumerate(kept.mails):
        (folder / f"mail-{n:02}-{to.partition('@')[0]}.eml").write_bytes(mail.as_bytes())
        (folder / f"mail-{n:02}-{to.partition('@')[0]}.txt").write_text(f"{mail['Subject']}\n\n{_text(mail)}")
    for kind, posts in (("slack", kept.slack), ("hook", kept.hooks)):
        for n, post in enumerate(posts):
            (folder / f"{kind}-{n:02}.json").write_text(json.dumps(post, ensure_ascii=False, indent=1))


def _wait_for(port: int) -> None:
    """Until the demo is over and its page is open."""
    while True:
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.5)


if __name__ == "__main__":
    main()
