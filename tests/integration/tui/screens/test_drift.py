"""Drift by keys: what is apart, kept apart by kind, oldest first, and what to do about the row under the cursor."""

from __future__ import annotations

import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import AwsError, UsageError
from promote_tui.core.git.relation import Ahead, Behind, Diverged, Same, Unknown
from promote_tui.core.matrix import CellView
from promote_tui.core.model.cells import Never
from promote_tui.core.value import replace
from promote_tui.tui.options import Options
from promote_tui.tui.presentation.drift.filter import is_shown
from promote_tui.tui.presentation.drift.model import Kind, drift_rows
from promote_tui.tui.screens.drift import DriftScreen
from tests.support.driver import LARGE, SMALL, Driver, driving
from tests.support.fakes import world
from tests.support.golden import golden_at_both_sizes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from promote_tui.core.model.cells import CellKey
    from promote_tui.tui.presentation.drift.model import DriftRow
    from tests.support.fakes.engine import FakeEngine

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE])


def rows(**cells: CellView) -> list[DriftRow]:
    """Return what has drifted where the cells of `billing` are these, the others unread."""
    views = {("billing", stage): view for stage, view in cells.items()}
    return drift_rows(world.pipeline("billing"), views.get)


DEV = world.deployed("billing", "dev", "3f2a9c1", subject="Retry refunds on 409")


@pytest.mark.parametrize(
    ("view", "kinds"),
    [
        (world.deployed("billing", "staging", "a81be07", Same()), []),
        (world.deployed("billing", "staging", "a81be07", Behind(3)), [Kind.COMMIT]),
        (world.deployed("billing", "staging", "a81be07", Ahead(3)), [Kind.COMMIT]),
        (world.deployed("billing", "staging", "a81be07", Diverged(1, 2)), [Kind.COMMIT]),
        (world.deployed("billing", "staging", "a81be07", Unknown("not in this clone")), [Kind.COMMIT]),
        (CellView(Never(world.target("billing", "staging")), against="dev"), [Kind.COMMIT]),
        (CellView(world.unreported("billing", "staging"), against="dev"), [Kind.TROUBLE]),
        (CellView(world.unreachable("billing", "staging")), [Kind.UNREAD]),
        (world.deployed("billing", "staging", "a81be07", Same(), state="UPDATE_ROLLBACK_COMPLETE"), [Kind.TROUBLE]),
        (world.deployed("billing", "staging", "a81be07", Same(), state="SOMETHING_NEW"), [Kind.TROUBLE]),
        (
            world.deployed("billing", "staging", "a81be07", Behind(1), state="UPDATE_ROLLBACK_FAILED"),
            [Kind.TROUBLE, Kind.COMMIT],
        ),
    ],
)
def test_each_kind_of_difference_is_a_row_of_its_own(view: CellView, kinds: list[Kind]) -> None:
    assert [row.kind for row in rows(dev=DEV, staging=view)] == kinds


def test_what_was_never_deployed_has_not_drifted_where_nothing_waits_for_it() -> None:
    never = CellView(Never(world.target("billing", "staging")), against="dev")
    assert rows(dev=CellView(Never(world.target("billing", "dev"))), staging=never) == []


def test_the_oldest_row_of_a_kind_comes_first_and_one_without_an_age_last() -> None:
    views: dict[CellKey, CellView] = dict(world.cells())
    found = drift_rows(world.pipeline(), views.get)
    commits = [(row.service, row.stage) for row in found if row.kind is Kind.COMMIT]
    assert commits[:3] == [("checkout", "prod"), ("orders", "prod"), ("billing", "prod")]
    assert commits[-1] == ("webhooks", "prod")
    assert [row.kind for row in found] == sorted((row.kind for row in found), key=list(Kind).index)


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 1), ("bill", 1), ("staging", 1), ("a81", 1), ("behind", 1), ("stage:prod", 0), ("stage:staging,prod", 1),
     ("drift:behind", 1), ("drift:ahead", 0), ("state:commit", 1), ("who:ana", 1), ("who:joe", 0), ("commit:a81", 1),
     ("service:orders", 0), ("orders", 0), ("bill drift:", 1)],
)  # fmt: skip
def test_filter_keeps_a_row_by_words_and_fields(text: str, count: int) -> None:
    found = rows(dev=DEV, staging=world.deployed("billing", "staging", "a81be07", Behind(3)))
    assert sum(is_shown(row, text) for row in found) == count


