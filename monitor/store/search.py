"""articles_fts: which articles may meet a query. Whether they do meet it is decided elsewhere."""

from __future__ import annotations

from collections import Counter

from monitor.matching.document import unpack
from monitor.matching.index import frequencies
from monitor.model import Document, Tokens
from monitor.store import Database, row, rows


def fts_rows(document: Document) -> tuple[str, str]:
    """The texts of the columns `title` and `text`: the distinct keys, and in `text` those of names as well."""
    names = sorted({f"n={key}" for sighting in document.names for key in sighting.strong})
    return _distinct(document.title), " ".join([_distinct(document.text), *names])


def _distinct(tokens: Tokens) -> str:
    return " ".join(sorted({key for keys in tokens.keys for key in keys}))


def index_article(db: Database, article: int, document: Document) -> None:
    """Make an article findable; part of the caller's transaction."""
    db.conn.execute("INSERT INTO articles_fts (rowid, title, text) VALUES (?, ?, ?)", (article, *fts_rows(document)))


def unindex_article(db: Database, article: int) -> None:
    """Undo `index_article`, before `articles.keys` changes: the table keeps no texts and must be told what it holds."""
    stored = row(db, "SELECT keys FROM articles WHERE id = ?", article)
    if stored is not None:
        db.conn.execute(
            "INSERT INTO articles_fts (articles_fts, rowid, title, text) VALUES ('delete', ?, ?, ?)",
            (article, *fts_rows(unpack(stored["keys"]))),
        )


def recent_frequencies(db: Database, limit: int = 2000) -> Counter[str]:
    """In how many of the newest articles each key and tag stands: for `Index`."""
    newest = rows(db, "SELECT keys, language, source, outlet, type FROM articles ORDER BY id DESC LIMIT ?", limit)
    return frequencies(unpack(**dict(each)) for each in newest)
