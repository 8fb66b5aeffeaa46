"""Whose prisoners, and who lets them go: is a release told of Belarus, or of another country, time or trade?

A nationality (`a Belarusian`), an employer (`spied for Belarus`) or a third country named in passing does not make a
prison Belarusian; a ruler, a court or a town does. Where a sentence names another country's court, its president's
pardon or an extradition, and nothing of the Belarusian state, it is that country that lets go. In an article about
sport or art that knows no prison, a name is a namesake's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.reading.sentences import Sentence
from monitor.reading.statements import RELEASES, Statement

#: What shows that an article is about people in prison.
PRISON = ("political", "extremist", "prisoner", "detainee", "former", "pardon", "ruler", "origin.viasna", "held")
#: Fields in which other things are released, with what shows that this time people were; athletes are exchanged too.
OTHER_FIELDS = {"sport": {*PRISON}, "culture": {*PRISON, "exchange"}}


@dataclass(frozen=True, slots=True)
class Scene:
    """What title and lead say of the country: told by a text of the country itself (`own`), of the Belarusian state
    (`here`), of Belarusians (`kin`), of another country's court or prison at once (`abroad`) or at all (`elsewhere`);
    `field` is sport or art."""

    own: bool = False
    here: bool = False
    kin: bool = False
    abroad: bool = False
    elsewhere: bool = False
    field: bool = False


def scene(sentences: Sequence[Sentence], lead: Sequence[Sentence], own: bool, known: bool) -> Scene:
    """`own`: a text of the country itself; `known`: a known prisoner is named in title or lead."""
    opening = [s for s in lead if s.where == "title" or s.number == 0]
    abroad = any(s.has("abroad") for s in opening) and not any(_is_here(s) for s in opening)
    return Scene(
        own=own,
        here=known or any(_is_here(s) and not _in_passing(s) for s in lead),
        kin=any(s.has("home") and not only_denied(s) and not _in_passing(s) for s in lead),
        abroad=abroad,
        elsewhere=any(s.has("abroad") for s in lead),
        field=is_other_field(sentences),
    )


def of_belarus(statement: Statement, around: Scene) -> bool:
    """Is the statement about Belarus: by its own sentence, or by what the article is about?"""
    sentence = statement.sentence
    if around.field or (statement.people and sentence.has("home")):
        return bool(statement.people) and not around.field
    if _is_here(sentence):
        return True
    if sentence.has("abroad") or (around.abroad and not statement.people):
        return False
    if statement.people:
        return True
    if sentence.has("home"):
        near = around.own or around.here or statement.weight >= (3 if around.elsewhere else 2)
        return near and not only_denied(sentence) and not sentence.has("foreign")
    if sentence.has("foreign"):
        return False
    return around.own or around.here or (around.kin and statement.weight >= (3 if around.elsewhere else 2))


def is_other_field(sentences: Iterable[Sentence]) -> bool:
    """Does the article speak of sport or art and never of a prison, or say that it means a namesake?"""
    found = _roles(sentences)
    return "namesake" in found or any(field in found and not found & shown for field, shown in OTHER_FIELDS.items())


def knows_prison(sentences: Iterable[Sentence]) -> bool:
    """Does any word speak of prison, court or release? Without one, a doubtful name stays a name."""
    return bool(_roles(sentences) & {*PRISON, *RELEASES})


def _roles(sentences: Iterable[Sentence]) -> set[str]:
    return {role for s in sentences for m in s.marks for role in (m.role, m.role.partition(".")[0])}


def _is_here(sentence: Sentence) -> bool:
    """Does a word point to the Belarusian state or its places, rather than to a Belarusian elsewhere?"""
    if only_denied(sentence):
        return False
    third = {place for mark in sentence.find("third") for place in mark.at}
    third -= {place for mark in sentence.find("state") for place in mark.at}
    return any(mark.start not in third for mark in sentence.find("home"))


def _in_passing(sentence: Sentence) -> bool:
    """One country of several, in a sentence that lets nobody go."""
    return sentence.has("foreign") and not sentence.has("release", "pardon")


def only_denied(sentence: Sentence) -> bool:
    """Does every word that points to Belarus stand beside `not among`?"""
    denied = list(sentence.find("not-among"))
    return bool(denied) and all(any(abs(home.start - m.start) <= 3 for m in denied) for home in sentence.find("home"))
