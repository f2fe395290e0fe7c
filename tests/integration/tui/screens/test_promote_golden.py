"""What the review looks like, character by character, in each of its states."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import LockHeld
from promote_tui.core.model.cells import Never
from promote_tui.core.model.pipeline import FileChange
from promote_tui.core.next_steps import NextStep
from promote_tui.core.value import replace
from promote_tui.tui.options import Options
from tests.support.driver import Driver, driving
from tests.support.fakes import world
from tests.support.fakes.engine.plans import FakePlans
from tests.support.golden import golden, golden_at_both_sizes

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.planning.plan import Draft, Plan
    from tests.support.fakes.engine import FakeEngine

RIGHT: dict[str, list[str]] = {"dev": [], "staging": ["right"], "prod": ["right", "right"]}


async def opened(it: Driver, stage: str, *words: str) -> None:
    """Open the review of orders to a stage and wait for these words."""
    await it.press(*["down"] * 5, *RIGHT[stage], "p")
    await it.shows("PromoteScreen")
    await it.sees(*words)
    await it.until(lambda: it.app.screen.confirmation.is_in_sight)  # type: ignore[attr-defined]


def _infrastructure(engine: FakeEngine) -> None:
    draft = world.draft()
    more = FileChange("M", "services/orders/serverless.yml"), FileChange("D", "services/orders/old.js")
    engine.script.drafts["orders", "prod"] = replace(draft, files=(*draft.files, *more))


def _takes_away(engine: FakeEngine) -> None:
    gone = world.commit("beefbee", "Half a feature of Joe's", "joe", 5), world.commit("beef002", "Its test", "lea", 6)
    engine.script.drafts["orders", "prod"] = world.draft(removes=gone)


def _closed(engine: FakeEngine) -> None:
    engine.script.drafts["orders", "prod"] = world.draft(gates=(world.CLOSED, *world.PASSED[1:]))


def _unreachable(engine: FakeEngine) -> None:
    cell = world.unreachable("orders", "prod")
    gate = replace(world.CLOSED, name="stack", reason=cell.reason, remedy=cell.remedy, step=NextStep("login"))
    draft = world.draft(gates=(gate, *world.PASSED[:2]))
    engine.script.drafts["orders", "prod"] = replace(draft, cell=cell, deployed=None, brings=(), files=())


def _never(engine: FakeEngine) -> None:
    engine.script.drafts["orders", "prod"] = replace(world.draft(onto=None), cell=Never(world.target("orders", "prod")))


def _again(engine: FakeEngine) -> None:
    engine.script.drafts["orders", "prod"] = replace(world.draft(brings=(), onto=world.COMMITS[0]), files=())


def _as_it_is(_engine: FakeEngine) -> None:
    """The draft of the fakes."""


@pytest.mark.parametrize(
    ("name", "stage", "prepare", "words"),
    [
        ("type", "prod", _infrastructure, "tab then type the words"),
        ("ask", "staging", _as_it_is, "tab, then enter deploys"),
        ("none", "dev", _as_it_is, "p deploys"),
        ("takes-away", "prod", _takes_away, "tab then type the words"),
        ("closed", "prod", _closed, "BLOCKED"),
        ("unreachable", "prod", _unreachable, "BLOCKED"),
        ("never", "prod", _never, "tab then type the words"),
        ("again", "prod", _again, "tab then type the words"),
    ],
)
async def test_the_review_looks_like_this(
    engine: FakeEngine,
    name: str,
    stage: str,
    prepare: Callable[[FakeEngine], None],
    words: str,
) -> None:
    prepare(engine)
    async with driving(engine) as it:
        await opened(it, stage, words)
        await golden_at_both_sizes(it, f"promote-{name}")


async def test_the_draft_looks_like_this_while_it_is_packaged(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    make = FakePlans.make

    def slow(self: FakePlans, draft: Draft, on_step: Callable[[str], None]) -> Plan:
        on_step("packaging for prod")
        gate.wait(120)
        return make(self, draft)

    monkeypatch.setattr(FakePlans, "make", slow)
    async with driving(engine) as it:
        await opened(it, "prod", "REVIEW    ◐ packaging for prod")
        await golden_at_both_sizes(it, "promote-packaging")
        gate.set()
        await it.sees("planned")


async def test_the_first_frame_has_its_target_before_anything_is_read(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        gate = engine.script.holds["plans.draft"] = threading.Event()
        await it.press(*["down"] * 5, *RIGHT["prod"], "p")
        await it.shows("PromoteScreen")
        await it.sees("reading the stack and the history")
        await golden_at_both_sizes(it, "promote-reading")
        gate.set()
        await it.sees("planned")


async def test_the_typed_words_look_like_this(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await opened(it, "prod", "tab then type the words")
        await it.press("tab")
        await it.type("orders pr")
        await it.sees("2 letters to go")
        await golden_at_both_sizes(it, "promote-typing")


async def test_a_refusal_looks_like_this(engine: FakeEngine) -> None:
    engine.script.errors["runs.start"] = LockHeld("orders/dev", "run run-7 of joe holds the lock", "watch it in 4 Runs")
    async with driving(engine) as it:
        await opened(it, "dev", "p deploys")
        await it.press("p")
        await it.sees("BLOCKED")
        await golden_at_both_sizes(it, "promote-refused")


async def test_read_only_looks_like_this(engine: FakeEngine) -> None:
    async with driving(engine, options=Options(read_only=True)) as it:
        await opened(it, "prod", "started with --read-only")
        await golden_at_both_sizes(it, "promote-read-only")


async def test_the_gates_in_full_look_like_this(engine: FakeEngine) -> None:
    _closed(engine)
    async with driving(engine) as it:
        await opened(it, "prod", "BLOCKED")
        await it.press("3")
        await it.sees("3 GATES  1 blocked  3 pass")
        await golden(it, "promote-gates")


async def test_in_ascii_it_looks_like_this(engine: FakeEngine) -> None:
    _takes_away(engine)
    async with driving(engine, options=Options(ascii_only=True)) as it:
        await opened(it, "prod", "tab then type the words", "[5 Confirm]")
        assert it.text.isascii()
        await golden(it, "promote-ascii")
