"""A run from its lock to its release."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from promote_tui.core.errors import DeployError, LedgerError, LockHeld, Refused
from promote_tui.core.planning.plan import Confirmation, approve
from promote_tui.core.runs.events import NotSubmitted, Observed, name
from promote_tui.core.runs.run import Outcome, RunStatus
from promote_tui.core.runs.verification import NotVerified, VerifiedBy
from promote_tui.core.stacks.activity import StackActivity
from promote_tui.core.value import replace
from promote_tui.engine.plan_store import write_plan
from promote_tui.engine.runs.cancellation import ask_to_cancel
from promote_tui.engine.runs.execute import RunExecution
from tests.support.engine_world import ME, HereLauncher
from tests.support.fakes.ledger import MemoryLedger

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.planning.plan import Plan
    from promote_tui.core.runs.events import Event
    from promote_tui.ports import Job, Recorded
    from tests.support.engine_world import World

LIFE = ["planned", "locked", "checked", "submitting", "submitted", "exited", "observed", "verified", "released"]


def words(world: World, run: str) -> list[str]:
    """The names of a run's events."""
    return [name(recorded.event) for recorded in world.ledger.events(run)]


def test_a_good_run_is_written_down_step_by_step(world: World) -> None:
    sha = world.commit("one")
    run = world.promote("dev")
    assert words(world, run.id) == LIFE
    assert (run.status, run.to_commit, run.planned.who) == (RunStatus.SUCCEEDED, sha, "ana")
    assert world.ledger.holder(run.planned.key) is None


def test_nothing_of_a_plan_is_left_after_its_run(world: World) -> None:
    world.commit("one")
    plan = world.plan("dev")
    assert Path(plan.package.folder).is_dir()
    world.run(plan)
    assert not Path(plan.package.folder).exists()
    assert world.checkouts.held == {}
    assert list((world.folder / "state" / "plans").iterdir()) == []


@pytest.mark.parametrize("order", [("dev", "staging"), ("staging", "dev")])
def test_a_commit_is_prepared_once_and_serves_the_plans_of_two_stages(order: tuple[str, str], world: World) -> None:
    sha = world.commit("one")
    world.stacks.deploy(world.target("dev"), sha)
    plans = {stage: world.plan(stage, sha) for stage in ("dev", "staging")}
    assert plans["dev"].checkout == plans["staging"].checkout
    assert world.checkouts.prepared == [sha]
    for stage in order:
        assert world.run(plans[stage]).status is RunStatus.SUCCEEDED
    assert world.checkouts.held == {}


def test_while_a_runner_deploys_another_stage_is_packaged_in_another_checkout(world: World) -> None:
    sha = world.commit("one")
    world.stacks.deploy(world.target("dev"), sha)
    first, packaged = world.plan("dev", sha), []

    def ship(job: Job, poll: Callable[[], None]) -> int:
        packaged.append(world.plan("staging", sha))
        return world.ships(job, poll)

    world.deployer.ship = ship
    assert world.run(first).status is RunStatus.SUCCEEDED
    assert [plan.checkout.root == first.checkout.root for plan in packaged] == [False]


def test_what_packaging_left_for_one_stage_stops_the_run_of_another(world: World) -> None:
    sha = world.commit("one")
    world.stacks.deploy(world.target("dev"), sha)
    clean, dirty = world.plan("dev", sha), world.plan("staging", sha)
    with world.checkouts.alone(dirty.checkout, dirty.id, pytest.fail):
        (Path(dirty.checkout.service) / "left").touch()
    with pytest.raises(Refused, match="another plan left files in it"):
        world.run(clean)
    assert world.deployer.deployed == []
    assert world.run(dirty).status is RunStatus.SUCCEEDED


