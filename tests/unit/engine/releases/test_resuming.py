"""What is killed, raced or out of reach: whoever resumes does exactly what is missing, and nothing twice."""

from __future__ import annotations

import contextlib
import dataclasses
import re
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import DeployError, LedgerError, Refused, UsageError
from promote_tui.core.model.pipeline import Aws, Target
from promote_tui.core.releases import events as e
from promote_tui.core.releases.release import MemberState, ReleaseStatus
from promote_tui.core.runs.events import name as name_of
from promote_tui.core.value import replace
from promote_tui.engine.governance import Governance
from promote_tui.engine.releases.claim import lock_key
from promote_tui.engine.releases.control import ReleaseConfirmation, confirm_release
from promote_tui.engine.releases.execution import ReleaseExecution
from promote_tui.engine.releases.launch import launch_release
from promote_tui.engine.runs.followed_run import FollowedRun
from tests.support.engine_world import ME, Died, HereLauncher
from tests.support.release_world import NAME, SHOP, TYPED, all_in, states

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.model.pipeline import Stage
    from promote_tui.core.releases.events import ReleaseEvent
    from promote_tui.ports import Job
    from tests.support.release_world import ReleaseWorld

TABLE = Target("ledger", "promote-tui", "promote-tui", "", Aws("eu-west-1", "444444444444", "acme-ops"))
DONE = ReleaseStatus.DONE
VERIFIED = MemberState.VERIFIED


def is_start(service: str) -> Callable[[ReleaseEvent], bool]:
    """Return whether an event is a member's start."""
    return lambda event: isinstance(event, e.MemberStarted) and event.service == service


def is_end(service: str) -> Callable[[ReleaseEvent], bool]:
    """Return whether an event is the end of a member's run."""
    return lambda event: isinstance(event, e.MemberEnded) and event.service == service


def confirm(shop: ReleaseWorld, **more: object) -> None:
    """Plan a release and confirm it, without starting its process."""
    shop.plan_release()
    confirm_release(shop.engine.governance, NAME, ReleaseConfirmation(TYPED, **more))  # type: ignore[arg-type]


def once_each(shop: ReleaseWorld) -> bool:
    """Tell whether each service was deployed to prod exactly once."""
    return sorted(shop.deployed()) == sorted(SHOP)


def kill_and_see(shop: ReleaseWorld, at: Callable[[ReleaseEvent], bool]) -> None:
    """Start the release and let its process be killed at such an event."""
    shop.kill_process(at)
    with contextlib.suppress(DeployError):  # it may die before it has begun
        shop.start_release()
    assert shop.process_ledger is shop.ledger, "nothing was killed"


@pytest.mark.parametrize(
    "at",
    [
        lambda event: isinstance(event, e.ProcessStarted),
        *(is_start(name) for name in SHOP),
        *(is_end(name) for name in SHOP),
        lambda event: isinstance(event, e.ReleaseEnded),
    ],
    ids=["begin", *(f"start-{name}" for name in SHOP), *(f"end-{name}" for name in SHOP), "over"],
)
def test_a_process_that_is_killed_is_resumed_with_exactly_what_is_missing(
    at: Callable[[ReleaseEvent], bool], shop: ReleaseWorld
) -> None:
    shop.plan_release()
    kill_and_see(shop, at)
    assert shop.release().ended is None
    assert shop.engine.releases.worker(NAME) is None
    shop.engine.releases.resume(NAME)
    release = shop.release()
    assert (release.status, states(release)) == (DONE, all_in(VERIFIED))
    assert once_each(shop)


@pytest.mark.parametrize("service", ["web", "orders", "identity"])
@pytest.mark.parametrize("at", [is_start, is_end], ids=["start", "end"])
def test_a_process_that_is_killed_while_it_rolls_back_is_resumed(
    at: Callable[[str], Callable[[ReleaseEvent], bool]], service: str, shop: ReleaseWorld
) -> None:
    shop.plan_release()
    shop.start_release()
    shop.kill_process(at(service))
    shop.answer("roll_back_all")
    assert shop.release().ended is None
    shop.engine.releases.resume(NAME)
    release = shop.release()
    assert (release.status, states(release)) == (ReleaseStatus.ROLLED_BACK, all_in(MemberState.ROLLED_BACK))
    assert sorted(shop.deployed()) == sorted([*SHOP, *SHOP])


