"""A connection to a file that must be there makes none."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.errors import DatabaseTrouble
from monitor.store import connect


def test_an_existing_database_that_was_erased_is_not_made_anew(tmp_path: Path) -> None:
    """Fails when a sender that is still running leaves an empty database behind after a panic."""
    gone = tmp_path / "private.db"
    with pytest.raises(DatabaseTrouble, match=r"private\.db cannot be opened"):
        connect(gone, existing=True)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    """Fails when a `?`, `#` or `%` of a path is taken for a part of an address."""
    folder = tmp_path / "50% sure? #1 Вясна"
    folder.mkdir()
    connect(folder / "archive.db").execute("CREATE TABLE kept (x)")
    assert (folder / "archive.db").stat().st_size
    assert list(tmp_path.iterdir()) == [folder]
