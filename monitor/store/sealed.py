"""Every sealed value of private.db in one place, for the day on which the key changes."""

from __future__ import annotations

from collections.abc import Callable

from monitor.store import Database, rows, write

#: (table, its key, the column, which rows): what was sealed with the public key. A manage link's copy is not: its
#: token opens it.
_SEALED = (
    ("subscribers", "id", "sealed", "1"),
    ("subscriptions", "id", "sealed", "1"),
    ("requests", "id", "sealed", "1"),
    ("deliveries", "id", "sealed", "sealed IS NOT NULL"),
    ("tokens", "hash", "blob", "scope = 'confirm' AND blob IS NOT NULL"),
)


def reseal_all(
    db: Database, again: Callable[[bytes], bytes], look_up: Callable[[bytes, str], bytes]
) -> tuple[int, int]:
    """Replace every sealed value by what `again` makes of it, and every look-up by `look_up(new value, origin)`.

    One transaction. Suppressions are keyed hashes of addresses that are held nowhere, so they cannot be made anew.
    Returns (values sealed again, "not me" forgotten).
    """
    count = 0
    with write(db):
        for table, key, column, which in _SEALED:
            for r in rows(db, f"SELECT {key}, {column} FROM {table} WHERE {which}"):
                db.conn.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (again(r[1]), r[0]))
                count += 1
        for r in rows(db, "SELECT id, sealed, origin FROM subscribers"):
            db.conn.execute("UPDATE subscribers SET look_up = ? WHERE id = ?", (look_up(r[1], r[2]), r[0]))
        forgotten = db.conn.execute("DELETE FROM suppressions WHERE reason = 'not me'").rowcount
        db.conn.execute("DELETE FROM suppressions")
    return count, forgotten
