"""The embedded ledger as a whole: creating, exporting and importing it (`core.runs.dump`)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from promote_tui.adapters.ledger import rules
from promote_tui.adapters.ledger.sqlite import queries as rows
from promote_tui.adapters.ledger.sqlite import releases
from promote_tui.adapters.ledger.sqlite.database import LedgerFile
from promote_tui.adapters.ledger.sqlite.schema import EVERYBODYS
from promote_tui.core.runs.dump import Contents, StoredEvent

if TYPE_CHECKING:
    from pathlib import Path


_EVENTS = (
    "SELECT run, fence, body FROM events JOIN runs ON runs.id = events.run"
    " WHERE runs.project IN (?, ?) ORDER BY run, seq"
)
_DECISIONS = "SELECT body FROM decisions WHERE project IN (?, ?) ORDER BY at, seq"
_OTHERS = "SELECT id FROM runs WHERE project NOT IN (?, ?) ORDER BY id"


class SqliteAdmin:
    """A project's part of the embedded ledger in a folder, with what was written before projects were told apart."""

    def __init__(self, folder: Path, project: str, *, read_only: bool = False) -> None:
        self._file = LedgerFile(folder, read_only=read_only)
        self._project = project

    def initialise(self) -> tuple[str, ...]:
        """Create the file where it is missing, migrate an older one; return what was done."""
        known = self._file.path.exists()
        self._file.prepare()
        return () if known else (f"created {self._file.path}",)

    def policy(self) -> None:
        """A file of this machine needs no rights."""

    def contents(self) -> Contents:
        """Return all that the ledger holds of the project, and every stack's fence."""
        with self._file.reading() as db:
            if db is None:
                return Contents({}, (), {}, {}, self._project)
            runs: dict[str, list[StoredEvent]] = defaultdict(list)
            for run, fence, body in db.execute(_EVENTS, (self._project, EVERYBODYS)):
                runs[run].append(StoredEvent(fence, body))
            decisions = tuple(body for (body,) in db.execute(_DECISIONS, (self._project, EVERYBODYS)))
            locks = db.execute("SELECT key, fence, state, run FROM locks").fetchall()
            released = releases.bodies(db, self._project)
        fences = {key: fence for key, fence, _, _ in locks}
        live = {key: run for key, _, state, run in locks if state == "HELD"}
        by_run = {run: tuple(stored) for run, stored in runs.items()}
        return Contents(by_run, decisions, fences, live, self._project, released)

    def others(self) -> tuple[str, ...]:
        """Return the runs that it holds of other projects."""
        with self._file.reading() as db:
            found = db.execute(_OTHERS, (self._project, EVERYBODYS)).fetchall() if db else []
        return tuple(str(run) for (run,) in found)

    def import_contents(self, more: Contents) -> None:
        """Add what is not here yet, all of it or nothing."""
        with self._file.writing() as db:
            for id_, stored in more.runs.items():
                run, events = rules.decode_run(id_, stored)
                rows.add_run(
                    db,
                    self._project,
                    run,
                    [(each.fence, event, each.body) for each, event in zip(stored, events, strict=True)],
                )
            for body in more.decisions:
                rows.add_decision(db, self._project, rules.decode_decision("import", body))
            for key, fence in more.fences.items():
                rows.add_fence(db, key, fence)
            for name, bodies in more.releases.items():
                releases.add(db, self._project, name, bodies)
