"""Drafts and plans that outlive their screen, and when they are given up."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import DeployError
from promote_tui.core.gates.model import GateResult
from promote_tui.core.gates.target import CredentialsGate
from promote_tui.core.model.cells import Deployed
from promote_tui.core.value import replace
from promote_tui.tui.actions.navigation import review_screen
from promote_tui.tui.state.draft_store import MOST
from promote_tui.tui.state.stored_draft import has_moved, opens_closed_gates
from tests.support.driver import Driver, driving
from tests.support.fakes import world

if TYPE_CHECKING:
    from tests.support.fakes.engine import FakeEngine

ORDERS = ["down"] * 5
DEV, PROD = world.target("orders", "dev"), world.target("orders", "prod")


async def planned(it: Driver) -> None:
    """Open the review of orders to dev and wait for its plan."""
    await it.press("p")
    await it.shows("PromoteScreen")
    await it.sees("planned")


async def left(it: Driver) -> None:
    """Open the review, wait for its plan, and leave it."""
    await it.press(*ORDERS)
    await planned(it)
    await it.press("escape")
    await it.shows("PipelineScreen")


def consistent(engine: FakeEngine) -> None:
    """Let the draft stand on the very cell that the matrix shows."""
    cell = engine.script.cells["orders", "dev"].cell
    engine.script.drafts["orders", "dev"] = replace(world.draft("orders", "dev"), cell=cell)


async def test_leaving_keeps_the_plan_and_coming_back_shows_it_at_once(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await left(it)
        engine.time.forward(12)
        await it.press("p")
        await it.sees("draft kept", "planned 12s ago", "--package …/plans/plan-0001/package", "p deploys")
        assert len(engine.called("plans.make")) == 1
        assert engine.discarded == []


async def test_coming_back_asks_the_gates_again(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await left(it)
        engine.script.drafts["orders", "dev"] = world.draft("orders", "dev", gates=(world.CLOSED, *world.PASSED[1:]))
        await it.press("p")
        await it.sees("BLOCKED   stage order", "planned")
        del engine.script.drafts["orders", "dev"]
        await it.press("r")
        await it.sees("p deploys")
        assert len(engine.called("plans.make")) == 1


async def test_coming_back_joins_a_packaging_that_goes_on(engine: FakeEngine) -> None:
    gate = engine.script.holds["plans.make"] = threading.Event()
    async with driving(engine) as it:
        await it.press(*ORDERS, "p")
        await it.sees("REVIEW")
        await it.press("escape")
        await it.shows("PipelineScreen")
        await it.press("p")
        await it.sees("REVIEW", "draft kept")
        gate.set()
        await it.sees("planned", "p deploys")
        assert len(engine.called("plans.make")) == 1


async def test_a_packaging_that_nobody_watches_is_kept_when_it_ends(engine: FakeEngine) -> None:
    gate = engine.script.holds["plans.make"] = threading.Event()
    async with driving(engine) as it:
        await it.press(*ORDERS, "p")
        await it.until(lambda: len(engine.called("plans.make")) == 1)
        await it.press("escape")
        gate.set()
        await it.shows("PipelineScreen")
        await it.settle()
        assert engine.discarded == []
        await planned(it)
        assert len(engine.called("plans.make")) == 1


async def test_an_expired_plan_is_deleted_and_made_again(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await left(it)
        engine.time.forward(3601)
        it.app.drafts.sweep()
        await it.until(lambda: engine.discarded == ["plan-0001"])
        await planned(it)
        await it.sees("/plans/plan-0002/package")
        assert "draft kept" not in it.text


async def test_another_commit_for_the_same_cell_replaces_the_plan(engine: FakeEngine) -> None:
    other = world.draft("orders", "dev", brings=world.COMMITS[2:5])
    engine.script.drafts["orders", "dev", other.commit.sha] = other
    async with driving(engine) as it:
        await left(it)
        it.app.push_screen(review_screen(("orders", "dev"), revision=other.commit.sha))
        await it.sees("planned", "→ 6be21a7")
        await it.until(lambda: engine.discarded == ["plan-0001"])
        assert len(it.app.drafts) == 1


async def test_the_same_commit_by_its_hash_finds_the_plan(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await left(it)
        it.app.push_screen(review_screen(("orders", "dev"), revision=world.COMMITS[0].sha))
        await it.sees("draft kept", "planned")
        assert len(engine.called("plans.make")) == 1


async def test_a_newer_default_commit_is_planned_in_the_place_of_the_kept_one(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        it.app.push_screen(review_screen(("orders", "dev")))
        await it.sees("planned", "→ 8d20b6e")
        await it.press("escape")
        fresh = world.commit("abcdef1", "Newer", "lea", 1)
        engine.script.drafts["orders", "dev"] = world.draft("orders", "dev", brings=(fresh, *world.COMMITS[:5]))
        it.app.push_screen(review_screen(("orders", "dev")))
        await it.sees("planned", "→ abcdef1", "/plans/plan-0002/package")
        await it.until(lambda: engine.discarded == ["plan-0001"])


async def test_a_refresh_that_changes_nothing_leaves_the_plan(engine: FakeEngine) -> None:
    consistent(engine)
    async with driving(engine) as it:
        await left(it)
        await it.press("r")
        await it.until(lambda: len(engine.called("snapshot")) == 2 and not it.app.cells.is_reading)
        await it.settle()
        assert engine.discarded == []
        assert len(it.app.drafts) == 1


async def test_a_stage_that_has_moved_takes_the_kept_plan_with_it(engine: FakeEngine) -> None:
    consistent(engine)
    async with driving(engine) as it:
        await left(it)
        engine.script.cells["orders", "dev"] = world.deployed("orders", "dev", "abcdef1")
        await it.press("r")
        await it.until(lambda: engine.discarded == ["plan-0001"])
        assert len(it.app.drafts) == 0


async def test_a_stage_that_moves_under_the_review_stops_it(engine: FakeEngine) -> None:
    consistent(engine)
    async with driving(engine) as it:
        await it.press(*ORDERS)
        await planned(it)
        engine.script.cells["orders", "dev"] = world.deployed("orders", "dev", "abcdef1", hours=0)
        it.app.refresh_cells()
        await it.sees("BLOCKED   dev has changed since this was planned", "it runs abcdef1", "r plans again")
        assert it.app.screen.query_one("#deploy").disabled
        consistent(engine)
        await it.press("r")
        await it.sees("p deploys", "/plans/plan-0002/package")
        assert engine.discarded == ["plan-0001"]


async def test_what_was_refused_is_not_kept(engine: FakeEngine) -> None:
    engine.script.errors["runs.start"] = DeployError("orders/dev", "the runner died", "see its log")
    async with driving(engine) as it:
        await it.press(*ORDERS)
        await planned(it)
        await it.sees("p deploys")
        await it.press("p")
        await it.sees("BLOCKED")
        await it.press("escape")
        await it.until(lambda: engine.discarded == ["plan-0001"])


async def test_a_plan_that_was_started_is_the_runs(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press(*ORDERS)
        await planned(it)
        await it.sees("p deploys")
        await it.press("p")
        await it.shows("RunScreen")
        assert len(it.app.drafts) == 0
    assert engine.discarded == []


async def test_quitting_deletes_every_kept_plan(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await left(it)
        assert engine.discarded == []
        await it.press("q")
    assert engine.discarded == ["plan-0001"]


async def test_quitting_while_a_run_is_handed_over_leaves_its_plan(engine: FakeEngine) -> None:
    gate = engine.script.holds["runs.start"] = threading.Event()
    async with driving(engine) as it:
        await it.press(*ORDERS)
        await planned(it)
        await it.sees("p deploys")
        await it.press("p")
        await it.sees("starting; final check")
        it.app.exit(0)
        gate.set()
    assert engine.discarded == []


async def test_quitting_ends_a_packaging_at_its_next_step(engine: FakeEngine) -> None:
    gate = engine.script.holds["plans.make"] = threading.Event()
    async with driving(engine) as it:
        await it.press(*ORDERS, "p")
        await it.until(lambda: len(engine.called("plans.make")) == 1)
        it.app.drafts.close()
        gate.set()
        await it.settle()
        assert len(it.app.drafts) == 0
        assert engine.discarded == []


async def test_no_more_than_a_few_are_kept(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        for number, name in enumerate(("billing", "catalog", "checkout", "emails", "identity"), 1):
            it.app.push_screen(review_screen((name, "staging")))
            await it.sees(f"/plans/plan-{number:04d}/package")
            await it.press("escape")
            await it.shows("PipelineScreen")
        await it.until(lambda: engine.discarded == ["plan-0001"])
        assert len(it.app.drafts) == MOST


CELL = Deployed(PROD, world.stack(PROD, world.sha("2c7e914")), world.sha("2c7e914"))


@pytest.mark.parametrize(
    ("now", "changed"),
    [
        (CELL, False),
        (Deployed(PROD, world.stack(PROD, world.sha("8d20b6e")), world.sha("8d20b6e")), True),
        (replace(CELL, stack=world.stack(PROD, CELL.commit, "UPDATE_ROLLBACK_COMPLETE")), True),
        (replace(CELL, stack=world.stack(PROD, CELL.commit, hours=0)), True),
        (world.unreachable("orders", "prod"), False),
    ],
)
def test_a_stage_has_moved_where_its_stack_says_something_else(now: Deployed, changed: bool) -> None:
    assert has_moved(CELL, now) is changed


def test_a_plan_whose_credentials_end_too_soon_is_asked_again_with_each_newer_draft() -> None:
    draft = world.draft("orders", "dev")
    plan = world.plan(draft)
    assert not opens_closed_gates(draft, plan)
    short_lived = GateResult(CredentialsGate.name, passed=False, reason="the credentials expire in 4m")
    assert opens_closed_gates(draft, replace(plan, gates=(*plan.gates, short_lived)))
