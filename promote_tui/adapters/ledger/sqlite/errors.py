"""What SQLite and the file system say when a ledger cannot be used, in one line with the next step."""

from __future__ import annotations

import contextlib
import os
import shlex
import sqlite3
from typing import TYPE_CHECKING

from promote_tui.core.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_AGAIN = "then try again"
_WRITABLE = f"see that you may write to its folder, {_AGAIN}"
_KNOWN = {
    sqlite3.SQLITE_FULL: ("the disk is full", f"free some space, {_AGAIN}"),
    sqlite3.SQLITE_BUSY: ("another process keeps it locked", "try again in a moment"),
    sqlite3.SQLITE_LOCKED: ("another process keeps it locked", "try again in a moment"),
    sqlite3.SQLITE_READONLY: ("it cannot be written", _WRITABLE),
    sqlite3.SQLITE_PERM: ("it cannot be opened", _WRITABLE),
    sqlite3.SQLITE_CANTOPEN: ("it cannot be opened", _WRITABLE),
}
_DAMAGED = {sqlite3.SQLITE_CORRUPT: "it is damaged", sqlite3.SQLITE_NOTADB: "it is not a ledger"}


@contextlib.contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Turn every failure of SQLite and of the file system into a LedgerError about `path`."""
    try:
        yield
    except sqlite3.Error as error:
        raise _sqlite(path, error) from error
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise LedgerError(str(error.filename or path), reason.lower(), _WRITABLE) from error


def damaged_error(path: Path, cause: str) -> LedgerError:
    """Return the failure of a file that is not a usable ledger; it stays where and as it is."""
    folder = shlex.quote(str(path.parent))
    aside = f"mkdir {folder}/kept-aside && mv {folder}/{path.name}* {folder}/kept-aside/"
    return LedgerError(str(path), cause, f"it was left as it is; to begin a new one when no run is live: {aside}")


def _sqlite(path: Path, error: sqlite3.Error) -> LedgerError:
    # Errors of the Python module itself carry no code.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in _DAMAGED:
        return damaged_error(path, _DAMAGED[code])
    if code == sqlite3.SQLITE_IOERR:
        remedy = f"check the disk's free space and health, {_AGAIN}"
        return LedgerError(str(path), f"reading or writing failed ({error.sqlite_errorname})", remedy)
    cause, remedy = _KNOWN.get(code, (str(error), "promote-tui doctor"))
    return LedgerError(str(path), cause, remedy)
