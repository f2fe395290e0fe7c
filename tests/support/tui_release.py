"""Engines with a release of their own: planned, blocked, running, in trouble, waiting for a go, done."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.core.gates.model import Allowance, GateResult
from promote_tui.core.model.pipeline import ReleaseSettings
from promote_tui.core.model.stack_status import StackEvent
from promote_tui.core.model.team_rules import Approvals, Rules
from promote_tui.core.releases.events import (
    Answered,
    MemberEnded,
    MemberHeld,
    MemberStarted,
    ProcessStarted,
    ReleaseConfirmed,
    ReleaseEnded,
    ReleasePaused,
)
from promote_tui.core.releases.review import BlockedGate, MemberReview, ReviewedChange
from promote_tui.core.runs.run import Process
from promote_tui.core.runs.typical_duration import TypicalDuration
from promote_tui.core.value import replace
from promote_tui.engine.releases.planning import ReleaseRequest
from tests.support.fakes import world
from tests.support.fakes.engine.events import opening, planned, story
from tests.support.tui_releasing import draft, ready

if TYPE_CHECKING:
    from promote_tui.core.planning.plan import Draft
    from promote_tui.core.releases.events import MemberOutcome, RunPurpose
    from tests.support.fakes.engine import FakeEngine

NAME = "2026-01-31"
PHRASE = f"release {NAME} prod"
TABLE = ReviewedChange("OrdersTable", "AWS::DynamoDB::Table", "modify", "true", holds_data=True)
QUEUE = ReviewedChange("Queue", "AWS::SQS::Queue", "modify")
TOPIC = ReviewedChange("Topic", "AWS::SNS::Topic", "add")
ALARM = ReviewedChange("OldAlarm", "AWS::CloudWatch::Alarm", "remove")
REVIEWS = {
    "billing": MemberReview(2, ("ana",), (QUEUE,), typical_seconds=180.0),
    "catalog": MemberReview(4, ("ana", "joe"), (QUEUE, TOPIC), typical_seconds=120.0),
    "checkout": MemberReview(11, ("lea",), (TOPIC, ALARM), one_way="migrations: 2", typical_seconds=240.0),
    "orders": MemberReview(5, ("joe",), (QUEUE, TOPIC, ALARM), typical_seconds=200.0),
}
APPROVALS = BlockedGate("approvals", "0 of 1 approval so far", "ask somebody else")
CHECKLIST = BlockedGate("checklist", "not ticked: on call knows", "tick it")
SOAK = BlockedGate("soak", "2h of 4h in staging", "wait", "time", overridable=True)
DATA = BlockedGate("data", "OrdersTable would be replaced: its data is lost", "type its name")
HOLD = BlockedGate("hold", 'by lea: "stock count until Monday"', "lift it")


def engine_before() -> FakeEngine:
    """Return an engine with four services that may be released into prod, in three waves."""
    engine = ready()
    engine.script.drafts["checkout", "prod"] = draft("checkout", "b4471aa", "91c2d70", 5)
    engine.script.reviews = dict(REVIEWS)
    return engine


def plan(engine: FakeEngine, name: str = NAME, services: tuple[str, ...] = ()) -> None:
    """Plan a release, as somebody has done before."""
    engine.releases.plan(ReleaseRequest(name, "prod", services))
    engine.calls.clear()


def planned_release() -> FakeEngine:
    """Return an engine with a release that may begin."""
    engine = engine_before()
    plan(engine)
    return engine


def with_rules(engine: FakeEngine, rules: Rules, between: str = "continue") -> None:
    """Let prod ask for something, and perhaps for a go between the waves."""
    settings = ReleaseSettings(between_waves="ask" if between == "ask" else "continue")
    stages = tuple(
        replace(each, rules=rules, release=settings) if each.name == "prod" else each for each in engine.pipeline.stages
    )
    engine.configure(replace(engine.pipeline, stages=stages))


def blocked_release() -> FakeEngine:
    """Return an engine with a release that may not begin: approvals, a soak and a hold are in the way."""
    engine = engine_before()
    with_rules(engine, Rules(approvals=Approvals(1), checklist=("on call knows",), overridable=("soak",)))
    reviews = engine.script.reviews
    more = {"catalog": (HOLD,), "orders": (SOAK,)}
    for name in REVIEWS:
        gates = (CHECKLIST, APPROVALS, *more.get(name, ()))
        reviews[name] = replace(reviews[name], blocked=gates)
        found = tuple(
            GateResult(each.name, passed=False, reason=each.reason, overridable=each.overridable) for each in gates
        )
        engine.script.drafts[name, "prod"] = _gated(engine.script.drafts[name, "prod"], found)
    plan(engine)
    return engine


def grave_release() -> FakeEngine:
    """Return an engine with a release whose summary has something to say of everything."""
    engine = engine_before()
    with_rules(engine, Rules(approvals=Approvals(1)))
    reviews = engine.script.reviews
    reviews["orders"] = replace(reviews["orders"], changes=(TABLE, TOPIC, ALARM), blocked=(DATA, SOAK))
    for name in REVIEWS:
        reviews[name] = replace(reviews[name], blocked=(*reviews[name].blocked, APPROVALS))
    plan(engine)
    return engine


def _gated(of: Draft, gates: tuple[GateResult, ...]) -> Draft:
    return replace(of, gates=(*world.PASSED, *gates))


def confirm(engine: FakeEngine, name: str = NAME) -> None:
    """Let a person confirm the release, and its process begin."""
    now = engine.clock.now()
    engine.write_release(
        name,
        ReleaseConfirmed(now, "ana", "arn", PHRASE),
        ProcessStarted(now, "attempt-1", "laptop", Process(1, "then")),
    )


def begin(engine: FakeEngine, *services: str, purpose: RunPurpose = "promotion") -> None:
    """Let the runs of members begin; each has submitted its deploy."""
    for service in services:
        run = f"run-{service}" if purpose == "promotion" else f"back-{service}"
        engine.write_release(NAME, MemberStarted(engine.clock.now(), service, run, purpose))
        first = planned(run, world.plan(engine.script.drafts[service, "prod"]), engine.clock.now())
        engine.append(run, first, *opening(first))


def end(engine: FakeEngine, outcome: MemberOutcome, *services: str, cause: str = "", remedy: str = "") -> None:
    """Let members come to an end."""
    for service in services:
        run = f"run-{service}"
        first = engine.planned(run)
        events = story(first, "succeeded") if outcome == "verified" else story(first, "rolled_back")
        engine.append(run, *events[4:])
        engine.write_release(NAME, MemberEnded(engine.clock.now(), service, run, outcome, cause, remedy))


def stack_events(engine: FakeEngine, service: str, done: int, running: int = 1) -> None:
    """Let CloudFormation be at work on a member's stack."""
    at = engine.clock.now()
    run = f"run-{service}"
    target = world.target(service, "prod")
    arn = f"arn:aws:cloudformation:eu-west-1:333333333333:stack/{target.stack}/1"
    found = [StackEvent("e0", at, arn, target.stack, arn, "AWS::CloudFormation::Stack", "UPDATE_IN_PROGRESS")]
    for number in range(done + running):
        name = f"Resource{number}"
        found.append(StackEvent(f"s{number}", at, arn, name, "", "AWS::Lambda::Function", "UPDATE_IN_PROGRESS"))
        if number < done:
            found.append(StackEvent(f"d{number}", at, arn, name, "", "AWS::Lambda::Function", "UPDATE_COMPLETE"))
    engine.script.stack_events[run] = found