@pytest.mark.parametrize("name", ["locked", "checked", "submitting", "submitted", "exited", "observed", "released"])
def test_a_runner_that_is_killed_is_reconciled_by_the_release(name: str, shop: ReleaseWorld) -> None:
    shop.plan_release()
    shop.kill_runner(lambda event: name_of(event) == name)
    release = shop.start_release()
    if release.status is ReleaseStatus.PAUSED:  # it died before its deploy: what the stack runs says so
        assert len(release.in_state(MemberState.FAILED)) == 1
        release = shop.answer("retry")
    assert (release.status, states(release)) == (DONE, all_in(VERIFIED))
    assert shop.engine.runs.unfinished() == ()


def test_a_runner_that_dies_before_it_writes_anything_is_started_again(shop: ReleaseWorld) -> None:
    shop.plan_release()
    shop.kill_runner(lambda event: name_of(event) == "planned")
    release = shop.start_release()
    release = release if release.status is DONE else shop.answer("retry")
    assert states(release) == all_in(VERIFIED)
    assert once_each(shop)


def test_process_and_runner_are_killed_together(shop: ReleaseWorld) -> None:
    shop.plan_release()
    shop.kill_runner(lambda event: name_of(event) == "exited")
    kill_and_see(shop, lambda event: isinstance(event, e.MemberEnded))
    shop.engine.releases.resume(NAME)
    assert shop.release().status is DONE
    assert once_each(shop)


