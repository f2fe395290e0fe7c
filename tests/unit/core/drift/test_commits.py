"""Which commits lie between two stages: what waits, what is a hotfix, what was rolled back and runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.drift.commits import Revert, explain_commit_drift
from tests.support.fakes import world

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Commit

FIX = world.commit("aaaaaa1", "Round half to even", "joe")
PICKED = world.commit("bbbbbb2", "Round half to even", "joe")
OTHER = world.commit("cccccc3", "Index orders by tenant")
BY_SUBJECT = world.commit("dddddd4", 'Revert "Charge in the customer\'s currency"')
BY_HASH = world.commit("eeeeee5", "revert: take it back")
BODY = {BY_HASH.sha: f"This reverts commit {FIX.sha}."}
OF_FIX = world.commit("ffffff6", 'Revert "Round half to even"')


def test_a_commit_that_only_this_stage_has_is_a_hotfix() -> None:
    found = explain_commit_drift((OTHER,), (FIX,), {})
    assert (found.missing, found.extra, found.hotfixes) == ((OTHER,), (FIX,), (FIX,))


def test_a_commit_that_was_picked_into_the_stage_before_is_no_hotfix() -> None:
    assert explain_commit_drift((OTHER, PICKED), (FIX,), {}).hotfixes == ()


@pytest.mark.parametrize(
    ("waits", "own", "reverts"),
    [
        ((BY_SUBJECT,), (), (Revert(BY_SUBJECT, "Charge in the customer's currency", "here"),)),
        ((), (BY_SUBJECT,), (Revert(BY_SUBJECT, "Charge in the customer's currency", "before"),)),
        ((BY_HASH,), (FIX,), (Revert(BY_HASH, "take it back", "here"),)),
        ((BY_HASH, FIX), (), ()),
        ((OF_FIX, FIX), (), ()),
        ((OF_FIX,), (FIX,), (Revert(OF_FIX, "Round half to even", "here"),)),
        ((OTHER,), (FIX,), ()),
    ],
)
def test_a_revert_is_named_where_the_other_side_runs_what_it_takes_back(
    waits: tuple[Commit, ...], own: tuple[Commit, ...], reverts: tuple[Revert, ...]
) -> None:
    assert explain_commit_drift(waits, own, BODY).reverts == reverts
