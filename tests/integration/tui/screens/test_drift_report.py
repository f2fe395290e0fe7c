"""The three drifts on their screen: each kind by itself, its causes below, and a detection that arrives in place."""

from __future__ import annotations

import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.changes.stack_drift import StackDrift
from promote_tui.core.drift.config import ConfigDrift
from promote_tui.core.errors import AwsError
from promote_tui.core.value import replace
from promote_tui.tui.presentation.drift.filter import is_shown
from promote_tui.tui.presentation.drift.model import Kind, drift_rows
from promote_tui.tui.screens.drift import DriftScreen
from promote_tui.tui.state import drifts
from tests.support.driver import LARGE, SMALL, Driver, driving
from tests.support.fakes import world
from tests.support.golden import golden_at_both_sizes
from tests.support.tui_drifted import BY_HAND, OTHER, drifted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.support.fakes.engine import FakeEngine

ALL = ("✗ 1 stack", "~ 2 config", "▼ 7 commit")


@asynccontextmanager
async def drift(engine: FakeEngine, *words: str, size: tuple[int, int] = SMALL) -> AsyncIterator[Driver]:
    """Open the drift and wait for these words, and until every service was compared."""
    async with driving(engine, size) as it:
        await it.press("3")
        await it.shows("DriftScreen")
        await it.sees(*words)
        await it.until(lambda: "comparing" not in it.text)
        yield it


async def at(it: Driver, kind: Kind, service: str, stage: str) -> None:
    """Go down to a row."""
    screen = it.app.screen
    assert isinstance(screen, DriftScreen)
    await it.press("g")
    for _ in range(30):
        row = screen._rows.at  # noqa: SLF001 - where the cursor is
        if row is not None and row.key == (kind, service, stage):
            return
        await it.press("down")
    raise AssertionError(it.text)


async def test_all_three_kinds_look_like_this(engine: FakeEngine) -> None:
    drifted(engine)
    async with drift(engine, *ALL) as it:
        await at(it, Kind.STACK, "billing", "prod")
        await it.sees("stack drift, checked 4d ago", "1 not compared")
        await golden_at_both_sizes(it, "drift-stack")
        assert "secret" not in it.text


async def test_settings_side_by_side_look_like_this(engine: FakeEngine) -> None:
    drifted(engine)
    async with drift(engine, *ALL) as it:
        await at(it, Kind.CONFIG, "orders", "prod")
        await it.sees("5 settings differ from staging", "prod runs other code than staging")
        await golden_at_both_sizes(it, "drift-config")


async def test_a_hotfix_that_the_stage_before_lacks_looks_like_this(engine: FakeEngine) -> None:
    drifted(engine)
    async with drift(engine, *ALL) as it:
        await at(it, Kind.COMMIT, "checkout", "staging")
        await it.sees("hotfix b4471aa", "! 1 commit on staging that dev lacks", "p → promote 8d20b6e")
        await golden_at_both_sizes(it, "drift-hotfix")


async def test_a_revert_that_a_stage_lacks_is_named(engine: FakeEngine) -> None:
    drifted(engine)
    async with drift(engine, *ALL, size=LARGE) as it:
        assert "prod still runs what f03c9d1 reverts" in it.line("5 behind staging")
        await at(it, Kind.COMMIT, "orders", "prod")
        await it.sees("! prod still runs what f03c9d1 reverts: Index orders by tenant")


async def test_settings_of_the_same_code_are_told_from_those_of_other_code(engine: FakeEngine) -> None:
    drifted(engine)
    async with drift(engine, *ALL, size=LARGE) as it:
        assert "MemorySize 1024 (staging: 512)" in it.line("OrdersFunction   and 4 more   code differs too")
        assert it.line("Timeout missing; staging has 30").rstrip().endswith("MailFunction")


async def test_a_detection_shows_its_progress_and_its_result_in_place(engine: FakeEngine) -> None:
    hold = engine.script.holds["drift.detect"] = threading.Event()
    engine.script.detected["orders", "prod"] = replace(BY_HAND, checked_at=world.NOW)
    async with drift(engine, "▼ 8 commit") as it:
        await at(it, Kind.COMMIT, "orders", "prod")
        await it.press("s")
        await it.sees("◐", "detecting, 12s", "STACK")
        await it.press("s")
        await it.until(lambda: "CloudFormation is detecting drift already" in it.toasts)
        assert engine.called("drift.detect") == [("orders/prod",)]
        hold.set()
        await it.sees("✗ 1 stack", "Timeout 6 → 30")
        await at(it, Kind.STACK, "orders", "prod")
        await it.sees("stack drift, checked just now", "ChargeFunction.Timeout", "ErrorsAlarm", "deleted")


