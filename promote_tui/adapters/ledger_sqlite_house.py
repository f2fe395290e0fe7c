"""The embedded ledger as a whole: made, read and filled. What is moved is core.ledger_file's."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from promote_tui.adapters import ledger_rows as rows
from promote_tui.adapters import ledger_rules as rules
from promote_tui.adapters.ledger_file import LedgerFile
from promote_tui.core.ledger_file import Contents, Stored

if TYPE_CHECKING:
    from pathlib import Path


class SqliteHouse:
    """The embedded ledger in a folder."""

    def __init__(self, folder: Path) -> None:
        self._file = LedgerFile(folder)

    def initialise(self) -> tuple[str, ...]:
        """Make the file where it is missing, and bring an older one up to date; return what was done."""
        known = self._file.path.exists()
        self._file.prepare()
        return () if known else (f"{self._file.path} is made",)

    def policy(self) -> None:
        """A file of this machine needs no rights."""

    def contents(self) -> Contents:
        """Return all that the ledger holds."""
        with self._file.reading() as db:
            if db is None:
                return Contents({}, (), {}, {})
            runs: dict[str, list[Stored]] = defaultdict(list)
            for run, fence, body in db.execute("SELECT run, fence, body FROM events ORDER BY run, seq"):
                runs[run].append(Stored(fence, body))
            decisions = tuple(body for (body,) in db.execute("SELECT body FROM decisions ORDER BY at, seq"))
            locks = db.execute("SELECT key, fence, state, run FROM locks").fetchall()
        fences = {key: fence for key, fence, _, _ in locks}
        live = {key: run for key, _, state, run in locks if state == "HELD"}
        return Contents({run: tuple(stored) for run, stored in runs.items()}, decisions, fences, live)

    def take_in(self, more: Contents) -> None:
        """Add what is not here yet, all of it or nothing."""
        with self._file.writing() as db:
            for id_, stored in more.runs.items():
                run, events = rules.told(id_, stored)
                rows.put_run(
                    db, run, [(each.fence, event, each.body) for each, event in zip(stored, events, strict=True)]
                )
            for body in more.decisions:
                rows.add_decision(db, rules.decided("import", body))
            for key, fence in more.fences.items():
                rows.put_fence(db, key, fence)
