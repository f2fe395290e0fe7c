"""What a run's screen shows beside its own events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.runs.events import Submitting
from promote_tui.core.runs.fold import fold
from promote_tui.core.stacks.progress import StackPhase, fold_progress
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from promote_tui.core.runs.run import Run
    from tests.support.engine_world import World


def begun(world: World) -> Run:
    """A second run to dev, whose update CloudFormation has begun."""
    world.commit("one")
    first = world.promote("dev")
    world.commit("two")
    plan = world.plan("dev")
    now = world.clock.now()
    planned = replace(
        first.planned,
        run="r99",
        at=now,
        from_commit=first.to_commit,
        to_commit=plan.draft.commit.sha,
        stack_id=plan.fingerprint.stack_id,
        last_event_id=plan.fingerprint.last_event_id,
    )
    world.stacks.begin(world.target("dev"))
    run = fold([planned, Submitting(now, ("osls",), "log")])
    assert run is not None
    return run


def names(world: World, run: Run) -> list[str]:
    return [event.status for event in world.engine.runs.stack_events(run).events]


def in_time(world: World) -> None:
    """Let the stacks' events have the world's time."""
    world.stacks.clock = world.clock


def test_a_run_knows_what_cloudformation_did_in_it_and_nothing_else(world: World) -> None:
    in_time(world)
    run = begun(world)
    assert names(world, run) == ["UPDATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"]
    news = world.engine.runs.stack_events(run).events
    world.stacks.finish(world.target("dev"), run.to_commit)
    later = world.engine.runs.stack_events(run, news[-1]).events
    assert [event.status for event in later] == ["UPDATE_COMPLETE", "UPDATE_COMPLETE"]
    assert fold_progress([*news, *later]).phase is StackPhase.DONE


def test_a_past_run_does_not_show_what_later_runs_did(world: World) -> None:
    in_time(world)
    world.commit("one")
    first = world.promote("dev")
    before = world.engine.runs.stack_events(first)
    world.commit("two")
    second = world.promote("dev")
    assert world.engine.runs.stack_events(first) == before
    assert before.events
    assert not {event.id for event in before.events} & {
        event.id for event in world.engine.runs.stack_events(second).events
    }


def test_a_first_deploy_finds_its_stack_once_there_is_one(world: World) -> None:
    in_time(world)
    world.commit("one")
    planned = replace(world.promote("dev").planned, stack_id=None, last_event_id=None)
    run = fold([planned, Submitting(planned.at, ("osls",), "log")])
    assert run is not None
    assert names(world, run)[0] == "CREATE_IN_PROGRESS"
    world.stacks.forget()
    assert world.engine.runs.stack_events(run).events == ()


def test_a_run_that_submitted_nothing_asks_nobody(world: World) -> None:
    run = begun(world)
    before = world.stacks.reads
    world.stacks.unreachable(world.target("dev"), "the session has expired")
    assert world.engine.runs.stack_events(replace(run, submitting_at=None)).trouble == ""
    assert world.stacks.reads == before


def test_a_stage_out_of_reach_says_why_and_what_next(world: World) -> None:
    run = begun(world)
    world.stacks.unreachable(world.target("dev"), "the session has expired", "aws sso login")
    assert world.engine.runs.stack_events(run).trouble == "the session has expired; aws sso login"


def test_a_run_of_another_configuration_is_not_looked_up_elsewhere(world: World) -> None:
    run = begun(world)
    for moved in (replace(run.planned, service="gone"), replace(run.planned, key="1/eu-west-1/other")):
        news = world.engine.runs.stack_events(replace(run, planned=moved))
        assert "is not in this configuration" in news.trouble


def test_what_is_usual_is_said_by_the_runs_before(world: World) -> None:
    world.commit("one")
    first = world.promote("dev")
    assert world.engine.runs.typical_duration(first) is None
    world.commit("two")
    second = world.promote("dev")
    usual = world.engine.runs.typical_duration(second)
    assert usual is not None
    assert first.ended_at is not None
    assert usual.total == (first.ended_at - first.started_at).total_seconds()
    assert set(usual.steps) >= {"lock", "deploy", "record"}
