"""An event of a run in a line: how long after the run's beginning, and what happened."""

from __future__ import annotations

import functools
import shlex
from typing import TYPE_CHECKING, TypeAlias

from promote_tui.cli.text.status import NAME
from promote_tui.cli.text.style import Role
from promote_tui.core.durations import duration
from promote_tui.core.model.commit_names import full_hash, kind_of
from promote_tui.core.runs.events import (
    AlarmWatchEnded,
    CancelRequested,
    Checked,
    DeployCompleted,
    Event,
    Exited,
    Failed,
    Locked,
    NotifyFailed,
    NotSubmitted,
    Observed,
    OutcomeUnknown,
    Planned,
    Recovering,
    Released,
    RolledBack,
    SmokeTested,
    Submitted,
    Submitting,
    Verified,
)
from promote_tui.core.runs.run import describe_stop, stop_of
from promote_tui.core.text import clean, plural, short

if TYPE_CHECKING:
    from promote_tui.cli.text.style import Style
    from promote_tui.core.runs.run import Run

_LINE = 2_000
Told: TypeAlias = tuple[str, Role]


def narrate(event: Event, run: Run, style: Style, deployer: str) -> str:
    """Return an event in a line; `deployer` is what it calls the CLI."""
    since = duration((event.at - run.started_at).total_seconds())
    words, role = event_words(event, run, deployer)
    return f"{style.paint(f'{since:>6}', 'calm')}  {style.paint(clean(words, limit=_LINE), role)}"


def short_commit(commit: str | None) -> str:
    """Return the commit as people know it; empty stands for an unknown one, None for none."""
    return clean(short(commit), limit=NAME) if commit else "unknown" if commit == "" else "nothing"


@functools.singledispatch
def event_words(_event: Event, _run: Run, _deployer: str) -> Told:
    """Return what happened, in words; what is not registered below is an event of a newer version."""
    return "an event of a newer version of promote-tui", "warn"


@event_words.register(Planned)
def _(event: Planned, run: Run, _deployer: str) -> Told:
    if run.is_recovery:
        return f"run {run.id} by {event.who}: {run.service}/{run.stage}, {event.subject}", "plain"
    change = f"{short_commit(run.from_commit)} to {short_commit(run.brings)}"
    return f"run {run.id} by {event.who}: {run.service}/{run.stage} from {change}", "plain"


@event_words.register(Locked)
def _(event: Locked, _run: Run, _deployer: str) -> Told:
    return f"locked: process {event.pid} on {event.host}, fence {event.fence}", "plain"


@event_words.register(Checked)
def _(event: Checked, run: Run, _deployer: str) -> Told:
    if run.kind != "adopted":
        return f"checked again: nothing changed, {plural(len(event.gates), 'gate')} passed", "plain"
    told = "; ".join(f"{'proved' if gate.passed else 'not proved'}: {gate.reason}" for gate in event.gates)
    return told, "good" if all(gate.passed for gate in event.gates) else "warn"


@event_words.register(Submitting)
def _(event: Submitting, run: Run, _deployer: str) -> Told:
    doing = "recovering" if run.is_recovery else "removing" if run.is_removal else "deploying"
    return f"{doing}: {shlex.join(event.command)}", "busy"


@event_words.register(Submitted)
def _(event: Submitted, _run: Run, deployer: str) -> Told:
    return f"the {deployer} runs as process {event.pid}", "plain"


@event_words.register(CancelRequested)
def _(event: CancelRequested, _run: Run, _deployer: str) -> Told:
    return f"{event.who} asked to {'cancel the update' if event.submitted else 'stop before the deploy'}", "warn"


@event_words.register(Exited)
def _(event: Exited, _run: Run, deployer: str) -> Told:
    stopped = describe_stop(stop_of(event), deployer)
    if stopped:
        return f"{stopped} (exit code {event.code})", "warn"
    how = "was lost" if event.code is None else f"ended with exit code {event.code}"
    return f"the {deployer} {how}", "plain"


@event_words.register(Observed)
def _(event: Observed, run: Run, _deployer: str) -> Told:
    if event.unread:
        return f"the stack could not be read: {event.unread}", "warn"
    if event.stack_status is None:
        if run.is_removal or run.planned.recovery == "delete":
            return "the stack is gone", "plain"
        return "there is no stack" if event.last_event_id is None else "the stack was deleted", "warn"
    return f"the stack is {event.stack_status} and {_names(event.commit or '', run)}", "plain"


@event_words.register(DeployCompleted)
def _(event: DeployCompleted, _run: Run, _deployer: str) -> Told:
    bake = f"{duration(event.bake)} of watching alarms" if event.bake else ""
    to_follow = " and ".join(words for words in ("a smoke test" if event.smoke else "", bake) if words)
    return f"the stack is complete; {to_follow} to follow", "good"


@event_words.register(SmokeTested)
def _(event: SmokeTested, _run: Run, _deployer: str) -> Told:
    again = f" (try {event.tries})" if event.tries > 1 else ""
    return f"smoke test {_ended(passed=event.passed)}{again}: {event.reason}", "good" if event.passed else "bad"


@event_words.register(AlarmWatchEnded)
def _(event: AlarmWatchEnded, _run: Run, _deployer: str) -> Told:
    return f"bake {_ended(passed=event.passed)}: {event.reason}", "good" if event.passed else "bad"


@event_words.register(NotSubmitted)
def _(event: NotSubmitted, _run: Run, _deployer: str) -> Told:
    return f"not submitted: {event.reason}", "warn"


@event_words.register(Verified)
def _(event: Verified, run: Run, _deployer: str) -> Told:
    back = f"; {run.stage} is on hold until lifted" if run.kind == "rollback" else ""
    return "verified" + (f": {event.note}" if event.note else "") + back, "good"


@event_words.register(Failed)
def _(event: Failed, _run: Run, _deployer: str) -> Told:
    return f"failed: {event.cause}" + (f"; {event.halfway}" if event.halfway else ""), "bad"


@event_words.register(RolledBack)
def _(event: RolledBack, _run: Run, _deployer: str) -> Told:
    return f"rolled back: {event.cause}", "bad"


@event_words.register(OutcomeUnknown)
def _(event: OutcomeUnknown, _run: Run, _deployer: str) -> Told:
    return f"unknown: {event.reason}", "warn"


@event_words.register(Recovering)
def _(event: Recovering, _run: Run, _deployer: str) -> Told:
    return f"taken over by process {event.pid} on {event.host}", "warn"


@event_words.register(NotifyFailed)
def _(event: NotifyFailed, _run: Run, _deployer: str) -> Told:
    return f"{event.channel} was not notified: {event.reason}", "warn"


@event_words.register(Released)
def _(_event: Released, _run: Run, _deployer: str) -> Told:
    return "lock released", "plain"


def _ended(*, passed: bool) -> str:
    return "passed" if passed else "failed"


def _names(text: str, run: Run) -> str:
    """Return what a stack named when it was read, which may be no commit.

    Old adoptions of a stack that named none wrote the adopted commit down in its place.
    """
    if kind_of(text) == "nothing" or (run.kind == "adopted" and run.from_commit == "" and full_hash(text)):
        return "names no commit"
    return f"names {short_commit(text.strip())}" + ("" if kind_of(text) != "dirty" else ", which is not a commit")
