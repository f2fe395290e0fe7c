"""The rows of the embedded ledger: each function is one query or one change inside a transaction."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from promote_tui.adapters.ledger import rules
from promote_tui.adapters.ledger.sqlite.schema import EVERYBODYS
from promote_tui.core.runs.events import Event, Planned, name
from promote_tui.core.runs.fold import fold
from promote_tui.core.value import encode_fields
from promote_tui.ports import Recorded, RunFilter, RunPage

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Mapping, Sequence

    from promote_tui.adapters.ledger.lease import Claim
    from promote_tui.core.gates.decisions import Decision
    from promote_tui.core.runs.run import Run

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OF_RELEASE = (
    "EXISTS (SELECT 1 FROM events WHERE events.run = runs.id AND seq = 1 AND json_extract(body, '$.release') = ?)"
)
_LIVE = "EXISTS (SELECT 1 FROM locks WHERE locks.run = runs.id AND locks.state = 'HELD')"


@dataclass(frozen=True, slots=True)
class Owner:
    """The process that takes a lock, and when."""

    host: str
    pid: int
    pid_started: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Lock:
    """A row of `locks`; a free one names who held it last."""

    key: str
    held: bool
    fence: int
    run: str
    host: str
    since: datetime


def lock(db: sqlite3.Connection, key: str) -> Lock | None:
    """Return the lock of a key; None where nobody ever took it."""
    return _lock(db, "key = ?", key)


def lock_of_run(db: sqlite3.Connection, run: str) -> Lock | None:
    """Return the lock that a run holds."""
    return _lock(db, "run = ? AND state = 'HELD'", run)


def _lock(db: sqlite3.Connection, where: str, value: str) -> Lock | None:
    query = f"SELECT key, state, fence, run, host, since FROM locks WHERE {where}"  # noqa: S608 - two literals above
    row = db.execute(query, (value,)).fetchone()
    if row is None:
        return None
    key, state, fence, run, host, since = row
    return Lock(key, state == "HELD", fence, run, host, datetime.fromisoformat(since))


def has_run(db: sqlite3.Connection, run: str) -> bool:
    """Tell whether the id of a run was used before."""
    query = "SELECT 1 FROM runs WHERE id = :run UNION ALL SELECT 1 FROM locks WHERE run = :run"
    return db.execute(query, {"run": run}).fetchone() is not None


def take_lock(db: sqlite3.Connection, claim: Claim, owner: Owner, *, since: datetime) -> None:
    """Record who holds a lock from now on."""
    db.execute(
        "INSERT INTO locks (key, state, fence, run, host, pid, pid_started, since) VALUES (?, 'HELD', ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (key) DO UPDATE SET state = excluded.state, fence = excluded.fence, run = excluded.run,"
        " host = excluded.host, pid = excluded.pid, pid_started = excluded.pid_started, since = excluded.since",
        (claim.key, claim.fence, claim.run, owner.host, owner.pid, owner.pid_started, to_utc_text(since)),
    )


def check_claim(db: sqlite3.Connection, claim: Claim) -> None:
    """Raise LedgerError where somebody else holds the lock now, or nobody."""
    query = "SELECT 1 FROM locks WHERE key = ? AND run = ? AND fence = ? AND state = 'HELD'"
    if db.execute(query, (claim.key, claim.run, claim.fence)).fetchone() is None:
        raise rules.lock_lost_error(claim.run, claim.key)


def free_lock(db: sqlite3.Connection, claim: Claim) -> None:
    """Free the lock; its fence stays."""
    db.execute("UPDATE locks SET state = 'FREE' WHERE key = ?", (claim.key,))


def append(db: sqlite3.Connection, project: str, claim: Claim, event: Event, body: str) -> int:
    """Write the event as the next of a run of the project, with what the run has become by it; returns its seq."""
    before = events(db, claim.run)
    run = rules.apply_event(claim.run, claim.key, [recorded.event for recorded in before], event)
    seq = before[-1].seq + 1 if before else 1
    if isinstance(event, Planned) and run:
        _add_run(db, project, run)
    _add_event(db, claim.run, Recorded(seq, event), claim.fence, body)
    if run:
        _update_run(db, run)
    return seq


def _add_event(db: sqlite3.Connection, run: str, recorded: Recorded, fence: int, body: str) -> None:
    event = recorded.event
    db.execute(
        "INSERT INTO events (run, seq, at, name, fence, body) VALUES (?, ?, ?, ?, ?, ?)",
        (run, recorded.seq, to_utc_text(event.at), name(event), fence, body),
    )


def _add_run(db: sqlite3.Connection, project: str, run: Run) -> None:
    plan = run.planned
    texts = (plan.run, plan.service, plan.stage, plan.key, plan.kind, plan.from_commit, plan.to_commit, plan.who)
    db.execute(
        "INSERT INTO runs (id, service, stage, key, kind, from_commit, to_commit, who, started_at, status, project,"
        " released) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
        (*map(_storable, texts), to_utc_text(plan.at), run.status.value, project),
    )


def _update_run(db: sqlite3.Connection, run: Run) -> None:
    ended = to_utc_text(run.ended_at) if run.ended_at else None
    db.execute(
        "UPDATE runs SET status = ?, ended_at = ?, released = ? WHERE id = ?",
        (run.status.value, ended, run.released, run.id),
    )


def add_run(db: sqlite3.Connection, project: str, run: Run, stored: Sequence[tuple[int, Event, str]]) -> None:
    """Write a run of another ledger with its events: fence, event and JSON of each."""
    _add_run(db, project, run)
    for seq, (fence, event, body) in enumerate(stored, start=1):
        _add_event(db, run.id, Recorded(seq, event), fence, body)
    _update_run(db, run)


def add_fence(db: sqlite3.Connection, key: str, fence: int) -> None:
    """Make the next holder's fence greater than this one."""
    db.execute(
        "INSERT INTO locks (key, state, fence, run, host, pid, pid_started, since)"
        " VALUES (:key, 'FREE', :fence, 'imported ' || :key, '', 0, '', :since)"
        " ON CONFLICT (key) DO UPDATE SET fence = max(fence, excluded.fence)",
        {"key": key, "fence": fence, "since": to_utc_text(_EPOCH)},
    )


