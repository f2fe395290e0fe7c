"""`promote_on: verified`: what the stage before has proved goes on by itself, and what stops it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.gates.decisions import Decision
from promote_tui.core.model.team_rules import Rules
from promote_tui.core.sync.decision import Current, Deploy, Undecided, Waiting
from promote_tui.core.sync.item import exit_code
from promote_tui.engine.sync.selection import SyncSelection
from tests.support.engine_world import World
from tests.support.sync_world import change_stage, check, sync, words

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.core.gates.decisions import DecisionKind

STAGING = SyncSelection(stages=("staging",))
SOAK = Rules(soak=3600.0)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Staging takes what is verified in dev, after an hour."""
    made = World(tmp_path)
    change_stage(made, "staging", promote_on="verified", rules=SOAK)
    return made


def verify(world: World, text: str) -> str:
    """Commit, and verify it in dev."""
    sha = world.commit(text)
    world.promote("dev", sha)
    return sha


def pass_time(world: World, **time: float) -> None:
    """Let time go by."""
    world.clock.at += timedelta(**time)


def decide(world: World, kind: DecisionKind, stage: str | None, commit: str | None = None) -> None:
    """Let a person decide something."""
    arn = "arn:aws:iam::1:user/joe"
    world.ledger.append_decision(Decision(world.clock.now(), kind, "orders", stage, commit, "joe", arn, "because"))


def test_nothing_is_verified_at_first(world: World) -> None:
    world.commit("one")
    (item,) = check(world, STAGING)
    assert isinstance(item.decision, Current)
    assert item.decision.reason == "nothing is verified in dev that staging could take"


def test_what_is_verified_waits_for_its_soak_and_then_goes_on_by_itself(world: World) -> None:
    sha = verify(world, "one")
    (item,) = check(world, STAGING)
    assert isinstance(item.decision, Waiting)
    assert item.decision.gates == ("soak",)
    assert item.decision.opens_at is not None
    assert exit_code([item], check=False) == 0
    pass_time(world, hours=1)
    (item,) = sync(world)[1:]
    assert isinstance(item.decision, Deploy)
    run = world.engine.runs.find(item.decision.run)
    assert (run.stage, run.to_commit, run.planned.started_by) == ("staging", sha, "sync")
    assert run.planned.reason == "sync: verified in dev"
    assert words(check(world, STAGING)) == ["orders staging current"]


def test_a_typed_confirmation_is_the_configurations(world: World) -> None:
    change_stage(world, "staging", confirm="type")
    verify(world, "one")
    pass_time(world, hours=1)
    assert words(check(world, STAGING)) == ["orders staging deploy"]


def test_newer_builds_do_not_keep_back_an_older_one_that_has_soaked(world: World) -> None:
    first = verify(world, "one")
    pass_time(world, minutes=50)
    verify(world, "two")
    pass_time(world, minutes=20)
    (item,) = check(world, STAGING)
    assert isinstance(item.decision, Deploy)
    assert item.commit is not None
    assert item.commit.sha == first


def test_of_several_that_have_soaked_the_newest_goes(world: World) -> None:
    verify(world, "one")
    second = verify(world, "two")
    pass_time(world, hours=2)
    (item,) = check(world, STAGING)
    assert item.commit is not None
    assert (item.commit.sha, words((item,))) == (second, ["orders staging deploy"])


def test_of_several_that_soak_the_first_to_pass_is_named(world: World) -> None:
    first = verify(world, "one")
    pass_time(world, minutes=10)
    verify(world, "two")
    (item,) = check(world, STAGING)
    assert item.commit is not None
    assert (item.commit.sha, words((item,))) == (first, ["orders staging waits"])


def test_a_hold_stops_it(world: World) -> None:
    verify(world, "one")
    pass_time(world, hours=1)
    decide(world, "hold", "staging")
    (item,) = check(world, STAGING)
    assert isinstance(item.decision, Waiting)
    assert item.decision.gates == ("hold",)


def test_a_hold_on_the_stage_before_stops_it(world: World) -> None:
    verify(world, "one")
    pass_time(world, hours=1)
    decide(world, "hold", "dev")
    (item,) = check(world, STAGING)
    assert isinstance(item.decision, Waiting)
    assert item.decision.reason.startswith("dev is held by joe")
    decide(world, "unhold", "dev")
    assert words(check(world, STAGING)) == ["orders staging deploy"]


def test_a_veto_stops_that_commit_and_lets_an_older_one_go(world: World) -> None:
    first = verify(world, "one")
    second = verify(world, "two")
    pass_time(world, hours=1)
    decide(world, "veto", None, second)
    (item,) = check(world, STAGING)
    assert item.commit is not None
    assert (item.commit.sha, words((item,))) == (first, ["orders staging deploy"])


def test_a_rollback_in_the_stage_before_stops_it(world: World) -> None:
    first = verify(world, "one")
    verify(world, "two")
    pass_time(world, hours=1)
    world.run(world.engine.plans.make(world.engine.plans.draft_rollback("orders", "dev", first)))
    (item,) = check(world, STAGING)
    assert isinstance(item.decision, Waiting)
    assert item.decision.reason.startswith("dev is held by")


def test_what_was_rolled_back_in_the_stage_is_not_taken_again_by_itself(world: World) -> None:
    first = verify(world, "one")
    pass_time(world, hours=1)
    sync(world)
    second = verify(world, "two")
    pass_time(world, hours=1)
    sync(world)
    world.run(world.engine.plans.make(world.engine.plans.draft_rollback("orders", "staging", first)))
    decide(world, "unhold", "staging")
    (item,) = check(world, STAGING)
    assert isinstance(item.decision, Waiting)
    assert f"{second[:7]} was rolled back in staging by run" in item.decision.reason
    third = verify(world, "three")
    pass_time(world, hours=1)
    (item,) = check(world, STAGING)
    assert item.commit is not None
    assert (item.commit.sha, words((item,))) == (third, ["orders staging deploy"])


def test_a_stage_that_is_ahead_of_the_one_before_is_left(world: World) -> None:
    verify(world, "one")
    world.stacks.deploy(world.target("staging"), world.commit("two"))
    pass_time(world, hours=1)
    (item,) = check(world, STAGING)
    assert isinstance(item.decision, Current)
    assert "staging is 1 commit ahead of" in item.decision.reason


def test_a_repository_that_cannot_be_fetched_leaves_it_unknown(world: World) -> None:
    verify(world, "one")
    pass_time(world, hours=1)
    world.repository.unreachable = "git fetch failed: no route to host"
    (item,) = check(world, STAGING)
    assert isinstance(item.decision, Undecided)
    assert item.decision.reason == "git fetch failed: no route to host"


def test_a_stage_before_that_cannot_be_read_leaves_it_unknown(world: World) -> None:
    verify(world, "one")
    world.stacks.unreachable(world.target("dev"), "the session has expired")
    (item,) = check(world, STAGING)
    assert isinstance(item.decision, Undecided)
    assert item.decision.reason == "unknown what is verified in dev: the session has expired"
    assert item.decision.login
