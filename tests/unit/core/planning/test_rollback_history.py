"""What the record says about a way back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.planning.rollback_history import RollbackHistory, rollback_history
from promote_tui.core.value import replace
from tests.support.values import NOW, A, B, C, rolled_back_run, unfinished_run, unproved_run, verified_run

if TYPE_CHECKING:
    from promote_tui.core.runs.run import Run


def began(run: Run, hours: float) -> Run:
    """The run as it began so many hours after noon."""
    return replace(run, planned=replace(run.planned, at=NOW + timedelta(hours=hours)))


GOOD = verified_run(A, "g1", hours=1)
NEXT = began(unproved_run(B, "g2"), 10)

UNFINISHED = began(unfinished_run(B, "g2"), 10)


@pytest.mark.parametrize(
    ("runs", "found"),
    [
        ([NEXT, GOOD], RollbackHistory(NEXT, GOOD, timedelta(hours=9), (3600.0,))),
        ([NEXT], RollbackHistory(NEXT)),
        ([UNFINISHED, GOOD], RollbackHistory(UNFINISHED, GOOD, timedelta(hours=9), (3600.0,))),
        ([GOOD], RollbackHistory(None, GOOD, None, (3600.0,))),
        ([NEXT, began(rolled_back_run(C), 5), GOOD], RollbackHistory(NEXT, GOOD, timedelta(hours=9), (3600.0,))),
        ([], RollbackHistory()),
    ],
)
def test_who_brought_what_runs_there_and_how_the_older_code_did(runs: list[Run], found: RollbackHistory) -> None:
    assert rollback_history(runs, B, A) == found
