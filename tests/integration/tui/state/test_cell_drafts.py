"""Drafts of cells: what a promotion into each cell would bring, read once for all screens."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from promote_tui.core.errors import DeployError
from promote_tui.core.matrix import CellView
from promote_tui.tui.state.cell_drafts import AT_ONCE
from tests.support.driver import driving
from tests.support.fakes import world

if TYPE_CHECKING:
    from promote_tui.core.model.cells import CellKey
    from tests.support.fakes.engine import FakeEngine

STAGING = [(service, "staging") for service in ("billing", "catalog", "checkout", "emails", "identity", "inventory")]
BILLING = ("billing", "staging")


def asked(engine: FakeEngine) -> list[CellKey]:
    """Return the cells in staging whose drafts were read."""
    return [(str(call[0]), str(call[1])) for call in engine.called("plans.draft") if call[1] == "staging"]


async def test_a_few_are_read_at_once_and_the_others_when_there_is_room(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.sees("gates ✓ 4")
        gate = engine.script.holds["plans.draft"] = threading.Event()
        drafts = it.app.drafts.by_cell
        drafts.read(STAGING)
        await it.until(lambda: len(asked(engine)) == AT_ONCE)
        drafts.read(STAGING)
        assert asked(engine) == STAGING[:AT_ONCE]
        gate.set()
        await it.until(lambda: all(drafts.of(key) for key in STAGING[:AT_ONCE]))
        drafts.read(STAGING)
        await it.until(lambda: asked(engine) == STAGING)


async def test_one_is_read_once_until_its_stack_says_something_else(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.sees("gates ✓ 4")
        drafts = it.app.drafts.by_cell
        drafts.read([BILLING])
        drafts.read([BILLING])
        await it.until(lambda: drafts.of(BILLING) is not None)
        drafts.read([BILLING])
        assert asked(engine) == [BILLING]
        it.app.cells.views[BILLING] = CellView(world.unreachable("billing", "staging"))
        assert drafts.of(BILLING) is None


async def test_one_with_runs_is_read_again_after_each_refresh(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.sees("gates ✓ 4")
        drafts = it.app.drafts.by_cell
        drafts.read([BILLING])
        await it.until(lambda: drafts.of(BILLING) is not None)
        assert drafts.find_detailed(BILLING) is None
        drafts.read_detailed(BILLING)
        await it.until(lambda: drafts.find_detailed(BILLING) is not None)
        it.app.refresh_cells()
        await it.until(lambda: not it.app.cells.is_reading)
        assert drafts.find_detailed(BILLING) is None
        assert drafts.of(BILLING) is not None


async def test_what_was_asked_before_all_was_forgotten_is_not_kept(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.sees("gates ✓ 4")
        gate = engine.script.holds["plans.draft"] = threading.Event()
        drafts = it.app.drafts.by_cell
        heard: list[CellKey] = []
        drafts.changed.subscribe(it.app, heard.append)
        drafts.read([BILLING])
        await it.until(lambda: asked(engine) == [BILLING])
        drafts.forget()
        gate.set()
        await it.until(lambda: heard == [BILLING])
        assert drafts.of(BILLING) is None


async def test_why_there_is_no_draft_is_kept_with_the_runs(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.sees("gates ✓ 4")
        engine.script.errors["plans.draft"] = DeployError("billing", "the stack is locked")
        drafts = it.app.drafts.by_cell
        drafts.read_detailed(BILLING)
        await it.until(lambda: drafts.find_detailed(BILLING) is not None)
        found = drafts.find_detailed(BILLING)
        assert found is not None
        assert found.draft is None
        assert str(found.trouble).startswith("billing: the stack is locked")
        assert found.runs is not None
