"""The way back, approvals, and other decisions, from the matrix and from a review."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.decisions import Decision
from promote_tui.core.errors import UsageError
from promote_tui.core.events import Failed, Landed, Released, Smoked, Verified
from promote_tui.core.plan import ApprovedPlan
from promote_tui.core.policy import Terms
from promote_tui.core.rules import Approvals, Rules
from promote_tui.engine.checking import CheckEnd
from promote_tui.engine.deciding import Wanted
from promote_tui.tui.app import Options
from tests.fakes import world
from tests.fakes.engine import FakeEngine, planned
from tests.tui.driver import LARGE, SMALL, driving
from tests.tui.golden import golden

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from promote_tui.core.events import Event
    from tests.tui.driver import Driver

ORDERS = ["down"] * 5
SHA = world.sha("8d20b6e")


def decided(engine: FakeEngine) -> list[Wanted]:
    """What was decided so far."""
    return [wanted for (wanted,) in engine.called("decide") if isinstance(wanted, Wanted)]


async def on_orders_prod(it: Driver) -> None:
    """Put the cursor on orders in prod, and wait until its draft is known."""
    await it.press(*ORDERS, "right", "right")
    await it.sees("promote 8d20b6e to prod")


async def test_u_reviews_the_way_back_and_nothing_but_the_confirmation_takes_it(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press(*ORDERS, "right", "right", "u")
        await it.sees("roll back prod", "then type")
        assert engine.called("rollback") == [("orders", "prod", None)]
        assert not engine.called("start")
        await it.type("orders prod")
        await it.sees("then enter deploys")
        await it.press("tab", "tab")
        await it.until(lambda: it.app.focused is not None and it.app.focused.id == "deploy")
        await it.press("enter")
        await it.shows("RunScreen")
        ((approved,),) = engine.called("start")
        assert isinstance(approved, ApprovedPlan)
        assert approved.plan.draft.terms == Terms("rollback")


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_golden_of_the_way_back(engine: FakeEngine, size: tuple[int, int]) -> None:
    bad, good = world.COMMITS[0], world.COMMITS[5]
    found = world.draft(brings=(), removes=world.COMMITS[:5], onto=bad)
    follows = (("smoke test", "https://orders.example/health answers 200"), ("then", "prod is on hold"))
    found = replace(
        found, commit=good, terms=Terms("rollback"), migrated=("orders/migrations/7.sql",), afterwards=follows
    )
    engine.script.drafts["orders", "prod"] = found
    for name, sha, hours, outcome in (("run-good", good.sha, 30, "succeeded"), ("run-bad", bad.sha, 1, "failed")):
        began = world.NOW - timedelta(hours=hours)
        first = replace(planned(name, world.plan(found), began), from_commit=world.COMMITS[4].sha, to_commit=sha)
        engine.append(name, first, *_shipped(began, sha, passed=outcome == "succeeded"))
    async with driving(engine, size) as it:
        await it.press(*ORDERS, "right", "right", "u")
        await it.sees("goes back to", "then type", "ran here for", "by ana")
        golden(it, "rollback")
        await it.type("orders prod")
        await it.press("tab")
        await it.until(lambda: it.app.focused is not None and it.app.focused.id == "because")
        await it.type("incident 42")
        await it.press("tab")
        await it.until(lambda: it.app.focused is not None and it.app.focused.id == "deploy")
        await it.press("enter")
        await it.shows("RunScreen")
        ((approved,),) = engine.called("start")
        assert isinstance(approved, ApprovedPlan)
        assert approved.confirmation.reason == "incident 42"


def _shipped(began: datetime, sha: str, *, passed: bool) -> tuple[Event, ...]:
    """The end of a run that was deployed, and proved or not."""
    at = began + timedelta(minutes=2)
    end = Verified(at) if passed else Failed(at, "the smoke test failed: it answered 500", sha)
    return Landed(at, smoke=True), Smoked(at, passed=passed, reason="200"), end, Released(at, 1)


async def test_where_there_is_no_way_back_the_review_says_so(engine: FakeEngine) -> None:
    error = UsageError("orders/prod", "nothing else is on record that was verified there", "name what to go back to")
    engine.script.errors["rollback"] = error
    async with driving(engine) as it:
        await it.press(*ORDERS, "right", "right", "u")
        await it.sees("nothing else is on record that was verified there")


async def test_a_way_back_and_a_promotion_of_one_cell_are_not_mixed_up(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press(*ORDERS, "right", "right", "u")
        await it.sees("roll back prod", "then type")
        await it.press("escape")
        await it.shows("PipelineScreen")
        await it.press("p")
        await it.sees("promote to prod", "then type")


async def test_a_approves_what_would_be_promoted(engine: FakeEngine) -> None:
    async with driving(engine, LARGE) as it:
        await on_orders_prod(it)
        await it.press("a")
        await it.sees("Approve 8d20b6e for prod", "It may be left empty")
        await it.press("enter")
        await it.until(lambda: "approved 8d20b6e for prod, as ana" in it.toasts)
        assert decided(engine) == [Wanted("approve", "orders", "prod", SHA)]


async def test_a_decision_made_in_a_review_asks_its_gates_again(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press(*ORDERS, "right", "right", "p")
        await it.sees("PROD", "then type")
        before = len(engine.called("draft"))
        await it.press("x")
        await it.sees("Decide", "veto 8d20b6e for ever")
        await it.press("enter")
        await it.sees("Approve 8d20b6e for prod")
        await it.type("seen")
        await it.press("enter")
        await it.until(lambda: decided(engine) == [Wanted("approve", "orders", "prod", SHA, "seen")])
        await it.until(lambda: len(engine.called("draft")) > before)


async def test_a_hold_wants_a_reason(engine: FakeEngine) -> None:
    async with driving(engine, LARGE) as it:
        await on_orders_prod(it)
        await it.press("x")
        await it.sees("approve 8d20b6e for prod", "hold orders in prod", "lift the hold on orders in prod")
        await it.press("down", "down", "enter")
        await it.sees("Hold orders in prod", "REASON")
        await it.press("enter")
        await it.sees("Say why: others will read it.")
        assert not decided(engine)
        await it.type("incident")
        await it.press("enter")
        await it.until(lambda: "held orders in prod, as ana" in it.toasts)
        assert decided(engine) == [Wanted("hold", "orders", "prod", None, "incident")]


async def test_a_hold_may_end_by_itself(engine: FakeEngine) -> None:
    async with driving(engine, LARGE) as it:
        await on_orders_prod(it)
        await it.press("x")
        await it.sees("hold orders in prod for 4 hours", "for a day", "for a week")
        await it.press("down", "down", "down", "down", "enter")
        await it.sees("Hold orders in prod for 4 hours", "REASON")
        await it.type("incident")
        await it.press("enter")
        await it.until(
            lambda: any(toast.startswith("held orders in prod until 2026-01-31 16:0") for toast in it.toasts)
        )
        (wanted,) = decided(engine)
        assert wanted.expires_at is not None
        assert timedelta(hours=4) <= wanted.expires_at - world.NOW < timedelta(hours=4, minutes=1)


async def test_esc_decides_nothing(engine: FakeEngine) -> None:
    async with driving(engine, LARGE) as it:
        await on_orders_prod(it)
        await it.press("x")
        await it.sees("hold orders in prod")
        await it.press("escape")
        await it.shows("PipelineScreen")
        await it.press("a")
        await it.sees("Approve 8d20b6e")
        await it.press("escape")
        await it.shows("PipelineScreen")
        assert not decided(engine)


async def test_the_items_of_a_checklist_can_be_ticked() -> None:
    dev, staging, prod = world.pipeline().stages
    rules = Rules(checklist=("QA signed off",))
    engine = FakeEngine(replace(world.pipeline(), stages=(dev, staging, replace(prod, rules=rules))))
    async with driving(engine, LARGE) as it:
        await on_orders_prod(it)
        await it.press("x")
        await it.sees("tick for 8d20b6e: QA signed off")
        await it.press("down", "down", "enter", "enter")
        await it.until(lambda: "ticked for 8d20b6e: QA signed off, as ana" in it.toasts)
        assert decided(engine) == [Wanted("check", "orders", "prod", SHA, item="QA signed off")]


async def test_the_checks_are_run_on_the_commit_and_a_failed_one_says_where_its_output_is() -> None:
    dev, staging, prod = world.pipeline().stages
    rules = Rules(checks=(("npm", "test"),))
    engine = FakeEngine(replace(world.pipeline(), stages=(dev, staging, replace(prod, rules=rules))))
    failed = Decision(
        world.NOW, "tested", "orders", None, SHA, "ana", "arn", "it ended with 1", "npm test", passed=False
    )
    engine.script.checked = (CheckEnd(failed, Path("/state/checks/abc.log")),)
    async with driving(engine, LARGE) as it:
        await on_orders_prod(it)
        await it.press("x")
        await it.sees("run the checks of prod on 8d20b6e")
        await it.press("down", "down", "enter")
        await it.until(lambda: "it ended with 1; its output: /state/checks/abc.log" in it.toasts)
        assert engine.called("run_checks") == [("orders", "prod", SHA)]
        engine.script.checked = (CheckEnd(replace(failed, passed=True, reason=""), Path("/state/checks/abd.log")),)
        await it.press("x")
        await it.sees("run the checks of prod on 8d20b6e")
        await it.press("down", "down", "enter")
        await it.until(lambda: "passed: npm test" in it.toasts)


async def test_checks_that_run_are_stopped_by_who_leaves() -> None:
    dev, staging, prod = world.pipeline().stages
    rules = Rules(checks=(("npm", "test"),))
    engine = FakeEngine(replace(world.pipeline(), stages=(dev, staging, replace(prod, rules=rules))))
    stopped = threading.Event()

    def runs(poll: Callable[[], None]) -> None:
        try:
            while not stopped.wait(0.01):
                poll()
        finally:
            stopped.set()

    engine.script.checking = runs
    async with driving(engine, LARGE) as it:
        await on_orders_prod(it)
        await it.press("x")
        await it.sees("run the checks of prod on 8d20b6e")
        await it.press("down", "down", "enter")
        await it.until(lambda: bool(engine.called("run_checks")))
        app = it.app
    assert not stopped.is_set()
    app.finish()
    assert stopped.is_set()


async def test_others_are_asked_for_their_approval() -> None:
    dev, staging, prod = world.pipeline().stages
    rules = Rules(approvals=Approvals())
    engine = FakeEngine(replace(world.pipeline(), stages=(dev, staging, replace(prod, rules=rules))))
    async with driving(engine, LARGE) as it:
        await on_orders_prod(it)
        await it.press("x")
        await it.sees("ask others to approve 8d20b6e")
        await it.press("down", "enter")
        await it.sees("Ask others to approve 8d20b6e")
        await it.type("sale")
        await it.press("enter")
        await it.until(lambda: "asked for approval of 8d20b6e" in it.toasts)
        assert engine.called("ask") == [("orders", "prod", SHA, "sale")]


async def test_what_somebody_else_put_there_is_adopted(engine: FakeEngine) -> None:
    cells = engine.script.cells
    told = "updated by eve on 2026-01-30 12:00 UTC, outside of promote-tui"
    cells["orders", "prod"] = replace(cells["orders", "prod"], foreign=told)
    async with driving(engine, LARGE) as it:
        await on_orders_prod(it)
        await it.sees(f"! {told}")
        await it.press("x")
        await it.sees("adopt what somebody else put on prod")
        await it.press("down", "down", "enter")
        await it.sees("Adopt what somebody else put on prod", "REASON")
        await it.type("fine")
        await it.press("enter")
        await it.until(lambda: "adopted 2c7e914 in prod, as ana" in it.toasts)
        assert engine.called("adopt") == [("orders", "prod", "fine")]


async def test_what_cannot_be_decided_says_why(engine: FakeEngine) -> None:
    engine.script.errors["decide"] = UsageError("orders/prod", "nobody holds it", "there is nothing to lift")
    async with driving(engine, LARGE) as it:
        await on_orders_prod(it)
        await it.press("x", "down", "down", "down", "enter")
        await it.sees("Lift the hold on orders in prod")
        await it.type("over")
        await it.press("enter")
        await it.until(lambda: any("nobody holds it; there is nothing to lift" in toast for toast in it.toasts))


@pytest.mark.parametrize("key", ["u", "a", "x"])
async def test_who_only_looks_decides_nothing(key: str, engine: FakeEngine) -> None:
    async with driving(engine, options=Options(read_only=True)) as it:
        await it.press(key)
        await it.until(lambda: "promote-tui was started with --read-only" in it.toasts)
        await it.shows("PipelineScreen")
