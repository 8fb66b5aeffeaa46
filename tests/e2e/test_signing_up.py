"""From the first look to leaving, as a person does it: the page, the mailbox, the link, the news, the way out."""

from __future__ import annotations

import re
import urllib.request
from typing import Any

import pytest

from .conftest import House

READER = "reader@mail.example"


def link(text: str, path: str) -> str:
    """The address in a mail that leads to `path`."""
    found = re.search(rf"http://\S+{path}[0-9a-f]+", text)
    assert found, f"no {path} in the mail"
    return found[0]


def sign_up(page: Any, house: House, query: str = "prisoners") -> None:
    page.goto(f"{house.url}/subscribe")
    page.locator("#queries").fill(query)
    page.locator("#to").fill(READER)
    page.locator("#code_word").fill("rowan")
    page.locator("button[value=look]").click()
    assert page.locator("h1").inner_text()
    page.locator("button[value=send]").click()


def no_wider_than_the_screen(page: Any) -> bool:
    box = page.locator("body").bounding_box()
    return bool(box and box["width"] <= 320)


def test_w22_signing_up_confirming_hearing_and_leaving_without_cookies_and_scripts_at_320_px(
    house: House, strict_page: Any
) -> None:
    sign_up(strict_page, house)
    assert READER not in strict_page.content()
    house.send(seconds=5)
    confirm = link(house.last_to(READER).text, "/c/")
    strict_page.goto(confirm)
    assert no_wider_than_the_screen(strict_page)
    strict_page.locator("main button").click()
    house.send(seconds=5)
    house.news()
    house.send(minutes=2)
    alert = house.last_to(READER)
    assert "rowan" in alert.text and alert.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    leave = str(alert.message["List-Unsubscribe"]).strip("<>")
    with urllib.request.urlopen(leave, data=b"List-Unsubscribe=One-Click", timeout=5) as answer:
        assert answer.status == 200 and answer.url == leave
    count = len(house.mails.mails)
    house.news()
    house.send(minutes=5)
    assert len(house.mails.mails) == count, "no farewell, and no news"


def test_leaving_by_the_page_takes_one_press_and_a_look_changes_nothing(house: House, strict_page: Any) -> None:
    sign_up(strict_page, house)
    house.send(seconds=5)
    strict_page.goto(link(house.last_to(READER).text, "/c/"))
    strict_page.locator("main button").click()
    house.send(seconds=5)
    house.news()
    house.send(minutes=2)
    leave = link(house.last_to(READER).text, "/u/")
    for _ in range(3):
        strict_page.goto(leave)
    house.news()
    house.send(minutes=2)
    count = len(house.mails.mails)
    assert count == 3, "a look at the page is no wish to leave"
    strict_page.goto(leave)
    strict_page.locator("main button").click()
    house.news()
    house.send(minutes=2)
    assert len(house.mails.mails) == count


def test_settings_are_changed_through_a_fresh_link_and_the_data_can_be_taken_along(house: House, page: Any) -> None:
    sign_up(page, house)
    house.send(seconds=5)
    page.goto(link(house.last_to(READER).text, "/c/"))
    page.locator("main button").click()
    house.send(seconds=5)
    page.goto(f"{house.url}/m")
    page.locator("#to").fill(READER)
    page.locator("main button").click()
    house.send(seconds=5)
    settings = link(house.last_to(READER).text, "/m/")
    page.goto(settings)
    assert page.locator("#queries").input_value() == "prisoners"
    assert page.locator("#code_word").input_value() == "rowan"
    with page.expect_download() as taken:
        page.locator("button[value=export]").click()
    assert "prisoners" in taken.value.path().read_text(encoding="utf-8")
    page.goto(settings)
    page.locator("button[value=erase]").click()
    house.send(seconds=5)
    house.news()
    count = len(house.mails.mails)
    house.send(minutes=5)
    assert len(house.mails.mails) == count


def test_the_keyboard_alone_is_enough_to_sign_up(house: House, page: Any) -> None:
    page.goto(f"{house.url}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip", "first comes the way past the menu"
    tab_to(page, "a[href^='/subscribe']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/subscribe*")
    tab_to(page, "#queries")
    page.keyboard.type("prisoners")
    tab_to(page, "#channel-email")
    tab_to(page, "#to")
    page.keyboard.type(READER)
    tab_to(page, "button[value=look]")
    page.keyboard.press("Enter")
    page.wait_for_selector("button[value=send]")
    tab_to(page, "button[value=send]")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    house.send(seconds=5)
    assert house.last_to(READER)


def tab_to(page: Any, selector: str, most: int = 120) -> None:
    """Press Tab until it is there; whatever has the focus on the way must show it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        at, seen = page.evaluate(
            "s => { const e = document.activeElement, c = getComputedStyle(e);"
            " return [e.matches(s), e.type == 'time' || c.outlineStyle != 'none' || c.boxShadow != 'none'] }",
            selector,
        )
        assert seen, "the focus cannot be seen"
        if at:
            return
    pytest.fail(f"{selector} is out of the keyboard's reach")
