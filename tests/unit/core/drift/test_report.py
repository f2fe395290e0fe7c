"""When the commits of two stages differ: one table for the matrix, the Drift screen and the command line."""

from __future__ import annotations

import pytest

from promote_tui.core.drift.report import commits_differ
from promote_tui.core.git.relation import Ahead, Behind, Diverged, NotApplicable, Relation, Same, Unknown
from promote_tui.core.matrix import CellView
from promote_tui.core.model.cells import Never, Unreachable
from tests.support.values import TARGET, deployed

NEVER = CellView(Never(TARGET))
DEPLOYED = CellView(deployed())


@pytest.mark.parametrize(
    ("relation", "differs"),
    [
        (Same(), False),
        (NotApplicable(), False),
        (Behind(2), True),
        (Ahead(1), True),
        (Diverged(1, 2), True),
        (Unknown("deadbee is not in this clone"), None),
    ],
    ids=lambda each: type(each).__name__,
)
def test_deployed_commits_differ_as_they_relate(relation: Relation, differs: bool | None) -> None:
    assert commits_differ(CellView(deployed(), relation), DEPLOYED) is differs


@pytest.mark.parametrize(
    ("before", "differs"),
    [
        (None, False),
        (NEVER, False),
        (CellView(Unreachable(TARGET, "no credentials", "log in")), False),
        (DEPLOYED, True),
    ],
)
def test_a_stage_without_a_stack_differs_from_one_that_runs_something(before: CellView | None, differs: bool) -> None:
    assert commits_differ(NEVER, before) is differs
