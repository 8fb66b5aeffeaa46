"""BelTA, belta.by: the state agency. It repeats the presidency's channel within minutes, official total included."""

from __future__ import annotations

import re

from spiders import ArticleSpider


class Spider(ArticleSpider):
    # https://belta.by/society/view/proekt-po-prodvizheniju-otechestvennoj-produktsii-753673-2025/
    # https://eng.belta.by/president/view/lukashenko-x-186877-2026/
    article = re.compile(r"^/[a-z-]+/view/[\w-]*-\d{5,}-\d{4}/?$")
    most = 30  # about a hundred a day
