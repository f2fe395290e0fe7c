"""Runs as text: the list, one run in full, an event in a line, and the verdict."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, assert_never

from promote_tui.cli.text.status import NAME
from promote_tui.cli.text.style import Role, Segment, Style, table
from promote_tui.core.durations import age, duration
from promote_tui.core.model.commit_names import full_hash, kind_of
from promote_tui.core.runs.adoption import basis
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
    UnknownEvent,
    Verified,
)
from promote_tui.core.runs.run import Outcome, RunStatus, stopped_by
from promote_tui.core.runs.unsettled import as_known
from promote_tui.core.text import clean, plural, short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from promote_tui.core.runs.run import Run
    from promote_tui.ports import Recorded

_LINE = 2_000
_STATUS: Mapping[RunStatus, tuple[str, Role, str]] = {
    RunStatus.RUNNING: ("running", "busy", "running"),
    RunStatus.SUCCEEDED: ("passed", "good", "succeeded"),
    RunStatus.FAILED: ("failed", "bad", "failed"),
    RunStatus.CANCELLED: ("attention", "warn", "cancelled"),
    RunStatus.ROLLED_BACK: ("failed", "bad", "rolled back"),
    RunStatus.UNKNOWN: ("unknown", "warn", "unknown"),
}


def runs(found: Sequence[Run], style: Style, now: datetime) -> list[str]:
    """Return the runs as a table."""
    words = ("RUN", "STATUS", "KIND", "SERVICE", "STAGE", "FROM", "TO", "WHO", "AGE", "TOOK")
    return table([[Segment(word, "calm") for word in words], *(_row(run, style, now) for run in found)], style)


def _row(run: Run, style: Style, now: datetime) -> list[Segment]:
    took = duration((run.ended_at - run.started_at).total_seconds()) if run.ended_at else ""
    return [
        Segment(clean(run.id), "strong"),
        _status(run, style),
        Segment(run.kind, "calm" if run.kind == "normal" else "warn"),
        Segment(clean(run.service, limit=40)),
        Segment(clean(run.stage, limit=40)),
        Segment(_short(run.from_commit), "calm"),
        Segment(_short(run.to_commit)),
        Segment(clean(run.planned.who, limit=40), "calm"),
        Segment(age(run.started_at, now), "calm", right=True),
        Segment(took, "calm", right=True),
    ]


def _status(run: Run, style: Style) -> Segment:
    sign, role, word = _STATUS[run.status]
    word = "not proved" if run.unproved else clean(run.went_back) or word
    return Segment(f"{style.sign(sign)} {word}", role)


def _short(commit: str | None) -> str:
    return clean(short(commit), limit=NAME) if commit else "unknown" if commit == "" else "nothing"


def show(run: Run, recorded: Sequence[Recorded], style: Style, *, alive: bool) -> list[str]:
    """Return one run in full: who, what, when, each step, and how it ended; `alive`: somebody works on it."""
    run = as_known(run, alive=alive)
    planned = run.planned
    change = f"{_short(run.from_commit)} {style.sign('arrow')} {_short(run.to_commit)} {planned.subject}"
    rows = (
        ("target", f"{run.service}/{run.stage} ({planned.key})"),
        ("commit", change),
        ("who", f"{planned.who} ({planned.arn})"),
        ("reason", planned.reason),
        ("policy", f"{planned.policy}, configuration {planned.config_digest[:12]}" if planned.policy else ""),
        ("started", f"{planned.at:%Y-%m-%d %H:%M:%S} UTC"),
        ("host", run.host or ""),
        ("command", shlex.join(run.command)),
        ("log", run.log or ""),
    )
    facts = [[Segment(f"  {name}", "calm"), Segment(clean(value, limit=_LINE))] for name, value in rows if value]
    head = [[Segment(f"run {clean(run.id)}", "strong"), _status(run, style)]]
    steps = [narrate(item.event, run, style) for item in recorded]
    return [*table(head, style), *table(facts, style), "", *steps, "", *verdict(run, style, alive=alive)]


def narrate(event: Event, run: Run, style: Style) -> str:
    """Return an event in a line: how long after the run's beginning, and what happened."""
    since = duration((event.at - run.started_at).total_seconds())
    words, role = _told(event, run)
    return f"{style.paint(f'{since:>6}', 'calm')}  {style.paint(clean(words, limit=_LINE), role)}"


