"""The rows of releases in the embedded ledger: each function is one query or one change inside a transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.adapters.ledger import rules
from promote_tui.adapters.ledger.sqlite.queries import to_utc_text
from promote_tui.ports import RecordedRelease

if TYPE_CHECKING:
    import sqlite3

    from promote_tui.core.releases.events import ReleaseEvent


def append(db: sqlite3.Connection, project: str, release: str, recorded: RecordedRelease, body: str) -> bool:
    """Write an event in its place, a plan with its release; False where the place is taken.

    Raises LedgerError where it would leave a gap.
    """
    last = _last(db, project, release)
    if 1 <= recorded.seq <= last:
        return False
    if recorded.seq != last + 1:
        raise rules.release_gap(release, recorded.seq)
    if recorded.seq == 1:
        _add_release(db, project, release, recorded.event)
    _add_event(db, project, release, recorded, body)
    return True


def _last(db: sqlite3.Connection, project: str, release: str) -> int:
    query = "SELECT coalesce(max(seq), 0) FROM release_events WHERE project = ? AND name = ?"
    return int(db.execute(query, (project, release)).fetchone()[0])


def _add_release(db: sqlite3.Connection, project: str, release: str, planned: ReleaseEvent) -> None:
    values = (project, release, to_utc_text(planned.at))
    db.execute("INSERT INTO releases (project, name, planned_at) VALUES (?, ?, ?)", values)


def _add_event(db: sqlite3.Connection, project: str, release: str, recorded: RecordedRelease, body: str) -> None:
    values = (project, release, recorded.seq, to_utc_text(recorded.event.at), body)
    db.execute("INSERT INTO release_events (project, name, seq, at, body) VALUES (?, ?, ?, ?, ?)", values)


def events(db: sqlite3.Connection, project: str, release: str, after: int = 0) -> tuple[RecordedRelease, ...]:
    """Return the events of a project's release with a seq above `after`, in order."""
    query = "SELECT seq, body FROM release_events WHERE project = ? AND name = ? AND seq > ? ORDER BY seq"
    found = db.execute(query, (project, release, after))
    return tuple(RecordedRelease(seq, rules.decode_release_event(release, body)) for seq, body in found)


def names(db: sqlite3.Connection, project: str, limit: int) -> tuple[str, ...]:
    """Return the names of a project's releases, the last planned first."""
    query = "SELECT name FROM releases WHERE project = ? ORDER BY planned_at DESC, name DESC LIMIT ?"
    return tuple(str(name) for (name,) in db.execute(query, (project, limit)))


def bodies(db: sqlite3.Connection, project: str) -> dict[str, tuple[str, ...]]:
    """Return every event of a project's releases as it is stored, by release."""
    found: dict[str, tuple[str, ...]] = {}
    query = "SELECT name, body FROM release_events WHERE project = ? ORDER BY name, seq"
    for name, body in db.execute(query, (project,)):
        found[name] = (*found.get(name, ()), body)
    return found


def add(db: sqlite3.Connection, project: str, release: str, given: tuple[str, ...]) -> None:
    """Write what is missing of a release of another ledger; raises LedgerError where it has other events here."""
    stored = rules.decode_release(release, given)
    query = "SELECT body FROM release_events WHERE project = ? AND name = ? ORDER BY seq"
    here = tuple(str(body) for (body,) in db.execute(query, (project, release)))
    rules.check_beginning(release, here, given)
    for seq in range(len(here) + 1, len(given) + 1):
        append(db, project, release, RecordedRelease(seq, stored[seq - 1]), given[seq - 1])
