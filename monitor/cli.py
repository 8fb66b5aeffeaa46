"""The command line: options that every command shares, and the commands, found by listing `monitor/commands`.

Exit codes: 0 done, 1 found trouble (doctor, health), 2 wrong usage or configuration, 3 refused because of the state
(locked, in use, damaged, keys missing).
"""

from __future__ import annotations

import errno
import importlib
import os
import pkgutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor import commands
from monitor.commands.session import Session
from monitor.errors import (
    ConfigError,
    DatabaseTrouble,
    KeysMissing,
    MonitorError,
    PortTaken,
    QueryError,
    StateInUse,
)
from monitor.store import sqlite3

app = typer.Typer(
    help="Monitor coverage of Belarusian political-prisoner releases, and alert those who wait for it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

#: Primary result codes of SQLite that are the machine's trouble and not a mistake of this program.
OF_THE_DISK = frozenset(
    (
        *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN),
        *(sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_READONLY),
    )
)
#: A file or folder that somebody named and that is not there, not ours, or of the wrong kind.
OF_A_FILE = frozenset(
    (errno.ENOENT, errno.EACCES, errno.EPERM, errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.EROFS, errno.ENOSPC)
)


@app.callback()
def _shared(
    context: typer.Context,
    config: Annotated[Path, typer.Option(envvar="MONITOR_CONFIG", help="Configuration.")] = Path("config.yaml"),
    state: Annotated[Path, typer.Option(envvar="MONITOR_STATE", help="The folder of both databases.")] = Path("state"),
    now: Annotated[str, typer.Option(help="Run as if it were this moment (ISO 8601).")] = "",
    debug: Annotated[bool, typer.Option(help="Log more.")] = False,
) -> None:
    context.obj = Session(config, state, now, debug)


for _module in pkgutil.iter_modules(commands.__path__):
    _register = getattr(importlib.import_module(f"monitor.commands.{_module.name}"), "register", None)
    if _register:
        _register(app)


def main() -> None:
    """Run one command; promised errors become one clear sentence and an exit code."""
    os.umask(0o077)
    try:
        app(standalone_mode=True)
    except QueryError as trouble:
        _end(f"{trouble} (at character {trouble.position + 1})" if trouble.position else trouble, 2)
    except ConfigError as trouble:
        _end(trouble, 2)
    except (StateInUse, PortTaken, DatabaseTrouble, KeysMissing) as trouble:
        _end(trouble, 3)
    except MonitorError as trouble:
        _end(trouble, 1)
    except sqlite3.DatabaseError as trouble:
        if getattr(trouble, "sqlite_errorcode", 0) & 0xFF not in OF_THE_DISK:
            raise
        _end(f"the database cannot be used now: {trouble}. Nothing is lost; `monitor doctor` says what to mend", 3)
    except BrokenPipeError:
        os._exit(0)
    except OSError as trouble:
        if trouble.errno not in OF_A_FILE or not trouble.filename:
            raise
        _end(f"{trouble.filename}: {os.strerror(trouble.errno or 0)}", 2)


def _end(trouble: Exception | str, code: int) -> None:
    print(f"monitor: {trouble}", file=sys.stderr)
    sys.exit(code)
