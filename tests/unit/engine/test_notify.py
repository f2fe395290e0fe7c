"""Who hears of a run; and that whatever a channel does, the run goes on."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import DeployError, UsageError
from promote_tui.core.gates.options import PromotionOptions
from promote_tui.core.model.channels import Channel, Slack, Sns, Webhook
from promote_tui.core.model.team_rules import Approvals, Rules
from promote_tui.core.runs.run import RunStatus
from promote_tui.core.value import replace
from promote_tui.engine import notify
from promote_tui.engine.decisions import DecisionRequest

if TYPE_CHECKING:
    from promote_tui.core.runs.run import Run
    from tests.support.engine_world import World

TEAM = Slack("${HOOK}")
OPS = Sns("arn:aws:sns:eu-west-1:1:ops", ("failed",))


def told(world: World, *channels: Channel, **rules: object) -> None:
    """Let these channels hear of runs."""
    dev, *others = world.pipeline.stages
    stages = (replace(dev, rules=Rules(**rules)), *others)  # type: ignore[arg-type]
    world.pipeline = replace(world.pipeline, notify=channels, stages=stages)


def problems(world: World, run: Run) -> list[str]:
    """What stands in the run's record of channels that failed."""
    found = [each.event for each in world.ledger.events(run.id)]
    return [f"{event.channel}: {event.reason}" for event in found if event.__class__.__name__ == "NotifyFailed"]  # type: ignore[union-attr]


def test_a_run_is_told_when_it_begins_and_when_it_has_ended(world: World) -> None:
    told(world, TEAM, OPS)
    world.commit("one")
    run = world.promote("dev")
    assert [(channel, text[0]) for channel, text in world.notifier.sent] == [(TEAM, "▸"), (TEAM, "✓")]
    world.deployer.ship = lambda _job, _poll: 1
    world.commit("two")
    world.promote("dev")
    assert {channel for channel, text in world.notifier.sent if text[0] == "✗"} == {TEAM, OPS}
    assert problems(world, run) == []


@pytest.mark.parametrize(
    ("fails", "reason"),
    [
        (DeployError("notify", "it answered 500"), "it answered 500"),
        (RuntimeError("https://secret"), "unexpected RuntimeError"),
    ],
)
def test_a_channel_that_fails_stands_in_the_record_and_the_run_succeeds(
    world: World, fails: Exception, reason: str
) -> None:
    told(world, TEAM)
    world.notifier.fails = fails
    world.commit("one")
    run = world.promote("dev")
    assert run.status is RunStatus.SUCCEEDED
    assert problems(world, run) == [f"notify[0] (slack): {reason}"] * 2


def test_a_channel_that_hangs_holds_nothing_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notify, "PATIENCE", 0.05)
    told(world, TEAM)
    world.notifier.hangs = threading.Event()
    world.commit("one")
    try:
        run = world.promote("dev")
    finally:
        world.notifier.hangs.set()
    assert run.status is RunStatus.SUCCEEDED
    assert all("did not answer" in problem for problem in problems(world, run))
    assert len(problems(world, run)) == 2


def test_nobody_hears_of_a_run_that_was_refused(world: World) -> None:
    told(world, TEAM)
    world.commit("one")
    plan = world.plan("dev")
    world.stacks.deploy(world.target("dev"), world.commit("two"))
    with pytest.raises(Exception, match="stale"):
        world.run(plan)
    assert world.notifier.sent == []


def test_others_are_asked_for_their_approval(world: World) -> None:
    told(world, TEAM, approvals=Approvals())
    sha = world.commit("one")
    assert world.engine.decisions.ask_approval("orders", "dev", "main", "for the sale") == (sha, ())
    ((_, text),) = world.notifier.sent
    assert "asks for approval: for the sale" in text
    world.notifier.fails = DeployError("notify", "it answered 500")
    assert world.engine.decisions.ask_approval("orders", "dev", "main", "")[1] == (
        ("notify[0] (slack)", "it answered 500"),
    )


def posted(world: World) -> list[tuple[str, str | None]]:
    """The event and the run's kind of each post."""
    found = [json.loads(each) for each in world.notifier.payloads]
    return [(each["event"], each["kind"]) for each in found]


def test_a_webhook_hears_of_holds_and_vetoes_of_its_stage(world: World) -> None:
    told(world, Webhook("${HOOK}", ("hold", "unhold", "veto"), ("dev",)))
    sha = world.commit("one")
    decisions = world.engine.decisions
    for wanted in (
        DecisionRequest("hold", "orders", "dev", reason="audit"),
        DecisionRequest("hold", "orders", "prod", reason="audit"),
        DecisionRequest("unhold", "orders", "dev", reason="done"),
        DecisionRequest("veto", "orders", None, sha, "it loses money"),
    ):
        assert decisions.announce(decisions.record(wanted)) == ()
    assert [event for event, _ in posted(world)] == ["hold", "unhold", "veto"]


def test_a_decision_stands_whatever_the_webhook_does(world: World) -> None:
    told(world, Webhook("${HOOK}"))
    world.notifier.fails = DeployError("notify", "it answered 500")
    made = world.engine.decisions.record(DecisionRequest("hold", "orders", "dev", reason="audit"))
    assert world.engine.decisions.announce(made) == (("notify[0] (webhook)", "it answered 500"),)
    assert world.ledger.decisions("orders", "dev") == (made,)


def test_a_rollback_and_the_hold_that_it_leaves_are_told(world: World) -> None:
    told(world, Webhook("${HOOK}", ("rollback", "hold")))
    first = world.commit("one")
    world.promote("dev")
    world.commit("two")
    world.promote("dev")
    assert posted(world) == []
    world.run(world.engine.plans.make(world.engine.plans.draft("orders", "dev", first, PromotionOptions("rollback"))))
    assert sorted(posted(world), key=str) == [("hold", None), ("started", "rollback"), ("succeeded", "rollback")]


def test_nobody_is_asked_where_that_means_nothing(world: World) -> None:
    told(world, OPS, approvals=Approvals())
    world.commit("one")
    with pytest.raises(UsageError, match="no channel under `notify` receives approval_wanted"):
        world.engine.decisions.ask_approval("orders", "dev", "main", "")
    told(world, TEAM)
    with pytest.raises(UsageError, match="asks for no approvals"):
        world.engine.decisions.ask_approval("orders", "dev", "main", "")