def test_a_run_that_waits_for_its_checkout_can_be_cancelled(world: World) -> None:
    sha = world.commit("one")
    world.stacks.deploy(world.target("dev"), sha)
    first, second = world.plan("dev", sha), world.plan("staging", sha)
    world.context.folders.make(world.context.folders.run("r9"))
    ask_to_cancel(world.context, "r9", "ana")
    approved = approve(second, Confirmation(yes=True), world.clock.now())
    with world.checkouts.alone(first.checkout, first.id, pytest.fail):
        verdict = RunExecution(world.context, approved, "r9").execute(ME)
    assert isinstance(verdict, NotSubmitted)
    assert verdict.cancelled
    assert world.deployer.deployed == []


def test_each_event_is_written_before_its_act(world: World) -> None:
    world.commit("one")
    seen: list[list[str]] = []

    def ship(job: Job, poll: Callable[[], None]) -> int:
        seen.append(words(world, "r2"))
        return world.ships(job, poll)

    world.deployer.ship = ship
    world.promote("dev")
    assert seen == [LIFE[:5]]


def test_the_lock_keeps_a_second_run_out(world: World) -> None:
    world.commit("one")
    plan = world.plan("dev")
    lease = world.ledger.acquire(world.target("dev").key, "other")
    with pytest.raises(LockHeld, match="other"):
        world.run(plan)
    lease.abandon()
    with pytest.raises(LockHeld, match="runs reconcile other"):
        world.run(world.plan("dev"))


def moved_stack(world: World, _plan: Plan) -> None:
    """An update of somebody else's."""
    world.stacks.deploy(world.target("dev"), world.commit("elsewhere", "other"))


def moved_package(_world: World, plan: Plan) -> None:
    """A byte of the package."""
    path = Path(plan.package.folder) / plan.package.files[0][0]
    path.write_bytes(path.read_bytes() + b" ")


def moved_environment(world: World, _plan: Plan) -> None:
    """A variable of the child."""
    world.deployer.extra_environment["API_URL"] = "https://evil.example"


def moved_account(world: World, _plan: Plan) -> None:
    """The profile means another account now."""
    world.accounts.wrong_account("dev", "999999999999")


def moved_branch(world: World, _plan: Plan) -> None:
    """Nobody has the commit on a branch any more."""
    world.repository.heads.clear()
    world.commit("rewritten")


def logged_out(world: World, _plan: Plan) -> None:
    """The session has expired."""
    world.stacks.unreachable(world.target("dev"), "the session has expired")


MOVES = [
    (moved_stack, "deployed was"),
    (moved_package, "package changed"),
    (moved_environment, "environment changed: API_URL"),
    (moved_account, "account was 111111111111, is 999999999999"),
    (moved_branch, "on no branch"),
    (logged_out, "the session has expired"),
]


@pytest.mark.parametrize(("move", "says"), MOVES, ids=[move.__name__ for move, _ in MOVES])
def test_what_moved_after_the_review_stops_the_run_before_the_deploy(
    world: World, move: Callable[[World, Plan], None], says: str
) -> None:
    world.commit("one")
    world.promote("dev")
    world.commit("two")
    plan = world.plan("dev")
    before = len(world.deployer.deployed)
    move(world, plan)
    with pytest.raises(Refused, match=says):
        world.run(plan)
    assert len(world.deployer.deployed) == before
    assert world.ledger.holder(world.target("dev").key) is None


def test_a_plan_file_that_asks_for_less_confirmation_is_not_run(world: World) -> None:
    world.commit("one")
    world.promote("dev")
    world.promote("staging")
    plan = world.plan("prod")
    forged = replace(plan, draft=replace(plan.draft, confirm="none"))
    write_plan(world.context.folders.plan(plan.id), forged)
    with pytest.raises(Refused, match="not what the configuration asks for"):
        world.run(forged)
    assert world.stacks.stack(world.target("prod")) is None


