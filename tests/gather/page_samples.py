"""Invented article pages in the layouts that outlets use. The words of the article and those of others never overlap:
`NOT_OURS` occurs in every headline of another article, and in none of the sentences of this one."""

from __future__ import annotations

NOT_OURS = "чужая навіна"
TITLE = "Мост цераз раку адкрылі пасля рамонту"
SENTENCES = (
    "У горадзе адкрылі мост цераз раку, які рамантавалі больш за два гады і закрывалі для руху кожную зіму.",
    "На адкрыццё прыйшлі жыхары навакольных вуліц, якія ўвесь гэты час ездзілі ў аб'езд праз суседні раён горада.",
    "Рабочыя замянілі перакрыцці, паклалі новы асфальт і паставілі агароджу, якую раней знялі праз іржу і дзіркі.",
    "Паводле інжынераў, мост цяпер вытрымае ўдвая большую нагрузку, а наступны рамонт спатрэбіцца праз трыццаць гадоў.",
)
PARAGRAPHS = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
META = f"""<meta charset="utf-8"><title>{TITLE} | Прыклад</title><meta property="og:title" content="{TITLE}">
<meta property="article:published_time" content="2026-11-16T08:30:00+03:00">
<meta property="og:description" content="Рамонт доўжыўся два гады."><meta name="author" content="Я. Пісаў">
<link rel="canonical" href="/news/37745.html">"""


def headlines(count: int = 10, tag: str = "li") -> str:
    """A block of other articles' headlines, each a link."""
    return "".join(
        f'<{tag}><a href="/news/{n}.html">Вялікая {NOT_OURS} нумар {n} пра палітвязняў і амністыю</a></{tag}>'
        for n in range(count)
    )


def teasers(count: int = 6) -> str:
    """The same with a sentence under each headline, which makes it look like text."""
    return "".join(
        f'<div class="teaser"><h3><a href="/news/{n}.html">Вялікая {NOT_OURS} нумар {n}</a></h3>'
        f"<p>Гэта {NOT_OURS} расказвае пра тое, што палітвязні выйшлі на волю, на іх чакалі сваякі.</p></div>"
        for n in range(count)
    )


def page(body: str, head: str = META) -> bytes:
    menu = '<nav><ul><li><a href="/">Галоўная</a></li><li><a href="/news">Навіны</a></li></ul></nav>'
    foot = "<footer><p>Усе правы абаронены. Пры перадруку спасылка абавязковая.</p></footer>"
    return f'<!doctype html><html lang="be"><head>{head}</head><body>{menu}{body}{foot}</body></html>'.encode()


HALF = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES[:2]), "".join(f"<p>{s}</p>" for s in SENTENCES[2:])
H1 = f"<h1>{TITLE}</h1>"

LAYOUTS = {
    "headlines before the article": page(
        f"<div class='war'><h2>Беларусы</h2><ul>{headlines()}</ul></div>{H1}<div>{PARAGRAPHS}</div>"
    ),
    "headlines before, inside the article's box": page(
        f"<div class='wrap'><ul>{headlines()}</ul>{H1}<div class='news-text'>{PARAGRAPHS}</div></div>"
    ),
    "a sidebar in a div": page(
        f"<div class='cols'><div class='main'>{H1}{PARAGRAPHS}</div>"
        f"<div class='right-col'><div class='ttl'>Папулярнае</div>{headlines(20, 'div')}</div></div>"
    ),
    "a sidebar in an aside": page(
        f"<main><article>{H1}{PARAGRAPHS}</article><aside><ul>{headlines()}</ul></aside></main>"
    ),
    "teasers under the article": page(
        f"<article>{H1}{PARAGRAPHS}</article><section class='related'>{teasers()}</section>"
    ),
    "teasers before the article": page(
        f"<section class='top-news'>{teasers()}</section><article>{H1}{PARAGRAPHS}</article>"
    ),
    "read also between paragraphs": page(
        f"<article>{H1}{HALF[0]}<div class='read-also'><b>Чытайце таксама</b>"
        f"<ul>{headlines(3)}</ul></div>{HALF[1]}</article>"
    ),
    "read also as a paragraph": page(
        f"<article>{H1}{HALF[0]}<p><strong>Чытайце таксама:</strong> <a href='/1'>Вялікая {NOT_OURS}</a></p>"
        f"<p><em>Читайте также: <a href='/2'>Вялікая {NOT_OURS}</a></em></p>{HALF[1]}</article>"
    ),
    "a paragraph that is one link": page(
        f"<article>{H1}{HALF[0]}<p><a href='/1'>Вялікая {NOT_OURS}</a></p>{HALF[1]}</article>"
    ),
    "divs and breaks, no paragraphs": page(
        f"<table><tr><td><ul>{headlines(8)}</ul></td>"
        f"<td><div class='txt'>{H1}{'<br><br>'.join(SENTENCES)}</div></td></tr></table>"
    ),
    "comments under the article": page(
        f"<article>{H1}{PARAGRAPHS}</article><div id='comments'>"
        f"<div class='comment'><p>{NOT_OURS}, а дзе палітвязні?</p></div>"
        f"<div class='comment'><p>І яшчэ адна {NOT_OURS} ад чытача, які піша доўга і не па тэме.</p></div></div>"
    ),
    "an AMP page": page(
        f"<amp-sidebar><ul>{headlines(5)}</ul></amp-sidebar><article>{H1}{PARAGRAPHS}"
        f"<amp-list>{headlines(3, 'div')}</amp-list></article>"
    ),
    "a ticker of headlines after the text": page(
        f"<div id='content'>{H1}{PARAGRAPHS}<div>{headlines(12, 'p')}</div></div>"
    ),
}
