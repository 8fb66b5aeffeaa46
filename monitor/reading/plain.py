"""A reading without its words as plain lists and dictionaries, and back: for JSON, in a row or between processes."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from monitor.model import Claim, Mention, PersonStatus, Reading, Tokens

_NONE = Tokens()


def plain_reading(reading: Reading) -> dict[str, Any]:
    """What the archive keeps in rows of its own: everything but words and names."""
    return {
        "language": reading.language,
        "relevant": reading.relevant,
        "topics": reading.topics,
        "mentions": [asdict(mention) for mention in reading.mentions],
        "claims": [plain_claim(claim) for claim in reading.claims],
        "analyser_version": reading.analyser_version,
    }


def reading_of(plain: dict[str, Any]) -> Reading:
    """The reading that `plain_reading` took apart."""
    return Reading(
        language=plain["language"],
        title=_NONE,
        text=_NONE,
        relevant=plain["relevant"],
        topics=tuple(plain["topics"]),
        mentions=tuple([_mention(one) for one in plain["mentions"]]),
        claims=tuple([claim_of(one) for one in plain["claims"]]),
        analyser_version=plain["analyser_version"],
    )


def plain_claim(claim: Claim) -> dict[str, Any]:
    """A claim; its date as ISO text."""
    return {**asdict(claim), "date": claim.date.isoformat() if claim.date else None}


def claim_of(plain: dict[str, Any]) -> Claim:
    """The claim that `plain_claim` took apart."""
    return Claim(
        **{
            **plain,
            "date": date.fromisoformat(plain["date"]) if plain["date"] else None,
            "per": tuple([(meaning, count) for meaning, count in plain["per"]]),
            "freed": tuple(plain["freed"]),
            "held": tuple(plain["held"]),
        }
    )


def _mention(plain: dict[str, Any]) -> Mention:
    first, last = plain["span"]
    return Mention(**{**plain, "span": (first, last), "status": PersonStatus(plain["status"])})