def who(db: sqlite3.Connection, run: str) -> str:
    """Return who started a run; empty where its plan was never recorded."""
    row = db.execute("SELECT who FROM runs WHERE id = ?", (run,)).fetchone()
    return str(row[0]) if row else ""


def events(db: sqlite3.Connection, run: str, after: int = 0) -> tuple[Recorded, ...]:
    """Return a run's events with a seq above `after`, in order."""
    found = db.execute("SELECT seq, body FROM events WHERE run = ? AND seq > ? ORDER BY seq", (run, after))
    return tuple(Recorded(seq, rules.decode_event(run, body)) for seq, body in found)


def runs(db: sqlite3.Connection, project: str, wanted: RunFilter, cursor: str | None, limit: int) -> RunPage:
    """Return a page of runs, newest first; the cursor names the last one seen, so that new runs move nothing."""
    where, values = _conditions(wanted)
    if not wanted.any_project and wanted.key is None:
        where.append("project IN (?, ?)")
        values += [project, EVERYBODYS]
    if cursor is not None:
        where.append("(started_at, id) < (?, ?)")
        values += _place(cursor)
    query = (
        f"SELECT id, started_at FROM runs WHERE {' AND '.join(where) or '1'}"  # noqa: S608 - conditions are literals
        " ORDER BY started_at DESC, id DESC LIMIT ?"
    )
    found = db.execute(query, (*values, limit + 1)).fetchall()
    page = found[:limit]
    more = f"{page[-1][1]}|{page[-1][0]}" if page and len(found) > limit else None
    return RunPage(_folded(db, [run for run, _ in page]), more)


@dataclass(frozen=True, slots=True)
class StackOrder:
    """Which runs of a stack are wanted, by when they began, and which of them come first."""

    condition: str
    moment: str
    direction: Literal["ASC", "DESC"]


def begun_by(until: datetime) -> StackOrder:
    """Return that runs are wanted which had begun by then, newest first."""
    return StackOrder("started_at <= ?", to_utc_text(until), "DESC")


def begun_since(since: datetime) -> StackOrder:
    """Return that runs are wanted which began then or later, oldest first."""
    return StackOrder("started_at >= ?", to_utc_text(since), "ASC")


def runs_by_stack(
    db: sqlite3.Connection, keys: Collection[str], wanted: StackOrder, limit: int
) -> Mapping[str, tuple[Run, ...]]:
    """Return the first runs of each of these stacks, in one query however many stacks and runs there are."""
    order = f"ORDER BY started_at {wanted.direction}, id {wanted.direction}"
    query = (
        f"SELECT id FROM (SELECT id, started_at, row_number() OVER (PARTITION BY key {order}) AS place FROM runs"  # noqa: S608 - literals
        f" WHERE key IN (SELECT value FROM json_each(?)) AND {wanted.condition}) WHERE place <= ? {order}"
    )
    asked = (json.dumps([_storable(key) for key in keys]), wanted.moment, limit)
    found: dict[str, list[Run]] = defaultdict(list)
    for run in _folded(db, [run for (run,) in db.execute(query, asked)]):
        found[run.planned.key].append(run)
    return {key: tuple(runs) for key, runs in found.items()}


