"""After the deploy: smoke tests, alarms while it bakes, and what follows where one of them fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import Refused
from promote_tui.core.model.pipeline import FileChange
from promote_tui.core.model.smoke import HttpAnswer, Smoke, SmokeCommand, SmokeRequest
from promote_tui.core.model.team_rules import Approvals, Rules
from promote_tui.core.planning.rollback_risks import migration_paths
from promote_tui.core.runs.run import Outcome, RunStatus
from promote_tui.core.value import replace
from promote_tui.engine.decisions import DecisionRequest
from promote_tui.engine.runs.control import cancel
from promote_tui.ports import RunFilter
from tests.support.engine_world import Died

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.runs.run import Run
    from promote_tui.ports import Job
    from tests.support.engine_world import World

HEALTH = SmokeRequest("{output.Url}/health", retries=2)
WELL, ILL = HttpAnswer(200, "fine"), HttpAnswer(500, "no  such\ntable")


def proved(world: World, smoke: Smoke | None = None, migrations: tuple[str, ...] = (), **rules: object) -> None:
    """Let orders have a smoke test, and dev rules."""
    (orders,), (dev, *others) = world.pipeline.services, world.pipeline.stages
    services = (replace(orders, smoke=smoke, migrations=migrations),)
    stages = (replace(dev, rules=Rules(**rules)), *others)  # type: ignore[arg-type]
    world.pipeline = replace(world.pipeline, services=services, stages=stages)
    world.deployer.ship = _then(world, lambda: None)


def acts(world: World, who: str) -> None:
    """Let somebody be at the keyboard."""
    world.accounts.person, world.accounts.role = who, "AWSReservedSSO_Developer_0123456789abcdef"


def last(world: World) -> Run:
    """The newest run on record."""
    return world.ledger.runs(RunFilter()).runs[0]


@pytest.mark.parametrize(
    ("answers", "status", "reason", "tries"),
    [
        ([WELL], RunStatus.SUCCEEDED, "200", 1),
        ([None, ILL, WELL], RunStatus.SUCCEEDED, "200", 3),
        (
            [None, None, ILL],
            RunStatus.FAILED,
            "https://orders.example/health: it answered 500, 200 is expected: no such table",
            3,
        ),
        ([None], RunStatus.FAILED, "https://orders.example/health: it did not answer within 10 s", 3),
    ],
)
def test_a_smoke_test_is_tried_until_it_passes_or_its_tries_are_over(
    world: World, answers: list[HttpAnswer | None], status: RunStatus, reason: str, tries: int
) -> None:
    proved(world, HEALTH)
    world.web.answers = answers
    world.commit("one")
    run = world.promote("dev")
    assert run.smoke_test is not None
    assert (run.status, run.smoke_test.reason, run.smoke_test.tries) == (status, reason, tries)
    assert {*world.web.asked} == {"https://orders.example/health"}


def test_the_body_counts_where_it_is_asked_for(world: World) -> None:
    proved(world, replace(HEALTH, body="fine", retries=0))
    world.web.answers = [HttpAnswer(200, "all is lost")]
    world.commit("one")
    assert world.promote("dev").cause == (
        "the smoke test failed: https://orders.example/health: its answer does not hold 'fine'"
    )


def test_an_output_that_the_stack_lacks_is_named(world: World) -> None:
    proved(world, SmokeRequest("{output.Endpoint}/health", retries=0))
    world.commit("one")
    assert world.promote("dev").cause == "the smoke test failed: smoke: the stack has no output Endpoint"


def test_a_command_runs_in_the_commit_that_was_deployed(world: World) -> None:
    words = (
        "sh",
        "-c",
        'grep -q two handler.js && test "$1" = https://orders.example && test "$PROMOTE_TUI_STAGE" = dev',
    )
    proved(world, SmokeCommand((*words, "sh", "{output.Url}")))
    world.commit("one")
    failed = world.promote("dev")
    assert failed.status is RunStatus.FAILED
    assert failed.cause.endswith("ended with exit code 1")
    world.commit("two")
    assert world.promote("dev").status is RunStatus.SUCCEEDED


def test_what_failed_its_smoke_test_runs_there_and_does_not_count_as_verified(world: World) -> None:
    proved(world, HEALTH)
    world.web.answers = [ILL]
    sha = world.commit("one")
    run = world.promote("dev")
    assert (run.outcome, run.still_on) == (Outcome.FAILED, sha)
    assert run.remedy == "promote-tui rollback orders --stage dev"
    order = {gate.name: gate for gate in world.engine.plans.draft("orders", "staging", "main").gates}["stage order"]
    assert not order.passed
    assert "was not proved in dev: the smoke test failed" in order.reason
    world.web.answers = [WELL]
    assert world.promote("dev").status is RunStatus.SUCCEEDED
    assert world.engine.plans.draft("orders", "staging", "main").gates[0].passed


def test_the_stage_bakes_as_long_as_its_alarms_are_well(world: World) -> None:
    proved(world, alarms=("errors",), bake=600.0)
    world.alarms.known = {"errors": "OK"}
    world.commit("one")
    run = world.promote("dev")
    assert run.alarm_watch is not None
    assert run.status is RunStatus.SUCCEEDED
    assert 600 <= run.alarm_watch.seconds < 620
    assert run.alarm_watch.reason == "errors stayed OK for 10m"


def test_an_alarm_that_goes_off_ends_the_bake_at_once(world: World) -> None:
    proved(world, alarms=("errors", "latency"), bake=600.0)
    world.alarms.known = {"errors": "OK", "latency": "OK"}
    world.commit("one")
    plan = world.plan("dev")
    world.deployer.ship = _then(world, lambda: world.alarms.known.update(latency="ALARM"))
    run = world.run(plan)
    assert (run.status, run.cause) == (
        RunStatus.FAILED,
        "an alarm went off during the bake, after 0s: latency is ALARM",
    )


def test_an_alarm_without_data_may_become_well_until_the_end(world: World) -> None:
    proved(world, alarms=("errors",), bake=60.0)
    world.alarms.known = {"errors": "OK"}
    world.commit("one")
    plan = world.plan("dev")
    world.deployer.ship = _then(world, lambda: world.alarms.known.update(errors="INSUFFICIENT_DATA"))
    assert world.run(plan).cause == "an alarm went off during the bake, after 1m: errors is INSUFFICIENT_DATA"
    world.alarms.known = {"errors": "OK"}
    looks = iter(range(100))
    plan = world.plan("dev")
    world.alarms.on_look = lambda: world.alarms.known.update(errors="OK" if next(looks) != 3 else "INSUFFICIENT_DATA")
    assert world.run(plan).status is RunStatus.SUCCEEDED


@pytest.mark.parametrize(
    ("known", "fails", "reason"),
    [
        ({"errors": "ALARM"}, "", "errors is ALARM"),
        ({}, "", "errors cannot be read: there is no such alarm in account 111111111111, eu-west-1"),
        ({"errors": "OK"}, "not allowed to call cloudwatch:DescribeAlarms", "errors cannot be read: not allowed"),
    ],
)
def test_an_alarm_that_is_not_well_keeps_the_stage_closed(
    world: World, known: dict[str, str], fails: str, reason: str
) -> None:
    proved(world, alarms=("errors",))
    world.alarms.known, world.alarms.fails = known, fails
    world.commit("one")
    gate = {each.name: each for each in world.engine.plans.draft("orders", "dev").gates}["alarms"]
    assert not gate.passed
    assert reason in gate.reason
    with pytest.raises(Refused, match="alarms"):
        world.promote("dev")


def test_a_person_need_not_wait_for_the_end(world: World) -> None:
    proved(world, alarms=("errors",), bake=600.0)
    world.alarms.known = {"errors": "OK"}
    world.commit("one")
    plan = world.plan("dev")

    def asked() -> None:
        if last(world).deploy_completed:
            cancel(world.context, last(world), "ben")

    world.alarms.on_look = asked
    run = world.run(plan)
    assert (run.status, run.cause) == (RunStatus.FAILED, "ben stopped it before it was proved; the code runs there")


def test_a_stage_that_stops_is_held_until_somebody_has_looked(world: World) -> None:
    proved(world, HEALTH, on_failure="stop")
    world.web.answers = [ILL]
    world.commit("one")
    world.promote("dev")
    hold = {gate.name: gate for gate in world.engine.plans.draft("orders", "dev").gates}["hold"]
    assert not hold.passed
    assert "the smoke test failed" in hold.reason


def test_a_stage_goes_back_by_itself_to_what_was_verified_there(world: World) -> None:
    proved(world, HEALTH, on_failure="rollback", approvals=Approvals())
    world.web.answers = [WELL]
    good = world.commit("one")
    acts(world, "ben")
    world.engine.decisions.record(DecisionRequest("approve", "orders", "dev", "main"))
    acts(world, "ana")
    world.promote("dev")
    world.commit("two")
    acts(world, "ben")
    world.engine.decisions.record(DecisionRequest("approve", "orders", "dev", "main"))
    world.engine.decisions.record(DecisionRequest("withdraw", "orders", "dev", good))
    acts(world, "ana")
    world.web.answers = [ILL, ILL, ILL, WELL]
    failed = world.promote("dev")
    back = last(world)
    assert (failed.status, failed.rollback) == (RunStatus.FAILED, back.id)
    assert (back.kind, back.status, back.to_commit) == ("rollback", RunStatus.SUCCEEDED, good)
    assert back.planned.reason.startswith(f"run {failed.id}: the smoke test failed (3 tries)")
    draft = world.engine.plans.draft("orders", "staging")
    assert draft.commit.sha == good


def test_what_ran_before_the_first_run_is_gone_back_to(world: World) -> None:
    proved(world, HEALTH, on_failure="rollback")
    good = world.commit("by hand")
    world.stacks.deploy(world.target("dev"), good, {"Url": "https://orders.example"})
    world.commit("two")
    world.web.answers = [ILL, ILL, ILL, WELL]
    world.promote("dev")
    assert (last(world).kind, last(world).to_commit) == ("rollback", good)
    assert last(world).status is RunStatus.SUCCEEDED


def test_it_asks_where_migrations_lie_between(world: World) -> None:
    proved(world, HEALTH, migrations=("orders/migrations/*",), on_failure="rollback")
    world.web.answers = [WELL]
    world.commit("one")
    world.promote("dev")
    world.repository.commit({"orders/migrations/2.sql": "alter"}, "two", branch="main")
    world.web.answers = [ILL]
    failed = world.promote("dev")
    assert failed.rollback == ""
    assert failed.remedy == (
        "promote-tui rollback orders --stage dev, not rolled back automatically: 1 migration changed in between,"
        " which older code does not undo: orders/migrations/2.sql"
    )
    assert last(world).id == failed.id


def test_it_asks_where_there_is_nothing_to_go_back_to(world: World) -> None:
    proved(world, HEALTH, on_failure="rollback")
    world.web.answers = [ILL]
    world.commit("one")
    failed = world.promote("dev")
    assert failed.rollback == ""
    assert "not rolled back automatically: no other commit is on record as verified there" in failed.remedy


def test_a_rollback_that_is_not_proved_is_not_followed_by_another(world: World) -> None:
    proved(world, HEALTH, on_failure="rollback")
    world.web.answers = [WELL]
    for text in ("one", "two"):
        world.commit(text)
        world.promote("dev")
    world.commit("three")
    world.web.answers = [ILL]
    world.promote("dev")
    runs = world.ledger.runs(RunFilter()).runs
    assert [(run.kind, run.status) for run in runs[:3]] == [
        ("rollback", RunStatus.FAILED),
        ("normal", RunStatus.FAILED),
        ("normal", RunStatus.SUCCEEDED),
    ]


def test_a_runner_that_died_while_it_baked_is_proved_again(world: World) -> None:
    proved(world, HEALTH, alarms=("errors",), bake=60.0)
    world.web.answers = [WELL]
    world.alarms.known = {"errors": "OK"}
    world.commit("one")
    plan = world.plan("dev")

    def die() -> None:
        raise Died

    world.web.on_get = die
    run = world.run(plan)
    assert (run.outcome, run.deploy_completed is not None) == (Outcome.PENDING, True)
    world.web.on_get = lambda: None
    found = world.engine.runs.reconcile(run.id)
    assert found is not None
    assert (found.status, found.smoke_test is not None, found.alarm_watch is not None) == (
        RunStatus.SUCCEEDED,
        True,
        True,
    )


def test_files_that_fit_a_pattern_are_migrations() -> None:

    files = [FileChange("A", "orders/migrations/2.sql"), FileChange("M", "orders/handler.js")]
    assert migration_paths(files, ("orders/migrations/*",)) == ("orders/migrations/2.sql",)
    assert migration_paths(files, ()) == ()


def _then(world: World, happens: Callable[[], None]) -> Callable[[Job, Callable[[], None]], int]:
    """Return a deploy after which something happens."""

    def ship(job: Job, _poll: Callable[[], None]) -> int:
        world.stacks.deploy(job.target, job.commit, {"Url": "https://orders.example"})
        happens()
        return 0

    return ship