def test_a_ledger_that_is_busy_for_a_moment_does_not_give_a_living_run_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.commit("one")
    plan, calls = world.plan("dev"), [0]
    events = MemoryLedger.events

    def sometimes(ledger: MemoryLedger, run: str, after: int = 0) -> tuple[Recorded, ...]:
        calls[0] += 1
        if calls[0] == ask_fails_at:
            raise LedgerError("ledger", "it is busy", "try again")
        return events(ledger, run, after)

    ended = [False, True]
    launcher = HereLauncher.launch

    def launch(self: HereLauncher, run: str, plan_folder: Path, log: Path, handed: bytes = b"") -> Callable[[], bool]:
        launcher(self, run, plan_folder, log, handed)
        calls[0] = ask_fails_at - 1
        return lambda: ended.pop(0) if ended else True

    ask_fails_at = 1000
    monkeypatch.setattr(MemoryLedger, "events", sometimes)
    monkeypatch.setattr(HereLauncher, "launch", launch)
    assert world.run(plan).status is RunStatus.SUCCEEDED


def test_a_plan_past_its_hour_is_not_run(world: World) -> None:
    world.commit("one")
    plan = world.plan("dev")
    world.clock.sleep(3599)
    assert world.run(plan).status is RunStatus.SUCCEEDED
    world.commit("two")
    plan = world.plan("dev")
    world.clock.sleep(3600)
    with pytest.raises(Refused, match="older than an hour"):
        world.run(plan)


def test_credentials_that_end_soon_are_refused_before_the_deploy(world: World) -> None:
    world.commit("one")
    plan = world.plan("dev")
    world.accounts.expires_at = world.clock.now().replace(minute=5)
    with pytest.raises(Refused, match=r"the credentials expire in 4m .*no deploy here is on record, 10m is assumed"):
        world.run(plan)


def test_a_plan_says_before_anybody_confirms_it_that_the_credentials_end_too_soon(world: World) -> None:
    world.commit("one")
    world.accounts.expires_at = world.clock.now() + timedelta(minutes=5)
    plan = world.plan("dev")
    (closed,) = [gate for gate in plan.gates if not gate.passed]
    assert (closed.name, closed.allows_review, closed.remedy) == ("credentials", True, "log in again for long enough")
    assert closed.reason.endswith("no deploy here is on record, 10m is assumed: with 5m to spare they must last 15m")
    with pytest.raises(Refused, match="credentials: the credentials expire in"):
        world.run(plan)
    world.accounts.expires_at = world.clock.now() + timedelta(hours=1)
    again = world.engine.plans.reconsider(plan, world.engine.plans.draft("orders", "dev"))
    assert again.ready
    assert world.run(again).status is RunStatus.SUCCEEDED
    assert not list(world.folder.rglob("config-*"))


def test_a_plan_that_is_asked_again_says_that_they_end_too_soon_by_now(world: World) -> None:
    world.commit("one")
    world.accounts.expires_at = world.clock.now() + timedelta(minutes=20)
    plan = world.plan("dev")
    assert plan.ready
    world.clock.sleep(10 * 60)
    again = world.engine.plans.reconsider(plan, world.engine.plans.draft("orders", "dev"))
    assert [gate.name for gate in again.gates if not gate.passed] == ["credentials"]


def test_credentials_are_measured_against_what_a_deploy_here_usually_takes(world: World) -> None:
    def slow(job: Job, poll: Callable[[], None]) -> int:
        world.clock.sleep(30 * 60)
        return world.ships(job, poll)

    world.commit("one")
    world.deployer.ship = slow
    world.promote("dev")
    world.commit("two")
    plan = world.plan("dev")
    world.accounts.expires_at = world.clock.now() + timedelta(minutes=11)
    with pytest.raises(
        Refused, match=r"the credentials expire in 10m 59s; a deploy here usually takes 30m:"
    ) as refused:
        world.run(plan)
    assert "log in again" in refused.value.remedy
    assert len(world.deployer.deployed) == 1
    world.accounts.expires_at = world.clock.now() + timedelta(minutes=36)
    plan = world.plan("dev")
    assert world.run(plan).status is RunStatus.SUCCEEDED


