"""What an approval is worth: whether it can count, how many there are, what still lacks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from promote_tui.core.gates.approvals import ApprovalEffect, Tally, approval_effect, approval_words, tally_approvals
from promote_tui.core.gates.decisions import Decision
from promote_tui.core.model.team_rules import Approvals
from promote_tui.core.value import replace

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
LEADS = Approvals(2, ("ben", "kim"), ("leads",))


def approval(who: str) -> Decision:
    return Decision(NOW, "approve", "orders", "prod", "8d20b6e" + "0" * 33, who, f"arn:aws:iam::1:user/{who}")


@pytest.mark.parametrize(
    ("rule", "people", "who", "counts", "words"),
    [
        (
            Approvals(2),
            ("ben",),
            "ben",
            True,
            "1 of 2 approvals by ben, 1 more needed; it counts only if somebody else promotes",
        ),
        (
            Approvals(1),
            ("ben",),
            "ben",
            True,
            "1 of 1 approval by ben, enough only if somebody else promotes; if ben does, 1 more is needed",
        ),
        (
            LEADS,
            ("ben", "kim"),
            "kim",
            True,
            (
                "2 of 2 approvals of leads by ben, kim, "
                "enough only if somebody else promotes; if kim does, 1 more is needed of leads"
            ),
        ),
        (
            Approvals(1),
            ("ben", "joe"),
            "joe",
            True,
            "2 of 1 approval by ben, joe, enough, whoever promotes",
        ),
        (
            LEADS,
            ("ben",),
            "ben",
            True,
            "1 of 2 approvals of leads by ben, 1 more needed of leads; it counts only if somebody else promotes",
        ),
        (LEADS, ("ben", "eve"), "eve", False, "eve is not of leads; 1 of 2 approvals of leads by ben"),
        (None, ("ben",), "ben", True, "prod requires no approvals; it counts only for a hotfix"),
    ],
)
def test_an_approval_says_what_was_counted_and_what_still_lacks(
    rule: Approvals | None, people: tuple[str, ...], who: str, *, counts: bool, words: str
) -> None:
    found = approval_effect(approval(who), rule, [approval(each) for each in people])
    assert found == ApprovalEffect(counts=counts, words=words)


def test_only_what_counts_is_called_approved() -> None:
    made = approval("eve")
    assert approval_words(made, ApprovalEffect(counts=True, words="1 of 2")) == "approved 8d20b6e as eve: 1 of 2"
    assert approval_words(made, ApprovalEffect(counts=False, words="eve is not of leads")) == (
        "recorded the approval of 8d20b6e as eve, but it does not count: eve is not of leads"
    )


def test_the_promoters_own_and_that_of_outsiders_are_told_apart() -> None:
    found = tally_approvals(LEADS, [approval(who) for who in ("ana", "ben", "eve")], "prod", "ana")
    assert found == Tally(2, ("ben",), ("eve",), includes_own=True, groups=("leads",))
    assert not found.is_enough
    assert found.discounted_words == " (your own does not count; eve is not of leads)"


def test_whoever_counts_as_one_of_two_people_is_not_told_that_they_do_not_count() -> None:
    """Two people may be called ben: the one of the group, and a role."""
    rule = Approvals(1, ("ben@example.com",), ("leads",))
    lead = replace(
        approval("ben"), arn="arn:aws:sts::1:assumed-role/AWSReservedSSO_Lead_0123456789abcdef/ben@example.com"
    )
    assert approval_effect(approval("ben"), rule, [approval("ben"), lead]).counts


def test_an_approval_that_was_withdrawn_at_once_is_counted_as_what_is_left() -> None:
    found = approval_effect(approval("ben"), Approvals(1), [])
    assert found == ApprovalEffect(
        counts=True, words="0 of 1 approval so far, 1 more needed; it counts only if somebody else promotes"
    )


def test_people_who_share_a_role_count_each_where_its_session_names_are_trusted() -> None:
    ben, kim = (replace(approval(who), arn=f"arn:aws:sts::1:assumed-role/deployer/{who}") for who in ("ben", "kim"))
    alone = approval_effect(kim, Approvals(2), [ben, kim])
    assert alone.words == "1 of 2 approvals by kim, 1 more needed; it counts only if somebody else promotes"
    both = approval_effect(kim, Approvals(2), [ben, kim], ("deployer",))
    assert both.words.startswith("2 of 2 approvals by ben, kim, ")


def test_whoever_is_of_one_of_several_groups_counts() -> None:
    assert Tally(1, groups=("leads", "sre")).count_words == "0 of 1 approval of leads or sre so far"
    assert (Tally(1).is_enough, Tally(1, ("ben",)).is_enough, Tally(1, ("ben", "kim")).is_enough) == (False, True, True)
