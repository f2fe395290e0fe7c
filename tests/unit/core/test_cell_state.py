"""The one word of a cell: a table of facts, and which of two facts a person needs to know first."""

from __future__ import annotations

import pytest

from promote_tui.core.cell_state import CellState, drift_of, state_of
from promote_tui.core.git.relation import Ahead, Behind, Diverged, NotApplicable, Relation, Same, Unknown
from promote_tui.core.matrix import CellView
from promote_tui.core.model.cells import Cell, Halfway, InProgress, Never, Unreachable, Unreported
from promote_tui.core.model.halfway import StuckOperation
from promote_tui.core.runs.verification import NotVerified
from promote_tui.core.value import replace
from tests.support.gates import decision
from tests.support.values import TARGET, A, B, deployed, stack

RUNS = deployed(A)
FAILED = replace(RUNS, stack=stack(A, "UPDATE_ROLLBACK_COMPLETE"))
HALFWAY = Halfway(TARGET, stack(None, "UPDATE_ROLLBACK_FAILED"), StuckOperation("UPDATE_ROLLBACK_FAILED", A, B))
NO_COMMIT = Unreported(TARGET, stack(None), "names no commit", "deploy it again")
NO_COMMIT_FAILED = Unreported(TARGET, stack(None, "UPDATE_ROLLBACK_COMPLETE"), "names no commit", "deploy it again")
MOVING = InProgress(TARGET, stack(A, "UPDATE_IN_PROGRESS"), A)
NEVER = Never(TARGET)
EXPIRED = Unreachable(TARGET, "the token has expired", "aws sso login", login=True)
DENIED = Unreachable(TARGET, "not allowed", "ask for it", why="denied")
AWAY = Unreachable(TARGET, "no answer", "try again")
HOLD = decision("hold", "ana")
VETO = decision("veto", "ben")
UNPROVED = NotVerified("its smoke test failed", unproved=True)


def view(cell: Cell = RUNS, relation: Relation | None = None, **facts: object) -> CellView:
    """Return a cell with what is known of it."""
    return replace(CellView(cell, relation or Behind(2), "staging"), **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (None, CellState.LOADING),
        (view(EXPIRED), CellState.LOGIN),
        (view(DENIED), CellState.DENIED),
        (view(AWAY), CellState.UNREACHABLE),
        (view(unsettled="its process is gone", run="gk2m3p"), CellState.UNSETTLED),
        (view(run="gk2m3p"), CellState.RUNNING),
        (view(MOVING), CellState.RUNNING),
        (view(HALFWAY), CellState.HALFWAY),
        (view(FAILED), CellState.FAILED),
        (view(verification=UNPROVED), CellState.FAILED),
        (view(NO_COMMIT), CellState.UNREPORTED),
        (view(NEVER), CellState.NEVER),
        (view(NEVER, hold=HOLD), CellState.HELD),
        (view(altered=("Api",)), CellState.ALTERED),
        (view(altered=()), CellState.BEHIND),
        (view(veto=VETO), CellState.VETOED),
        (view(hold=HOLD), CellState.HELD),
        (view(relation=Same()), CellState.SAME),
        (view(relation=Ahead(1)), CellState.AHEAD),
        (view(relation=Diverged(1, 2)), CellState.DIVERGED),
        (view(relation=Unknown("a shallow clone")), CellState.UNKNOWN),
        (view(relation=NotApplicable()), CellState.ALONE),
        (view(relation=NotApplicable(), against=None), CellState.FIRST),
    ],
)
def test_a_cell_has_one_state(found: CellView | None, state: CellState) -> None:
    assert state_of(found) is state


@pytest.mark.parametrize(
    ("found", "first", "then"),
    [
        (view(EXPIRED, unsettled="gone", run="g1"), CellState.LOGIN, "a run whose verdict is unknown"),
        (view(MOVING, unsettled="gone", run="g1"), CellState.UNSETTLED, "a stack at work"),
        (view(HALFWAY, run="g1"), CellState.RUNNING, "a stack that got stuck"),
        (view(NO_COMMIT, run="g1"), CellState.RUNNING, "a stack that names no commit"),
        (view(FAILED, run="g1"), CellState.RUNNING, "a deploy that failed"),
        (view(NO_COMMIT_FAILED), CellState.FAILED, "a stack that names no commit"),
        (view(FAILED, altered=("Api",)), CellState.FAILED, "code that was changed by hand"),
        (view(NO_COMMIT, hold=HOLD), CellState.UNREPORTED, "a hold"),
        (view(altered=("Api",), veto=VETO), CellState.ALTERED, "a veto"),
        (view(veto=VETO, hold=HOLD), CellState.VETOED, "a hold"),
        (view(hold=HOLD, relation=Diverged(1, 2)), CellState.HELD, "drift"),
    ],
)
def test_what_a_person_needs_to_know_first_hides(found: CellView, first: CellState, then: str) -> None:
    assert state_of(found) is first, then


def test_the_drift_is_known_beneath_whatever_hides_it() -> None:
    assert drift_of(view(FAILED, run="g1", hold=HOLD)) is CellState.BEHIND


def test_a_filter_takes_each_state_as_one_word() -> None:
    words = [state.filter_word for state in CellState]
    assert not any(" " in word for word in words)
    assert len(set(words)) == len(words)
    assert CellState.UNREPORTED.filter_word == "no-commit"