def test_credentials_have_to_last_for_the_bake_as_well(world: World) -> None:
    stages = [
        replace(stage, rules=replace(stage.rules, alarms=("orders-errors",), bake=1200.0))
        if stage.name == "dev"
        else stage
        for stage in world.pipeline.stages
    ]
    world.pipeline = replace(world.pipeline, stages=tuple(stages))
    world.alarms.known["orders-errors"] = "OK"
    world.commit("one")
    plan = world.plan("dev")
    world.accounts.expires_at = world.clock.now() + timedelta(minutes=20)
    with pytest.raises(Refused, match="with 20m of bake and 5m to spare they must last 35m"):
        world.run(plan)


def test_exit_code_0_without_a_deploy_is_a_failure(world: World) -> None:
    world.commit("one")
    world.deployer.ship = lambda _job, _poll: 0
    run = world.promote("dev")
    assert run.status is RunStatus.FAILED
    assert "deployed nothing" in run.cause


def failing_afterwards(world: World, code: int = 1) -> Callable[[Job, Callable[[], None]], int]:
    """A CLI that deploys, and fails after that."""

    def ship(job: Job, poll: Callable[[], None]) -> int:
        world.ships(job, poll)
        return code

    world.deployer.says = "Error:\nthe hook of plugin notify failed\n"
    return ship


def test_a_cli_that_fails_after_the_stack_was_updated_has_deployed_and_proved_nothing(world: World) -> None:
    sha = world.commit("one")
    world.deployer.ship = failing_afterwards(world)
    run = world.promote("dev")
    reason = "the Serverless CLI failed afterwards: the hook of plugin notify failed"
    assert (run.status, run.cause) == (RunStatus.FAILED, f"deployed, not proved: {reason}")
    assert (run.still_on, run.unproved, run.released) == (sha, True, True)
    view = world.engine.snapshot().view("orders", "dev")
    assert view.unproved
    assert isinstance(view.verification, NotVerified)
    assert view.verification.reason == f"{sha[:7]} was not proved in dev: {reason} (run {run.id})"


def test_what_was_not_proved_goes_no_further_until_somebody_adopts_it(world: World) -> None:
    sha = world.commit("one")
    world.deployer.ship = failing_afterwards(world)
    world.promote("dev")
    gates = {gate.name: gate for gate in world.engine.plans.draft("orders", "staging", sha).gates}
    assert not gates["stage order"].passed
    assert "was not proved in dev" in gates["stage order"].reason
    world.engine.runs.adopt("orders", "dev", "the hook only tells a chat")
    gates = {gate.name: gate for gate in world.engine.plans.draft("orders", "staging", sha).gates}
    assert gates["stage order"].passed


def test_what_was_not_proved_counts_once_a_later_run_succeeds(world: World) -> None:
    sha = world.commit("one")
    world.deployer.ship = failing_afterwards(world)
    world.promote("dev")
    world.deployer.ship, world.deployer.says = (lambda _job, _poll: 0), ""
    assert world.promote("dev").status is RunStatus.SUCCEEDED
    assert isinstance(world.engine.snapshot().view("orders", "dev").verification, VerifiedBy)
    assert {gate.name for gate in world.engine.plans.draft("orders", "staging", sha).gates if not gate.passed} == set()


@pytest.mark.parametrize(
    ("why", "says"),
    [
        ("idle", "it said nothing for too long"),
        ("timeout", "it took too long"),
        ("hung", "it stayed silent after the stack was complete"),
    ],
)
def test_a_cli_that_was_stopped_is_never_a_plain_success(
    world: World, why: Literal["idle", "timeout", "hung"], says: str
) -> None:
    world.commit("one")
    world.deployer.why = why
    run = world.promote("dev")
    assert run.status is RunStatus.FAILED
    assert run.cause.startswith("deployed, not proved: the Serverless CLI was stopped: ")
    assert says in run.cause


