"""All that the web may do with the list of readers: put a sealed request away, mark a token left, look at a token.

It holds the public key only. Nothing here can tell whether somebody is known; every request is answered the same, and
`send` sees to it later. A token is 160 random bits (a code typed from a Slack channel 60); only its hash is stored.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any

from nacl import secret as box
from nacl.exceptions import CryptoError

from monitor.store import Database, subscribers, tokens
from monitor.subscribers.vault import Vault, pack, unpack

#: What a request may ask for. `settings` are those of `readers.Reader` and `readers.Subscription`.
KINDS = frozenset({"sign-up", "confirm", "manage-link", "change", "leave", "not-me", "erase"})

#: Where the pages lie that a token opens: `{base_url}` + this + token. None of the words says what it is about.
PATHS = {"leave": "/u/", "confirm": "/c/", "manage": "/m/", "not-me": "/x/"}
#: Where a reader asks for a fresh manage link: the same address in every message.
MANAGE_PATH = "/m"
#: Where a code is typed in that was posted to a Slack channel.
CODE_PATH = "/c"

_CODE_LETTERS = "23456789BCDFGHJKMNPQRSTVWXYZ"


def link(base_url: str, scope: str, token: str) -> str:
    """The address of a token's page."""
    return f"{base_url.rstrip('/')}{PATHS[scope]}{token}"


def new_token() -> str:
    """160 random bits, safe in an address."""
    return secrets.token_hex(20)


def new_code() -> str:
    """A code that is short enough to be typed: 57 random bits in three groups."""
    return "-".join("".join(secrets.choice(_CODE_LETTERS) for _ in range(4)) for _ in range(3))


def hash_of(token: str) -> bytes:
    """What is stored of a token: it is random and long, so a plain hash gives nothing away."""
    return hashlib.sha256(b"release-monitor token\0" + token.strip().encode()).digest()


def append(private: Database, vault: Vault, request: dict[str, Any], now: datetime) -> None:
    """T8: seal a request and put it away for the desk.

    `request["kind"]` is one of KINDS. sign-up: channel, to, settings, subscriptions. confirm, not-me, erase, leave:
    token (a code that was typed brings along the token that shall open the settings: manage). manage-link: to.
    change: token, settings, subscriptions. Raises ValueError for any other kind.
    """
    if request.get("kind") not in KINDS:
        raise ValueError("no such kind of request")
    tokens.add_request(private, vault.seal(request), now)


def mark_left(private: Database, token: str, now: datetime) -> bool:
    """T8: from the moment this returns, nothing more goes to whoever has this token.

    Whether there is somebody: the page answers the same either way. Harmless to repeat.
    """
    return subscribers.mark_left(private, hash_of(token), now)


def token_scope(private: Database, token: str, now: datetime) -> str:
    """What a token opens at that moment: leave, confirm, manage or not-me; '' for anything else."""
    hashed = hash_of(token)
    if subscribers.is_unsubscribe(private, hashed):
        return "leave"
    found = tokens.token(private, hashed)
    return found.scope if found and not found.used and found.expires > now else ""


def settings(private: Database, token: str, now: datetime) -> dict[str, Any] | None:
    """The copy of a reader's settings that a manage token opens: {settings, subscriptions}, or None.

    Only whoever has the token can open it: the key is derived from it, and the token is stored nowhere.
    """
    found = tokens.token(private, hash_of(token))
    if found is None or found.scope != "manage" or found.used or found.expires <= now or found.blob is None:
        return None
    try:
        return unpack(box.SecretBox(_key(token)).decrypt(found.blob))
    except CryptoError:
        return None


def copy_for(token: str, value: dict[str, Any]) -> bytes:
    """The counterpart of `settings`, for the desk: `value` so that only this token opens it."""
    return bytes(box.SecretBox(_key(token)).encrypt(pack(value)))


def _key(token: str) -> bytes:
    return hashlib.blake2b(token.strip().encode(), digest_size=32, person=b"manage-settings"[:16]).digest()
