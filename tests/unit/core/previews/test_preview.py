"""What is told of a preview, and when it may be removed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from promote_tui.core.model.pipeline import Aws, Target
from promote_tui.core.previews.outcome import OutcomeName, PreviewOutcome, exit_code
from promote_tui.core.previews.preview import (
    BranchState,
    Preview,
    PreviewStack,
    count_costs,
    find_urls,
    join_branch_states,
    prune_reason,
)
from promote_tui.core.value import replace
from tests.support.values import NOW

TARGET = Target("orders", "pv-x", "orders-pv-x", "pv-x", Aws("eu-west-1", "111111111111"), "x")
OLD = PreviewStack(TARGET, "id", "CREATE_COMPLETE", updated_at=NOW - timedelta(days=3), costs=(("AWS::KMS::Key", 1),))
NEW = replace(OLD, updated_at=NOW - timedelta(hours=1), costs=(("AWS::EC2::NatGateway", 2), ("AWS::KMS::Key", 1)))
PREVIEW = Preview("pv-x", "x", (OLD, NEW), "open")
DAY = 86400.0


@pytest.mark.parametrize(
    ("states", "found"),
    [
        ((), "unknown"),
        (("open",), "open"),
        (("merged",), "merged"),
        (("deleted",), "deleted"),
        (("merged", "deleted"), "merged"),
        (("merged", "open"), "open"),
        (("deleted", "unknown"), "unknown"),
        (("open", "unknown"), "unknown"),
    ],
)
def test_a_branch_of_several_repositories_is_over_where_it_is_over_in_all_of_them(
    states: tuple[BranchState, ...], found: BranchState
) -> None:
    assert join_branch_states(states) == found


@pytest.mark.parametrize(
    ("state", "max_age", "reason"),
    [
        ("open", 0.0, ""),
        ("open", DAY, ""),
        ("open", 3000.0, "its last deploy is older than 50m"),
        ("merged", 0.0, "its branch is merged"),
        ("deleted", DAY, "its branch is deleted"),
        ("unknown", 0.0, ""),
        ("unknown", 3000.0, "its last deploy is older than 50m"),
    ],
)
def test_a_preview_may_go_where_its_branch_is_over_or_its_last_deploy_is_old(
    state: BranchState, max_age: float, reason: str
) -> None:
    assert prune_reason(replace(PREVIEW, branch_state=state), NOW, max_age) == reason


def test_a_preview_whose_age_nobody_knows_is_not_old() -> None:
    unread = replace(PREVIEW, stacks=(replace(OLD, updated_at=None),))
    assert unread.age(NOW) is None
    assert prune_reason(unread, NOW, 1.0) == ""


def test_a_preview_is_as_old_as_its_last_deploy_and_costs_what_all_its_stacks_do() -> None:
    assert PREVIEW.age(NOW) == timedelta(hours=1)
    assert PREVIEW.costs == (("AWS::EC2::NatGateway", 2), ("AWS::KMS::Key", 2))
    assert PREVIEW.cost_words == "2 EC2 NatGateway, 2 KMS Key"
    assert PREVIEW.services == ("orders", "orders")


def test_only_what_is_paid_for_while_nobody_uses_it_counts_as_cost() -> None:
    types = ["AWS::Lambda::Function", "AWS::RDS::DBInstance", "AWS::EC2::NatGateway", "AWS::RDS::DBInstance"]
    assert count_costs(types) == (("AWS::EC2::NatGateway", 1), ("AWS::RDS::DBInstance", 2))


def test_the_addresses_are_those_outputs_that_are_one() -> None:
    outputs = (("ServiceEndpoint", "https://a.example"), ("Arn", "arn:aws:x"), ("Socket", "wss://b.example"))
    assert find_urls(outputs) == (outputs[0], outputs[2])


@pytest.mark.parametrize(
    ("names", "code"),
    [
        ((), 0),
        (("deployed", "current"), 0),
        (("removed",), 0),
        (("deployed", "refused"), 3),
        (("refused", "skipped"), 3),
        (("failed", "skipped"), 1),
        (("failed", "refused"), 1),
    ],
)
def test_the_exit_code_tells_failures_from_refusals(names: tuple[OutcomeName, ...], code: int) -> None:
    assert exit_code([PreviewOutcome("orders", "pv-x", name) for name in names]) == code