def test_a_runner_that_was_on_its_way_never_begins_once_its_run_was_given_up(
    shop: ReleaseWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    late: list[Callable[[], object]] = []
    launch = HereLauncher.launch

    def wait(self: HereLauncher, *given: object) -> Callable[[], bool]:
        monkeypatch.setattr(HereLauncher, "launch", launch)
        late.append(lambda: launch(self, *given))  # type: ignore[arg-type]
        raise Died

    monkeypatch.setattr(HereLauncher, "launch", wait)
    shop.plan_release("catalog")
    shop.start_release()
    assert shop.release().in_state(MemberState.RUNNING) == ("catalog",)
    run = shop.release().progress["catalog"].run
    shop.engine.releases.resume(NAME)
    assert shop.release().status is DONE
    late[0]()
    assert shop.ledger.events(run) == ()
    assert shop.runs("catalog") == 1


def test_a_run_is_given_up_only_once(shop: ReleaseWorld) -> None:
    followed = FollowedRun(shop.engine.governance, ME, shop.target("prod"), "r99")
    assert (followed.settle(), followed.settle()) == (None, None)
    assert shop.ledger.holder(shop.target("prod").key) is None


def test_a_run_whose_stack_another_run_holds_is_given_up_without_its_lock(shop: ReleaseWorld) -> None:
    lease = shop.ledger.acquire(shop.target("prod").key, "other")
    assert FollowedRun(shop.engine.governance, ME, shop.target("prod"), "r99").settle() is None
    lease.release()


def test_a_run_whose_runner_has_died_with_the_lock_is_freed(shop: ReleaseWorld) -> None:
    shop.ledger.acquire(shop.target("prod").key, "r99").abandon()
    assert FollowedRun(shop.engine.governance, ME, shop.target("prod"), "r99").settle() is None
    assert shop.ledger.holder(shop.target("prod").key) is None


def test_what_is_at_work_elsewhere_is_not_resumed(shop: ReleaseWorld) -> None:
    confirm(shop)
    lease = shop.ledger.acquire(lock_key(shop.context, NAME), "other")
    with pytest.raises(Refused, match=r"a process on laptop works on it since .*; watch it: promote-tui release show"):
        shop.engine.releases.resume(NAME)
    with pytest.raises(Refused, match="a process on laptop works on it"):
        ReleaseExecution(shop.engine.governance, NAME, ME).execute()
    assert shop.release().attempts == 0
    lease.release()
    shop.engine.releases.resume(NAME)
    assert shop.release().status is DONE


def test_two_processes_at_once_do_everything_once(shop: ReleaseWorld) -> None:
    confirm(shop)
    refused: list[str] = []

    def execute() -> None:
        try:
            ReleaseExecution(shop.engine.governance, NAME, ME).execute()
        except Refused as error:
            refused.append(error.cause)

    threads = [threading.Thread(target=execute) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (shop.release().status, len(refused)) == (DONE, 2)
    assert once_each(shop)


def test_a_process_that_was_silent_for_long_stops_where_another_has_taken_over(shop: ReleaseWorld) -> None:
    confirm(shop)
    record, context = shop.ledger, shop.context

    def meanwhile(event: ReleaseEvent) -> None:
        if is_start("web")(event):
            shop.process_ledger = shop.ledger
            taken = e.ProcessStarted(shop.clock.now(), "other", "elsewhere", ME)
            assert record.append_release_event(NAME, len(record.release_events(NAME)) + 1, taken)

    shop.process_ledger = shop.ledger.beside(before_release_event=meanwhile)
    execution = ReleaseExecution(Governance(shop.process_context), NAME, ME)
    with pytest.raises(Refused, match="a process on elsewhere has taken it over"):
        execution.execute()
    assert shop.release().progress["web"].state is MemberState.WAITING
    assert context.ledger.holder(lock_key(context, NAME)) is None


@pytest.fixture
def lost(shop: ReleaseWorld) -> ReleaseWorld:
    """A release in the team's ledger whose process has died on another machine, in the second wave."""
    shop.ledger = shop.runner_ledger = shop.process_ledger = dataclasses.replace(shop.ledger, team=TABLE)
    shop.plan_release()
    shop.kill_process(is_start("orders"))
    with contextlib.suppress(Died):
        shop.start_release()
    shop.ledger = shop.runner_ledger = shop.process_ledger = dataclasses.replace(shop.ledger, unseen=True)
    return shop


def test_a_machine_that_may_be_lost_is_not_taken_over_from_unasked(lost: ReleaseWorld) -> None:
    with pytest.raises(
        Refused, match=rf"and cannot be seen from here; .* promote-tui release resume {NAME}, which waits$"
    ):
        lost.engine.releases.resume(NAME)


def test_a_machine_that_is_lost_is_waited_for_and_taken_over_from(lost: ReleaseWorld) -> None:
    said: list[str] = []
    before = lost.clock.slept
    lost.engine.releases.resume(NAME, said.append)
    assert lost.clock.slept - before >= 3800
    assert re.search("counts as gone after 65 more minutes without a sign; waiting", said[0])
    assert (lost.release().status, once_each(lost)) == (DONE, True)


def test_what_this_process_has_seen_of_a_silence_counts(lost: ReleaseWorld) -> None:
    assert lost.engine.releases.worker(NAME) is not None
    lost.clock.sleep(4000)
    assert lost.engine.releases.worker(NAME) is None
    lost.engine.releases.resume(NAME)
    assert (lost.release().status, once_each(lost)) == (DONE, True)


def test_a_ledger_that_fails_for_a_while_costs_nothing(shop: ReleaseWorld) -> None:
    shop.plan_release()
    failures = iter(range(40))

    def fail(event: ReleaseEvent) -> None:
        if not isinstance(event, e.ProcessStarted) and next(failures, None) is not None:
            raise LedgerError("ledger", "no answer")

    shop.process_ledger = shop.ledger.beside(before_release_event=fail)
    release = shop.start_release()
    assert (release.status, once_each(shop)) == (DONE, True)


def test_a_ledger_that_fails_for_long_ends_the_process_and_loses_nothing(shop: ReleaseWorld) -> None:
    shop.plan_release()

    def fail(event: ReleaseEvent) -> None:
        if isinstance(event, e.MemberEnded):
            raise LedgerError("ledger", "no answer")

    shop.process_ledger = shop.ledger.beside(before_release_event=fail)
    release = shop.start_release()
    assert release.in_state(MemberState.RUNNING) == ("identity", "catalog")
    shop.process_ledger = shop.ledger
    shop.engine.releases.resume(NAME)
    assert (shop.release().status, once_each(shop)) == (DONE, True)


def test_an_end_whose_answer_was_lost_is_not_written_twice(shop: ReleaseWorld) -> None:
    shop.plan_release("orders")

    def lose(event: ReleaseEvent) -> None:
        if isinstance(event, e.ReleaseEnded):
            shop.ledger.append_release_event(NAME, len(shop.ledger.release_events(NAME)) + 1, event)
            raise LedgerError("ledger", "no answer")

    shop.process_ledger = shop.ledger.beside(before_release_event=lose)
    assert shop.start_release().status is DONE
    assert sum(isinstance(each.event, e.ReleaseEnded) for each in shop.ledger.release_events(NAME)) == 1


def test_what_nobody_expected_in_a_member_is_on_record_and_in_the_log(
    shop: ReleaseWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    def crash(job: Job, poll: Callable[[], None]) -> int:
        if job.target.service == "catalog" and not crashed:
            crashed.append(job)
            raise ZeroDivisionError
        return shop.ships(job, poll)

    crashed: list[Job] = []
    shop.deployer.ship = crash
    shop.plan_release()
    release = shop.start_release()
    assert (release.status, release.progress["catalog"].state) == (ReleaseStatus.PAUSED, MemberState.FAILED)
    assert release.progress["catalog"].cause == "unexpected ZeroDivisionError"
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert shop.answer("retry").in_state(MemberState.FAILED) == ("catalog",)  # it is settled: nothing was changed
    assert shop.answer("retry").status is DONE


def test_an_unknown_outcome_is_settled_before_anything_is_tried_again(shop: ReleaseWorld) -> None:
    def vanish(job: Job, poll: Callable[[], None]) -> int:
        code = shop.ships(job, poll)
        if job.target.service == "catalog":
            shop.stacks.unreachable(job.target, "no answer")
        return code

    shop.deployer.ship = vanish
    shop.plan_release()
    release = shop.start_release()
    assert (release.status, release.in_state(MemberState.FAILED)) == (ReleaseStatus.PAUSED, ("catalog",))
    shop.stacks.reachable(shop.target("prod", "catalog"))
    assert shop.answer("retry").status is DONE
    assert once_each(shop)


def test_what_a_newer_version_wrote_is_not_gone_on_with(shop: ReleaseWorld) -> None:
    confirm(shop)
    raw = '{"event": "shipped", "schema": 2, "at": "2026-11-30T12:00:00+00:00"}'
    shop.ledger.store.releases["acme", NAME].append(raw)
    assert shop.release().unknown_events == 1
    with pytest.raises(Refused, match="a newer version of promote-tui has written to it; upgrade"):
        shop.engine.releases.resume(NAME)
    assert shop.deployed() == []


def test_an_answer_in_the_last_moments_of_a_process_is_acted_on(shop: ReleaseWorld) -> None:
    shop.broken.add("catalog")
    shop.plan_release()

    def meanwhile(event: ReleaseEvent) -> None:
        if isinstance(event, e.ReleasePaused) and shop.broken:
            shop.broken.clear()
            shop.answer("retry", "catalog")

    shop.process_ledger = shop.ledger.beside(before_release_event=meanwhile)
    assert shop.start_release().status is DONE
    assert shop.release().attempts == 1


def test_stop_while_services_are_at_work_lets_them_end(shop: ReleaseWorld) -> None:
    def stop(event: ReleaseEvent) -> None:
        if is_end("catalog")(event) and not shop.release().stops:
            shop.answer("stop")

    shop.plan_release()
    shop.process_ledger = shop.ledger.beside(before_release_event=stop)
    release = shop.start_release()
    assert release.status is ReleaseStatus.STOPPED
    assert release.in_state(VERIFIED) == ("identity", "catalog")


def test_all_that_is_at_work_is_rolled_back_too(shop: ReleaseWorld) -> None:
    def back(event: ReleaseEvent) -> None:
        if is_end("catalog")(event) and not shop.release().rolls_back:
            shop.answer("roll_back_all")

    shop.plan_release()
    shop.process_ledger = shop.ledger.beside(before_release_event=back)
    release = shop.start_release()
    assert release.status is ReleaseStatus.ROLLED_BACK
    assert {shop.running(name) for name in SHOP} == {"old"}


# credentials and time


def test_credentials_that_end_too_soon_pause_it_before_anything_starts(shop: ReleaseWorld) -> None:
    shop.accounts.expires_at = shop.clock.now() + timedelta(minutes=20)
    shop.plan_release()
    shop.accounts.expires_at = shop.clock.now() + timedelta(minutes=20)
    assert not any(review.blocked for review in shop.release().reviews.values())
    release = shop.start_release()
    assert (release.status, shop.deployed()) == (ReleaseStatus.PAUSED, [])
    assert release.paused is not None
    assert release.paused.why == "credentials"
    assert release.paused.words == (
        "333333333333: the credentials expire in 19m 59s; this release usually takes 30m: with 5m to spare they must"
        " last 35m; log in again, then resume"
    )
    shop.accounts.expires_at = shop.clock.now() + timedelta(hours=1)
    shop.engine.releases.resume(NAME)
    assert shop.release().status is DONE


def test_credentials_that_are_made_anew_for_each_run_need_not_last_for_all_of_them(
    shop: ReleaseWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.plan_release()
    anew = property(lambda _self: shop.clock.now() + timedelta(minutes=16), lambda _self, _at: None)
    monkeypatch.setattr(type(shop.accounts), "expires_at", anew, raising=False)
    assert shop.start_release().status is DONE


def test_credentials_that_are_none_pause_it_with_how_to_get_some(shop: ReleaseWorld) -> None:
    shop.plan_release()
    confirm_release(shop.engine.governance, NAME, ReleaseConfirmation(TYPED))
    shop.accounts.log_out("prod")
    launch_release(shop.engine.governance, NAME)
    release = shop.release()
    assert release.paused is not None
    assert "aws sso login --profile prod, then resume" in release.paused.words
    shop.accounts.log_in("prod")
    shop.engine.releases.resume(NAME)
    assert shop.release().status is DONE


def test_roles_that_a_code_was_given_for_are_handed_over(shop: ReleaseWorld) -> None:
    shop.accounts.given.add("prod")
    shop.plan_release("orders")
    shop.start_release()
    assert shop.accounts.taken == b"prod"


def test_it_waits_for_its_time_and_asks_the_gates_then(shop: ReleaseWorld) -> None:
    at = shop.clock.now() + timedelta(hours=2)
    shop.stacks.deploy(shop.target("prod", "web"), shop.old["web"])
    confirm(shop, starts_at=at)
    assert shop.release().status is ReleaseStatus.SCHEDULED
    launch_release(shop.engine.governance, NAME)
    release = shop.release()
    assert release.status is DONE
    assert all(each.started_at and each.started_at >= at for each in release.progress.values())


def test_a_release_that_waits_for_its_time_can_be_stopped(shop: ReleaseWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    confirm(shop, starts_at=shop.clock.now() + timedelta(hours=2))
    sleep = shop.clock.sleep

    def wait(seconds: float) -> None:
        sleep(seconds)
        if shop.clock.slept > 600 and not shop.release().stops:
            shop.answer("stop")

    monkeypatch.setattr(shop.clock, "sleep", wait)
    launch_release(shop.engine.governance, NAME)
    assert (shop.release().status, shop.deployed()) == (ReleaseStatus.STOPPED, [])
    assert shop.clock.slept < 700


def test_a_scheduled_release_without_a_process_is_stopped_at_once(shop: ReleaseWorld) -> None:
    confirm(shop, starts_at=shop.clock.now() + timedelta(hours=2))
    assert shop.answer("stop").status is ReleaseStatus.STOPPED


def test_credentials_have_to_last_from_its_time_on(shop: ReleaseWorld) -> None:
    shop.accounts.expires_at = shop.clock.now() + timedelta(hours=2)
    confirm(shop, starts_at=shop.clock.now() + timedelta(hours=2))
    launch_release(shop.engine.governance, NAME)
    assert shop.release().status is ReleaseStatus.PAUSED
    assert shop.clock.slept < 60


def test_nobody_confirms_it_twice(shop: ReleaseWorld) -> None:
    confirm(shop)
    with pytest.raises(UsageError, match="it is running, confirmed by ana"):
        confirm_release(shop.engine.governance, NAME, ReleaseConfirmation(TYPED))


@pytest.mark.parametrize(("confirm_as", "typed"), [("none", ""), ("ask", "yes"), ("ask", TYPED), ("type", TYPED)])
def test_it_is_confirmed_as_its_stage_asks(confirm_as: str, typed: str, shop: ReleaseWorld) -> None:
    shop.change_stage(lambda stage: replace(stage, confirm=confirm_as))  # type: ignore[arg-type]
    shop.plan_release("orders")
    assert shop.start_release(typed).status is DONE


def test_the_committed_configuration_says_how_it_is_confirmed(shop: ReleaseWorld) -> None:
    shop.plan_release("orders")
    shop.governing = replace(shop.pipeline, stages=tuple(_ruled(each) for each in shop.pipeline.stages))
    shop.change_stage(lambda stage: replace(stage, confirm="none"))
    with pytest.raises(Refused, match="not confirmed"):
        shop.start_release("")
    assert shop.start_release().status is DONE


def _ruled(stage: Stage) -> Stage:
    """Return a stage that has a gate."""
    return replace(stage, rules=replace(stage.rules, soak=1.0)) if stage.name == "prod" else stage
