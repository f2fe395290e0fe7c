"""A stage's checks: run when asked for, on the commit, with how they ended on record."""

from __future__ import annotations

import hashlib
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import DeployError, PlanStale, Refused, UsageError
from promote_tui.core.model.team_rules import Rules
from promote_tui.core.value import replace
from promote_tui.engine.checks import CheckWatch
from tests.support.fakes.checkouts import FakeCheckouts

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.gates.model import GateResult
    from promote_tui.core.package.package import Checkout
    from promote_tui.ports import CheckoutRequest
    from tests.support.engine_world import World

GOOD = ("sh", "-c", "cat handler.js; grep -q good handler.js")
FINE = ("sh", "-c", "echo fine")


def checked(world: World, *argvs: tuple[str, ...]) -> None:
    """Let dev and staging ask for these checks."""
    dev, staging, prod = world.pipeline.stages
    rules = Rules(checks=argvs)
    stages = (replace(dev, rules=rules), replace(staging, rules=rules), prod)
    world.pipeline = replace(world.pipeline, stages=stages)


def gate(world: World, stage: str = "dev") -> GateResult:
    return {each.name: each for each in world.engine.plans.draft("orders", stage, "main").gates}["checks"]


def test_checks_that_passed_open_the_gate_for_this_code_in_every_stage(world: World) -> None:
    checked(world, GOOD, FINE)
    world.commit("good")
    assert gate(world).reason.startswith("not run on this code: sh -c ")
    assert gate(world).remedy.startswith("promote-tui check --run orders --to dev --commit ")
    ends = world.engine.decisions.run_checks("orders", "dev", "main")
    assert [end.decision.passed for end in ends] == [True, True]
    assert gate(world).passed
    assert gate(world, "staging").passed
    world.commit("good too")
    assert not gate(world).passed


def on_promote(world: World, *argvs: tuple[str, ...]) -> None:
    """Let dev ask for these checks, which a promotion runs."""
    dev, *others = world.pipeline.stages
    rules = Rules(checks=argvs, run_checks="on_promote")
    world.pipeline = replace(world.pipeline, stages=(replace(dev, rules=rules), *others))


def test_a_promotion_runs_the_checks_that_never_ran_and_none_a_second_time(world: World) -> None:
    on_promote(world, GOOD, FINE)
    world.commit("good")
    steps: list[str] = []
    world.engine.plans.make(world.engine.plans.draft("orders", "dev", "main"), steps.append, runs_checks=False)
    assert not [step for step in steps if step.startswith("running ")]
    plan = world.engine.plans.make(world.engine.plans.draft("orders", "dev", "main"), steps.append)
    assert {each.name: each.passed for each in plan.gates}["checks"]
    assert [step for step in steps if step.startswith("running ")] == [f"running sh -c {word}" for word in CALLED]
    again = len(steps)
    world.engine.plans.make(world.engine.plans.draft("orders", "dev", "main"), steps.append)
    assert not [step for step in steps[again:] if step.startswith("running ")]


CALLED = ("'cat handler.js; grep -q good handler.js'", "'echo fine'")


def test_a_check_that_failed_is_not_run_again_by_a_promotion(world: World) -> None:
    on_promote(world, GOOD)
    world.commit("bad")
    plans = world.engine.plans
    plan = plans.make(plans.draft("orders", "dev", "main"))
    (gate_,) = [each for each in plan.gates if each.name == "checks"]
    assert not gate_.passed
    assert "failed" in gate_.reason
    steps: list[str] = []
    plans.make(plans.draft("orders", "dev", "main"), steps.append)
    assert not [step for step in steps if step.startswith("running ")]


def test_one_that_fails_keeps_it_closed_until_it_passes(world: World) -> None:
    checked(world, GOOD, FINE)
    world.commit("bad")
    first, second = world.engine.decisions.run_checks("orders", "dev", "main")
    assert (first.decision.passed, second.decision.passed) == (False, True)
    assert first.decision.reason.endswith("ended with exit code 1")
    assert "failed" in gate(world).reason
    with pytest.raises(Refused, match="checks"):
        world.promote("dev")
    assert first.decision.who == world.accounts.person