def test_a_stage_that_stops_is_held_after_a_deploy_that_did_not_finish(world: World) -> None:
    stages = [replace(stage, rules=replace(stage.rules, on_failure="stop")) for stage in world.pipeline.stages]
    world.pipeline = replace(world.pipeline, stages=tuple(stages))
    world.commit("one")
    world.deployer.ship = failing_afterwards(world)
    world.promote("dev")
    assert world.engine.snapshot().view("orders", "dev").hold is not None


def test_the_cli_may_be_silent_while_the_stack_moves_and_a_minute_after_it_arrived(world: World) -> None:
    felt: list[StackActivity | None] = []

    def ship(job: Job, _poll: Callable[[], None]) -> int:
        felt.append(world.deployer.activity())
        world.stacks.begin(job.target)
        felt.append(world.deployer.activity())
        world.stacks.unreachable(job.target, "no network", login=False)
        felt.append(world.deployer.activity())
        world.stacks.reachable(job.target)
        world.stacks.finish(job.target, job.commit)
        felt.append(world.deployer.activity())
        return 0

    world.commit("one")
    world.deployer.ship = ship
    assert world.promote("dev").status is RunStatus.SUCCEEDED
    assert felt == [StackActivity.QUIET, StackActivity.MOVING, None, StackActivity.ARRIVED]


def test_a_stack_that_named_the_commit_before_has_not_arrived_until_it_was_updated(world: World) -> None:
    felt: list[StackActivity | None] = []

    def ship(job: Job, poll: Callable[[], None]) -> int:
        felt.append(world.deployer.activity())
        code = world.ships(job, poll)
        felt.append(world.deployer.activity())
        return code

    world.commit("one")
    world.promote("dev")
    world.deployer.ship = ship
    world.promote("dev")
    assert felt == [StackActivity.QUIET, StackActivity.ARRIVED]


def test_a_failing_update_ends_rolled_back_with_its_cause(world: World) -> None:
    good = world.commit("one")
    world.promote("dev")
    world.commit("two")

    def ship(job: Job, _poll: Callable[[], None]) -> int:
        world.stacks.fail(job.target, "no such key")
        return 1

    world.deployer.ship = ship
    run = world.promote("dev")
    assert run.status is RunStatus.ROLLED_BACK
    assert "OrdersTable (AWS::DynamoDB::Table) UPDATE_FAILED: no such key" in run.cause
    assert run.still_on == good


def test_the_verdict_waits_for_cloudformation_when_the_cli_is_gone(world: World) -> None:
    world.commit("one")

    def ship(job: Job, _poll: Callable[[], None]) -> int:
        world.stacks.begin(job.target)
        return -9

    world.deployer.ship = ship
    world.clock.sleep = lambda _seconds: world.stacks.finish(world.target("dev"), world.repository.heads["main"])  # type: ignore[method-assign, assignment]
    run = world.promote("dev")
    assert run.status is RunStatus.FAILED
    assert run.unproved


def test_without_aws_there_is_no_verdict_and_the_lock_stays(world: World) -> None:
    world.commit("one")

    def ship(job: Job, poll: Callable[[], None]) -> int:
        world.ships(job, poll)
        world.stacks.unreachable(job.target, "no network")
        return 0

    world.deployer.ship = ship
    run = world.promote("dev")
    assert run.status is RunStatus.UNKNOWN
    assert run.live
    world.stacks.reachable(world.target("dev"))
    with pytest.raises(LockHeld, match=f"runs reconcile {run.id}"):
        world.run(world.plan("dev"))
    assert world.engine.runs.reconcile(run.id).status is RunStatus.SUCCEEDED  # type: ignore[union-attr]
    assert world.ledger.holder(run.planned.key) is None


def away_after_submitting(world: World, seconds: float) -> None:
    """Let the network go away as soon as the stack has arrived, for so long."""
    sleep, gone = world.clock.sleep, [0.0]

    def ship(job: Job, poll: Callable[[], None]) -> int:
        code = world.ships(job, poll)
        world.stacks.unreachable(job.target, "no connection to AWS", login=False)
        return code

    def asleep(length: float) -> None:
        sleep(length)
        gone[0] += length
        if gone[0] >= seconds:
            world.stacks.reachable(world.target("dev"))

    world.deployer.ship = ship
    world.clock.sleep = asleep  # type: ignore[method-assign, assignment]