async def test_a_stack_that_is_as_it_should_be_says_so_and_does_not_count(engine: FakeEngine) -> None:
    async with drift(engine, "▼ 8 commit") as it:
        await at(it, Kind.COMMIT, "orders", "prod")
        await it.press("s")
        await it.sees("no drift", "every resource is as C")
        assert "1 stack" not in it.text


async def test_a_detection_that_fails_says_why(engine: FakeEngine) -> None:
    engine.script.detected["orders", "prod"] = StackDrift(unknown="no right to detect drift")
    async with drift(engine, "▼ 8 commit") as it:
        await at(it, Kind.COMMIT, "orders", "prod")
        await it.press("s")
        await it.sees("could not be detected", "no right to detect")


async def test_every_stack_is_looked_at_a_few_at_a_time(engine: FakeEngine) -> None:
    hold = engine.script.holds["drift.detect"] = threading.Event()
    async with drift(engine, "▼ 8 commit") as it:
        await it.press("S")
        await it.until(lambda: len(engine.called("drift.detect")) == drifts.AT_ONCE)
        await it.until(lambda: "CloudFormation detects drift of 22 stacks, a few at a time" in it.toasts)
        hold.set()
        await it.until(lambda: len(engine.called("drift.detect")) == 22)


async def test_a_stage_without_a_stack_has_nothing_to_be_looked_at(engine: FakeEngine) -> None:
    async with drift(engine, "▼ 8 commit") as it:
        await at(it, Kind.COMMIT, "webhooks", "prod")
        await it.press("s")
        await it.until(lambda: "there is no stack to check" in it.toasts)
        assert not engine.called("drift.detect")


async def test_services_are_compared_once_those_in_sight_first(engine: FakeEngine) -> None:
    async with drift(engine, "▼ 8 commit") as it:
        called = [str(name) for (name,) in engine.called("drift.of_config")]
        assert sorted(called) == sorted(world.NAMES)
        assert set(called[:2]) <= {"reports", "identity"}
        assert "catalog" in called[5:], "it has no row"
        await it.press("1")
        await it.shows("PipelineScreen")
        await it.press("3")
        await it.shows("DriftScreen")
        await it.settle()
        assert len(engine.called("drift.of_config")) == len(world.NAMES)


async def test_a_stack_that_was_updated_is_compared_again(engine: FakeEngine) -> None:
    drifted(engine)
    async with drift(engine, *ALL) as it:
        engine.script.cells["orders", "prod"] = world.deployed("orders", "prod", "8d20b6e", hours=0.1)
        engine.script.config_drifts["orders", "prod"] = ConfigDrift()
        await it.press("r")
        await it.sees("~ 1 config")
        assert engine.called("drift.of_config").count(("orders",)) == 2
        assert engine.called("drift.of_config").count(("emails",)) == 1


async def test_a_service_that_cannot_be_compared_is_said_and_hides_no_other(engine: FakeEngine) -> None:
    engine.script.errors["drift.of_commits"] = AwsError("orders", "the mirror is gone")
    async with drift(engine, "▼ 8 commit") as it:
        await it.until(lambda: sum("the mirror is gone" in toast for toast in it.toasts) == 1)
        await it.sees("11 behind staging")
        it.app.clear_notifications()
        await it.sees("24 not compared")


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("drift:config", [Kind.CONFIG] * 2),
        ("drift:stack", [Kind.STACK]),
        ("drift:hotfix", [Kind.COMMIT]),
        ("drift:config,stack stage:prod service:orders", [Kind.CONFIG]),
        ("drift:commit service:checkout", [Kind.COMMIT] * 2),
    ],
)
async def test_a_filter_keeps_a_kind(engine: FakeEngine, text: str, kinds: list[Kind]) -> None:
    drifted(engine)
    async with drift(engine, *ALL) as it:
        screen = it.app.screen
        assert isinstance(screen, DriftScreen)
        assert [row.kind for row in screen._every if is_shown(row, text)] == kinds  # noqa: SLF001 - the rows of the screen


def test_functions_with_other_code_than_deployed_are_stack_drift() -> None:
    view = replace(world.deployed("billing", "prod", "5cc1f02"), altered=("ChargeFunction",))
    (row,) = drift_rows(world.pipeline("billing"), {("billing", "prod"): view}.get)
    assert row.kind is Kind.STACK


async def test_d_on_a_setting_shows_what_lies_between_the_stages(engine: FakeEngine) -> None:
    engine.script.config_drifts["orders", "prod"] = OTHER
    async with drift(engine, "~ 1 config") as it:
        await at(it, Kind.CONFIG, "orders", "prod")
        await it.sees("d → difference between prod and staging")
        await it.press("d")
        await it.shows("DiffScreen")