def _told(event: Event, run: Run) -> tuple[str, Role]:  # noqa: PLR0911, PLR0912, C901 - one line a kind of event
    match event:
        case Planned(who=who):
            change = f"{_short(run.from_commit)} to {_short(run.to_commit)}"
            return f"run {run.id} by {who}: {run.service}/{run.stage} from {change}", "plain"
        case Locked(fence=fence, host=host, pid=pid):
            return f"locked: process {pid} on {host}, fence {fence}", "plain"
        case Checked(gates=gates) if run.kind == "adopted":
            told = "; ".join(f"{'proved' if gate.passed else 'not proved'}: {gate.reason}" for gate in gates)
            return told, "good" if all(gate.passed for gate in gates) else "warn"
        case Checked(gates=gates):
            return f"checked again: nothing moved, {plural(len(gates), 'gate')} open", "plain"
        case Submitting(command=command):
            return f"deploying: {shlex.join(command)}", "busy"
        case Submitted(pid=pid):
            return f"the Serverless CLI runs as process {pid}", "plain"
        case CancelRequested(who=who, submitted=submitted):
            return f"{who} asked to {'cancel the update' if submitted else 'stop before the deploy'}", "warn"
        case Exited(code=code):
            how = "was lost" if code is None else f"ended with exit code {code}"
            stopped = stopped_by(event)
            return (f"{stopped} (exit code {code})", "warn") if stopped else (f"the Serverless CLI {how}", "plain")
        case Observed():
            return _seen(event, run)
        case DeployCompleted():
            return f"the stack is well; {_to_follow(event)} to follow", "good"
        case SmokeTested(passed=passed, reason=reason, tries=tries):
            again = f" (try {tries})" if tries > 1 else ""
            return f"smoke test {'passed' if passed else 'failed'}{again}: {reason}", "good" if passed else "bad"
        case AlarmWatchEnded(passed=passed, reason=reason):
            return f"bake {'passed' if passed else 'failed'}: {reason}", "good" if passed else "bad"
        case NotSubmitted(reason=reason):
            return f"not submitted: {reason}", "warn"
        case Verified(note=note):
            back = f"; {run.stage} is on hold until lifted" if run.kind == "rollback" else ""
            return "verified" + (f": {note}" if note else "") + back, "good"
        case Failed(cause=cause, halfway=halfway):
            return f"failed: {cause}" + (f"; {halfway}" if halfway else ""), "bad"
        case RolledBack(cause=cause):
            return f"rolled back: {cause}", "bad"
        case OutcomeUnknown(reason=reason):
            return f"unknown: {reason}", "warn"
        case Recovering(host=host, pid=pid):
            return f"taken over by process {pid} on {host}", "warn"
        case NotifyFailed(channel=channel, reason=reason):
            return f"nobody was told by {channel}: {reason}", "warn"
        case Released():
            return "lock released", "plain"
        case UnknownEvent():
            return "an event of a newer version of promote-tui", "warn"
        case _:
            assert_never(event)


def _seen(observed: Observed, run: Run) -> tuple[str, Role]:
    if observed.unread:
        return f"the stack could not be read: {observed.unread}", "warn"
    if observed.stack_status is None:
        return "no stack is there" if observed.last_event_id is None else "the stack is gone", "warn"
    return f"the stack is {observed.stack_status} and {_names(observed.commit or '', run)}", "plain"


def _names(text: str, run: Run) -> str:
    """Return what a stack named when it was read, which may be no commit.

    Old adoptions of a stack that named none wrote the adopted commit down in its place.
    """
    if kind_of(text) == "nothing" or (run.kind == "adopted" and run.from_commit == "" and full_hash(text)):
        return "names no commit"
    return f"names {_short(text.strip())}" + ("" if kind_of(text) != "dirty" else ", which is no commit")


def _to_follow(landed: DeployCompleted) -> str:
    bake = f"{duration(landed.bake)} of watching alarms" if landed.bake else ""
    return " and ".join(words for words in ("a smoke test" if landed.smoke else "", bake) if words)


def verdict(run: Run, style: Style, *, alive: bool) -> list[str]:
    """Return how the run ended: the cause, what still runs, and the one next step; `alive` as in `show`."""
    run = as_known(run, alive=alive)
    where = clean(f"{run.service}/{run.stage}")
    sign, role, word = _STATUS[run.status]
    if run.outcome is Outcome.VERIFIED and run.kind == "adopted":
        words = f"{_short(run.to_commit)} was adopted, {clean(basis(run))}"
        return [style.paint(f"{style.sign(sign)} {where}: {words} (run {clean(run.id)})", role)]
    if run.outcome is Outcome.VERIFIED and not run.to_commit:
        words = f"updated by {clean(run.planned.who)}; which commit it brought is unknown"
        return [style.paint(f"{style.sign(sign)} {where}: {words} (run {clean(run.id)})", role)]
    if run.outcome is Outcome.VERIFIED:
        took = duration(((run.ended_at or run.started_at) - run.started_at).total_seconds())
        if run.went_back:
            return [
                style.paint(f"{style.sign(sign)} {where}: {run.went_back} (run {clean(run.id)}, {took})", role),
                *_held(run, style),
            ]
        return [
            style.paint(f"{style.sign(sign)} {where} runs {_short(run.to_commit)} (run {clean(run.id)}, {took})", role)
        ]
    rows = [
        [Segment(f"  {name}", "calm"), Segment(clean(value, limit=_LINE))] for name, value in _aftermath(run) if value
    ]
    word = "not proved" if run.unproved else word
    return [style.paint(f"{style.sign(sign)} {where}: {word} (run {clean(run.id)})", role), *table(rows, style)]


def _held(run: Run, style: Style) -> list[str]:
    lift = f"promote-tui unhold {shlex.quote(run.service)} {shlex.quote(run.stage)} --reason ..."
    rows = (("now", f"the run put {run.stage} on hold, until somebody lifts it"), ("next", lift))
    return table([[Segment(f"  {name}", "calm"), Segment(clean(value, limit=_LINE))] for name, value in rows], style)


def _aftermath(run: Run) -> tuple[tuple[str, str], ...]:
    if run.outcome is Outcome.PENDING:
        return (("next", f"promote-tui attach {run.id}"),)
    now = "nothing was deployed" if run.outcome is Outcome.NOT_SUBMITTED else ""
    if run.halfway is not None:
        now = f"neither commit runs there: it is {run.halfway}"
    elif run.outcome in {Outcome.FAILED, Outcome.ROLLED_BACK}:
        now = f"{_short(run.still_on)} runs there" if run.still_on else "the stack names no commit"
    log = f"promote-tui logs {run.id}" if run.submitted else ""
    back = f"run {run.rollback} brings it back: promote-tui attach {run.rollback}" if run.rollback else ""
    return ("cause", run.cause), ("now", now), ("next", back or run.remedy), ("log", log)
