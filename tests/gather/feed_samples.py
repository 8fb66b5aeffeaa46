"""Small invented feeds."""

from __future__ import annotations

from collections.abc import Iterable

BODY = "The monitor of an invented town reports that the bridge was opened. " * 6


def item(n: int, *, title: str = "", link: str = "", date: str = "", guid: str = "", text: str = "") -> str:
    return (
        f"<item><title>{title or f'Story {n}'}</title><link>{link or f'https://news.example/{n}.html'}</link>"
        f"<guid isPermaLink='false'>{guid or f'id-{n}'}</guid>"
        f"<pubDate>{date or f'Mon, 16 Nov 2026 {n % 24:02}:00:00 +0000'}</pubDate>"
        f"<description>{text or f'Summary of story {n}.'}</description></item>"
    )


def rss(items: Iterable[str], *, head: str = "", encoding: str = "utf-8") -> bytes:
    return (
        f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel><title>Invented News</title>'
        f"<link>https://news.example/</link><language>be</language>{head}{''.join(items)}</channel></rss>"
    ).encode(encoding)


def stories(*numbers: int, head: str = "") -> bytes:
    return rss((item(n) for n in numbers), head=head)


def article_page(title: str, body: str = BODY) -> bytes:
    head = f"<head><title>{title} — Invented News</title></head>"
    main = f"<article><h1>{title}</h1><p>{body}</p><p>{body}</p></article>"
    around = "<nav><a href='/'>Home</a></nav>", "<footer>About us</footer>"
    return f"<!doctype html><html lang='be'>{head}<body>{around[0]}{main}{around[1]}</body></html>".encode()
