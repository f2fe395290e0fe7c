"""The tables of the embedded ledger: creating a file, and migrating an older one.

The version is SQLite's `user_version`: the number of MIGRATIONS that a file has seen.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from promote_tui.adapters.files.locks import is_taken, lock_file
from promote_tui.adapters.ledger.sqlite.errors import damaged_error, translate_errors
from promote_tui.core.errors import LedgerError

APPLICATION_ID = 0x50544C31
"""Marks the file as ours: SQLite's `application_id`."""

PAGE = 4096
"""Bytes; a ledger at rest is a whole number of them."""

EVERYBODYS = ""
"""The project of what was written before a ledger told projects apart: it counts in each of them, as it did."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE locks (
            key TEXT PRIMARY KEY,
            state TEXT NOT NULL CHECK (state IN ('FREE', 'HELD')),
            fence INTEGER NOT NULL,
            run TEXT NOT NULL UNIQUE,
            host TEXT NOT NULL,
            pid INTEGER NOT NULL,
            pid_started TEXT NOT NULL,
            since TEXT NOT NULL
        )""",
        """CREATE TRIGGER fences_only_grow BEFORE UPDATE ON locks WHEN NEW.fence < OLD.fence
            BEGIN SELECT RAISE(ABORT, 'a fence only grows'); END""",
        """CREATE TRIGGER locks_stay BEFORE DELETE ON locks
            BEGIN SELECT RAISE(ABORT, 'a lock is never deleted'); END""",
        """CREATE TABLE runs (
            id TEXT PRIMARY KEY,
            service TEXT NOT NULL,
            stage TEXT NOT NULL,
            key TEXT NOT NULL,
            kind TEXT NOT NULL,
            from_commit TEXT,
            to_commit TEXT NOT NULL,
            who TEXT NOT NULL,
            started_at TEXT NOT NULL,
            ended_at TEXT,
            status TEXT NOT NULL,
            released INTEGER NOT NULL
        )""",
        "CREATE INDEX runs_by_time ON runs (started_at, id)",
        "CREATE INDEX runs_by_stage ON runs (service, stage, started_at, id)",
        """CREATE TABLE events (
            run TEXT NOT NULL REFERENCES runs (id),
            seq INTEGER NOT NULL,
            at TEXT NOT NULL,
            name TEXT NOT NULL,
            fence INTEGER NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY (run, seq)
        )""",
        """CREATE TRIGGER events_stay_as_written BEFORE UPDATE ON events
            BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END""",
        """CREATE TRIGGER events_stay BEFORE DELETE ON events
            BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END""",
        """CREATE TABLE decisions (
            seq INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            service TEXT NOT NULL,
            stage TEXT,
            commit_sha TEXT,
            body TEXT NOT NULL
        )""",
        "CREATE INDEX decisions_by_service ON decisions (service, at, seq)",
        """CREATE TRIGGER decisions_stay_as_written BEFORE UPDATE ON decisions
            BEGIN SELECT RAISE(ABORT, 'a decision is never changed'); END""",
        """CREATE TRIGGER decisions_stay BEFORE DELETE ON decisions
            BEGIN SELECT RAISE(ABORT, 'a decision is never deleted'); END""",
    ),
    (
        f"ALTER TABLE runs ADD COLUMN project TEXT NOT NULL DEFAULT '{EVERYBODYS}'",
        f"ALTER TABLE decisions ADD COLUMN project TEXT NOT NULL DEFAULT '{EVERYBODYS}'",
        "CREATE INDEX runs_by_project ON runs (project, started_at, id)",
        "CREATE INDEX decisions_by_project ON decisions (project, service, at, seq)",
    ),
    (
        """CREATE TABLE releases (
            project TEXT NOT NULL,
            name TEXT NOT NULL,
            planned_at TEXT NOT NULL,
            PRIMARY KEY (project, name)
        )""",
        "CREATE INDEX releases_by_time ON releases (project, planned_at, name)",
        """CREATE TRIGGER releases_stay_as_written BEFORE UPDATE ON releases
            BEGIN SELECT RAISE(ABORT, 'a release is never changed'); END""",
        """CREATE TRIGGER releases_stay BEFORE DELETE ON releases
            BEGIN SELECT RAISE(ABORT, 'a release is never deleted'); END""",
        """CREATE TABLE release_events (
            project TEXT NOT NULL,
            name TEXT NOT NULL,
            seq INTEGER NOT NULL,
            at TEXT NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY (project, name, seq),
            FOREIGN KEY (project, name) REFERENCES releases (project, name)
        )""",
        """CREATE TRIGGER release_events_stay_as_written BEFORE UPDATE ON release_events
            BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END""",
        """CREATE TRIGGER release_events_stay BEFORE DELETE ON release_events
            BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END""",
    ),
)


def version(connection: sqlite3.Connection) -> int:
    """Return the file's version."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def check(connection: sqlite3.Connection, path: Path) -> bool:
    """Tell whether the file is of this version, not an older one; raises LedgerError for all other files."""
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise damaged_error(path, "it is a database, but not a ledger of promote-tui")
    found, known = version(connection), len(MIGRATIONS)
    if found > known:
        cause = f"a newer promote-tui wrote it (version {found}, this one knows {known})"
        raise LedgerError(str(path), cause, "upgrade promote-tui")
    return found == known


def create(path: Path) -> None:
    """Make an empty ledger at `path`, complete or not at all; one that is there already is left alone.

    An empty file at that place is therefore always a damaged ledger, never one that is being made.
    """
    draft = _private_file(path)
    try:
        with closing(sqlite3.connect(draft, isolation_level=None)) as connection:
            connection.execute(f"PRAGMA page_size = {PAGE}")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            _advance(connection)
            connection.execute("COMMIT")
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    _sync_folder(path.parent)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring an older ledger up to date, in one transaction, after a copy `NAME.bak-VERSION`."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        if not check(connection, path):
            _refuse_while_live(connection, path)
            _back_up(path, version(connection))
            _advance(connection)
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def copy_migrated(older: sqlite3.Connection) -> sqlite3.Connection:
    """Return a copy of an older ledger in memory, brought up to date; the older one stays as it is."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    older.backup(copy)
    _advance(copy)
    return copy


def _advance(connection: sqlite3.Connection) -> None:
    for statements in MIGRATIONS[version(connection) :]:
        for statement in statements:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _refuse_while_live(connection: sqlite3.Connection, path: Path) -> None:
    # Its runner knows only the older tables: it could not write down how its deploy went.
    for key, run in connection.execute("SELECT key, run FROM locks WHERE state = 'HELD'").fetchall():
        if is_taken(lock_file(path.parent, key)):
            cause = f"run {run} of an older promote-tui is still at work"
            raise LedgerError(str(path), cause, "wait until it has ended, then try again")


def _back_up(path: Path, found: int) -> None:
    draft = _private_file(path)
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(draft)) as copy:
            source.backup(copy)
        draft.replace(path.with_name(f"{path.name}.bak-{found}"))
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _private_file(path: Path) -> Path:
    with translate_errors(path):
        descriptor, name = tempfile.mkstemp(prefix=f"{path.name}.new-", dir=path.parent)
        os.close(descriptor)
        return Path(name)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
