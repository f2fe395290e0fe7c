"""What others did to a stack: seen, written down with who it was, gone over on purpose, or adopted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import AwsError, LockHeld, UsageError
from promote_tui.core.runs.events import Verified
from promote_tui.core.runs.external import Actor
from promote_tui.core.runs.run import Outcome, RunStatus
from promote_tui.ports import RunFilter
from tests.support.fakes.stacks import FakeStacks

if TYPE_CHECKING:
    from promote_tui.core.gates.model import GateResult
    from promote_tui.core.runs.run import Run
    from tests.support.engine_world import World

EVE = Actor("eve", "arn:aws:iam::111111111111:user/eve", "UpdateStack by aws-cli/2.15")


@pytest.fixture
def world(world: World) -> World:
    """CloudFormation goes by the clock that runs go by."""
    world.stacks = FakeStacks(clock=world.clock)
    return world


def runs(world: World) -> tuple[Run, ...]:
    return world.ledger.runs(RunFilter()).runs


def by_hand(world: World, text: str = "by hand") -> str:
    """Somebody deploys to dev with the CLI alone."""
    sha = world.commit(text)
    world.stacks.deploy(world.target("dev"), sha)
    world.trail.known.append((world.stacks.events(world.target("dev"), _stack(world))[-1].at, EVE))
    return sha


def _stack(world: World) -> str:
    stack = world.stacks.stack(world.target("dev"))
    assert stack is not None
    return stack.id


def gate(world: World) -> GateResult | None:
    return next((each for each in world.engine.plans.draft("orders", "dev").gates if each.name == "foreign"), None)


def cell(world: World) -> str:
    return world.engine.snapshot().view("orders", "dev").external_update


def test_nothing_is_foreign_where_nothing_is_on_record(world: World) -> None:
    by_hand(world)
    assert world.engine.runs.record_external("orders", "dev") == ()
    assert (gate(world), cell(world)) == (None, "")


def test_nothing_is_foreign_right_after_a_run(world: World) -> None:
    world.commit("one")
    world.promote("dev")
    assert world.engine.runs.record_external("orders", "dev") == ()
    assert (gate(world), cell(world)) == (None, "")


def test_an_update_by_hand_is_seen_and_written_down_once_with_who_it_was(world: World) -> None:
    world.commit("one")
    world.promote("dev")
    sha = by_hand(world)
    assert "outside of promote-tui" in cell(world)
    found = gate(world)
    assert found is not None
    assert (found.passed, found.warns) == (True, True)
    (run,) = world.engine.runs.record_external("orders", "dev")
    assert (run.kind, run.status, run.to_commit) == ("foreign", RunStatus.SUCCEEDED, sha)
    assert (run.planned.who, run.planned.reason) == ("eve", "UpdateStack by aws-cli/2.15")
    assert world.engine.runs.record_external("orders", "dev") == ()
    assert cell(world).startswith("updated by eve on ")
    assert runs(world)[0].id == run.id


def test_every_update_is_a_run_of_its_own_and_only_the_last_says_what_runs_there(world: World) -> None:
    world.commit("one")
    world.promote("dev")
    by_hand(world, "two")
    world.stacks.fail(world.target("dev"), "no such key")
    last = by_hand(world, "three")
    found = world.engine.runs.record_external("orders", "dev")
    assert [run.status for run in found] == [RunStatus.SUCCEEDED, RunStatus.ROLLED_BACK, RunStatus.SUCCEEDED]
    assert [run.to_commit for run in found] == ["", "", last]


def test_who_it_was_may_not_be_known(world: World) -> None:
    world.commit("one")
    world.promote("dev")
    world.trail.fails = "not allowed to call cloudtrail:LookupEvents"
    by_hand(world, "two")
    (run,) = world.engine.runs.record_external("orders", "dev")
    assert (run.planned.who, run.planned.reason) == (
        "somebody",
        "unknown who did it: not allowed to call cloudtrail:LookupEvents",
    )
    world.trail.fails, world.trail.known = "", []
    world.stacks.deploy(world.target("dev"), world.commit("three"))
    (run,) = world.engine.runs.record_external("orders", "dev")
    assert run.planned.reason == "unknown who did it: CloudTrail has no record (any more)"


def test_the_next_promotion_writes_it_down_and_goes_over_it(world: World) -> None:
    world.commit("one")
    world.promote("dev")
    by_hand(world)
    world.commit("three")
    ours = world.promote("dev")
    assert [run.kind for run in runs(world)] == ["normal", "foreign", "normal"]
    assert runs(world)[0].id == ours.id
    assert ours.status is RunStatus.SUCCEEDED
    assert cell(world) == ""


def test_a_trail_or_a_stack_that_cannot_be_read_holds_no_promotion_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.commit("one")
    world.promote("dev")
    by_hand(world)
    world.commit("three")
    plan = world.plan("dev")

    def broken(*_: object, **__: object) -> tuple[()]:
        raise AwsError("orders/dev", "throttled")

    monkeypatch.setattr("promote_tui.engine.runs.external.find_updates", broken)
    assert world.run(plan).status is RunStatus.SUCCEEDED


def test_what_others_put_there_does_not_count_until_a_person_adopts_it(world: World) -> None:
    world.commit("one")
    world.promote("dev")
    sha = by_hand(world)
    world.engine.runs.record_external("orders", "dev")
    order = {each.name: each for each in world.engine.plans.draft("orders", "staging", sha).gates}["stage order"]
    assert "adopt it" in order.reason
    run = world.engine.runs.adopt("orders", "dev", "looked at it with ben")
    assert (run.kind, run.planned.who, run.planned.reason) == (
        "adopted",
        world.accounts.person,
        "looked at it with ben",
    )
    assert world.engine.plans.draft("orders", "staging", sha).gates[0].passed
    assert world.engine.plans.draft("orders", "staging").commit.sha == sha
    assert cell(world) == ""
    assert world.engine.runs.record_external("orders", "dev") == ()


def test_adopting_writes_down_first_what_others_did(world: World) -> None:
    world.commit("one")
    world.promote("dev")
    by_hand(world)
    world.engine.runs.adopt("orders", "dev", "fine")
    assert [run.kind for run in runs(world)] == ["adopted", "foreign", "normal"]


def test_what_is_not_well_is_not_adopted(world: World) -> None:
    with pytest.raises(UsageError, match="no commit is known to run there"):
        world.engine.runs.adopt("orders", "dev", "x")
    world.stacks.deploy(world.target("dev"), "f" * 40)
    with pytest.raises(UsageError, match="fffffff is not in this clone"):
        world.engine.runs.adopt("orders", "dev", "x")
    world.stacks.deploy(world.target("dev"), world.commit("one"))
    world.stacks.fail(world.target("dev"), "no such key")
    with pytest.raises(UsageError, match="its last update did not succeed"):
        world.engine.runs.adopt("orders", "dev", "x")


def test_nothing_is_written_down_while_a_run_is_at_work(world: World) -> None:
    world.commit("one")
    world.promote("dev")
    by_hand(world)
    lease = world.ledger.acquire(world.target("dev").key, "busy")
    with pytest.raises(LockHeld):
        world.engine.runs.record_external("orders", "dev")
    lease.release()


def test_others_are_no_measure_of_how_long_a_run_takes(world: World) -> None:
    world.commit("one")
    world.promote("dev")
    usual = world.engine.snapshot().view("orders", "dev").usual
    by_hand(world)
    world.engine.runs.adopt("orders", "dev", "fine")
    assert world.engine.snapshot().view("orders", "dev").usual == usual


def by_the_cli_alone(world: World) -> None:
    """Somebody deploys to dev with the plain CLI: the stack names no commit since."""
    target = world.target("dev")
    world.stacks.begin(target)
    world.stacks.report(target, None)
    world.stacks.finish(target, None)


def test_a_deploy_past_us_that_succeeded_is_recorded_as_what_it_is(world: World) -> None:
    first = world.commit("one")
    world.promote("dev")
    by_the_cli_alone(world)
    (run,) = world.engine.runs.record_external("orders", "dev")
    assert (run.kind, run.status, run.outcome) == ("foreign", RunStatus.SUCCEEDED, Outcome.VERIFIED)
    assert (run.from_commit, run.to_commit, run.still_on) == (first, "", "")
    recorded = world.ledger.events(run.id)
    verdict = next(each.event for each in recorded if isinstance(each.event, Verified))
    assert verdict.note == "by somebody else; updated: OrdersTable; the stack names no commit since"


def test_of_several_deploys_past_us_only_the_first_is_known_to_come_from_ours(world: World) -> None:
    first = world.commit("one")
    world.promote("dev")
    by_the_cli_alone(world)
    last = by_hand(world)
    ones = world.engine.runs.record_external("orders", "dev")
    assert [(run.from_commit, run.to_commit, run.status.value) for run in ones] == [
        (first, "", "succeeded"),
        ("", last, "succeeded"),
    ]


def test_what_somebody_else_left_half_way_is_recorded_and_so_is_its_rollback(world: World) -> None:
    first = world.commit("one")
    world.promote("dev")
    target = world.target("dev")
    world.stacks.begin(target)
    world.stacks.add_event(target, "Worker", "AWS::Lambda::Function", "UPDATE_COMPLETE")
    world.stacks.add_event(target, "Broken", "Custom::Broken", "CREATE_FAILED", "no ServiceToken")
    world.stacks.set_status(target, "UPDATE_FAILED")
    assert "outside of promote-tui" in cell(world)
    (run,) = world.engine.runs.record_external("orders", "dev")
    assert (run.status, run.still_on) == (RunStatus.FAILED, None)
    assert str(run.halfway) == (
        f"half-way between {first[:7]} and an unknown commit (UPDATE_FAILED); updated: Worker; failed: Broken"
    )
    assert run.cause == "Broken (Custom::Broken) CREATE_FAILED: no ServiceToken"

    world.stacks.set_status(target, "UPDATE_ROLLBACK_IN_PROGRESS")
    world.stacks.set_status(target, "UPDATE_ROLLBACK_COMPLETE")
    (back,) = world.engine.runs.record_external("orders", "dev")
    assert (back.status, back.still_on) == (RunStatus.ROLLED_BACK, first)


def test_whether_it_is_written_down_is_known_and_changes_with_the_next_update(world: World) -> None:
    world.commit("one")
    world.promote("dev")
    by_the_cli_alone(world)
    assert not world.engine.snapshot().view("orders", "dev").external_update_recorded
    world.engine.runs.record_external("orders", "dev")
    assert world.engine.snapshot().view("orders", "dev").external_update_recorded
    by_the_cli_alone(world)
    assert not world.engine.snapshot().view("orders", "dev").external_update_recorded


def test_what_a_stack_ran_that_named_nothing_is_unknown_and_not_nothing(world: World) -> None:
    world.stacks.deploy(world.target("dev"), "unknown")
    sha = world.commit("one")
    run = world.promote("dev")
    assert (run.status, run.from_commit, run.to_commit) == (RunStatus.SUCCEEDED, "", sha)


def test_a_first_deploy_comes_from_nothing(world: World) -> None:
    world.commit("one")
    assert world.promote("dev").from_commit is None


def test_a_deploy_onto_a_stack_that_named_nothing_says_so_where_the_stack_still_names_nothing(world: World) -> None:
    target = world.target("dev")
    world.stacks.deploy(target, "unknown")
    world.commit("one")

    def ships(*_arguments: object) -> int:
        world.stacks.begin(target)
        world.stacks.finish(target, None)
        return 0

    world.deployer.ship = ships
    run = world.promote("dev")
    assert run.status is RunStatus.FAILED
    assert "the update completed, but the stack names no commit" in run.cause