@asynccontextmanager
async def drift(
    engine: FakeEngine, *words: str, size: tuple[int, int] = SMALL, options: Options | None = None
) -> AsyncIterator[Driver]:
    """Open the drift and wait for these words."""
    async with driving(engine, size, options) as it:
        await it.press("3")
        await it.shows("DriftScreen")
        await it.sees(*words)
        await it.until(lambda: "comparing" not in it.text)
        yield it


def cursor(it: Driver) -> tuple[str, str] | None:
    assert isinstance(it.app.screen, DriftScreen)
    return it.app.screen.current_cell()


async def test_drift_in_every_kind(engine: FakeEngine) -> None:
    async with drift(engine, "✗ 2 trouble", "p → promote 8d20b6e to prod") as it:
        await golden_at_both_sizes(it, "drift-filled")


async def test_row_of_a_commit_says_what_a_promotion_would_bring(engine: FakeEngine) -> None:
    async with drift(engine, "✗ 2 trouble") as it:
        await it.press("down", "down")
        await it.sees(
            "checkout · prod", "p → promote 8d20b6e to prod   typed confirmation", "Move orders to a key by tenant"
        )
        await golden_at_both_sizes(it, "drift-commit")


async def test_drift_before_anything_was_read(engine: FakeEngine) -> None:
    gate = engine.script.holds["snapshot"] = threading.Event()
    async with driving(engine, read=False) as it:
        await it.press("3")
        await it.sees("reading the stacks: 0 of 24")
        await golden_at_both_sizes(it, "drift-loading")
        gate.set()
        await it.sees("▼ 8 commit")


async def test_drift_where_nothing_has_drifted_names_the_next_key(engine: FakeEngine) -> None:
    engine.script.cells = {
        (name, stage.name): world.deployed(name, stage.name, "5cc1f02")
        for name in world.NAMES
        for stage in world.STAGES
    }
    async with drift(engine, "no drift: every stage", "1 → see what runs where") as it:
        await golden_at_both_sizes(it, "drift-empty")
        await it.press("p")
        await it.until(lambda: any(toast.startswith("no drift: every stage") for toast in it.toasts))


async def test_drift_where_nothing_could_be_read_says_why_and_tries_again(engine: FakeEngine) -> None:
    engine.script.errors["snapshot"] = AwsError("dev", "no answer from AWS", "check the network")
    async with driving(engine, read=False) as it:
        await it.press("3")
        await it.sees("dev: no answer from AWS", "NEXT  check the network")
        await golden_at_both_sizes(it, "drift-error")
        engine.script.errors.clear()
        await it.press("r")
        await it.sees("▼ 8 commit")


async def test_a_row_names_the_newest_commit_that_waits(engine: FakeEngine) -> None:
    engine.script.cells["billing", "dev"] = DEV
    async with drift(engine, "✗ 2 trouble") as it:
        assert it.line("3 behind dev").split(maxsplit=7)[1:] == [
            "1d", "billing", "staging", "3", "behind", "dev", "Retry refunds on 409    ",
        ]  # fmt: skip
        assert "4 behind, 1 ahead of dev" in it.text


