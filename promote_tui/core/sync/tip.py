"""Whether the tip of a branch is due in a stage, by what the stage's stack runs."""

from __future__ import annotations

from typing import assert_never

from promote_tui.core.git.relation import Ahead, Behind, Diverged, NotApplicable, Relation, Same, Unknown
from promote_tui.core.model.cells import Cell, Deployed, Halfway, InProgress, Never, Unreachable, Unreported
from promote_tui.core.sync.decision import (
    Current,
    Deploy,
    Regression,
    SyncDecision,
    Unchanged,
    Undecided,
    Waiting,
)
from promote_tui.core.text import plural, short
from promote_tui.core.value import Value


class DueCommit(Value):
    """A commit that belongs on a stage, and what the stage runs; `source` says in words what it comes from.

    `relation` is that of the commit to what the stage runs.
    """

    service: str
    stage: str
    source: str
    commit: str
    cell: Cell
    relation: Relation = NotApplicable()


def decide(due: DueCommit) -> SyncDecision:
    """Return what the stack and git say about a commit; gates, locks and the record are asked afterwards."""
    match due.cell:
        case Deployed(commit=commit) if commit == due.commit:
            return Current(f"{due.stage} runs {short(commit)}, {due.source}")
        case Deployed():
            return _compare(due, due.cell)
        case Never():
            return Deploy(f"{due.stage} has no deploy yet")
        case InProgress(stack=stack):
            return Waiting(f"{stack.name} is {stack.status_name}", "sync again once it is done")
        case Unreachable(reason=reason, remedy=remedy, login=login):
            return Undecided(reason, remedy, login)
        case Unreported() | Halfway():
            return _unknown(due.stage, due.cell)
        case _:
            assert_never(due.cell)


def _unknown(stage: str, cell: Unreported | Halfway) -> Undecided:
    if isinstance(cell, Unreported):
        return Undecided(f"unknown what {stage} runs: {cell.reason}", cell.remedy)
    return Undecided(f"{stage} is {cell.between.place} ({cell.between.status})", cell.stack.status.remedy)


def _compare(due: DueCommit, cell: Deployed) -> SyncDecision:
    runs, tip = short(cell.commit), short(due.commit)
    match due.relation:
        case Same():
            return Unchanged(f"{due.stage} runs {runs}, the same code as {tip}, {due.source}")
        case Ahead(ahead=ahead):
            return Deploy(f"{plural(ahead, 'commit')} after {runs}, which {due.stage} runs")
        case Behind(behind=behind):
            lost = plural(behind, "commit")
            return _regression(due, f"{tip}, {due.source}, lacks {lost} that {due.stage} runs with {runs}")
        case Diverged(behind=behind):
            lost = plural(behind, "commit")
            return _regression(due, f"{tip}, {due.source}, has another history: it lacks {lost} of {runs}, which runs")
        case Unknown(reason=reason):
            remedy = "fetch the whole history, or promote it yourself"
            return Undecided(f"unknown how {tip} relates to {runs}, which {due.stage} runs: {reason}", remedy)
        case NotApplicable():
            return Undecided(f"unknown how {tip} relates to {runs}, which {due.stage} runs", "sync again")
        case _:
            assert_never(due.relation)


def _regression(due: DueCommit, reason: str) -> Regression:
    return Regression(reason, f"merge what {due.stage} runs, or promote {due.service} to {due.stage} yourself")
