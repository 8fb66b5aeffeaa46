"""An article as it is read: its sentences marked and told, and where each known person is named in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from monitor.model import Mention
from monitor.reading.analysed import Analysed
from monitor.reading.cast import never_prisoners
from monitor.reading.dates import day_of
from monitor.reading.lexicon import TRIGGERS, load
from monitor.reading.sentences import Sentence, sentences
from monitor.reading.statements import AFTERMATH, Named, Statement, statements
from monitor.reading.whose import Scene

#: Title and this many sentences of the body are what an article is about.
LEAD = 4
#: What an article about people let out speaks of, where it does not name the country.
OF_PRISONERS = {"home", "political", "extremist", "prisoner", "former", "group", "freed", "handover"}
#: A text in these may tell of Belarus without naming it.
HOME_LANGUAGES = ("be", "ru")


@dataclass(slots=True)
class Marked:
    """An article while it is being read.

    `around` is whose country it tells of, `about` the statements that tell of Belarusian prisoners let out, `listed`
    the statements of a sentence, or of the list it continues, by its id. `odds` is the logarithm of the odds that it is
    about a release, once that has been weighed.
    """

    language: str
    sentences: list[Sentence]
    today: date | None
    source_type: str = ""
    named: dict[int, list[Named]] = field(default_factory=dict)  # by id of the sentence
    told: dict[int, list[Statement]] = field(default_factory=dict)
    places: dict[int, tuple[Sentence, Named]] = field(default_factory=dict)  # by index of the mention
    around: Scene = field(default_factory=Scene)
    about: Sequence[Statement] = ()
    listed: Mapping[int, Sequence[Statement]] = field(default_factory=dict)
    odds: float = 0.0

    @property
    def lead(self) -> list[Sentence]:
        return [s for s in self.sentences if s.where == "title" or s.number < LEAD]

    @property
    def domestic(self) -> bool:
        """A text in a language of Belarus, or of its office, that names no other country, tells of home."""
        own = self.language in HOME_LANGUAGES or self.source_type in ("official", "state-aligned")
        return own and not any(s.has("foreign") for s in self.sentences)

    @property
    def statements(self) -> list[Statement]:
        return [statement for sentence in self.sentences for statement in self.told[id(sentence)]]

    @property
    def prisoners(self) -> set[str]:
        """The known prisoners it names."""
        return {n.person for named in self.named.values() for n in named} - never_prisoners()

    def aftermath(self, sentence: Sentence) -> list[Statement]:
        """What a sentence tells of somebody's fate other than being let out."""
        return [s for s in self.told[id(sentence)] if s.kind in AFTERMATH]


def may_tell(article: Analysed) -> bool:
    """Are there the words of a trigger at all, and of Belarus or of prisoners? Most articles end here."""
    roles = load(article.language).possible([keys[0][1:] for keys in article.words.distinct])
    at_home = article.language in HOME_LANGUAGES or article.source_type in ("official", "state-aligned")
    return bool(roles & TRIGGERS) and (at_home or bool(roles & OF_PRISONERS))


def mark_up(analysed: Analysed, mentions: Sequence[Mention]) -> Marked:
    """The article with everything its words say; `mentions` come from the register."""
    lexicon = load(analysed.language)
    found = sentences("title", analysed.title, analysed.title_tokens, lexicon)
    found += sentences("text", analysed.text, analysed.text_tokens, lexicon)
    article = Marked(analysed.language, found, day_of(analysed.published), analysed.source_type)
    for index, mention in enumerate(mentions):
        _place(article, index, mention)
    for sentence in found:
        prisoners = [n for n in article.named.get(id(sentence), []) if n.person not in never_prisoners()]
        article.told[id(sentence)] = statements(sentence, prisoners, article.today)
    return article


def _place(article: Marked, index: int, mention: Mention) -> None:
    """Find the sentence in which a person is named."""
    for sentence in article.sentences:
        if sentence.where == mention.field and sentence.spans and mention.span[0] < sentence.spans[-1][1]:
            named = Named(mention.person, sentence.word_at(mention.span[0]), sentence.word_at(mention.span[1] - 1) + 1)
            if named.start < len(sentence.forms):
                article.named.setdefault(id(sentence), []).append(named)
                article.places[index] = (sentence, named)
            return
