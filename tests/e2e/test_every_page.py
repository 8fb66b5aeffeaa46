"""Every page in a real browser: accessible by axe-core's rules, no wider than a small phone, asking no other host."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from monitor.store import shipped

from .conftest import DESK, PHONE, House

PAGES = (
    "/", "/timeline", "/people", "/search?q=pardoned", "/sources", "/about", "/subscribe", "/m", "/c", "/u/x",
    "/nowhere", "/person/zhuk-alena",
)  # fmt: skip
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
LARGEST = 200 * 1024


def pages_of(page: Any, house: House) -> list[str]:
    """The addresses above, one of each kind that the first page leads to, and the look at what a wish would bring."""
    page.goto(house.url)
    links = page.eval_on_selector_all("main a", "all => all.map(a => a.getAttribute('href'))")
    kinds = {href.split("/")[1]: href for href in links if href and href.startswith(("/story/", "/event/", "/person/"))}
    assert {"story", "event"} <= set(kinds)
    return [*PAGES, *kinds.values()]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(house: House, chromium: Any, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed").Axe()
    context = chromium.new_context(viewport=DESK, color_scheme=scheme)
    page = context.new_page()
    language = {"light": "be", "dark": "en"}[scheme]
    found = {}
    for path in pages_of(page, house):
        page.goto(f"{house.url}{path}{'&' if '?' in path else '?'}lang={language}")
        wrong = axe.run(page).response["violations"]
        if wrong:
            found[path] = [(w["id"], [n["html"][:120] for n in w["nodes"][:2]]) for w in wrong]
    page.goto(f"{house.url}/subscribe?lang={language}")
    page.locator("#queries").fill("pardoned")
    page.locator("#to").fill("reader@mail.example")
    page.locator("button[value=look]").click()
    assert page.locator("button[value=send]").is_visible()
    if wrong := axe.run(page).response["violations"]:
        found["look"] = [(w["id"], [n["html"][:120] for n in w["nodes"][:2]]) for w in wrong]
    context.close()
    assert found == {}


def test_w23_no_page_asks_another_host(house: House, page: Any) -> None:
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    for path in pages_of(page, house):
        page.goto(f"{house.url}{path}")
    ours = urlsplit(house.url).netloc
    assert len(asked) > len(PAGES) and {urlsplit(url).netloc for url in asked} == {ours}
    assert page.context.cookies() == []


@pytest.mark.parametrize("language", ["be", "ru", "en"])
def test_w22_no_page_is_wider_than_320_px(house: House, chromium: Any, language: str) -> None:
    """With the shipped history too: its tables are longer and its words wider than the invented ones."""
    shipped.load(house.archive)
    context = chromium.new_context(viewport=PHONE)
    page = context.new_page()
    wide = []
    for path in pages_of(page, house):
        page.goto(f"{house.url}{path}{'&' if '?' in path else '?'}lang={language}")
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > PHONE["width"]:
            wide.append((path, width))
    context.close()
    assert wide == []


@pytest.mark.parametrize(
    ("name", "path", "scheme", "size"),
    [
        ("front-light", "/?lang=en", "light", DESK),
        ("front-dark", "/?lang=be", "dark", DESK),
        ("front-phone", "/?lang=ru", "light", {"width": 360, "height": 760}),
        ("event-light", "event", "light", DESK),
        ("timeline-dark", "/timeline?lang=en", "dark", DESK),
        ("subscribe-light", "/subscribe?lang=en", "light", DESK),
        ("subscribe-phone", "/subscribe?lang=be", "dark", {"width": 360, "height": 760}),
    ],
)
def test_pictures_of_the_pages_are_small_enough_to_be_shown(
    house: House, chromium: Any, tmp_path: Path, name: str, path: str, scheme: str, size: dict[str, int]
) -> None:
    """With MONITOR_PICTURES=1 they are laid into docs/pictures."""
    context = chromium.new_context(viewport=size, color_scheme=scheme)
    page = context.new_page()
    if path == "event":
        path = next(p for p in pages_of(page, house) if p.startswith("/event/")) + "?lang=en"
    page.goto(f"{house.url}{path}")
    folder = PICTURES if os.environ.get("MONITOR_PICTURES") else tmp_path
    folder.mkdir(exist_ok=True)
    picture = folder / f"web-{name}.png"
    page.screenshot(path=str(picture))
    context.close()
    assert 5_000 < picture.stat().st_size <= LARGEST