def test_the_output_is_kept_under_its_digest_until_it_is_old(world: World) -> None:
    checked(world, GOOD)
    world.commit("good words")
    (end,) = world.engine.decisions.run_checks("orders", "dev", "main")
    said = end.log.read_bytes()
    assert said.startswith(b"good words")
    assert end.decision.evidence == end.log.stem == hashlib.sha256(said).hexdigest()
    assert [path.name for path in end.log.parent.iterdir()] == [end.log.name]
    world.clock.at += timedelta(days=3650)
    assert "the output of 1 check older than 90 days" in world.engine.prune()
    assert not end.log.exists()


def test_what_is_stopped_leaves_nothing_on_record(world: World) -> None:
    checked(world, FINE)
    world.commit("good")

    def stop(step: str) -> None:
        if step.startswith("running"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.engine.decisions.run_checks("orders", "dev", "main", CheckWatch(stop))
    assert world.ledger.decisions("orders") == ()
    assert not world.checkouts.held


def test_a_program_that_ends_with_an_error_has_failed(world: World) -> None:
    checked(world, (sys.executable, "-c", "raise SystemExit(9)"))
    world.commit("good")
    (end,) = world.engine.decisions.run_checks("orders", "dev", "main")
    assert end.decision.reason.endswith("ended with exit code 9")


def test_a_program_that_is_not_there_is_named_with_the_next_step(world: World) -> None:
    checked(world, ("no-such-program", "--fast"))
    world.commit("good")
    (end,) = world.engine.decisions.run_checks("orders", "dev", "main")
    assert not end.decision.passed
    assert end.decision.reason == "no-such-program: it is not on the PATH; install it, or fix the command"


def test_who_watches_stops_a_check_which_leaves_nothing_on_record(world: World) -> None:
    def stop() -> None:
        raise PlanStale("orders/dev", "nobody wants to know any more")

    checked(world, FINE)
    world.commit("good")
    with pytest.raises(PlanStale):
        world.engine.decisions.run_checks("orders", "dev", "main", CheckWatch(on_poll=stop))
    assert world.ledger.decisions("orders") == ()
    assert list(world.context.folders.checks.iterdir()) == []
    assert not world.checkouts.held


class Unbuilt(FakeCheckouts):
    """Checkouts whose commands fail."""

    def prepare(self, wanted: CheckoutRequest, on_poll: Callable[[], None] | None = None) -> Checkout:
        super().prepare(wanted, on_poll)
        subject = f"{wanted.service.name}/{wanted.stage}"
        raise DeployError(subject, "`npm ci` ended with exit code 1", f"the whole output is in {wanted.log}")


def test_where_the_checkout_fails_its_output_is_where_the_error_says(world: World) -> None:
    checked(world, FINE)
    world.commit("good")
    whole = world.checkouts
    world.checkouts = Unbuilt(whole.repositories, whole.folder, whole.clock)
    with pytest.raises(DeployError) as caught:
        world.engine.decisions.run_checks("orders", "dev", "main")
    assert "checked out" in Path(caught.value.remedy.rpartition(" ")[2]).read_text(encoding="utf-8")
    assert world.ledger.decisions("orders") == ()


def test_what_a_killed_check_left_behind_goes_after_a_day(world: World) -> None:
    checked(world, FINE)
    world.commit("good")
    (end,) = world.engine.decisions.run_checks("orders", "dev", "main")
    left = [end.log.with_name(name) for name in ("gabcde.log", "gabcde.log.raw", "gabcde.checkout.log")]

    def leave(age: timedelta) -> None:
        for path in left:
            path.write_text("not masked yet", encoding="utf-8")
            then = (world.clock.at - age).timestamp()
            os.utime(path, (then, then))

    leave(timedelta(hours=23))
    world.engine.prune()
    assert all(path.exists() for path in left)
    leave(timedelta(hours=25))
    assert world.engine.prune() == ()
    assert [path.name for path in end.log.parent.iterdir()] == [end.log.name]
    leave(timedelta(hours=25))
    world.engine.decisions.run_checks("orders", "dev", "main")
    assert [path.name for path in end.log.parent.iterdir()] == [end.log.name]


def test_a_stage_without_checks_says_so(world: World) -> None:
    world.commit("good")
    with pytest.raises(UsageError, match=r"orders/dev: the stage asks for no checks"):
        world.engine.decisions.run_checks("orders", "dev", "main")
