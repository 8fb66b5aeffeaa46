"""What an article says of each person it names: freed, held, or neither.

Everything the article shows of a person is weighed together (`person_evidence`, `weights`): the words around each of
the places where the name stands, the statements of its sentence or of the list it continues, and what turns the whole
article. Those who free, speak or negotiate are neither, and so is everybody in an article that speaks of no prison and
of no release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor.model import Mention, PersonStatus
from monitor.reading import person_evidence, weights
from monitor.reading.cast import never_prisoners
from monitor.reading.marked import Marked
from monitor.reading.sentences import Sentence
from monitor.reading.statements import Named, Statement
from monitor.reading.subject import LIKELY
from monitor.reading.whose import knows_prison

#: Kinds that say nothing of being let out.
_ELSEWHERE = ("death", "health", "refused-exile", "re-arrest")


def of_people(article: Marked, mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """The mentions with status and sentence; all mentions of a person have the same status."""
    statuses = {person: _status(article, found) for person, found in places(article, mentions).items()}
    silent = article.around.field or (article.odds <= LIKELY and not knows_prison(article.sentences))
    return tuple(
        mention._replace(
            status=PersonStatus.OTHER if silent else statuses.get(mention.person, PersonStatus.OTHER),
            sentence=article.places[index][0].text.strip() if index in article.places else "",
        )
        for index, mention in enumerate(mentions)
    )


def places(article: Marked, mentions: Sequence[Mention]) -> dict[str, list[tuple[Sentence, Named]]]:
    """Where each known prisoner is named; who is surely named somewhere is looked for only where that is sure."""
    sure = {mention.person for mention in mentions if mention.certain}
    found: dict[str, list[tuple[Sentence, Named]]] = {}
    for index, place in article.places.items():
        mention = mentions[index]
        if mention.person not in never_prisoners() and (mention.certain or mention.person not in sure):
            found.setdefault(mention.person, []).append(place)
    return found


def _status(article: Marked, found: Sequence[tuple[Sentence, Named]]) -> PersonStatus:
    scores = weights.load("person").scores(person_evidence.evidence(article, found))
    return PersonStatus(max(scores, key=scores.__getitem__))


def with_lists(
    sentences: Sequence[Sentence], told: Mapping[int, Sequence[Statement]]
) -> dict[int, Sequence[Statement]]:
    """The statements of each sentence; one that only lists names continues the last assertion before it."""
    carried: Sequence[Statement] = ()
    complete: dict[int, Sequence[Statement]] = {}
    after_colon = False
    for sentence in sentences:
        own = told.get(id(sentence), ())
        lists = after_colon or sentence.has("among", "list")
        held = any(set(m.at) & set(r.at) for m in sentence.find("held") for r in sentence.find("remain"))
        complete[id(sentence)] = own or (carried if lists and not held else ())
        carried = [s for s in own if s.asserts and s.kind not in _ELSEWHERE] or carried
        after_colon = sentence.text.rstrip().endswith(":")
    return complete
