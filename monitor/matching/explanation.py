"""How a query was understood, said in English, Belarusian or Russian: the reader sees it before an alert is saved."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.matching.explanation_words import SENTENCES, VALUES, WORDS, plural
from monitor.matching.syntax import And, Near, Node, Not, Or, Person, Phrase, Tag, Word


def explain(root: Node, language: str = "en") -> str:
    """One sentence about a tidy tree; English for a language without words here."""
    teller = _Teller(language if language in SENTENCES else "en")
    return teller.words["lead"].format(teller.said(root))


class _Teller:
    """Says the parts of a tree in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.words = SENTENCES[language]

    def said(self, node: Node) -> str:
        if isinstance(node, And):
            return self._all(node)
        if isinstance(node, Or):
            return self.words["or"].join(map(self._grouped, node.parts))
        if isinstance(node, Not):
            return self.words["not"].format(self._grouped(node.part))
        if isinstance(node, Near):
            count = WORDS[self.language][plural(node.distance, self.language)].format(node.distance)
            return self.words["near"].format(*map(self._side, node.sides), count)
        if isinstance(node, Person):
            return self.words["person"].format(node.spelling)
        if isinstance(node, Tag):
            value = VALUES[self.language].get(f"{node.kind}:{node.value}", node.value)
            return self.words[node.kind].format(value)
        return self._wording(node)

    def _all(self, node: And) -> str:
        """Words first, then what is known of the article, then what must not be there."""
        refused = [part for part in node.parts if isinstance(part, Not)]
        tags = [part for part in node.parts if isinstance(part, Tag)]
        wanted = [part for part in node.parts if not isinstance(part, Not | Tag)]
        said = self.words["and"].join(map(self._grouped, [*wanted, *tags]))
        return ", ".join([said, *map(self.said, refused)])

    def _grouped(self, node: Node) -> str:
        return f"[{self.said(node)}]" if isinstance(node, And | Or) else self.said(node)

    def _wording(self, leaf: Word | Phrase) -> str:
        if isinstance(leaf, Word):
            said, title = self.words[leaf.form].format(leaf.text), leaf.title
        else:
            kind = "exact phrase" if leaf.words[0].form == "exact" else "phrase"
            said, title = self.words[kind].format(_text(leaf)), leaf.words[0].title
        return self.words["in title"].format(said) if title else said

    def _side(self, side: Iterable[Word | Phrase]) -> str:
        return self.words["or"].join(self.words["quoted"].format(_text(each)) for each in side)


def _text(leaf: Word | Phrase) -> str:
    parts = leaf.words if isinstance(leaf, Phrase) else (leaf,)
    return " ".join(word.text + "…" * (word.form == "prefix") for word in parts)
