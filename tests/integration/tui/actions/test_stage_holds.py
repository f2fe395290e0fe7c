"""Every service of a stage on hold, and let go again: from the decisions and from the palette, asked once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import LedgerError
from promote_tui.core.gates.decisions import Decision
from promote_tui.core.value import replace
from promote_tui.engine.stage_holds import HoldRequest
from promote_tui.tui.options import Options
from tests.support.driver import LARGE, SMALL, driving
from tests.support.fakes import world
from tests.support.golden import golden

if TYPE_CHECKING:
    from tests.support.driver import Driver
    from tests.support.fakes.engine import FakeEngine


def hold(engine: FakeEngine, service: str, who: str, reason: str) -> None:
    """Have somebody hold a service in prod."""
    made = Decision(world.NOW, "hold", service, "prod", None, who, f"arn:aws:iam::333333333333:user/{who}", reason)
    cells = engine.script.cells
    cells[service, "prod"] = replace(cells[service, "prod"], hold=made)


async def find(it: Driver, words: str) -> None:
    """Choose a row of the palette."""
    await it.press("ctrl+p")
    await it.type(words)
    await it.sees(words)
    await it.press("enter")


async def give_reason(it: Driver, reason: str) -> None:
    """Type a reason into the dialog and decide."""
    await it.shows("ReasonDialog")
    await it.press("tab")
    await it.type(reason)
    await it.press("enter")


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_the_decisions_of_a_cell_hold_its_stage_with_one_reason(
    engine: FakeEngine, size: tuple[int, int]
) -> None:
    async with driving(engine, size) as it:
        await it.press("right", "right", "x")
        await it.sees("hold every service in prod")
        assert "lift every hold" not in it.text
        await it.press("end", "enter")
        await it.sees("Hold every service in prod?", "billing, catalog, checkout")
        await golden(it, "stage-hold")
        await give_reason(it, "incident 42")
        await it.until(lambda: "prod: 8 services held" in it.toasts)
        assert engine.called("decisions.change_holds") == [(HoldRequest("hold", "prod", "incident 42"),)]


async def test_lifting_says_whose_holds_it_lifts(engine: FakeEngine) -> None:
    hold(engine, "billing", "ben", "rolled back")
    async with driving(engine) as it:
        await find(it, "Lift every hold in prod")
        await it.sees("Lift every hold in prod?", "billing (ben: rolled back)")
        await give_reason(it, "over")
        await it.until(lambda: "prod: 1 service let go, 7 as before" in it.toasts)


async def test_a_service_that_cannot_be_held_is_named_beside_the_others(engine: FakeEngine) -> None:
    engine.script.unholdable["catalog"] = LedgerError("ledger", "the disk is full", "make room")
    async with driving(engine) as it:
        await find(it, "Hold every service in staging")
        await give_reason(it, "incident 42")
        await it.until(lambda: "staging: 7 services held" in it.toasts)
        assert "catalog: not held: ledger: the disk is full; make room" in it.toasts


async def test_without_a_reason_nothing_is_held(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await find(it, "Hold every service in prod")
        await give_reason(it, "")
        await it.sees("A reason is required.")
        await it.press("escape")
        await it.shows("PipelineScreen")
        assert not engine.called("decisions.change_holds")


async def test_read_only_holds_nothing(engine: FakeEngine) -> None:
    async with driving(engine, options=Options(read_only=True)) as it:
        await find(it, "Hold every service in prod")
        await it.until(lambda: "promote-tui was started with --read-only" in it.toasts)
