"""When the commits of two stages differ: one table for the matrix, the Drift screen and the command line."""

from __future__ import annotations

import pytest

from promote_tui.core.changes.stack_drift import ResourceDrift, StackDrift
from promote_tui.core.drift.config import ConfigDrift, Difference
from promote_tui.core.drift.report import (
    commits_differ,
    config_differs,
    counts_as_drift,
    deployed_commits_differ,
    stack_differs,
)
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


def test_a_stage_without_a_stack_runs_no_other_code() -> None:
    assert deployed_commits_differ(NotApplicable()) is False
    assert deployed_commits_differ(Unknown("deadbee is not in this clone")) is None


@pytest.mark.parametrize(("drifted", "counts"), [(True, True), (None, True), (False, False)])
def test_an_exit_code_reports_what_is_unknown_as_drift(drifted: bool | None, counts: bool) -> None:
    assert counts_as_drift(drifted=drifted) is counts


@pytest.mark.parametrize(
    ("altered", "stack", "differs"),
    [
        (None, None, False),
        ((), StackDrift(), False),
        (("Api",), None, True),
        ((), StackDrift((ResourceDrift("Alarm", "AWS::CloudWatch::Alarm", deleted=True),)), True),
    ],
)
def test_a_stack_differs_in_code_or_in_resources(
    altered: tuple[str, ...] | None, stack: StackDrift | None, differs: bool
) -> None:
    assert stack_differs(CellView(deployed(), altered=altered), stack) is differs


@pytest.mark.parametrize(
    ("config", "differs"),
    [
        (None, False),
        (ConfigDrift(), False),
        (ConfigDrift((Difference("resource", "Alarm", "here"),)), True),
    ],
)
def test_settings_differ_where_one_is_known_to(config: ConfigDrift | None, differs: bool) -> None:
    assert config_differs(config) is differs
