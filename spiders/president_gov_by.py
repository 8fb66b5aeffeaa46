"""president.gov.by, events: the primary source of pardon decrees. Totals and reasons, never names.

Authoritative only for "a decree exists" and the official total.
"""

from __future__ import annotations

import re

from spiders import ArticleSpider


class Spider(ArticleSpider):
    # https://president.gov.by/ru/events/pozdravlenie-s-dnem-znanij
    # The listing's own sub-pages are one or two words (/ru/events, /ru/events/page-2): an event's slug has more.
    article = re.compile(r"^/(?P<language>be|ru|en)/events/[a-z0-9]+(?:-[a-z0-9]+){2,}/?$")
    press_on = 6  # a dozen entries a page
