"""Viasna, spring96.org: the news of the human rights centre, in Belarusian, Russian and English.

One series of numbers for all languages. The host is also seen with a trailing dot and over plain http.
"""

from __future__ import annotations

import re

from spiders import ArticleSpider


class Spider(ArticleSpider):
    # https://spring96.org/be/news/117653   https://spring96.org./en/news/115297
    article = re.compile(r"^/(?P<language>be|ru|en)/news/\d+/?$")
