"""Doctor's proof that a stage which only sync deploys to has no other way: what IAM says, or does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.value import replace
from promote_tui.ports import ToolCheck

if TYPE_CHECKING:
    from tests.support.engine_world import World

NAME, REMEDY = "other ways into prod", "give that right to the role of sync alone: see docs/iam.md"
EXECUTE = "cloudformation:ExecuteChangeSet"


def close(world: World) -> None:
    """Let only sync deploy to prod."""
    stages = tuple(replace(each, only="sync") if each.name == "prod" else each for each in world.pipeline.stages)
    world.pipeline = replace(world.pipeline, stages=stages)


def said(world: World) -> list[ToolCheck]:
    """What doctor says of other ways."""
    return [check for check in world.engine.doctor() if check.name.startswith("other ways")]


@pytest.mark.parametrize(
    ("rights", "refuses", "ok", "found", "remedy"),
    [
        (set(), {}, True, "none: IAM lets ana update no stack of prod (simulated)", ""),
        ({(EXECUTE, "orders-dev")}, {}, True, "none: IAM lets ana update no stack of prod (simulated)", ""),
        ({(EXECUTE, "orders-prod")}, {}, False, "IAM lets ana update orders-prod without sync (simulated)", REMEDY),
        (
            {("cloudformation:DeleteStack", "orders-prod")},
            {},
            False,
            "IAM lets ana update orders-prod without sync (simulated)",
            REMEDY,
        ),
        (
            set(),
            {"simulation": "AccessDenied"},
            True,
            "none: IAM lets ana update no stack of prod (1 call that would change nothing)",
            "",
        ),
        (
            {(EXECUTE, "orders-prod")},
            {"simulation": "AccessDenied"},
            False,
            "IAM lets ana update orders-prod without sync (1 call that would change nothing)",
            REMEDY,
        ),
        (
            set(),
            {"simulation": "AccessDenied", "call": "no answer within 10 s"},
            None,
            "not checked: no answer within 10 s",
            "allow iam:SimulatePrincipalPolicy and iam:GetRole, then ask again",
        ),
    ],
)
def test_other_ways_are_proved_not_to_be_there_or_named_or_not_checked(
    world: World, rights: set[tuple[str, str]], refuses: dict[str, str], ok: bool | None, found: str, remedy: str
) -> None:
    world.commit("one")
    close(world)
    world.permissions.rights, world.permissions.refuses = rights, refuses
    assert said(world) == [ToolCheck(NAME, ok, found, remedy)]


def test_a_stage_that_people_deploy_to_is_not_asked_about(world: World) -> None:
    world.commit("one")
    assert said(world) == []
