from __future__ import annotations

import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from monitor.store import Database, row, sqlite3
from monitor.store.subscribers import SubscriberRow, add
from monitor.subscribers.requests import hash_of, new_token


@pytest.fixture
def token(private: Database) -> str:
    """The unsubscribe token of somebody who gets alerts."""
    token = new_token()
    add(private, SubscriberRow("s1", b"look-up", "active", "web", b"sealed", hash_of(token), "2026-11"))
    return token


def has_left(private: Database) -> bool:
    return row(private, "SELECT 1 FROM left_tokens") is not None


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_w05_nothing_but_a_post_changes_anything(site: TestClient, private: Database, token: str, method: str) -> None:
    for _ in range(5):
        site.request(method, f"/u/{token}", headers={"user-agent": "LinkScanner/1.0"})
    assert not has_left(private)
    assert site.post(f"/u/{token}").status_code == 200 and has_left(private)


def test_m23_one_click_leaves_without_cookie_referer_or_our_origin(
    site: TestClient, private: Database, token: str
) -> None:
    headers = {"origin": "https://mail.example", "sec-fetch-site": "cross-site"}
    answer = site.post(f"/u/{token}", data={"List-Unsubscribe": "One-Click"}, headers=headers, follow_redirects=False)
    assert answer.status_code == 200 and has_left(private)
    assert site.post(f"/u/{token}").status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_w02_a_token_page_is_kept_nowhere_and_does_not_repeat_its_token(
    site: TestClient, token: str, method: str
) -> None:
    answer = site.request(method, f"/u/{token}")
    assert answer.headers["cache-control"] == "no-store"
    assert token not in answer.text and not answer.history
    assert "http://" not in answer.text and "https://" not in answer.text


@pytest.mark.parametrize("language", ["be", "ru", "en"])
def test_the_button_is_there_in_every_language(site: TestClient, token: str, language: str) -> None:
    assert '<form method="post">' in site.get(f"/u/{token}?lang={language}").text


def test_w06_what_is_no_token_gets_one_and_the_same_page(site: TestClient, private: Database, token: str) -> None:
    wrong = [f"{token[:-1]}x", token.upper(), "x", "a" * 500, "%00", "../etc", "' OR 1=1"]
    for method in ("GET", "POST"):
        pages = {site.request(method, f"/u/{w}").text for w in wrong if "/" not in w}
        assert len(pages) == 1
        assert all(site.request(method, f"/u/{w}").status_code == 404 for w in wrong)
    assert not has_left(private)


def test_where_nobody_is_kept_the_page_is_the_same(site: TestClient) -> None:
    answer = site.post("/u/0123456789abcdef0123456789abcdef01234567")
    assert answer.status_code == 404 and "does not work any more" in answer.text


def test_c06_while_another_program_holds_the_lock_leaving_is_answered_within_five_seconds_and_works_later(
    site: TestClient, private: Database, state: Path, token: str
) -> None:
    other = sqlite3.connect(state / "private" / "private.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    began = time.monotonic()
    answer = site.post(f"/u/{token}")
    assert time.monotonic() - began < 5
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert "x-content-type-options" in answer.headers
    other.execute("ROLLBACK")
    other.close()
    assert site.post(f"/u/{token}").status_code == 200 and has_left(private)
