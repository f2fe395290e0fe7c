"""The rules of every ledger, wherever it stores its rows: pure decisions and their words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from promote_tui.core.errors import LedgerError, LockHeld, NotYetGone, RunExists, UsageError
from promote_tui.core.gates.decisions import Decision
from promote_tui.core.next_steps import NextStep
from promote_tui.core.releases import events as releases
from promote_tui.core.runs.events import Event, Planned, from_json, name, to_dict
from promote_tui.core.runs.fold import apply, fold
from promote_tui.core.runs.unsettled_runs import reconcile_command
from promote_tui.core.value import decode_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.runs.dump import StoredEvent
    from promote_tui.core.runs.run import Run
    from promote_tui.ports import Holder, RunFilter

EVENT_LIMIT = 32 * 1024
"""Bytes of a run's event as it is stored; what is larger belongs into a file."""

RELEASE_EVENT_LIMIT = 256 * 1024
"""Bytes of a release's event as it is stored: the plan of 200 services fits, and so does its item in DynamoDB."""


def encode_event(run: str, event: Event) -> str:
    """Return the event as it is stored, plain ASCII; raises LedgerError above EVENT_LIMIT."""
    return _encode(run, name(event), to_dict(event), EVENT_LIMIT)


def encode_release_event(release: str, event: releases.ReleaseEvent) -> str:
    """Return the event as it is stored, plain ASCII; raises LedgerError above RELEASE_EVENT_LIMIT."""
    raw = releases.to_dict(event)
    return _encode(f"release {release}", str(raw.get("event")), raw, RELEASE_EVENT_LIMIT)


def _encode(subject: str, kind: str, raw: dict[str, Any], limit: int) -> str:
    body = json.dumps(raw, separators=(",", ":"))
    if len(body) > limit:
        cause = f"its event '{kind}' is {len(body) / 1024:.0f} KB, and {limit // 1024} KB is the most"
        raise LedgerError(subject, cause, "shorten its texts")
    return body


def decode_event(run: str, body: str) -> Event:
    """Return the event that `encoded` wrote, here or in a newer version; raises LedgerError on damage."""
    try:
        return from_json(body)
    except (ValueError, AttributeError) as error:
        raise LedgerError(run, "one of its events is damaged", "restore the ledger from a backup") from error


def decode_release_event(release: str, body: str) -> releases.ReleaseEvent:
    """Return the event that `encode_release_event` wrote, here or in a newer version; raises LedgerError on damage."""
    try:
        return releases.from_dict(json.loads(body))
    except (ValueError, AttributeError) as error:
        cause = "one of its events is damaged"
        raise LedgerError(f"release {release}", cause, "restore the ledger from a backup") from error


def check_release_place(release: str, seq: int, event: releases.ReleaseEvent) -> None:
    """Raise LedgerError where a release does not begin with its own plan, or is planned a second time."""
    planned = event.name if isinstance(event, releases.ReleasePlanned) else None
    if planned != (release if seq == 1 else None):
        cause = "a release begins with its own plan, and has one only"
        raise LedgerError(f"release {release}", cause, "plan a release under another name")


def release_gap(release: str, seq: int) -> LedgerError:
    """Return the failure to write an event of a release where the one before it is missing."""
    cause = f"its event {seq} cannot be written: there is none at {seq - 1}"
    return LedgerError(f"release {release}", cause, f"promote-tui release show {release}")


def apply_event(run: str, key: str, before: Sequence[Event], event: Event) -> Run | None:
    """Return the run with the event added; None where only a newer version can tell what it is.

    Raises LedgerError where a run does not begin with its own plan, or is planned a second time.
    """
    if isinstance(event, Planned) != (not before):
        raise LedgerError(run, "a run begins with its plan, and has one only", "start a new run")
    if isinstance(event, Planned):
        if (event.run, event.key) != (run, key):
            raise LedgerError(run, f"the plan is for {event.run} on {event.key}, the lock for {key}", "plan again")
        return fold([event])
    so_far = fold(before)
    return apply(so_far, event) if so_far else None


def check_settled(run: str, events: Sequence[Event]) -> None:
    """Raise LedgerError where the lock must stay: something was written, and no verdict with evidence."""
    so_far = fold(events)
    if events and (so_far is None or not so_far.has_verdict):
        raise LedgerError(run, "has no verdict yet, so its lock stays", reconcile_command(run))


def fits(run: Run, wanted: RunFilter, *, live: bool) -> bool:
    """Tell whether a run fits a filter; `since` and `until` are both included."""
    pairs = (
        (wanted.service, run.service),
        (wanted.stage, run.stage),
        (wanted.key, run.planned.key),
        (wanted.status, run.status),
        (wanted.live, live),
        (wanted.who, run.planned.who),
        (wanted.release, run.planned.release),
    )
    return (
        all(asked in {None, given} for asked, given in pairs)
        and (wanted.since is None or run.started_at >= wanted.since)
        and (wanted.until is None or run.started_at <= wanted.until)
    )


