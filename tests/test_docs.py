"""The documents say what is there, and nothing that is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main
from click import Group
from starlette.testclient import TestClient

from monitor import pulse
from monitor.cli import app
from monitor.config import Config
from monitor.store import Database
from monitor.web import sources
from monitor.web.app import create_app

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("which", ["archive", "private"])
def test_every_table_is_described_and_every_description_has_its_table(
    which: str, request: pytest.FixtureRequest
) -> None:
    db: Database = request.getfixturevalue(which)
    text = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
    _, part = text.split(f"{which}.db —", 1)
    described = set(re.findall(r"^\| `(\w+)`", part.split("\n## ")[0], re.MULTILINE))
    tables = {t for t in db.table_names() if not re.match(r"_sqlite|sqlite_|articles_fts_", t)}
    assert described == tables


def commands(group: object, before: str = "") -> set[str]:
    """Every command, as it is typed."""
    assert isinstance(group, Group) or hasattr(group, "commands")
    found = set()
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        if hasattr(command, "commands"):
            found |= commands(command, f"{before}{name} ")
        else:
            found.add(before + name)
    return found


def test_every_command_that_is_written_of_exists() -> None:
    known = commands(typer.main.get_command(app))
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]:
        if not path.exists():
            continue
        text = path.read_text(encoding="utf-8")
        for call in re.findall(r"(?:`|^|bin/)monitor ((?:[a-z][a-z-]* ?)+)", text, re.MULTILINE):
            words = call.split()
            assert any(" ".join(words[:n]) in known for n in (1, 2)), f"{path.name}: monitor {call}"


def test_no_document_names_a_place_on_somebodys_machine() -> None:
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        assert not re.search(r"/(root|home|tmp|work)/", path.read_text(encoding="utf-8")), path.name


def test_every_state_and_every_metric_is_described_with_what_to_do(archive: Database, state: Path) -> None:
    text = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    with TestClient(create_app(Config(), state), base_url="http://127.0.0.1") as client:
        figures = re.findall(r"^# TYPE (\w+)", client.get("/metrics").text, re.MULTILINE)
    assert len(figures) > 7
    assert [name for name in figures if f"`{name}" not in text] == []
    assert [name for name in sources._ORDER if f"| `{name}` |" not in text] == []
    assert [said for _, said in pulse._SAYS if said.split(" (")[0].split(", ")[0] not in text] == []
