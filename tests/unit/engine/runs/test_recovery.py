"""A stuck stack is freed as a run on record, refused where it may not be, and reconciled where the runner dies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import AwsError, Refused, UsageError
from promote_tui.core.planning.plan import Confirmation
from promote_tui.core.runs.events import name
from promote_tui.core.runs.run import Outcome
from promote_tui.core.runs.stack_record import commit_after
from tests.support.engine_world import Died

if TYPE_CHECKING:
    from promote_tui.core.recovery.recovery import RecoveryPlan
    from promote_tui.core.runs.events import Event
    from promote_tui.core.runs.run import Run
    from tests.support.engine_world import World

YES = Confirmation(yes=True, reason="it is stuck")


def stuck(world: World, status: str) -> str:
    """Deploy a commit to dev, and leave its stack in this status after another update."""
    sha = world.commit("one")
    world.promote("dev")
    world.stacks.begin(world.target("dev"))
    if status == "UPDATE_ROLLBACK_FAILED":
        world.stacks.set_status(world.target("dev"), "UPDATE_ROLLBACK_IN_PROGRESS")
        world.stacks.add_event(world.target("dev"), "Role", "AWS::IAM::Role", "UPDATE_FAILED", "access denied")
    world.stacks.set_status(world.target("dev"), status)
    return sha


def freed(world: World, plan: RecoveryPlan, answer: Confirmation = YES) -> Run:
    return world.engine.runs.find(world.engine.recoveries.start(plan, answer))


@pytest.mark.parametrize(("status", "act"), [("UPDATE_ROLLBACK_FAILED", "continue"), ("UPDATE_FAILED", "roll_back")])
def test_a_stuck_stack_is_rolled_back_and_says_what_it_runs(world: World, status: str, act: str) -> None:
    sha = stuck(world, status)
    run = freed(world, world.engine.recoveries.plan("orders", "dev"))
    assert (run.outcome, run.kind, run.planned.recovery, run.planned.reason) == (
        Outcome.VERIFIED,
        "recovery",
        act,
        "it is stuck",
    )
    assert world.stacks.recovered == [(act, run.planned.stack_id)]
    assert commit_after(run) == sha
    assert run.released
    assert world.ledger.holder(run.planned.key) is None


def test_a_leftover_is_deleted(world: World) -> None:
    target = world.target("dev")
    world.stacks.fail(target, "no such key")
    run = freed(world, world.engine.recoveries.plan("orders", "dev"))
    assert (run.outcome, run.planned.recovery, commit_after(run)) == (Outcome.VERIFIED, "delete", None)
    assert world.stacks.stack(target) is None


def test_skipping_is_typed_and_only_of_what_failed(world: World) -> None:
    stuck(world, "UPDATE_ROLLBACK_FAILED")
    recoveries = world.engine.recoveries
    with pytest.raises(UsageError, match="Topic failed in no rollback"):
        recoveries.plan("orders", "dev", ["Topic"])
    plan = recoveries.plan("orders", "dev", ["Role"])
    with pytest.raises(Refused, match="not confirmed"):
        recoveries.start(plan, YES)
    run = freed(world, plan, Confirmation(typed="orders dev"))
    assert world.stacks.recovered == [("continue", run.planned.stack_id, "Role")]


def test_nothing_is_done_without_a_yes_or_where_the_stack_is_well(world: World) -> None:
    stuck(world, "UPDATE_FAILED")
    with pytest.raises(UsageError, match="nothing is skipped"):
        world.engine.recoveries.plan("orders", "dev", ["Role"])
    with pytest.raises(Refused, match="not confirmed"):
        world.engine.recoveries.start(world.engine.recoveries.plan("orders", "dev"), Confirmation())
    world.stacks.settle(world.target("dev"))
    with pytest.raises(Refused, match="is not stuck"):
        world.engine.recoveries.plan("orders", "dev")
    with pytest.raises(Refused, match="there is no stack"):
        world.engine.recoveries.plan("orders", "staging")
    assert world.stacks.recovered == []


def test_a_stack_that_has_moved_since_is_left_alone(world: World) -> None:
    stuck(world, "UPDATE_FAILED")
    plan = world.engine.recoveries.plan("orders", "dev")
    world.stacks.settle(world.target("dev"))
    with pytest.raises(Refused, match="has moved"):
        world.engine.recoveries.start(plan, YES)
    assert world.stacks.recovered == []


def test_a_missing_right_is_named_and_nothing_has_happened(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stuck(world, "UPDATE_FAILED")

    def refuse(*_: object) -> None:
        raise AwsError("orders/dev", "not allowed: cloudformation:RollbackStack", "see docs/iam.md")

    monkeypatch.setattr(world.stacks, "roll_back", refuse)
    plan = world.engine.recoveries.plan("orders", "dev")
    with pytest.raises(Refused, match="cloudformation:RollbackStack"):
        world.engine.recoveries.start(plan, YES)
    assert world.ledger.holder(world.target("dev").key) is None


@pytest.mark.parametrize(("word", "outcome"), [("submitting", Outcome.NOT_SUBMITTED), ("observed", Outcome.VERIFIED)])
@pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_FAILED", "ROLLBACK_COMPLETE"])
def test_a_killed_runner_is_reconciled_by_the_stack(world: World, word: str, outcome: Outcome, status: str) -> None:
    stuck(world, status)

    def kill(event: Event) -> None:
        if name(event) == word:
            raise Died

    world.runner_ledger = world.ledger.beside(before_append=kill)
    run = world.engine.recoveries.start(world.engine.recoveries.plan("orders", "dev"), YES)
    found = world.engine.runs.reconcile(run)
    assert found is not None
    assert (found.outcome, found.released) == (outcome, True)
    assert len(world.stacks.recovered) == (outcome is Outcome.VERIFIED)