def concerns(decision: Decision, service: str, stage: str | None, commit: str | None) -> bool:
    """Tell whether a decision is about this; one that names no stage is about all, and so for commits."""
    return (
        decision.service == service
        and (stage is None or decision.stage in {None, stage})
        and (commit is None or decision.commit in {None, commit})
    )


STANDING_KINDS = frozenset({"hold", "unhold", "veto"})
"""The kinds of decisions that are shown for every stage."""


def decode_decision(service: str, body: str) -> Decision:
    """Return a decision as it was stored; raises LedgerError where this version cannot read it."""
    try:
        return decode_json(Decision, body.encode())
    except ValueError as error:
        cause = "a decision about it cannot be read by this version"
        raise LedgerError(service, cause, "upgrade promote-tui") from error


def check_cursor(cursor: str) -> str:
    """Return a cursor, `TIME|RUN`; raises UsageError where it is none."""
    if "|" not in cursor:
        raise UsageError(cursor, "this is not a place in a list of runs", "begin again without a cursor")
    return cursor


def decode_run(run: str, stored: tuple[StoredEvent, ...]) -> tuple[Run, list[Event]]:
    """Return a run of an export with its events; raises UsageError where only a newer version can tell what it is."""
    events = [decode_event(run, each.body) for each in stored]
    found = fold(events)
    if found is None:
        raise UsageError(f"run {run}", "a newer promote-tui wrote it", "upgrade promote-tui, then import again")
    return found, events


def decode_release(release: str, bodies: tuple[str, ...]) -> tuple[releases.ReleaseEvent, ...]:
    """Return the events of a release of an export; raises UsageError where only a newer version can tell its plan."""
    events = tuple(decode_release_event(release, body) for body in bodies)
    if not isinstance(events[0], releases.ReleasePlanned):
        raise UsageError(f"release {release}", "a newer promote-tui wrote it", "upgrade promote-tui, then import again")
    return events


def check_beginning(release: str, here: tuple[str, ...], given: tuple[str, ...]) -> None:
    """Raise LedgerError where what a ledger holds of a release is not how an export of it begins."""
    if here != given[: len(here)]:
        raise release_moved(release)


def release_moved(release: str) -> LedgerError:
    """Return the failure to import a release that was gone on with, or planned, here meanwhile."""
    cause = "other events of it were written here meanwhile"
    return LedgerError(f"release {release}", cause, "import again to see which")


def lock_held_error(holder: Holder) -> LockHeld:
    """Return the refusal that names the holder of a lock, since when, and what to do about it."""
    by = f" by {holder.who}" if holder.who else ""
    cause = f"held by run {holder.run}{by} on {holder.host} since {holder.since:%Y-%m-%d %H:%M:%S} UTC"
    step = NextStep("run", (holder.run,))
    if holder.runner_alive:
        return LockHeld(holder.key, cause, f"wait for it, or watch it: promote-tui attach {holder.run}").by(step)
    if holder.undecided:
        cause = f"{cause}, and its verdict is unknown"
        return LockHeld(holder.key, cause, reconcile_command(holder.run)).by(step)
    if holder.silent_in:
        gone = f"where {holder.host} is gone: {reconcile_command(holder.run)}"
        return LockHeld(holder.key, cause, f"watch it: promote-tui attach {holder.run}; {gone}").by(step)
    gone = "whose runner is gone" if holder.runner_alive is False else "whose runner cannot be seen from here"
    return LockHeld(holder.key, f"{cause}, {gone}", reconcile_command(holder.run)).by(step)


def lock_being_taken_error(key: str) -> LockHeld:
    """Return the refusal while a process holds the lock file, and no run holds the lock."""
    return LockHeld(key, "another process is acquiring it right now", "see promote-tui runs --live, then try again")


def runner_alive_error(key: str, run: str) -> LockHeld:
    """Return the refusal to take over a run that is still at work."""
    step = NextStep("run", (run,))
    return LockHeld(key, f"the runner of {run} is alive", f"watch it: promote-tui attach {run}").by(step)


def not_yet_gone_error(key: str, run: str, seconds: float) -> NotYetGone:
    """Return the refusal to take over a run that has not been silent for long enough."""
    cause = f"the runner of {run} may be alive: it counts as gone after {seconds / 60:.0f} more minutes without a sign"
    return NotYetGone(key, cause, f"watch it: promote-tui attach {run}", seconds).by(NextStep("run", (run,)))


def lock_lost_error(run: str, key: str) -> LedgerError:
    """Return the error for a write without the lock."""
    return LedgerError(run, f"no longer holds the lock of {key}", f"promote-tui runs show {run}")


def no_such_run_error(run: str) -> UsageError:
    """Return the refusal to take over a run that holds no lock: the ledger knows none that could be."""
    return UsageError(f"run {run}", "there is no such run", "see `promote-tui runs`")


def run_exists_error(run: str) -> RunExists:
    """Return the failure to start a run under an id that was used before."""
    return RunExists(run, "a run with this id exists already", "start again, under a new id")
