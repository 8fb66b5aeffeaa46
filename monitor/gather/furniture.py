"""What of a page belongs to other articles: removed before anything is called the article's text. Pure.

A mirror may put ten rotating headlines before every article; read as text, they make a report about a bridge look
like a release. Judged by tag, by name, by "read also" in seven languages, and by being nothing but long links. A list
of names that are links stays: names are short, headlines are not. It never removes what holds the page's <h1>.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import html

_TAGS = frozenset({"aside", "nav", "footer", "amp-sidebar", "amp-list", "iframe", "noscript", "dialog"})
_NAMES = re.compile(
    r"(?:^|[-_])(?:related|relap|read-?(?:also|more|next)|see-?also|also|recommend\w*|recirc\w*|popular|most-?read|trending"
    r"|top-?news|news-?(?:line|feed|list|ticker)|lenta|ticker|teasers?|promo\w*|sidebar|comments?|disqus|share|social"
    r"|subscribe|newsletter|breadcrumbs?|banner|advert\w*|tags|taboola|outbrain)(?:$|[-_])",
    re.IGNORECASE,
)
_READ_ALSO = re.compile(
    r"\W*(?:чытайце|чытай|глядзіце|читайте|смотрите|читай|читайте також|дивіться|read|see|czytaj|zobacz|przeczytaj"
    r"|skaitykite|taip pat skaitykite|lesen sie)\s+(?:таксама|яшчэ|также|ещё|еще|по теме|па тэме|також|also|more"
    r"|też|także|również|taip pat|auch|mehr)\b|\W*(?:па тэме|по теме|за темою|related|лепшае|самое читаемое)\s*:",
    re.IGNORECASE,
)
_BOXES = frozenset({"div", "section", "ul", "ol", "table", "td", "tbody", "tr", "dl", "article", "p", "center"})
_PIECES = _BOXES | {"li", "em", "strong", "b", "i", "blockquote", "h2", "h3", "h4"}
HEADLINE = 30  # characters of a link; names are shorter
LINKS, LINKED = 3, 0.7


@dataclass(slots=True)
class _Weight:
    """How long an element's text is, how much of it is link, how many links, whether it holds the heading."""

    text: int = 0
    linked: int = 0
    links: int = 0
    heading: bool = False


def remove_furniture(tree: html.HtmlElement) -> None:
    """Take everything out of the tree that is not the page's own article, as far as it can be told."""
    weights = _weigh(tree)
    whole = weights[tree].text
    gone: set[html.HtmlElement] = set()
    tops: list[html.HtmlElement] = []
    for element in tree.iter():
        if element.getparent() in gone:
            gone.add(element)
        elif (
            isinstance(element.tag, str)
            and not weights[element].heading
            and _is_alien(element, weights[element], whole)
        ):
            gone.add(element)
            tops.append(element)
    for element in tops:
        if element.getparent() is not None:
            element.drop_tree()


def _weigh(tree: html.HtmlElement) -> dict[html.HtmlElement, _Weight]:
    """From the leaves up, so that deep nesting costs no recursion and no second look."""
    weights: dict[html.HtmlElement, _Weight] = {}
    for element in reversed(list(tree.iter())):
        weight = weights.setdefault(element, _Weight())
        weight.text += len((element.text or "").strip()) if isinstance(element.tag, str) else 0
        weight.heading |= element.tag == "h1"
        if element.tag == "a":
            weight.linked, weight.links = weight.text, 1
        parent = element.getparent()
        if parent is not None:
            above = weights.setdefault(parent, _Weight())
            above.text += weight.text + len((element.tail or "").strip())
            above.linked += weight.linked
            above.links += weight.links
            above.heading |= weight.heading
    return weights


def _is_alien(element: html.HtmlElement, weight: _Weight, whole: int) -> bool:
    if element.tag in _TAGS:
        return True
    names = (*(element.get("class") or "").split(), element.get("id") or "")
    if weight.text * 2 < whole and (element.tag == "form" or any(_NAMES.search(name) for name in names)):
        return True
    return element.tag in _PIECES and (_is_headlines(element, weight) or _is_pointer(element, weight))


def _is_headlines(element: html.HtmlElement, weight: _Weight) -> bool:
    if element.tag not in _BOXES or weight.links < LINKS:
        return False
    return weight.linked >= LINKED * weight.text and weight.linked >= HEADLINE * weight.links


def _is_pointer(element: html.HtmlElement, weight: _Weight) -> bool:
    """A short piece that says "read also", or that is one whole headline as a link."""
    if not weight.links or weight.text > 300:
        return False
    if _READ_ALSO.match(" ".join(element.itertext())[:80]):
        return True
    return element.tag in ("p", "li", "div") and weight.linked == weight.text >= HEADLINE * weight.links
