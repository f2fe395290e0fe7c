"""What still keeps a member of a release from being promoted."""

from __future__ import annotations

import pytest

from promote_tui.core.gates.model import Allowance, GateResult
from promote_tui.core.releases.blockers import blocked_now, required_allowances
from promote_tui.core.releases.review import BlockedGate, MemberReview, ReviewedChange

SOAK = BlockedGate("soak", "2h of 4h", "wait", "time", overridable=True)
SAME = BlockedGate("same artifact", "other bytes", overridable=True)
DATA = BlockedGate("data", "Orders would be replaced")
TABLE = ReviewedChange("Orders", "AWS::DynamoDB::Table", "modify", "true", holds_data=True)
BUCKET = ReviewedChange("Bucket", "AWS::S3::Bucket", "remove", holds_data=True)


def gate(name: str, reason: str = "", *, passed: bool = False) -> GateResult:
    return GateResult(name, passed=passed, reason=reason)


def names(review: MemberReview, asked: tuple[GateResult, ...] | None, *overridden: str) -> list[str]:
    return [each.name for each in blocked_now(review, asked, overridden)]


@pytest.mark.parametrize(
    ("asked", "overridden", "blocked"),
    [
        (None, (), ["soak", "same artifact"]),
        ((gate("soak", passed=True),), (), ["same artifact"]),
        ((gate("soak", "3h of 4h"),), (), ["soak", "same artifact"]),
        ((gate("soak", passed=True), gate("hold", "by lea")), (), ["hold", "same artifact"]),
        (None, ("same_artifact",), ["soak"]),
        (None, ("same_artifact", "soak"), []),
    ],
)
def test_a_gate_counts_as_it_answered_last(
    asked: tuple[GateResult, ...] | None, overridden: tuple[str, ...], blocked: list[str]
) -> None:
    assert names(MemberReview(blocked=(SOAK, SAME)), asked, *overridden) == blocked


def test_the_newer_reason_is_said() -> None:
    found = blocked_now(MemberReview(blocked=(SOAK,)), (gate("soak", "3h of 4h"),))
    assert [each.reason for each in found] == ["3h of 4h"]


def test_data_that_is_allowed_by_name_blocks_nothing_more() -> None:
    review = MemberReview(changes=(TABLE, BUCKET), blocked=(DATA,))
    assert required_allowances(review) == (Allowance("replace", "Orders"), Allowance("remove", "Bucket"))
    assert names(review, None) == []


def test_a_data_gate_that_nothing_can_be_allowed_for_stays_blocked() -> None:
    assert names(MemberReview(blocked=(DATA,), unknown="no changes were told"), None) == ["data"]
