"""From the matrix to a run: the review, the gates, and a confirmation that grows with the stage."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Input

from promote_tui.core.errors import DeployError, LockHeld, PlanStale, PromoteError, Refused
from promote_tui.core.model import Deployed, Never, Unreported
from promote_tui.tui.app import Options
from promote_tui.tui.screens.promote import PromoteScreen
from tests.fakes import world
from tests.tui.driver import LARGE, Driver, driving

if TYPE_CHECKING:
    from promote_tui.core.model import Cell
    from promote_tui.core.plan import Draft
    from tests.fakes.engine import FakeEngine

ORDERS = [*["down"] * 5]


async def to_review(it: Driver, stage: str) -> None:
    """Open the review of orders to a stage and wait for its plan."""
    steps = ["dev", "staging", "prod"].index(stage)
    await it.press(*ORDERS, *["right"] * steps, "p")
    await it.shows("PromoteScreen")
    await it.sees("planned", "gates ✓ 6")
    await it.until(lambda: it.engine.called("plan") != [] and review(it).frame_visible)


def review(it: Driver) -> PromoteScreen:
    assert isinstance(it.app.screen, PromoteScreen)
    return it.app.screen


def deploy_button(it: Driver) -> Button:
    return it.app.screen.query_one("#deploy", Button)


async def test_none_takes_one_key(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await to_review(it, "dev")
        await it.sees("p deploys")
        await it.press("p")
        await it.shows("RunScreen")
        await it.sees("✓ Deployed orders to dev", "p → promote 8d20b6e to staging")


async def test_enter_never_starts_a_deploy_by_itself(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await to_review(it, "dev")
        await it.press("enter")  # Cancel is focused
        await it.shows("PipelineScreen")
        assert not engine.called("start")


async def test_typed_ahead_keys_do_not_deploy_before_the_plan_is_there(engine: FakeEngine) -> None:
    gate = engine.script.holds["plan"] = threading.Event()
    async with driving(engine) as it:
        await it.press(*ORDERS, "p", "p", "p", "p")
        await it.shows("PromoteScreen")
        await it.pilot.pause(0.1)
        gate.set()
        await it.sees("planned")
        assert not engine.called("start")


async def test_ask_focuses_cancel_and_deploys_by_its_button(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await to_review(it, "staging")
        assert it.app.focused is it.app.screen.query_one("#cancel")
        await it.press("p")
        assert not engine.called("start")
        await it.press("tab", "enter")
        await it.shows("RunScreen")
        assert len(engine.called("start")) == 1


async def test_type_deploys_only_on_the_exact_words(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await to_review(it, "prod")
        await it.sees("PROD  account 333333333333  eu-west-1", "stack orders-prod", "TYPE", "orders prod  to deploy")
        assert it.app.focused is it.app.screen.query_one("#cancel")
        await it.press("tab")
        await it.type("Orders prod")
        assert deploy_button(it).disabled
        await it.press("enter", "tab", "enter")
        assert not engine.called("start")
        await it.shows("PipelineScreen")  # the tab went to Cancel, because Deploy was not there to go to


async def test_type_with_the_right_words_goes_all_the_way(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await to_review(it, "prod")
        await it.press("tab")
        await it.type("orders pro")
        assert deploy_button(it).disabled
        await it.type("d")
        assert not deploy_button(it).disabled
        await it.press("enter")
        assert not engine.called("start")  # enter in the field never deploys
        await it.press("tab", "enter")
        await it.shows("RunScreen")
        await it.sees("✓ Deployed orders to prod", "prod runs 8d20b6e")
        approved = engine.called("start")[0][0]
        assert approved.confirmation.typed == "orders prod"  # type: ignore[attr-defined]


async def test_review_shows_everything_that_is_decided_on(engine: FakeEngine) -> None:
    gone = world.commit("beefbee", "Half a feature of Joe's", "joe", 5)
    engine.script.drafts["orders", "prod"] = world.draft(removes=(gone,))
    async with driving(engine, LARGE) as it:
        await to_review(it, "prod")
        await it.sees(
            "takes away 1 commit", "TAKES AWAY  1 commit by joe", "Half a feature of Joe's",
            "BRINGS  5 commits by ana, joe, bot, lea", "FILES  2 changed", "services/orders/handler.js",
            "GATES  6 passed", "the CLI resolves to", "npx osls deploy --stage prod",
            "commit=8d20b6e", "2c7e914 → 8d20b6e",
        )  # fmt: skip


def _unknown(cell: Cell) -> Draft:
    return replace(world.draft(gates=(world.CLOSED,)), cell=cell, deployed=None, brings=(), files=())


PROD = world.target("orders", "prod")


@pytest.mark.parametrize(
    ("cell", "old", "why"),
    [
        (world.unreachable("orders", "prod"), "unknown", "the stage could not be read: the SSO session has expired"),
        (Unreported(PROD, world.stack(PROD, None), "no output names it", ""), "unknown", "no output names it"),
        (Deployed(PROD, world.stack(PROD, "d" * 40), "d" * 40), "ddddddd", "what runs there now is not in this clone"),
    ],
)
async def test_what_changes_cannot_be_told_from_what_is_not_known(
    engine: FakeEngine, cell: Cell, old: str, why: str
) -> None:
    engine.script.drafts["orders", "prod"] = _unknown(cell)
    async with driving(engine) as it:
        await it.press(*ORDERS, "right", "right")
        await it.sees("what would change cannot be told")
        await it.press("p")
        await it.sees(f"{old} → 8d20b6e   changes unknown", "CHANGES   cannot be told", why)
        assert f"{old} → 8d20b6e" in it.line("DEPLOYS")
        assert not any(word in it.text for word in ("nothing →", "same code again", "none changed", "0 commits"))


@pytest.mark.parametrize(("cell", "old"), [(Never(PROD), "nothing"), (Never(PROD, world.stack(PROD, None)), "unknown")])
async def test_only_a_stage_without_a_stack_runs_nothing(engine: FakeEngine, cell: Cell, old: str) -> None:
    engine.script.drafts["orders", "prod"] = replace(world.draft(onto=None), cell=cell)
    async with driving(engine) as it:
        await it.press(*ORDERS, "right", "right", "p")
        await it.sees(f"{old} → 8d20b6e", "BRINGS  5 commits")


async def test_a_small_frame_cuts_the_folder_of_the_package(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await to_review(it, "prod")
        await it.sees("…/plans/plan-0001/package --aws-profile")
        assert "/state/promote-tui" not in it.text
        await it.pilot.resize_terminal(*LARGE)
        await it.sees("/state/promote-tui/plans/plan-0001/package")


async def test_the_draft_shows_while_the_package_is_made(engine: FakeEngine) -> None:
    gate = engine.script.holds["plan"] = threading.Event()
    async with driving(engine) as it:
        await it.press(*ORDERS, "p")
        await it.sees("BRINGS  5 commits", "REVIEW")
        assert deploy_button(it).disabled
        gate.set()
        await it.sees("planned")


async def test_a_closed_gate_leaves_nothing_to_confirm(engine: FakeEngine) -> None:
    engine.script.drafts["orders", "prod"] = world.draft(gates=(world.CLOSED, *world.PASSED[1:]))
    async with driving(engine) as it:
        await it.press(*ORDERS, "right", "right", "p")
        await it.sees(
            "LOCKED    stage order: 8d20b6e was never verified in staging", "NEXT      promote it to staging first"
        )
        assert not deploy_button(it).display
        assert not it.app.screen.query_one("#typing").display
        assert not engine.called("plan")


async def test_a_gate_that_closes_with_the_package_leaves_nothing_to_confirm(engine: FakeEngine) -> None:
    draft = world.draft()
    engine.script.plans["orders", "prod"] = world.plan(draft, gates=(*world.PASSED, world.CLOSED))
    async with driving(engine) as it:
        await it.press(*ORDERS, "right", "right", "p")
        await it.sees("LOCKED    stage order")
        assert not deploy_button(it).display


@pytest.mark.parametrize(
    "error",
    [
        PlanStale("orders/dev", "the stack had an update of its own", "plan again"),
        LockHeld("orders/dev", "run run-7 of joe holds the lock", "watch it: promote-tui attach run-7"),
        Refused("orders/dev", "the account is another one", "mend the stage's profile"),
        DeployError("orders/dev", "the runner died", "see its log"),
    ],
)
async def test_what_stops_the_start_is_shown_inline_and_can_be_planned_again(
    engine: FakeEngine, error: PromoteError
) -> None:
    engine.script.errors["start"] = error
    async with driving(engine) as it:
        await to_review(it, "dev")
        await it.press("p")
        await it.sees("REFUSED", error.cause, error.remedy, "r plans again")
        assert not deploy_button(it).display
        await it.press("p")
        assert len(engine.called("start")) == 1
        del engine.script.errors["start"]
        await it.press("r")
        await it.sees("p deploys")
        assert engine.discarded == ["plan-0001"]
        await it.press("p")
        await it.shows("RunScreen")


async def test_a_plan_that_fails_says_why(engine: FakeEngine) -> None:
    engine.script.errors["plan"] = DeployError("orders/dev", "osls: [bad] config in serverless.yml", "mend it")
    async with driving(engine) as it:
        await it.press(*ORDERS, "p")
        await it.sees("osls: [bad] config in serverless.yml", "NEXT      mend it")


async def test_an_old_plan_is_refused(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await to_review(it, "dev")
        engine.time.forward(3601)
        await it.press("p")
        await it.sees("the plan is older than an hour")
        assert not engine.called("start")


async def test_leaving_discards_the_plan(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await to_review(it, "dev")
        await it.press("escape")
        await it.shows("PipelineScreen")
        await it.until(lambda: engine.discarded == ["plan-0001"])


async def test_leaving_while_the_package_is_made_ends_it_or_discards_it(engine: FakeEngine) -> None:
    gate = engine.script.holds["plan"] = threading.Event()
    engine.script.steps = ()
    async with driving(engine) as it:
        await it.press(*ORDERS, "p")
        await it.until(lambda: len(engine.called("plan")) == 1)
        await it.press("escape")
        await it.shows("PipelineScreen")
        gate.set()
        await it.until(lambda: engine.discarded == ["plan-0001"])


async def test_leaving_ends_the_packaging_at_its_next_step(engine: FakeEngine) -> None:
    gate = engine.script.holds["plan"] = threading.Event()
    async with driving(engine) as it:
        await it.press(*ORDERS, "p")
        await it.until(lambda: len(engine.called("plan")) == 1)
        await it.press("escape")
        gate.set()
        await it.shows("PipelineScreen")
        await it.pilot.pause(0.1)
        assert engine.discarded == []


async def test_there_is_no_way_back_while_a_run_is_handed_over(engine: FakeEngine) -> None:
    gate = engine.script.holds["start"] = threading.Event()
    async with driving(engine) as it:
        await to_review(it, "dev")
        await it.press("p", "p", "escape", "r")
        await it.sees("handing over")
        gate.set()
        await it.shows("RunScreen")
        assert len(engine.called("start")) == 1


@pytest.mark.parametrize("stage", ["dev", "staging", "prod"])
async def test_no_deploy_while_the_target_cannot_be_read(engine: FakeEngine, stage: str) -> None:
    async with driving(engine) as it:
        await to_review(it, stage)
        await it.press("tab")
        if stage == "prod":
            await it.type("orders prod")
        screen = review(it)
        await it.pilot.resize_terminal(80, 12)
        await it.shows("TooSmall")
        await it.press("p", "enter", "tab", "enter")
        assert not engine.called("start")
        screen.query_one("#frame").styles.offset = (0, 100)
        await it.pilot.resize_terminal(80, 24)
        await it.shows("PromoteScreen")
        await it.until(lambda: not screen.frame_visible)
        await it.press("p", "tab", "enter", "tab", "enter")
        assert not engine.called("start")


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (200, 60)])
async def test_target_is_in_sight_at_every_allowed_size(engine: FakeEngine, size: tuple[int, int]) -> None:
    async with driving(engine, size) as it:
        await to_review(it, "prod")
        await it.sees("PROD  account 333333333333  eu-west-1", "stack orders-prod", "TYPE      orders prod")
        assert "Deploy orders to prod" in it.text


async def test_read_only_reviews_but_never_deploys(engine: FakeEngine) -> None:
    async with driving(engine, options=Options(read_only=True)) as it:
        await to_review(it, "dev")
        await it.sees("started with --read-only")
        await it.press("p", "tab", "enter")
        assert not engine.called("start")


async def test_keys_in_the_field_are_text(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await to_review(it, "prod")
        await it.press("tab")
        await it.type("p?rqj")
        assert it.app.screen.query_one("#phrase", Input).value == "p?rqj"
        await it.shows("PromoteScreen")
