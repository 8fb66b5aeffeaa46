"""Pozirk, pozirk.online: independent news agency. No feed; of articles behind its paywall title and lead remain."""

from __future__ import annotations

import re

from spiders import ArticleSpider


class Spider(ArticleSpider):
    # https://pozirk.online/en/news/125090/
    article = re.compile(r"^/(?P<language>be|ru|en)/news/\d+/?$")