async def test_only_the_row_under_the_cursor_is_looked_up(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.until(lambda: len(engine.called("plans.draft")) == 1)
        await it.settle()
        engine.calls.clear()
        await it.press("3")
        await it.sees("✗ 2 trouble", "p → promote 8d20b6e to prod")
        assert {*engine.called("plans.draft")} == {("reports", "prod", None)}
        assert not engine.called("snapshot")


async def test_the_cursor_passes_over_the_headings(engine: FakeEngine) -> None:
    async with drift(engine, "✗ 2 trouble") as it:
        assert cursor(it) == ("reports", "prod")
        await it.press("down", "down")
        assert cursor(it) == ("checkout", "prod")
        await it.press("G")
        assert cursor(it) == ("webhooks", "dev")
        await it.press("k", "home")
        assert cursor(it) == ("reports", "prod")


async def test_the_cursor_stays_on_its_row_when_others_go(engine: FakeEngine) -> None:
    async with drift(engine, "✗ 2 trouble") as it:
        await it.press("down", "down", "down")
        assert cursor(it) == ("orders", "prod")
        engine.script.cells["checkout", "prod"] = world.deployed("checkout", "prod", "b4471aa")
        engine.script.cells["reports", "prod"] = world.deployed("reports", "prod", "c19a7d3")
        await it.press("r")
        await it.sees("✗ 1 trouble  ▼ 7 commit")
        assert cursor(it) == ("orders", "prod")


async def test_filter_as_it_is_typed(engine: FakeEngine) -> None:
    async with drift(engine, "✗ 2 trouble") as it:
        await it.press("slash")
        await it.type("stage:prod drift:behind")
        await it.sees("3 of 11 rows")
        await it.press("enter", "down")
        assert cursor(it) == ("orders", "prod")
        await it.press("escape")
        await it.sees("✗ 2 trouble")
        assert cursor(it) == ("orders", "prod")


@SIZES
async def test_filter_that_nothing_fits_says_how_to_go_on(engine: FakeEngine, size: tuple[int, int]) -> None:
    async with drift(engine, "✗ 2 trouble", size=size) as it:
        await it.press("slash")
        await it.type("[/x]")
        await it.sees("nothing matches the filter", "esc clears the filter")
        await it.press("enter", "enter", "p", "d")
        await it.until(lambda: "nothing matches the filter" in it.toasts)
        await it.press("escape")
        await it.sees("✗ 2 trouble")


@SIZES
async def test_a_filter_that_names_no_field_says_so(engine: FakeEngine, size: tuple[int, int]) -> None:
    async with drift(engine, "✗ 2 trouble", size=size) as it:
        await it.press("slash")
        await it.type("branch:main")
        await it.sees("there is no field branch", "the fields are service, stage, commit, state, drift, who")
        assert "nothing matches the filter" not in it.text


async def test_an_empty_filter_goes_away_on_enter(engine: FakeEngine) -> None:
    async with drift(engine, "✗ 2 trouble") as it:
        await it.press("slash", "enter")
        await it.sees("✗ 2 trouble")
        assert "Clear filter" not in it.text


async def test_enter_opens_the_service(engine: FakeEngine) -> None:
    async with drift(engine, "✗ 2 trouble") as it:
        await it.press("down", "enter")
        await it.shows("ServiceScreen")


async def test_p_opens_the_review(engine: FakeEngine) -> None:
    async with drift(engine, "✗ 2 trouble") as it:
        await it.press("down", "down", "p")
        await it.shows("PromoteScreen")
        await it.sees("checkout")
        assert not engine.called("runs.start")


async def test_p_opens_the_commits_where_none_suggests_itself(engine: FakeEngine) -> None:
    engine.script.errors["plans.draft"] = UsageError(
        "reports/prod", "no commit that is verified in staging is on main", "merge"
    )
    async with drift(engine, "p → choose a commit for prod") as it:
        await it.press("p")
        await it.shows("ServiceScreen")


async def test_p_on_a_stack_that_cannot_be_read_says_why(engine: FakeEngine) -> None:
    async with drift(engine, "✗ 2 trouble") as it:
        await it.press("G", "p")
        await it.until(lambda: any("the SSO session has expired" in toast for toast in it.toasts))
        await it.shows("DriftScreen")
        assert ("webhooks", "dev", None) not in engine.called("plans.draft")


async def test_d_shows_what_lies_between_the_stages(engine: FakeEngine) -> None:
    async with drift(engine, "✗ 2 trouble") as it:
        await it.press("d")
        await it.until(lambda: "one of the two commits is unknown" in it.toasts)
        await it.press("down", "down", "d")
        await it.shows("DiffScreen")


async def test_y_and_o_hand_out_what_the_row_is_about(engine: FakeEngine) -> None:
    async with drift(engine, "✗ 2 trouble") as it:
        await it.press("down", "down")
        assert isinstance(it.app.screen, DriftScreen)
        assert ("hash on prod", world.sha("91c2d70")) in it.app.screen.copy_items()
        assert it.app.screen.web_pages()[0][1].startswith("https://")


async def test_q_leaves(engine: FakeEngine) -> None:
    async with drift(engine, "✗ 2 trouble") as it:
        await it.press("q")
        await it.until(lambda: it.app.return_value == 0)


async def test_hostile_text_is_shown_literally(engine: FakeEngine) -> None:
    nasty = world.commit("3f2a9c1", "[/x] [WIP] \x1b]52;c;aGk=\x07 \u202ebidi")
    engine.script.cells["billing", "dev"] = replace(engine.script.cells["billing", "dev"], commit=nasty)
    async with drift(engine, "✗ 2 trouble", size=LARGE) as it:
        assert "[/x] [WIP]" in it.line("3 behind dev")
        assert "\x1b" not in it.text
        assert "\u202e" not in it.text


async def test_ascii_screen_holds_nothing_but_ascii(engine: FakeEngine) -> None:
    async with drift(engine, "X 2 trouble", size=LARGE, options=Options(ascii_only=True)) as it:
        await it.sees("p > promote 8d20b6e to prod")
        assert it.text.isascii()
