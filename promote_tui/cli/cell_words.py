"""What a cell is called, and what there is to say about it: the same in text and in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, assert_never

from promote_tui.core.cell_state import CellState, state_of
from promote_tui.core.gates.decisions import describe_decision
from promote_tui.core.git.relation import Unknown
from promote_tui.core.inbox.cells import adopt_running_command
from promote_tui.core.model.cells import Deployed, Halfway, InProgress, Never, Unreachable, Unreported, stack_of
from promote_tui.core.package.artifact_diff import ALTERED_REMEDY, describe_altered
from promote_tui.core.recovery.table import recover_command, stack_remedy
from promote_tui.core.runs.adoption import adopt_command
from promote_tui.core.runs.unsettled_runs import reconcile_command
from promote_tui.core.runs.verification import NotVerified, ObservedDeploy, Verification, VerifiedBy
from promote_tui.core.text import advice, short
from promote_tui.core.traffic.model import TRAFFIC_REMEDY

if TYPE_CHECKING:
    from promote_tui.core.matrix import CellView
    from promote_tui.core.model.cells import Cell, StackState

CellKind: TypeAlias = Literal["deployed", "never", "in_progress", "unreachable", "unreported", "half_way"]


def cell_kind(cell: Cell) -> CellKind:
    """Return the word that JSON uses for what the cell is; its state is what that, runs and drift come to."""
    match cell:
        case Deployed():
            return "deployed"
        case Never():
            return "never"
        case InProgress():
            return "in_progress"
        case Unreachable():
            return "unreachable"
        case Unreported():
            return "unreported"
        case Halfway():
            return "half_way"
        case _:
            assert_never(cell)


def stack_commit_name(cell: Cell) -> str | None:
    """Return what the stack itself says of its commit where that is not the full hash."""
    stack = stack_of(cell)
    if stack is None:
        return None
    return stack.alias.text if stack.alias else stack.commit_name or None


def last_attempt(cell: Cell) -> Literal["succeeded", "failed"] | None:
    """Return how the last deploy to the stack ended, as far as its status tells."""
    stack = stack_of(cell)
    if stack is None or stack.status.succeeded is None:
        return None
    return "succeeded" if stack.status.succeeded else "failed"


def verification_word(verification: Verification | None) -> Literal["verified", "observed", "no"]:
    """Return the word that JSON uses for how far the commit is trusted in its stage."""
    match verification:
        case VerifiedBy():
            return "verified"
        case ObservedDeploy():
            return "observed"
        case _:
            return "no"


def reason_and_remedy(view: CellView) -> tuple[str, str]:
    """Return what is out of the ordinary and the next step; empty where there is nothing to say.

    What the cell is speaks for itself; of a stack at rest, or of one whose run has no verdict, its state does.
    """
    cell = view.cell
    if state_of(view) is CellState.UNSETTLED and view.run:
        return view.unsettled, reconcile_command(view.run)
    match cell:
        case Unreported():
            return cell.reason, advice(cell.remedy, f"or say what runs there: {adopt_command(cell.target)}")
        case Unreachable():
            return cell.reason, cell.remedy
        case Halfway():
            return str(cell.between), _stack_remedy(view, cell.stack)
        case InProgress():
            was = f", was {short(cell.was)}" if cell.was else ""
            return f"{cell.stack.status_name}{was}", f"promote-tui attach {view.run}" if view.run else ""
        case Deployed() | Never():
            return _at_rest(view, cell.stack)
        case _:
            assert_never(cell)


def remarks(view: CellView, keep_output: str) -> list[tuple[str, str]]:
    """Return all that is out of the ordinary, each with its next step; what people have decided comes last."""
    first, target = reason_and_remedy(view), view.cell.target
    found = [first] if first[0] else []
    if view.unsettled and view.run and isinstance(view.cell, Unreachable):
        found.append((view.unsettled, reconcile_command(view.run)))
    if view.veto is not None:
        found.append((describe_decision("vetoed", view.veto), _back(view)))
    if view.hold is not None:
        lift = f"promote-tui unhold {target.service} {target.stage} --reason WHY"
        found.append((describe_decision("on hold", view.hold), lift))
    if isinstance(view.cell, Deployed) and view.cell.adopted:
        found.append((f"adopted in run {view.cell.adopted}: {_says(view.cell.stack)}", ""))
    if view.external_update:
        found.append((view.external_update, _external_update_step(view, keep_output)))
    if view.merge_back is not None:
        found.append((str(view.merge_back), f"merge it into {view.merge_back.branch}"))
    return found


def _says(stack: StackState) -> str:
    return (
        f"its stack names {stack.commit_name}, which is not a commit here"
        if stack.commit_name
        else "its stack names no commit"
    )


def _external_update_step(view: CellView, keep_output: str) -> str:
    """Return the next step for what somebody else did: to write it down, then a person's word on it."""
    target, stack = view.cell.target, stack_of(view.cell)
    step = adopt_running_command(view)
    if not view.external_update_recorded:
        step = f"promote-tui runs record {target.service} --stage {target.stage}"
    elif stack is None or not stack.status.succeeded:
        step = f"promote-tui promote {target.service} --to {target.stage}"
    return advice(step, keep_output)


def _back(view: CellView) -> str:
    """Return the command that rolls back; with a placeholder where a person has to name the commit."""
    target = view.cell.target
    return f"promote-tui rollback {target.service} --stage {target.stage}{' --commit REV' * view.only_verified}"


def _at_rest(view: CellView, stack: StackState | None) -> tuple[str, str]:
    match state_of(view):
        case CellState.RUNNING:
            return f"run {view.run} holds its lock", f"promote-tui attach {view.run}"
        case CellState.FAILED if isinstance(view.verification, NotVerified) and view.unproved:
            return view.verification.reason, _back(view)
        case CellState.TRAFFIC if view.traffic is not None:
            return f"{view.traffic.headline}: {'; '.join(view.traffic.details)}", TRAFFIC_REMEDY
        case CellState.ALTERED:
            return describe_altered(view.altered or ()), ALTERED_REMEDY
    if stack is not None and (stack.status.succeeded is False or not stack.status.deployable):
        return f"the last deploy failed: {stack.status_name}", _stack_remedy(view, stack)
    return (view.relation.reason, "") if isinstance(view.relation, Unknown) else ("", "")


def _stack_remedy(view: CellView, stack: StackState) -> str:
    return stack_remedy(recover_command(view.cell.target), stack.status_name)