def _conditions(wanted: RunFilter) -> tuple[list[str], list[str]]:
    given = {
        "service = ?": wanted.service,
        "stage = ?": wanted.stage,
        "key = ?": wanted.key,
        "who = ?": _storable(wanted.who),
        "status = ?": wanted.status.value if wanted.status else None,
        _OF_RELEASE: wanted.release,
        "started_at >= ?": to_utc_text(wanted.since) if wanted.since else None,
        "started_at <= ?": to_utc_text(wanted.until) if wanted.until else None,
    }
    live = [] if wanted.live is None else [_LIVE if wanted.live else f"NOT {_LIVE}"]
    asked = {condition: value for condition, value in given.items() if value is not None}
    return [*asked, *live], [*asked.values()]


def _place(cursor: str) -> tuple[str, str]:
    started_at, _, run = rules.check_cursor(cursor).partition("|")
    return started_at, run


def _folded(db: sqlite3.Connection, ids: list[str]) -> tuple[Run, ...]:
    query = "SELECT run, body FROM events WHERE run IN (SELECT value FROM json_each(?)) ORDER BY run, seq"
    lives: dict[str, list[Event]] = defaultdict(list)
    for run, body in db.execute(query, (json.dumps(ids),)):
        lives[run].append(rules.decode_event(run, body))
    return tuple(run for name_ in ids if (run := fold(lives[name_])))


def add_decision(db: sqlite3.Connection, project: str, decision: Decision) -> None:
    """Write a person's decision in a project."""
    db.execute(
        "INSERT INTO decisions (project, at, service, stage, commit_sha, body) VALUES (?, ?, ?, ?, ?, ?)",
        (
            project,
            to_utc_text(decision.at),
            _storable(decision.service),
            _storable(decision.stage),
            decision.commit,
            json.dumps(encode_fields(decision), separators=(",", ":")),
        ),
    )


def decisions(
    db: sqlite3.Connection, project: str, service: str, stage: str | None, commit: str | None
) -> tuple[Decision, ...]:
    """Return the decisions that concern a project's service (and a stage, and a commit), oldest first."""
    found = db.execute(
        "SELECT body FROM decisions WHERE project IN (:project, :everybodys) AND service = :service"
        " AND (:stage IS NULL OR stage IS NULL OR stage = :stage)"
        " AND (:commit IS NULL OR commit_sha IS NULL OR commit_sha = :commit) ORDER BY at, seq",
        {"project": project, "everybodys": EVERYBODYS, "service": service, "stage": stage, "commit": commit},
    )
    return tuple(rules.decode_decision(service, body) for (body,) in found)


def decisions_by_service(
    db: sqlite3.Connection, project: str, services: Collection[str]
) -> Mapping[str, tuple[Decision, ...]]:
    """Return every decision about each of these services of a project, oldest first."""
    names = {_storable(name): name for name in services}
    found = db.execute(
        "SELECT service, body FROM decisions WHERE project IN (?, ?)"
        " AND service IN (SELECT value FROM json_each(?)) ORDER BY at, seq",
        (project, EVERYBODYS, json.dumps([*names])),
    )
    made: dict[str, list[Decision]] = defaultdict(list)
    for name_, body in found:
        made[names[name_]].append(rules.decode_decision(names[name_], body))
    return {service: tuple(each) for service, each in made.items()}


def standing_decisions(db: sqlite3.Connection, project: str) -> tuple[Decision, ...]:
    """Return every hold, lift and veto of a project, oldest first."""
    marks = ", ".join("?" for _ in rules.STANDING_KINDS)
    query = (
        "SELECT service, body FROM decisions WHERE project IN (?, ?)"  # noqa: S608 - marks alone
        f" AND json_extract(body, '$.kind') IN ({marks}) ORDER BY at, seq"
    )
    found = db.execute(query, (project, EVERYBODYS, *sorted(rules.STANDING_KINDS)))
    return tuple(rules.decode_decision(service, body) for service, body in found)


def to_utc_text(moment: datetime) -> str:
    """Return UTC text of one width, so that the order of texts is the order of times."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _storable(text: str | None) -> str | None:
    """Return the text as SQLite takes it: bytes that are no UTF-8 elsewhere stand as question marks here."""
    return None if text is None else text.encode("utf-8", "replace").decode()
