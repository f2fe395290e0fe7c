"""The way back, approvals, and other decisions, from the matrix and from a review."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from promote_tui.core.errors import LedgerError, NotProved, UsageError
from promote_tui.core.gates.decisions import Decision
from promote_tui.core.gates.model import GateResult
from promote_tui.core.gates.options import Override, PromotionOptions
from promote_tui.core.gates.possible_decisions import Act, PossibleDecision
from promote_tui.core.model.cells import Unreported
from promote_tui.core.model.channels import Slack, Webhook
from promote_tui.core.model.team_rules import Approvals, Rules
from promote_tui.core.planning.plan import ApprovedPlan
from promote_tui.core.runs.events import DeployCompleted, Failed, Released, SmokeTested, Verified
from promote_tui.core.runs.verification import NotVerified
from promote_tui.core.value import replace
from promote_tui.engine.checks import CheckEnd
from promote_tui.engine.decisions import DecisionRequest
from promote_tui.tui.actions.decisions import DecisionActions
from promote_tui.tui.options import Options
from promote_tui.tui.widgets.list_view import RowList
from tests.support.driver import LARGE, SMALL, driving
from tests.support.fakes import world
from tests.support.fakes.engine import FakeEngine, planned
from tests.support.golden import golden

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from promote_tui.core.runs.events import Event
    from promote_tui.tui.actions.decision_choices import DecisionChoice
    from tests.support.driver import Driver

ORDERS = ["down"] * 5
SHA = world.sha("8d20b6e")


def decided(engine: FakeEngine) -> list[DecisionRequest]:
    """What was decided so far."""
    return [wanted for (wanted,) in engine.called("decisions.record") if isinstance(wanted, DecisionRequest)]


async def on_orders_prod(it: Driver) -> None:
    """Put the cursor on orders in prod, and wait until its draft is known."""
    await it.press(*ORDERS, "right", "right")
    await it.sees("promote 8d20b6e to prod")


async def test_u_reviews_the_way_back_and_nothing_but_the_confirmation_takes_it(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press(*ORDERS, "right", "right", "u")
        await it.sees("roll back prod", "then type")
        assert engine.called("plans.draft_rollback") == [("orders", "prod", None)]
        assert not engine.called("runs.start")
        await it.type("orders prod")
        await it.sees("then enter deploys")
        await it.press("tab", "tab")
        await it.until(lambda: it.app.focused is not None and it.app.focused.id == "deploy")
        await it.press("enter")
        await it.shows("RunScreen")
        ((approved,),) = engine.called("runs.start")
        assert isinstance(approved, ApprovedPlan)
        assert approved.plan.draft.options == PromotionOptions("rollback")


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_golden_of_the_way_back(engine: FakeEngine, size: tuple[int, int]) -> None:
    bad, good = world.COMMITS[0], world.COMMITS[5]
    found = world.draft(brings=(), removes=world.COMMITS[:5], onto=bad)
    follows = (("smoke test", "https://orders.example/health answers 200"), ("then", "prod is on hold"))
    back, files = PromotionOptions("rollback"), ("orders/migrations/7.sql",)
    found = replace(found, commit=good, options=back, migrated=files, afterwards=follows)
    engine.script.drafts["orders", "prod"] = found
    for name, sha, hours, outcome in (("run-good", good.sha, 30, "succeeded"), ("run-bad", bad.sha, 1, "failed")):
        began = world.NOW - timedelta(hours=hours)
        first = replace(planned(name, world.plan(found), began), from_commit=world.COMMITS[4].sha, to_commit=sha)
        engine.append(name, first, *_shipped(began, sha, passed=outcome == "succeeded"))
    async with driving(engine, size) as it:
        await it.press(*ORDERS, "right", "right", "u")
        await it.sees("rolls back to", "then type", "ran here for", "by ana")
        await golden(it, "rollback")
        await it.type("orders prod")
        await it.press("tab")
        await it.until(lambda: it.app.focused is not None and it.app.focused.id == "because")
        await it.type("incident 42")
        await it.press("tab")
        await it.until(lambda: it.app.focused is not None and it.app.focused.id == "deploy")
        await it.press("enter")
        await it.shows("RunScreen")
        ((approved,),) = engine.called("runs.start")
        assert isinstance(approved, ApprovedPlan)
        assert approved.confirmation.reason == "incident 42"


def _shipped(began: datetime, sha: str, *, passed: bool) -> tuple[Event, ...]:
    """The end of a run that was deployed, and proved or not."""
    at = began + timedelta(minutes=2)
    end = Verified(at) if passed else Failed(at, "the smoke test failed: it answered 500", sha)
    return DeployCompleted(at, smoke=True), SmokeTested(at, passed=passed, reason="200"), end, Released(at, 1)


@pytest.mark.parametrize("key", ["enter", "u"])
async def test_where_nothing_is_on_record_to_go_back_to_a_commit_is_chosen(engine: FakeEngine, key: str) -> None:
    error = UsageError("orders/prod", "no other commit is on record as verified there", "name what to go back to")
    engine.script.errors["plans.draft_rollback"] = error
    engine.script.ran_before = (world.COMMITS[3].sha,)
    async with driving(engine) as it:
        await it.press(*ORDERS, "right", "right", "u")
        await it.shows("ServiceScreen")
        await it.sees("roll back prod: enter reviews the rollback to a commit", error.cause, "was PROD")
        del engine.script.errors["plans.draft_rollback"]
        await it.until(lambda: world.COMMITS[3].subject in it.line("was PROD"))
        await it.press(key)
        await it.sees("roll back prod", "then type")
        assert engine.called("plans.draft_rollback")[-1] == ("orders", "prod", world.COMMITS[3].sha)
        await it.press("escape")
        await it.shows("ServiceScreen")


async def test_the_commits_to_go_back_to_begin_below_what_runs_and_speak_of_the_way_back(engine: FakeEngine) -> None:
    engine.script.errors["plans.draft_rollback"] = UsageError("orders/dev", "nothing else is on record", "name it")
    async with driving(engine) as it:
        await it.press(*ORDERS, "u")
        await it.shows("ServiceScreen")
        below = world.COMMITS[1].short
        await it.sees(f"enter → review the rollback to {below}")
        assert "p, enter" not in it.text


async def test_u_on_a_commit_rolls_the_chosen_stage_back_to_it(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press(*ORDERS, "right", "right", "enter")
        await it.sees(world.COMMITS[1].short)
        await it.press("down", "u")
        await it.sees(f"Roll back which stage to {world.COMMITS[1].short}?")
        await it.press("enter")
        await it.sees("roll back prod")
        assert engine.called("plans.draft_rollback")[-1] == ("orders", "prod", world.COMMITS[1].sha)


async def test_a_way_back_and_a_promotion_of_one_cell_are_not_mixed_up(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press(*ORDERS, "right", "right", "u")
        await it.sees("roll back prod", "then type")
        await it.press("escape")
        await it.shows("PipelineScreen")
        await it.press("p")
        await it.sees("promote to prod", "then type")


async def give(it: Driver, reason: str = "") -> None:
    """Give a reason in the dialog, and decide."""
    await it.until(lambda: focused(it) == "cancel")
    await it.press("tab")
    await it.until(lambda: focused(it) == "reason")
    await it.type(reason)
    await it.press("enter")


def focused(it: Driver) -> str | None:
    return it.app.focused.id if it.app.focused is not None else None


async def picks(it: Driver, words: str) -> None:
    """Choose the row of the list that begins with these words."""
    await it.until(lambda: bool(rows(it).items))
    at = next(number for number, item in enumerate(rows(it).items) if item.words.startswith(words))
    await it.press(*["down"] * (at + 1), "enter")


def rows(it: Driver) -> RowList[DecisionChoice]:
    return it.app.screen.query_one(RowList)


async def test_a_approves_what_would_be_promoted_with_a_reason(engine: FakeEngine) -> None:
    async with driving(engine, LARGE) as it:
        await on_orders_prod(it)
        await it.press("a")
        await it.sees("Approve 8d20b6e for prod", "Recorded with your name.", "enter there approves")
        await give(it)
        await it.sees("A reason is required.")
        assert not decided(engine)
        await it.type("seen")
        await it.press("enter")
        await it.until(lambda: decided(engine) == [DecisionRequest("approve", "orders", "prod", SHA, "seen")])


@pytest.mark.parametrize("act", get_args(Act))
async def test_every_decision_has_cancel_focused_and_letters_and_enter_decide_nothing(
    act: Act, engine: FakeEngine
) -> None:
    async with driving(engine, LARGE) as it:
        await on_orders_prod(it)
        DecisionActions(it.app).choose(PossibleDecision(act, "QA"), ("orders", "prod"), world.COMMITS[0])
        await it.until(lambda: it.app.focused is not None and str(getattr(it.app.focused, "label", "")) == "Cancel")
        await it.type("payments-gateway prod")
        await it.press("enter")
        await it.shows("PipelineScreen")
        assert not [
            call
            for call in engine.calls
            if call[0] in {"decisions.record", "decisions.ask_approval", "runs.adopt", "decisions.run_checks"}
        ]


async def test_a_decision_made_in_a_review_asks_its_gates_again(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press(*ORDERS, "right", "right", "p")
        await it.sees("PROD", "then type")
        before = len(engine.called("plans.draft"))
        await it.press("x")
        await it.sees("Decide", "veto 8d20b6e permanently")
        await picks(it, "approve 8d20b6e")
        await it.sees("Approve 8d20b6e for prod")
        await give(it, "seen")
        await it.until(lambda: decided(engine) == [DecisionRequest("approve", "orders", "prod", SHA, "seen")])
        await it.until(lambda: len(engine.called("plans.draft")) > before)


async def test_a_hold_wants_a_reason(engine: FakeEngine) -> None:
    async with driving(engine, LARGE) as it:
        await on_orders_prod(it)
        await it.press("x")
        await it.sees("approve 8d20b6e for prod", "hold orders in prod")
        await picks(it, "hold orders in prod")
        await it.sees("Hold orders in prod", "REASON")
        await give(it)
        await it.sees("A reason is required.")
        assert not decided(engine)
        await it.type("incident")
        await it.press("enter")
        await it.until(lambda: "put orders in prod on hold, as ana" in it.toasts)
        assert decided(engine) == [DecisionRequest("hold", "orders", "prod", None, "incident")]


async def test_a_channel_that_was_not_told_of_a_hold_is_named() -> None:
    engine = FakeEngine(replace(world.pipeline(), notify=(Webhook("https://hooks.example"),)))
    engine.script.unnotified = (("notify[0] (webhook)", "it answered 500"),)
    async with driving(engine, LARGE) as it:
        await on_orders_prod(it)
        await it.press("x")
        await it.sees("hold orders in prod")
        await picks(it, "hold orders in prod")
        await it.sees("Hold orders in prod", "REASON")
        await give(it, "incident")
        await it.until(lambda: "notify[0] (webhook) was not notified: it answered 500" in it.toasts)
        assert [each.reason for each in engine.announced if isinstance(each, Decision)] == ["incident"]


async def test_a_hold_may_end_by_itself(engine: FakeEngine) -> None:
    async with driving(engine, LARGE) as it:
        await on_orders_prod(it)
        await it.press("x")
        await it.sees("hold orders in prod for 4 hours", "for a day", "for a week")
        await picks(it, "hold orders in prod for 4 hours")
        await it.sees("Hold orders in prod for 4 hours", "REASON")
        await give(it, "incident")
        await it.until(
            lambda: any(toast.startswith("put orders in prod on hold until 2026-01-31 16:0") for toast in it.toasts)
        )
        (wanted,) = decided(engine)
        assert wanted.expires_at is not None
        assert timedelta(hours=4) <= wanted.expires_at - world.NOW < timedelta(hours=4, minutes=1)


async def test_x_lists_only_what_can_be_decided_now_and_enter_chooses_nothing_by_itself(engine: FakeEngine) -> None:
    async with driving(engine, LARGE) as it:
        await on_orders_prod(it)
        await it.press("x")
        await it.sees("hold orders in prod", "an arrow and enter choose")
        assert "lift the hold" not in it.text
        assert "withdraw your approval" not in it.text
        assert "ask others" not in it.text
        await it.press("enter")
        await it.shows("DecisionDialog")
        await it.press("escape")
        held = Decision(world.NOW, "hold", "orders", "prod", None, "ben", "arn", "incident")
        mine = Decision(world.NOW, "approve", "orders", "prod", SHA, "ana", "arn:aws:iam::111111111111:user/ana")
        engine.script.decisions = (held, mine)
        await it.press("x")
        await it.sees("lift the hold on orders in prod", "withdraw your approval of 8d20b6e")
        assert "hold orders in prod" not in it.text.replace("lift the hold on orders in prod", "")
        assert "approve 8d20b6e" not in it.text


async def test_what_can_be_decided_and_cannot_be_read_says_why(engine: FakeEngine) -> None:
    engine.script.errors["decisions.choices"] = LedgerError("the ledger", "cannot be read", "try again")
    async with driving(engine, LARGE) as it:
        await on_orders_prod(it)
        await it.press("x")
        await it.until(lambda: "the ledger: cannot be read; try again" in it.toasts)
        await it.shows("PipelineScreen")


def _ruled(**rules: object) -> FakeEngine:
    dev, staging, prod = world.pipeline().stages
    stages = (dev, staging, replace(prod, rules=Rules(**rules)))  # type: ignore[arg-type]
    return FakeEngine(replace(world.pipeline(), stages=stages))


NOTHING = "recorded the approval of 8d20b6e as bob, but it does not count: "
COUNTS = (
    "approved 8d20b6e as bob: 1 of 1 approval by bob, "
    "enough only if somebody else promotes; if bob does, 1 more is needed"
)
LEADS = Approvals(2, ("ben", "kim"), ("leads",))


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (Approvals(), COUNTS),
        (LEADS, f"{NOTHING}bob is not of leads; 0 of 2 approvals of leads so far"),
        (None, "approved 8d20b6e as bob: prod requires no approvals; it counts only for a hotfix"),
    ],
)
async def test_an_approver_is_told_what_was_counted_and_what_lacks(rule: Approvals | None, says: str) -> None:
    engine = _ruled(approvals=rule)
    engine.script.me = "bob"
    async with driving(engine, LARGE) as it:
        await on_orders_prod(it)
        await it.press("a")
        await it.sees("Approve 8d20b6e")
        await give(it, "seen")
        await it.until(lambda: says in it.toasts)
        assert it.severities[says] == ("information" if says.startswith("approved") else "error")


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
        await picks(it, "tick for 8d20b6e")
        await give(it)
        await it.until(lambda: "ticked for 8d20b6e: QA signed off, as ana" in it.toasts)
        assert decided(engine) == [DecisionRequest("check", "orders", "prod", SHA, item="QA signed off")]


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
        await picks(it, "run the checks")
        await it.sees("Run the checks of prod on 8d20b6e?")
        await it.press("tab", "enter")
        await it.until(lambda: "it ended with 1; its output: /state/checks/abc.log" in it.toasts)
        assert engine.called("decisions.run_checks") == [("orders", "prod", SHA)]
        engine.script.checked = (CheckEnd(replace(failed, passed=True, reason=""), Path("/state/checks/abd.log")),)
        await it.press("x")
        await it.sees("run the checks of prod on 8d20b6e")
        await picks(it, "run the checks")
        await it.sees("Run the checks of prod on 8d20b6e?")
        await it.press("tab", "enter")
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
        await picks(it, "run the checks")
        await it.sees("Run the checks of prod on 8d20b6e?")
        await it.press("tab", "enter")
        await it.until(lambda: bool(engine.called("decisions.run_checks")))
        app = it.app
    assert not stopped.is_set()
    app.background.finish()
    assert stopped.is_set()


async def test_others_are_asked_for_their_approval() -> None:
    dev, staging, prod = world.pipeline().stages
    rules = Rules(approvals=Approvals())
    stages = (dev, staging, replace(prod, rules=rules))
    engine = FakeEngine(replace(world.pipeline(), stages=stages, notify=(Slack("https://hooks.example"),)))
    async with driving(engine, LARGE) as it:
        await on_orders_prod(it)
        await it.press("x")
        await it.sees("ask others to approve 8d20b6e")
        await picks(it, "ask others")
        await it.sees("Ask others to approve 8d20b6e")
        await give(it, "sale")
        await it.until(lambda: "asked for approval of 8d20b6e" in it.toasts)
        assert engine.called("decisions.ask_approval") == [("orders", "prod", SHA, "sale")]


async def test_what_somebody_else_put_there_is_adopted(engine: FakeEngine) -> None:
    cells = engine.script.cells
    told = "updated by eve on 2026-01-30 12:00 UTC, outside of promote-tui"
    cells["orders", "prod"] = replace(cells["orders", "prod"], external_update=told)
    async with driving(engine, LARGE) as it:
        await on_orders_prod(it)
        await it.sees(f"! {told}")
        await it.press("x")
        await it.sees("adopt what runs in prod")
        await picks(it, "adopt")
        await it.sees("Adopt what runs in prod", "REASON")
        await give(it, "fine")
        await it.until(lambda: "adopted 2c7e914 in prod, as ana" in it.toasts)
        assert engine.called("runs.adopt") == [("orders", "prod", "fine")]


async def test_a_deploy_that_was_not_proved_is_adopted(engine: FakeEngine) -> None:
    cells = engine.script.cells
    found = NotVerified("2c7e914 was not proved in prod: the Serverless CLI failed afterwards", unproved=True)
    cells["orders", "prod"] = replace(cells["orders", "prod"], verification=found)
    async with driving(engine, LARGE) as it:
        await on_orders_prod(it)
        await it.press("x")
        await it.sees("adopt what runs in prod")
        await picks(it, "adopt")
        await it.sees("Adopt what runs in prod", "REASON")
        await give(it, "the alarm was a false one")
        await it.until(lambda: "adopted 2c7e914 in prod, as ana" in it.toasts)
        assert engine.called("runs.adopt") == [("orders", "prod", "the alarm was a false one")]


def unreported(service: str) -> Unreported:
    """A service in prod whose stack names no commit."""
    found = world.cells()["reports", "prod"].cell
    assert isinstance(found, Unreported)
    return replace(found, target=world.target(service, "prod"))


async def test_a_stack_that_names_no_commit_is_adopted_as_what_is_proposed(engine: FakeEngine) -> None:
    cells = engine.script.cells
    cells["orders", "prod"] = replace(cells["reports", "prod"], cell=unreported("orders"))
    async with driving(engine, LARGE) as it:
        await on_orders_prod(it)
        await it.press("x")
        await it.sees("check whether 8d20b6e is what runs in prod, and adopt it")
        await picks(it, "check whether")
        await it.sees("Check whether 8d20b6e is what runs in prod, and adopt it", "REASON")
        await it.sees("Required where it is not proved.")
        assert "Optional" not in it.text
        await give(it)
        await it.until(lambda: "packaging 8d20b6e to compare it with what runs in prod" in it.toasts)
        await it.until(lambda: "adopted 8d20b6e in prod, as ana" in it.toasts)
        assert engine.called("runs.adopt") == [("orders", "prod", "", SHA)]


async def test_an_adoption_that_is_not_proved_stays_on_the_screen_and_asks_for_the_reason(engine: FakeEngine) -> None:
    cells = engine.script.cells
    cells["orders", "prod"] = replace(cells["reports", "prod"], cell=unreported("orders"))
    cause = "not proved that 8d20b6e runs there: other code than prod runs: Hello"
    engine.script.errors["runs.adopt"] = NotProved("orders/prod", cause, "give the reason with --reason")
    async with driving(engine, LARGE) as it:
        await on_orders_prod(it)
        await it.press("x")
        await picks(it, "check whether")
        await it.sees("Check whether 8d20b6e")
        await give(it)
        await it.sees("Not proved", "other code than", "Hello", "Adopt 8d20b6e on your word?")
        assert "--reason" not in it.text
        await give(it)
        await it.sees("A reason is required.")
        del engine.script.errors["runs.adopt"]
        await it.type("built with Node 18")
        await it.press("enter")
        await it.until(lambda: "adopted 8d20b6e in prod, as ana" in it.toasts)
        assert engine.called("runs.adopt")[-1] == ("orders", "prod", "built with Node 18", SHA)


async def test_what_cannot_be_decided_says_why(engine: FakeEngine) -> None:
    engine.script.errors["decisions.record"] = UsageError(
        "orders/prod", "it is not on hold", "there is nothing to lift"
    )
    async with driving(engine, LARGE) as it:
        await on_orders_prod(it)
        await it.press("x")
        await picks(it, "hold orders in prod")
        await it.sees("Hold orders in prod")
        await give(it, "over")
        await it.until(lambda: any("it is not on hold; there is nothing to lift" in toast for toast in it.toasts))


@pytest.mark.parametrize("key", ["u", "a", "x"])
async def test_who_only_looks_decides_nothing(key: str, engine: FakeEngine) -> None:
    async with driving(engine, options=Options(read_only=True)) as it:
        await it.press(key)
        await it.until(lambda: "promote-tui was started with --read-only" in it.toasts)
        await it.shows("PipelineScreen")


SOAK = GateResult("soak", passed=False, reason="verified 1h ago; 4h required", overridable=True, allows_review=True)
FROZEN = GateResult("freeze", passed=False, reason="no Friday deploys", overridable=True, allows_review=True)
CLOSED = GateResult("checklist", passed=False, reason="0 of 1 item ticked", allows_review=True)


async def test_o_overrides_a_gate_with_a_reason_that_the_run_keeps(engine: FakeEngine) -> None:
    engine.script.drafts["orders", "prod"] = world.draft(gates=(*world.PASSED, SOAK))
    async with driving(engine) as it:
        await it.press(*ORDERS, "right", "right", "p")
        await it.sees("BLOCKED   soak", "o Override")
        await it.press("o")
        await it.sees("Override soak for orders/prod: verified 1h ago; 4h required", "The reason stays with the run.")
        await it.type("nothing")
        await it.press("enter")
        await it.shows("PromoteScreen")
        assert not engine.called("options")
        await it.press("o")
        await give(it)
        await it.sees("A reason is required.")
        await it.type("shop is down")
        await it.press("enter")
        await it.sees("then type the words", "! soak", "overridden: shop is down")
        assert engine.called("options")[-1] == (PromotionOptions(overrides=(Override("soak", "shop is down"),)),)
        assert len(engine.called("plans.make")) == 1
        await it.type("orders prod")
        await it.sees("then enter deploys")
        await it.press("tab", "enter")
        await it.until(lambda: bool(engine.called("runs.start")))
        ((approved,),) = engine.called("runs.start")
        assert isinstance(approved, ApprovedPlan)
        assert approved.plan.draft.options.overrides == (Override("soak", "shop is down"),)
        assert approved.plan.ready


async def test_of_several_gates_the_one_to_override_is_chosen_and_the_others_stay(engine: FakeEngine) -> None:
    engine.script.drafts["orders", "prod"] = world.draft(gates=(*world.PASSED, SOAK, FROZEN, CLOSED))
    async with driving(engine, LARGE) as it:
        await it.press(*ORDERS, "right", "right", "p")
        await it.sees("BLOCKED   soak", "o Override")
        await it.press("o")
        await it.sees("freeze: no Friday deploys")
        assert "checklist: 0 of 1" not in it.text.partition("freeze: no Friday")[2]
        await it.press("enter")
        await it.shows("DecisionDialog")
        await it.press("down", "down", "enter")
        await it.sees("Override freeze for orders/prod")
        await give(it, "asked the lead")
        await it.sees("BLOCKED   soak", "and 1 more gate: checklist")


async def test_what_may_not_be_overridden_offers_no_key_for_it(engine: FakeEngine) -> None:
    engine.script.drafts["orders", "prod"] = world.draft(gates=(*world.PASSED, CLOSED))
    async with driving(engine) as it:
        await it.press(*ORDERS, "right", "right", "p")
        await it.sees("BLOCKED   checklist")
        assert "Override" not in it.text
