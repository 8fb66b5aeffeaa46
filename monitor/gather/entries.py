"""What makes an entry of a source the same, changed, or in need of its page. Pure."""

from __future__ import annotations

from hashlib import blake2b

from monitor.model import Article, Kind, Source

CRAWLED = frozenset({Kind.SITE, Kind.TELEGRAM, Kind.PRISONER_LIST})


def says_anything(article: Article) -> bool:
    """Whether there is anything in it to read."""
    return bool(article.title or article.text or article.summary)


def needs_page(source: Source, article: Article) -> bool:
    """Feeds that only tease, by the operator's word, and sitemaps that give nothing but addresses."""
    if source.kind in CRAWLED or not article.url:
        return False
    return source.full_text or (source.kind is Kind.SITEMAP and not article.title)


def identity(source: Source, article: Article) -> bytes:
    """What makes it the same entry of the same source at the next visit. Spiders know addresses only."""
    return digest(article.url if source.kind in CRAWLED else article.guid or article.url)


def content(source: Source, article: Article) -> bytes:
    """Its words. Teasers change for no reason, so where pages are read only the title counts."""
    if source.full_text and source.kind not in CRAWLED:
        return digest(article.title)
    return digest("\0".join((article.title, article.text, article.summary)))


def digest(text: str) -> bytes:
    """Eight bytes that stand for a text."""
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
