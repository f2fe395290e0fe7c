"""The ledger's file: a connection for each read and each write, so that threads and processes share none.

Never open the file by other means: closing any descriptor of it would drop SQLite's own locks.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from promote_tui.adapters.ledger.sqlite import schema
from promote_tui.adapters.ledger.sqlite.errors import damaged_error, translate_errors
from promote_tui.adapters.ledger.sqlite.schema import PAGE

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "ledger.sqlite3"


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """`ledger.sqlite3` in a folder of our own (0700, files 0600); raises LedgerError for any trouble.

    `read_only`: it is not brought up to date for whoever only reads.
    """

    folder: Path
    busy_seconds: float = 5.0
    read_only: bool = False

    @property
    def path(self) -> Path:
        """Where the file is, whether or not it exists."""
        return self.folder / NAME

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """Yield a snapshot to read from; None where there is no ledger.

        An older one is brought up to date; where nothing may be written, a copy of it in memory is.
        """
        with translate_errors(self.path):
            if not self._exists():
                yield None
                return
            if not self._is_current():
                if self.read_only:
                    with self._open("ro") as older, closing(schema.copy_migrated(older)) as copy:
                        yield copy
                    return
                self._migrate()
            with self._open("ro") as connection:
                connection.execute("BEGIN")
                schema.check(connection, self.path)
                yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Yield a transaction that holds the write lock; it is on disk when the block ends without an error."""
        with translate_errors(self.path):
            self.prepare()
            with self._open("rw") as connection:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    schema.check(connection, self.path)
                    yield connection
                    connection.execute("COMMIT")
                finally:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")

    def prepare(self) -> None:
        """Make the folder and the file where they are missing, and bring an older file up to date."""
        with translate_errors(self.path):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _close_to_others(self.folder)
            if not self._exists():
                schema.create(self.path)
            if not self._is_current():
                self._migrate()
            _close_to_others(self.path)

    def check_whole(self) -> None:
        """Read the whole file; raises LedgerError where a part of it is damaged."""
        with self.reading() as connection:
            answer = connection.execute("PRAGMA quick_check(1)").fetchone()[0] if connection else "ok"
        if answer != "ok":
            raise damaged_error(self.path, "it is damaged")

    def _exists(self) -> bool:
        """Tell whether there is a ledger; raises LedgerError for one that is lost or cut short in part."""
        size, waiting = _size(self.path), _size(self.path.with_name(f"{NAME}-wal"))
        if size is None and waiting:
            raise damaged_error(self.path, f"it is missing, but {NAME}-wal is still there")
        if size == 0 or (size and size % PAGE and not waiting):
            raise damaged_error(self.path, "it is cut short")
        return size is not None

    def _is_current(self) -> bool:
        with self._open("ro") as connection:
            return schema.check(connection, self.path)

    def _migrate(self) -> None:
        with self._open("rw") as connection:
            schema.migrate(connection, self.path)

    @contextmanager
    def _open(self, mode: Literal["ro", "rw"]) -> Iterator[sqlite3.Connection]:
        address = f"{self.path.absolute().as_uri()}?mode={mode}"
        with closing(sqlite3.connect(address, uri=True, timeout=self.busy_seconds, isolation_level=None)) as connection:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            yield connection


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def _close_to_others(path: Path) -> None:
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        path.chmod(mode & 0o700)
