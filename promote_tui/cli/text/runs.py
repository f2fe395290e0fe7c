"""Runs as text: the list, one run in full, and the verdict."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from promote_tui.cli.text.narration import narrate, short_commit
from promote_tui.cli.text.style import BLANK, Role, Segment, Style, table
from promote_tui.core.durations import age, duration
from promote_tui.core.releases.durations import time_taken
from promote_tui.core.releases.history import ReleaseRuns
from promote_tui.core.releases.release import ReleaseStatus
from promote_tui.core.runs.adoption import describe_basis
from promote_tui.core.runs.run import Outcome, RunStatus
from promote_tui.core.runs.unsettled_runs import with_known_outcome
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from promote_tui.core.releases.history import HistoryEntry
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


_RELEASE: Mapping[ReleaseStatus, tuple[str, Role]] = {
    ReleaseStatus.PLANNED: ("never", "calm"),
    ReleaseStatus.SCHEDULED: ("never", "calm"),
    ReleaseStatus.RUNNING: ("running", "busy"),
    ReleaseStatus.PAUSED: ("attention", "warn"),
    ReleaseStatus.DONE: ("passed", "good"),
    ReleaseStatus.STOPPED: ("attention", "warn"),
    ReleaseStatus.ROLLED_BACK: ("failed", "bad"),
}


def run_table(found: Sequence[HistoryEntry], style: Style, now: datetime) -> list[str]:
    """Return the runs as a table, a release as one row."""
    words = ("RUN", "STATUS", "KIND", "SERVICE", "STAGE", "FROM", "TO", "WHO", "AGE", "TOOK")
    return table([[Segment(word, "calm") for word in words], *(_entry(each, style, now) for each in found)], style)


def _entry(entry: HistoryEntry, style: Style, now: datetime) -> list[Segment]:
    return _release_row(entry, style, now) if isinstance(entry, ReleaseRuns) else _row(entry, style, now)


def _release_row(entry: ReleaseRuns, style: Style, now: datetime) -> list[Segment]:
    sign, role = _RELEASE[entry.release.status]
    taken = time_taken(entry.release, now) if entry.ended_at else None
    took = duration(taken.took) if taken is not None else ""
    return [
        Segment(clean(entry.name, limit=40), "strong"),
        Segment(f"{style.sign(sign)} {entry.release.status.value.replace('_', ' ')}", role),
        Segment("release", "warn"),
        Segment(entry.count_words),
        Segment(clean(entry.release.stage, limit=40)),
        BLANK,
        BLANK,
        Segment(clean(entry.who, limit=40), "calm"),
        Segment(age(entry.started_at, now), "calm", right=True),
        Segment(took, "calm", right=True),
    ]


def _row(run: Run, style: Style, now: datetime) -> list[Segment]:
    took = duration((run.ended_at - run.started_at).total_seconds()) if run.ended_at else ""
    return [
        Segment(clean(run.id), "strong"),
        status_segment(run, style),
        Segment(run.kind, "calm" if run.kind == "normal" else "warn"),
        Segment(clean(run.service, limit=40)),
        Segment(clean(run.stage, limit=40)),
        Segment(short_commit(run.from_commit), "calm"),
        Segment(short_commit(run.brings)),
        Segment(clean(run.promoter_words, limit=40), "calm"),
        Segment(age(run.started_at, now), "calm", right=True),
        Segment(took, "calm", right=True),
    ]


def status_segment(run: Run, style: Style) -> Segment:
    """Return how a run stands, with its sign."""
    sign, role, word = _STATUS[run.status]
    word = "not proved" if run.unproved else clean(run.rollback_words) or word
    return Segment(f"{style.sign(sign)} {word}", role)


def run_lines(run: Run, recorded: Sequence[Recorded], style: Style, deployer: str, *, alive: bool) -> list[str]:
    """Return one run in full: who, what, when, each step, and how it ended.

    `deployer` is what its events call the CLI; `alive`: somebody works on it.
    """
    run = with_known_outcome(run, alive=alive)
    planned = run.planned
    change = f"{short_commit(run.from_commit)} {style.sign('arrow')} {short_commit(run.brings)} {planned.subject}"
    rows = (
        ("target", f"{run.service}/{run.stage} ({planned.key})"),
        ("commit", change),
        ("who", f"{planned.who} ({planned.arn})"),
        ("reason", planned.reason),
        ("started by", planned.started_by if planned.started_by != "person" else ""),
        ("release", planned.release),
        ("policy", f"{planned.policy}, configuration {planned.config_digest[:12]}" if planned.policy else ""),
        ("started", f"{planned.at:%Y-%m-%d %H:%M:%S} UTC"),
        ("host", run.host or ""),
        ("command", shlex.join(run.command)),
        ("log", run.log or ""),
    )
    facts = [[Segment(f"  {name}", "calm"), Segment(clean(value, limit=_LINE))] for name, value in rows if value]
    head = [[Segment(f"run {clean(run.id)}", "strong"), status_segment(run, style)]]
    steps = [narrate(item.event, run, style, deployer) for item in recorded]
    return [*table(head, style), *table(facts, style), "", *steps, "", *verdict_lines(run, style, alive=alive)]


def verdict_lines(run: Run, style: Style, *, alive: bool) -> list[str]:
    """Return how the run ended: the cause, what still runs, and the one next step; `alive` as in `show`."""
    run = with_known_outcome(run, alive=alive)
    where = clean(f"{run.service}/{run.stage}")
    sign, role, word = _STATUS[run.status]
    if run.outcome is Outcome.VERIFIED and run.kind == "adopted":
        words = f"{short_commit(run.to_commit)} was adopted, {clean(describe_basis(run))}"
        return [style.paint(f"{style.sign(sign)} {where}: {words} (run {clean(run.id)})", role)]
    if run.outcome is Outcome.VERIFIED and (run.is_removal or run.is_recovery):
        words = "is removed" if run.is_removal else f"is free: {_recovered(run)}"
        return [style.paint(f"{style.sign(sign)} {where} {words} (run {clean(run.id)})", role)]
    if run.outcome is Outcome.VERIFIED and not run.to_commit:
        words = f"updated by {clean(run.planned.who)}; which commit it brought is unknown"
        return [style.paint(f"{style.sign(sign)} {where}: {words} (run {clean(run.id)})", role)]
    if run.outcome is Outcome.VERIFIED:
        took = duration(((run.ended_at or run.started_at) - run.started_at).total_seconds())
        if run.rollback_words:
            return [
                style.paint(f"{style.sign(sign)} {where}: {run.rollback_words} (run {clean(run.id)}, {took})", role),
                *_held(run, style),
            ]
        return [
            style.paint(
                f"{style.sign(sign)} {where} runs {short_commit(run.to_commit)} (run {clean(run.id)}, {took})", role
            )
        ]
    rows = [
        [Segment(f"  {name}", "calm"), Segment(clean(value, limit=_LINE))] for name, value in _aftermath(run) if value
    ]
    word = "not proved" if run.unproved else word
    return [style.paint(f"{style.sign(sign)} {where}: {word} (run {clean(run.id)})", role), *table(rows, style)]


def _recovered(run: Run) -> str:
    seen = run.observed
    if run.planned.recovery == "delete" or seen is None or seen.stack_status is None:
        return "its stack is gone"
    commit = f"runs {short_commit(seen.commit)}" if seen.commit else "names no commit"
    return clean(f"the stack is {seen.stack_status} and {commit}")


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
        now = f"{short_commit(run.still_on)} runs there" if run.still_on else "the stack names no commit"
    log = f"promote-tui logs {run.id}" if run.submitted else ""
    back = f"run {run.rollback} rolls it back: promote-tui attach {run.rollback}" if run.rollback else ""
    return ("cause", run.cause), ("now", now), ("next", back or run.remedy), ("log", log)
