"""The gate `way back`: blocked where a stage requires what a promotion has not got."""

from __future__ import annotations

import pytest

from promote_tui.core.gates.way_back import WayBackGate
from promote_tui.core.model.team_rules import Rules
from promote_tui.core.runs.way_back import WayBack
from promote_tui.core.value import replace
from tests.support.gates import blocked, context, passes
from tests.support.values import A

SAFE, ONE_WAY = WayBack("redeploy", A), WayBack("one-way", A, "the data of Orders is removed")
UNKNOWN, FIRST = WayBack("unknown", A, "no right to read it"), WayBack("first")
REMEDY = "promote in steps that older code can run with, then plan again"
REQUIRE, WARN = Rules(way_back="require"), Rules(way_back="warn")


def asked(rules: Rules, found: WayBack | None) -> object:
    made = context(rules)
    return WayBackGate().check(replace(made, promotion=replace(made.promotion, way_back=found)))


def test_nobody_asks_without_the_rule_and_a_draft_does_not_know() -> None:
    assert asked(Rules(), ONE_WAY) is None
    assert asked(REQUIRE, None) is None


@pytest.mark.parametrize(
    ("rules", "found", "warns"),
    [(REQUIRE, SAFE, False), (REQUIRE, FIRST, True), (WARN, ONE_WAY, True), (WARN, UNKNOWN, True), (WARN, SAFE, False)],
)
def test_it_passes_where_there_is_one_and_warns_where_the_stage_only_wants_to_know(
    rules: Rules, found: WayBack, *, warns: bool
) -> None:
    assert asked(rules, found) == replace(passes("way back", found.words), warns=warns)


@pytest.mark.parametrize("found", [ONE_WAY, UNKNOWN])
def test_it_blocks_where_the_stage_requires_one(found: WayBack) -> None:
    assert asked(REQUIRE, found) == blocked("way back", found.words, REMEDY)


def test_it_can_be_overridden_and_asks_nothing_of_a_rollback() -> None:
    assert WayBackGate.overridable
    assert "rollback" not in WayBackGate.kinds
