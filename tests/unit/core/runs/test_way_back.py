"""The way back from a promotion: safe by a redeploy, one-way with its reason, or unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.changes.model import ChangeReview, ResourceChange
from promote_tui.core.model.cells import Deployed, Never, Unreported
from promote_tui.core.runs.verification import NotVerified, ObservedDeploy
from promote_tui.core.runs.way_back import WayBack, find_way_back
from tests.support.fakes import world

if TYPE_CHECKING:
    from promote_tui.core.runs.verification import Verification

WHERE = world.target("orders", "prod")
SHA = "a81be07" + "0" * 33
CELL = Deployed(WHERE, world.stack(WHERE, SHA), SHA)
SEEN = ObservedDeploy(SHA, None)
TABLE = ResourceChange("Orders", "AWS::DynamoDB::Table", "remove", holds_data=True)
SWAPPED = ResourceChange("Users", "AWS::Cognito::UserPool", "modify", "true", holds_data=True)
TOPIC = ResourceChange("Topic", "AWS::SNS::Topic", "remove")


@pytest.mark.parametrize(
    ("verification", "review", "migrated", "seconds", "words"),
    [
        (SEEN, ChangeReview(), (), 118.0, "safe by redeploy of a81be07, in about 2m"),
        (SEEN, ChangeReview(), (), 41.7, "safe by redeploy of a81be07, in about 41s"),
        (SEEN, ChangeReview((TOPIC,)), (), None, "safe by redeploy of a81be07"),
        (SEEN, ChangeReview((TABLE,)), (), None, "one-way: the data of Orders is removed"),
        (
            SEEN,
            ChangeReview((SWAPPED, TABLE)),
            ("m/1.sql",),
            None,
            (
                "one-way: the data of Users is replaced; the data of Orders is removed;"
                " 1 migration that older code does not undo: m/1.sql"
            ),
        ),
        (
            SEEN,
            ChangeReview(),
            ("m/1", "m/2", "m/3", "m/4"),
            None,
            "one-way: 4 migrations that older code does not undo: m/1, m/2, m/3 and 1 more",
        ),
        (
            NotVerified("a81be07 was never verified in prod"),
            ChangeReview(),
            (),
            None,
            "one-way: what runs there now is not verified: a81be07 was never verified in prod",
        ),
        (SEEN, ChangeReview(unknown="no right to read it"), (), None, "unknown: no right to read it"),
        (SEEN, ChangeReview(), None, None, "unknown: the files in between are unknown"),
    ],
)
def test_going_back_is_safe_unless_something_is_lost_or_unknown(
    verification: Verification,
    review: ChangeReview,
    migrated: tuple[str, ...] | None,
    seconds: float | None,
    words: str,
) -> None:
    assert find_way_back(CELL, verification, review, migrated, seconds).words == words


def test_a_first_deploy_has_nothing_to_go_back_to_and_an_unknown_commit_none_that_is_known() -> None:
    assert find_way_back(Never(WHERE), None, ChangeReview(), (), None) == WayBack("first")
    unreported = Unreported(WHERE, world.stack(WHERE, None), "names no commit", "adopt it")
    assert find_way_back(unreported, None, ChangeReview(), (), None).words == "unknown: the deployed commit is unknown"