def running_release() -> FakeEngine:
    """Return an engine whose release is in its second wave."""
    engine = planned_release()
    engine.script.usual = TypicalDuration(180.0, {"deploy": 150.0})
    confirm(engine)
    begin(engine, "catalog")
    engine.time.forward(118)
    end(engine, "verified", "catalog")
    begin(engine, "billing", "orders")
    stack_events(engine, "orders", done=1)
    stack_events(engine, "billing", done=0)
    engine.time.forward(70)
    for name in ("billing", "orders"):
        write_log(engine, name)
    return engine


def write_log(engine: FakeEngine, service: str) -> None:
    """Write the log of a member's run; one that says the same stays, as other tests may read it."""
    path = engine.runs.log_file(f"run-{service}")
    path.parent.mkdir(parents=True, exist_ok=True)
    text = f"Deploying {service} to stage prod\nUpdating stack {service}-prod\n"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)


def failed_release() -> FakeEngine:
    """Return an engine whose release waits for a person: one of its second wave has failed."""
    engine = running_release()
    cause = "OrdersTable (AWS::DynamoDB::Table) UPDATE_FAILED: the table has a custom name"
    end(engine, "verified", "billing")
    end(engine, "rolled_back", "orders", cause=cause, remedy="fix the cause, then retry")
    engine.write_release(NAME, ReleasePaused(engine.clock.now(), "failure", "in trouble: orders", ("orders",)))
    return engine


def held_release() -> FakeEngine:
    """Return an engine whose release waits for a person: one member would change something else than was reviewed."""
    engine = running_release()
    end(engine, "verified", "billing", "orders")
    now = replace(REVIEWS["checkout"], changes=(TOPIC, ALARM, TABLE))
    cause = "it would change otherwise than it was reviewed: OrdersTable would be replaced"
    remedy = "look at it, then retry to accept it, or skip the service"
    engine.write_release(
        NAME,
        MemberHeld(engine.clock.now(), "checkout", "changed", cause, remedy, now),
        ReleasePaused(engine.clock.now(), "failure", "in trouble: checkout", ("checkout",)),
    )
    return engine


def stuck_release(*losses: Allowance) -> FakeEngine:
    """Return an engine whose release is rolled back, and waits for a person: one member would lose data by it."""
    engine = failed_release()
    now = engine.clock.now()
    engine.write_release(NAME, Answered(now, "ana", "arn", "roll_back_all", typed=PHRASE))
    engine.write_release(NAME, MemberStarted(now, "billing", "back-billing", "rollback"))
    cause = "data: OrdersTable (AWS::DynamoDB::Table) would be removed: its data is lost"
    held = MemberHeld(now, "billing", "blocked", cause, "retry, and allow it by name", losses=losses)
    paused = ReleasePaused(now, "failure", "in trouble: billing", ("billing",))
    engine.write_release(NAME, held, MemberEnded(now, "orders", "", "unchanged", purpose="rollback"), paused)
    return engine


def waiting_release() -> FakeEngine:
    """Return an engine whose release waits for a go: its first wave is verified."""
    engine = planned_release()
    with_rules(engine, Rules(), between="ask")
    confirm(engine)
    begin(engine, "catalog")
    engine.time.forward(118)
    end(engine, "verified", "catalog")
    engine.write_release(
        NAME, ReleasePaused(engine.clock.now(), "go", "wave 2 waits for its go", ("billing", "orders", "checkout"))
    )
    return engine


def done_release() -> FakeEngine:
    """Return an engine whose release is done."""
    engine = running_release()
    end(engine, "verified", "billing", "orders")
    begin(engine, "checkout")
    engine.time.forward(200)
    end(engine, "verified", "checkout")
    engine.write_release(NAME, ReleaseEnded(engine.clock.now() + timedelta(seconds=1), "done"))
    return engine
