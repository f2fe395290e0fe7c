"""A run of another machine is taken over with a team's ledger: after a silence, and not while its CLI may act."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import LockHeld, Refused, UsageError
from promote_tui.core.model.pipeline import Aws, Target
from promote_tui.core.runs.run import RunStatus
from promote_tui.core.value import replace
from promote_tui.engine.decisions import DecisionRequest
from tests.unit.engine.runs.test_reconcile import in_the_middle, killed

if TYPE_CHECKING:
    from promote_tui.core.gates.decisions import Decision
    from tests.support.engine_world import World

TABLE = Target("ledger", "promote-tui", "promote-tui", "", Aws("eu-west-1", "444444444444", "acme-ops"))


@pytest.fixture
def team(world: World) -> World:
    """A world whose ledger is the team's."""
    world.ledger = world.runner_ledger = dataclasses.replace(world.ledger, team=TABLE)
    return world


def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Go to another machine."""
    monkeypatch.setattr("socket.gethostname", lambda: "elsewhere")


def test_a_silent_run_of_another_machine_is_waited_for_and_reconciled(
    team: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    team.accounts.expires_at = team.clock.now() + timedelta(hours=1)
    run = in_the_middle(team)
    team.stacks.finish(team.target("dev"), team.repository.heads["main"])
    elsewhere(monkeypatch)
    team.clock.sleep(3600)
    said: list[str] = []
    found = team.engine.runs.reconcile(run, said.append)
    assert found is not None
    assert found.status is RunStatus.SUCCEEDED
    assert (
        said[0] == f"the runner of {run} may be alive: it counts as gone after 5 more minutes without a sign; waiting"
    )
    assert len(said) == 5
    assert team.ledger.holder(found.planned.key) is None


def test_a_run_that_died_before_its_plan_is_waited_for_too(team: World, monkeypatch: pytest.MonkeyPatch) -> None:
    run = killed(team, "planned")
    elsewhere(monkeypatch)
    before = team.clock.slept
    assert team.engine.runs.reconcile(run) is None
    assert team.clock.slept - before >= 3800
    assert team.ledger.holder(team.target("dev").key) is None


def test_a_living_run_of_another_machine_is_left_alone(team: World, monkeypatch: pytest.MonkeyPatch) -> None:
    team.commit("one")
    run = team.promote("dev")
    lease = team.ledger.acquire(run.planned.key, "r99")
    lease.append(replace(run.planned, run="r99"))
    elsewhere(monkeypatch)
    with pytest.raises(LockHeld, match="the runner of r99 is alive"):
        team.engine.runs.reconcile("r99")


@pytest.mark.parametrize(
    ("hours", "words"),
    [(8, "last until 2026-03-20 20:00 UTC"), (None, "last without an end")],
    ids=["long", "for ever"],
)
def test_a_cli_whose_credentials_last_may_still_act(
    team: World, monkeypatch: pytest.MonkeyPatch, hours: int | None, words: str
) -> None:
    team.accounts.expires_at = team.clock.now() + timedelta(hours=hours) if hours else None
    run = in_the_middle(team)
    team.stacks.finish(team.target("dev"), team.repository.heads["main"])
    elsewhere(monkeypatch)
    team.clock.sleep(4000)
    with pytest.raises(UsageError, match=words) as refusal:
        team.engine.runs.reconcile(run)
    assert refusal.value.remedy == f"promote-tui runs reconcile {run} --gone"
    assert refusal.value.cause.endswith("or here if that machine is off permanently or was restarted")
    found = team.engine.runs.reconcile(run, gone=True)
    assert found is not None
    assert found.status is RunStatus.SUCCEEDED


def test_a_run_of_another_machine_is_cancelled_there(team: World, monkeypatch: pytest.MonkeyPatch) -> None:
    run = in_the_middle(team)
    lease = dataclasses.replace(team.ledger, team=None).recover(run)  # it lives
    elsewhere(monkeypatch)
    with pytest.raises(Refused, match=r"it runs on .*; there: promote-tui cancel"):
        team.engine.runs.cancel(run)
    lease.abandon()


def test_who_somebody_is_the_ledgers_account_says(team: World, monkeypatch: pytest.MonkeyPatch) -> None:
    team.commit("one")
    monkeypatch.setattr(team.accounts, "role", "in-the-stage")
    identity = type(team.accounts).identity

    def of_the_ledger(accounts: object, target: Target) -> object:
        found = identity(team.accounts, target)
        return dataclasses.replace(found, arn="arn:aws:iam::444444444444:user/ana") if target == TABLE else found

    monkeypatch.setattr(type(team.accounts), "identity", of_the_ledger)
    run = team.promote("dev")
    made: Decision = team.engine.decisions.record(DecisionRequest("hold", "orders", "prod", reason="audit"))
    assert {run.planned.arn, made.arn} == {"arn:aws:iam::444444444444:user/ana"}
