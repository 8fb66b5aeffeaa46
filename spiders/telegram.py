"""Public previews of Telegram channels, https://t.me/s/<channel>: plain HTML, no account.

Posts are edited silently, so what is younger than a day is read again at every visit and compared in ingest: the last
page each time, up to fifty posts once an hour. Forwarded posts carry the name of the channel whose words they are.
Posts without text (photos, polls, service messages) are passed over.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from scrapy.http import TextResponse
from scrapy.selector import Selector

from spiders import SourceSpider, article

READ_AGAIN = timedelta(hours=24)
MOST = 50
LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Post:
    """One message as the preview shows it. `edited` says that it was changed, not when: the page does not tell."""

    channel: str
    number: int
    text: str
    at: datetime | None
    edited: bool
    forwarded_from: str


class Spider(SourceSpider):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seen = 0

    async def parse(self, response: TextResponse) -> AsyncIterator[Any]:
        posts = [p for p in read_posts(response) if p.channel.lower() == self.channel.lower()]
        if not self.seen:
            self.check(len(posts), "posts in the channel's preview")
        self.seen += len(posts)
        addresses = {post: response.urljoin(f"/{post.channel}/{post.number}") for post in posts}
        known = await self.known(list(addresses.values()))
        for post, url in addresses.items():
            if post.text and (url not in known or self.is_young(post)):
                yield self.article(post, url)
        if posts and self.seen < MOST and self.look_further(posts[0], addresses[posts[0]] in known):
            yield self.ask(f"{self.source.url}?before={posts[0].number}", self.parse, errback=self.missed)

    @property
    def channel(self) -> str:
        # https://t.me/s/viasna96
        return urlsplit(self.source.url).path.rstrip("/").rpartition("/")[2]

    def look_further(self, oldest: Post, known: bool) -> bool:
        """Whether the page before this one may hold something new, or (once an hour) something to compare."""
        once_an_hour = self.now.minute * 60 < self.source.interval.total_seconds()
        return not known or (self.is_young(oldest) and once_an_hour)

    def is_young(self, post: Post) -> bool:
        return post.at is not None and self.now - post.at < READ_AGAIN

    def article(self, post: Post, url: str) -> dict[str, Any]:
        return article(
            url=url,
            guid=f"{post.channel}/{post.number}",
            title=first_line(post.text),
            text=post.text,
            published=post.at,
            edited=self.now if post.edited else None,
            forwarded_from=post.forwarded_from,
            language=self.source.languages[0] if len(self.source.languages) == 1 else "",
            source=self.source.name,
        )


def read_posts(response: TextResponse) -> Iterator[Post]:
    """The posts of a preview page, oldest first as Telegram shows them."""
    # <div class="tgme_widget_message text_not_supported_wrap js-widget_message" data-post="viasna96/31415" …>
    for message in response.xpath("//*[@data-post]"):
        # data-post="viasna96/31415"
        if name := re.fullmatch(r"(\w+)/(\d+)", message.attrib["data-post"]):
            yield read_post(message, name[1], int(name[2]))


def read_post(message: Selector, channel: str, number: int) -> Post:
    # <div class="tgme_widget_message_text js-message_text" dir="auto">…<br/>…</div>; the quoted message a reply
    # points at has the class js-message_reply_text instead and is not this post's words
    bodies = message.xpath(".//div[contains(concat(' ', @class, ' '), ' js-message_text ')]")
    # <time datetime="2026-11-20T12:41:00+00:00" class="time">14:41</time>; a video's length is a time without datetime
    moment = message.xpath(".//time/@datetime").get("")
    # <span class="tgme_widget_message_meta">edited  <a class="tgme_widget_message_date" …
    meta = message.xpath("string(.//*[contains(@class, 'tgme_widget_message_meta')])").get("")
    # <a class="tgme_widget_message_forwarded_from_name" href="https://t.me/other/7"><span dir="auto">Other</span></a>
    passed_on = message.xpath("string(.//*[contains(@class, 'tgme_widget_message_forwarded_from_name')])").get("")
    return Post(
        channel=channel,
        number=number,
        text="\n".join(filter(None, map(text_of, bodies[:1]))),
        at=moment_of(moment),
        edited="edited" in meta,
        forwarded_from=" ".join(passed_on.split()),
    )


def text_of(body: Selector) -> str:
    """The words of a message: line breaks kept, everything else of its markup dropped."""
    parts = body.xpath(".//text()[not(ancestor::script or ancestor::style)] | .//br").getall()
    text = "".join("\n" if re.fullmatch(r"<br\s*/?>", part) else part for part in parts)
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def moment_of(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def first_line(text: str) -> str:
    """What stands for a title: the first line; of a long one the first sentence, or as many words as are bearable."""
    line = text.split("\n", 1)[0]
    if len(line) <= LONGEST_TITLE:
        return line
    if sentence := re.match(rf".{{40,{LONGEST_TITLE}}}?[.!?…](?=\s)", line):
        return sentence[0]
    return line[:LONGEST_TITLE].rpartition(" ")[0].rstrip(",;:–—-") + " …"
