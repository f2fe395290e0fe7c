"""Which of two configurations rules, and how they differ."""

from __future__ import annotations

import pytest

from promote_tui.core.gates.effective_config import (
    describe_differences,
    effective_pipeline,
    governed_stage_of_stack,
    governed_stages,
    has_gates,
)
from promote_tui.core.model.pipeline import Aws, Pipeline, ReleaseSettings
from promote_tui.core.model.team_rules import Approvals, Dates, Rules
from promote_tui.core.value import replace
from tests.support.engine_world import pipeline

RULES = Rules(soak=60.0, approvals=Approvals())


def ruled(**of_prod: object) -> Pipeline:
    """The pipeline whose prod has rules, and other settings."""
    found = pipeline()
    dev, staging, prod = found.stages
    return replace(found, stages=(dev, staging, replace(prod, **{"rules": RULES, **of_prod})))  # type: ignore[arg-type]


COMMITTED = ruled()
PLAIN = pipeline()


def without_prod() -> Pipeline:
    return replace(PLAIN, stages=PLAIN.stages[:2])


def elsewhere(stage: str, stack: str) -> Pipeline:
    """The committed pipeline, in which a stage of orders has another stack."""
    (orders,) = COMMITTED.services
    targets = tuple(replace(each, stack=stack) if each.stage == stage else each for each in orders.targets)
    return replace(COMMITTED, services=(replace(orders, targets=targets),))


def test_a_stage_with_gates_is_governed() -> None:
    assert governed_stages(COMMITTED) == {"prod"}
    assert governed_stages(PLAIN) == frozenset()
    assert [has_gates(stage) for stage in ruled(rules=Rules(), same_artifact="require").stages] == [False, False, True]
    for settings, is_ruled in ((ReleaseSettings(5), False), (ReleaseSettings(between_waves="ask"), True)):
        assert has_gates(ruled(rules=Rules(), release=settings).stage("prod")) is is_ruled


@pytest.mark.parametrize(
    ("here", "told"),
    [
        (COMMITTED, ()),
        (PLAIN, ("prod: soak", "prod: approvals")),
        (
            ruled(rules=Rules(soak=60.0, freeze=(Dates("2026-01-01", "2026-01-02", "UTC"),))),
            ("prod: approvals", "prod: freeze"),
        ),
        (ruled(confirm="none", branches=("*",)), ("prod: branches", "prod: confirm")),
        (ruled(aws=Aws("eu-west-1", "999999999999")), ("prod: aws",)),
        (ruled(after="dev"), ("prod: after",)),
        (ruled(release=ReleaseSettings(5)), ("prod: release",)),
        (without_prod(), ("prod is missing",)),
        (replace(COMMITTED, trusted_roles=("people",)), ("trusted_roles",)),
        (replace(COMMITTED, services=()), ("orders is missing",)),
        (elsewhere("prod", "other"), ("services.orders.stages.prod",)),
        (elsewhere("dev", "other"), ()),
        (replace(COMMITTED, services=(replace(COMMITTED.services[0], repo="/other"),)), ("services.orders",)),
        (replace(COMMITTED, services=(replace(COMMITTED.services[0], owner="ana"),)), ()),
    ],
)
def test_what_the_file_here_has_otherwise_is_named(here: Pipeline, told: tuple[str, ...]) -> None:
    assert describe_differences(here, COMMITTED) == told


def test_gates_that_are_only_here_hold_as_well() -> None:
    dev, staging, prod = COMMITTED.stages
    here = replace(COMMITTED, stages=(dev, replace(staging, rules=RULES), prod))
    assert describe_differences(here, COMMITTED) == ("staging has gates only here, which apply too",)
    assert effective_pipeline(here, COMMITTED).stage("staging").rules == RULES


def test_people_see_the_rules_that_hold_and_their_own_of_the_other_stages() -> None:
    dev, staging, prod = PLAIN.stages
    here = replace(PLAIN, stages=(replace(dev, confirm="type"), staging, prod))
    seen = effective_pipeline(here, COMMITTED)
    assert (seen.stage("dev").confirm, seen.stage("prod").rules) == ("type", RULES)
    assert effective_pipeline(elsewhere("prod", "other"), COMMITTED).service("orders") == COMMITTED.service("orders")


def test_people_see_their_own_stacks_of_stages_without_gates_and_services_that_only_they_have() -> None:
    here = elsewhere("dev", "other")
    mine = replace(PLAIN.services[0], name="mine")
    seen = effective_pipeline(replace(here, services=(*here.services, mine)), COMMITTED)
    assert seen.services == (*here.services, mine)


def test_a_stack_that_only_the_file_here_has_in_a_governed_stage_is_seen_as_it_is() -> None:
    (orders,) = COMMITTED.services
    fewer = replace(COMMITTED, services=(replace(orders, targets=orders.targets[:2]),))
    assert effective_pipeline(COMMITTED, fewer).services == COMMITTED.services


def test_whose_session_names_are_people_is_said_by_the_committed_configuration() -> None:
    committed = replace(COMMITTED, trusted_roles=("people",))
    assert effective_pipeline(replace(PLAIN, trusted_roles=("everybody",)), committed).trusted_roles == ("people",)


def test_a_stack_of_a_governed_stage_is_known_under_any_name() -> None:
    prod = COMMITTED.service("orders").target("prod")
    assert governed_stage_of_stack(replace(prod, stage="sandbox"), COMMITTED) == "prod"
    assert governed_stage_of_stack(prod, COMMITTED) is None
    assert governed_stage_of_stack(COMMITTED.service("orders").target("dev"), COMMITTED) is None
