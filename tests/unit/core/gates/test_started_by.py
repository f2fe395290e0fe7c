"""Who may bring code to a stage: people, or sync alone; and what confirms a sync."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from promote_tui.core.gates.evaluate import evaluate_gates
from promote_tui.core.gates.options import NORMAL, Override, PromotionOptions
from promote_tui.core.gates.started_by import OnlyGate, SyncGate, is_confirmed_by_configuration
from promote_tui.core.model.team_rules import Rules
from promote_tui.core.value import replace
from tests.support.gates import RULES, blocked, context, passes
from tests.support.values import STAGING

if TYPE_CHECKING:
    from promote_tui.core.gates.gate import GateContext
    from promote_tui.core.gates.model import GateResult

SYNC = PromotionOptions(started_by="sync")


def asked(options: PromotionOptions = NORMAL, rules: Rules = RULES, **stage: Any) -> GateContext:  # noqa: ANN401 - fields
    """A promotion into a stage with these settings."""
    found = context(rules)
    where = replace(found.promotion.stage, **stage)
    return replace(found, promotion=replace(found.promotion, stage=where), options=options)


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (asked(), None),
        (asked(SYNC), None),
        (asked(SYNC, only="sync"), passes("only", "started by sync")),
        (
            asked(only="sync"),
            blocked("only", "prod takes only what sync deploys", "promote-tui sync orders --stage prod"),
        ),
        (
            asked(PromotionOptions("hotfix"), only="sync"),
            blocked("only", "prod takes only what sync deploys", "promote-tui sync orders --stage prod"),
        ),
    ],
)
def test_a_stage_may_take_only_what_sync_deploys(found: GateContext, says: GateResult | None) -> None:
    assert OnlyGate().check(found) == says


def test_a_rollback_of_such_a_stage_stays_possible() -> None:
    results = evaluate_gates(asked(PromotionOptions("rollback"), only="sync"))
    assert not {"only", "sync"} & {result.name for result in results}


def test_it_is_overridden_with_a_reason_where_the_stage_lets_people() -> None:
    override = PromotionOptions(overrides=(Override("only", "the branch is broken"),))
    allowed = evaluate_gates(asked(override, Rules(overridable=("only",)), only="sync"))
    (result,) = [each for each in allowed if each.name == "only"]
    assert (result.passed, result.overridden) == (True, "the branch is broken")
    (result,) = [each for each in evaluate_gates(asked(override, only="sync")) if each.name == "only"]
    assert not result.passed


TYPED = blocked(
    "sync",
    "prod asks for a typed confirmation, which sync does not give",
    "promote orders yourself, or set `only: sync` on prod",
)
NOBODY = blocked(
    "sync",
    "prod says of no commit that it belongs there",
    "set its deploy_on_merge or promote_on, or promote orders yourself",
)
MERGED = passes("sync", "prod takes what is merged into main or v3")
PROVED = passes("sync", "prod takes what is verified before it")


@pytest.mark.parametrize(
    ("stage", "says"),
    [
        ({}, NOBODY),
        ({"confirm": "type"}, NOBODY),
        ({"merged_for": (("billing", ("main",)),)}, NOBODY),
        ({"merged_for": (("orders", ("main", "v3")),), "confirm": "ask"}, MERGED),
        ({"deploy_on_merge": ("main", "v3"), "confirm": "none"}, MERGED),
        ({"deploy_on_merge": ("main", "v3"), "confirm": "ask"}, MERGED),
        ({"deploy_on_merge": ("main", "v3"), "confirm": "type"}, TYPED),
        ({"deploy_on_merge": ("main", "v3"), "confirm": "type", "only": "sync"}, MERGED),
        ({"promote_on": "verified", "confirm": "type"}, PROVED),
        ({"promote_on": "verified", "confirm": "ask"}, PROVED),
    ],
)
def test_the_configuration_confirms_a_sync(stage: dict[str, Any], says: GateResult) -> None:
    assert SyncGate().check(asked(SYNC, **stage)) == says
    assert SyncGate().check(asked(**stage)) is None


def test_a_typed_confirmation_is_spared_only_where_the_stage_names_sync() -> None:
    typed = replace(STAGING, confirm="type", deploy_on_merge=("main",))
    assert not is_confirmed_by_configuration(typed)
    assert is_confirmed_by_configuration(replace(typed, only="sync"))
    assert is_confirmed_by_configuration(replace(typed, promote_on="verified"))
    assert is_confirmed_by_configuration(replace(typed, confirm="ask"))