def test_a_network_that_is_away_is_waited_for(world: World) -> None:
    world.commit("one")
    away_after_submitting(world, 150)
    run = world.promote("dev")
    assert run.status is RunStatus.SUCCEEDED
    assert words(world, run.id) == [*LIFE[:7], *LIFE[6:]]
    unread = [recorded.event for recorded in world.ledger.events(run.id)][6]
    assert isinstance(unread, Observed)
    assert unread.unread == "no connection to AWS; log in"


@pytest.mark.parametrize("expire", [20, None])
def test_a_network_is_waited_for_as_long_as_the_credentials_last_and_no_longer(
    world: World, expire: int | None
) -> None:
    world.commit("one")
    away_after_submitting(world, 24 * 3600)
    ends = 60 * (expire or 60)
    plan = world.plan("dev")
    world.accounts.expires_at = world.clock.now() + timedelta(seconds=ends) if expire else None
    began = world.clock.now()
    run = world.run(plan)
    assert run.status is RunStatus.UNKNOWN
    assert run.observed is None
    assert "no connection to AWS" in run.cause
    assert ends - 20 < (world.clock.now() - began).total_seconds() < ends + 60


def test_credentials_that_are_refused_are_not_waited_for(world: World) -> None:
    world.commit("one")

    def ship(job: Job, poll: Callable[[], None]) -> int:
        world.stacks.unreachable(job.target, "the token has expired")
        return 0

    world.deployer.ship = ship
    began = world.clock.now()
    assert world.promote("dev").status is RunStatus.UNKNOWN
    assert (world.clock.now() - began).total_seconds() < 60


@pytest.mark.parametrize("at", ["planned", "locked", "checked", "submitting", "submitted"])
def test_a_ledger_that_cannot_write_stops_the_run_before_its_next_step(world: World, at: str) -> None:
    world.commit("one")

    def full(event: Event) -> None:
        if name(event) == at:
            raise LedgerError("ledger", "the disk is full", "free some space")

    world.runner_ledger = world.ledger.beside(before_append=full)
    plan = world.plan("dev")
    with (
        pytest.raises(LedgerError) if at == "planned" else pytest.raises((LedgerError, Refused, DeployError, KeyError))
    ):
        run = world.run(plan)
        raise KeyError(run.id)  # it began: what counts is that nothing was deployed
    assert world.deployer.deployed == []
    assert world.stacks.stack(world.target("dev")) is None


def test_a_run_that_is_asked_to_stop_in_time_deploys_nothing(world: World) -> None:
    world.commit("one")
    plan = world.plan("dev")

    def stop(event: Event) -> None:
        if name(event) == "checked":
            (world.context.folders.run("r2") / "cancel").write_text("joe", encoding="utf-8")

    world.runner_ledger = world.ledger.beside(before_append=stop)
    run = world.run(plan)
    assert (run.status, run.outcome) == (RunStatus.CANCELLED, Outcome.NOT_SUBMITTED)
    assert world.deployer.deployed == []


def test_a_running_update_is_cancelled_and_rolls_back(world: World) -> None:
    world.commit("one")
    world.promote("dev")
    world.commit("two")

    def ship(job: Job, poll: Callable[[], None]) -> int:
        run = job.log.parent
        (run / "cancel").write_text("joe", encoding="utf-8")
        poll()  # nothing to cancel yet
        world.stacks.begin(job.target)
        poll()
        poll()  # asked for once
        world.stacks.settle(job.target)
        return 1

    world.deployer.ship = ship
    run = world.promote("dev")
    assert run.status is RunStatus.CANCELLED
    assert len(world.stacks.cancelled) == 1
    assert words(world, run.id).count("cancel_requested") == 1
