"""The matrix in pure functions: states, grids, summary, filter."""

from __future__ import annotations

from datetime import timedelta

import pytest

from promote_tui.core.cell_state import CellState, state_of
from promote_tui.core.gates.decisions import Decision
from promote_tui.core.git.relation import Behind, NotApplicable
from promote_tui.core.matrix import CellView
from promote_tui.core.model.cells import Never, Unreachable, Unreported
from promote_tui.core.model.pipeline import StackOutput
from promote_tui.core.stacks.cells import cell_of
from promote_tui.core.traffic.model import RoutedVersion, ServedAlias, Traffic
from promote_tui.core.value import replace
from promote_tui.tui.presentation.glyphs import ASCII, UNICODE
from promote_tui.tui.presentation.lines import person
from promote_tui.tui.presentation.pipeline.cells import MatrixStyle, cell_line
from promote_tui.tui.presentation.pipeline.grid import grid, hidden_stages_line
from promote_tui.tui.presentation.pipeline.tally import summary
from promote_tui.tui.state.view_merge import merge_views
from tests.support.fakes import world
from tests.support.fakes.world import NOW

CELLS = world.cells()


@pytest.mark.parametrize(
    ("key", "state", "narrow", "wide"),
    [
        (("billing", "dev"), CellState.FIRST, " ● 3f2a9c1         2h ", " ● 3f2a9c1                    2h "),
        (("orders", "staging"), CellState.SAME, " ● 8d20b6e         1d ", " ● 8d20b6e                    1d "),
        (("billing", "staging"), CellState.BEHIND, " ▼ a81be07 -3      1d ", " ▼ a81be07  3 behind          1d "),
        (("reports", "staging"), CellState.AHEAD, " ▲ c19a7d3 +2      3h ", " ▲ c19a7d3  2 ahead           3h "),
        (("checkout", "staging"), CellState.DIVERGED, " ◆ b4471aa -4+1    2d ", " ◆ b4471aa  4 behind 1 ahead  2d "),
        (("catalog", "dev"), CellState.RUNNING, " ◐ 77d0e4b busy    1m ", " ◐ 77d0e4b  deploying         1m "),
        (("identity", "dev"), CellState.FAILED, " ✗ 4b6b8a9 fail   20m ", " ✗ 4b6b8a9  failed           20m "),
        (("webhooks", "prod"), CellState.NEVER, " ○ never              ", " ○ never                         "),
        (("emails", "prod"), CellState.UNKNOWN, " ? deadbee         3d ", " ? deadbee                    3d "),
        (("reports", "prod"), CellState.UNREPORTED, " ? no commit       2h ", " ? no commit                  2h "),
        (("webhooks", "dev"), CellState.LOGIN, " ? login   L          ", " ? login    L log in             "),
        (("webhooks", "staging"), CellState.ALONE, " · 1f1f1f1         8d ", " · 1f1f1f1                    8d "),
    ],
)
def test_each_state_has_a_glyph_and_words_of_its_own(
    key: tuple[str, str], state: CellState, narrow: str, wide: str
) -> None:
    view = CELLS[key]
    assert state_of(view) is state
    assert cell_line(view, MatrixStyle(grid(80, 3), UNICODE, NOW)).plain == narrow
    assert cell_line(view, MatrixStyle(grid(120, 3), UNICODE, NOW)).plain == wide


def saying(text: str | None, status: str = "UPDATE_COMPLETE") -> CellView:
    """A cell of a stack that says this of its commit."""
    cell = CELLS["reports", "prod"].cell
    assert isinstance(cell, Unreported)
    stack = replace(world.stack(cell.target, text, status), updated_at=cell.stack.updated_at)
    return CellView(cell_of(cell.target, stack, StackOutput()))


@pytest.mark.parametrize(
    ("view", "state", "narrow", "wide"),
    [
        (saying("v1.2.3-dirty"), CellState.UNREPORTED, " ? v1.2.3-dirty    2h ", " ? v1.2.3-dirty               2h "),
        (
            saying("f086458" * 5 + "fffff-dirty"),
            CellState.UNREPORTED,
            " ? f086458…-dirty  2h ",
            " ? f086458f0864…8fffff-dirty  2h ",
        ),
        (
            saying("https://x.org/1"),
            CellState.UNREPORTED,
            " ? https:/….org/1  2h ",
            " ? https://x.org/1            2h ",
        ),
        (
            saying("v7", "UPDATE_ROLLBACK_COMPLETE"),
            CellState.FAILED,
            " ✗ v7 fail         2h ",
            " ✗ v7  failed                 2h ",
        ),
        (
            saying(None, "UPDATE_ROLLBACK_COMPLETE"),
            CellState.FAILED,
            " ✗ no commit fail  2h ",
            " ✗ no commit  failed          2h ",
        ),
        (
            saying("v7", "UPDATE_IN_PROGRESS"),
            CellState.RUNNING,
            " ◐ v7 busy         2h ",
            " ◐ v7  deploying              2h ",
        ),
        (
            saying("v7", "CREATE_IN_PROGRESS"),
            CellState.RUNNING,
            " ◐ first busy      2h ",
            " ◐ first  deploying           2h ",
        ),
    ],
)
def test_what_a_stack_says_instead_of_a_hash_is_shown_to_its_end(
    view: CellView, state: CellState, narrow: str, wide: str
) -> None:
    assert state_of(view) is state
    assert cell_line(view, MatrixStyle(grid(80, 3), UNICODE, NOW)).plain == narrow
    assert cell_line(view, MatrixStyle(grid(120, 3), UNICODE, NOW)).plain == wide


LOST = "the verdict of run gk2m3p is unknown: no connection to AWS"


@pytest.mark.parametrize("key", [("orders", "prod"), ("catalog", "dev"), ("webhooks", "prod"), ("reports", "prod")])
def test_a_run_whose_end_is_not_known_is_never_shown_as_going_on(key: tuple[str, str]) -> None:
    view = replace(CELLS[key], run="gk2m3p", run_since=NOW - timedelta(hours=2), usual=60.0, unsettled=LOST)
    assert state_of(view) is CellState.UNSETTLED
    assert cell_line(view, MatrixStyle(grid(80, 3), UNICODE, NOW)).plain.startswith(" ? unknown ")
    assert cell_line(view, MatrixStyle(grid(120, 3), UNICODE, NOW)).plain.startswith(" ? unknown  to reconcile ")
    assert "95" not in cell_line(view, MatrixStyle(grid(120, 3), UNICODE, NOW)).plain
    assert summary([view], UNICODE, 80).plain == "? 1 to reconcile"


def test_what_cannot_be_read_says_so_before_that_its_last_run_is_not_known() -> None:
    view = replace(CELLS["webhooks", "dev"], run="gk2m3p", unsettled=LOST)
    assert state_of(view) is CellState.LOGIN


ALTERED = replace(CELLS["billing", "staging"], altered=("billing-staging-pay",))


def test_a_cell_whose_functions_were_changed_says_so_before_its_drift() -> None:
    assert state_of(ALTERED) is CellState.ALTERED
    assert cell_line(ALTERED, MatrixStyle(grid(80, 3), UNICODE, NOW)).plain == " ≠ a81be07 altered    "
    assert cell_line(ALTERED, MatrixStyle(grid(120, 3), UNICODE, NOW)).plain == " ≠ a81be07  altered -3        1d "
    assert cell_line(ALTERED, MatrixStyle(grid(80, 3), ASCII, NOW)).plain == " ! a81be07 altered    "


@pytest.mark.parametrize(
    ("view", "state"),
    [
        (replace(ALTERED, altered=()), CellState.BEHIND),
        (replace(CELLS["identity", "dev"], altered=("pay",)), CellState.FAILED),
        (world.with_run(ALTERED, "run-1"), CellState.RUNNING),
    ],
)
def test_what_moves_or_failed_says_that_first_and_an_honest_cell_its_drift(view: CellView, state: CellState) -> None:
    assert state_of(view) is state


OLD = RoutedVersion("41", 0.9, "old", "02d198b" + "0" * 33)
SPLIT = ALTERED.with_traffic(Traffic((ServedAlias("pay", "live", (OLD, RoutedVersion("42", 0.1, "new")), "new"),)))


def test_a_cell_whose_requests_reach_other_code_says_that_before_anything_else() -> None:
    assert state_of(SPLIT) is CellState.TRAFFIC
    assert cell_line(SPLIT, MatrixStyle(grid(80, 3), UNICODE, NOW)).plain == " ≠ a81be07 traffic    "
    assert cell_line(SPLIT, MatrixStyle(grid(120, 3), UNICODE, NOW)).plain.rstrip() == " ≠ traffic 90 % on 02d198b"
    assert "≠ 1 traffic" in summary([SPLIT], UNICODE, 80).plain
    assert state_of(SPLIT.with_traffic(Traffic(unread="denied"))) is CellState.ALTERED


def test_the_summary_counts_altered_cells() -> None:
    assert "≠ 1 altered" in summary([ALTERED, CELLS["identity", "dev"]], UNICODE, 80).plain


def test_a_cell_that_was_not_read_is_loading() -> None:
    assert state_of(None) is CellState.LOADING
    assert cell_line(None, MatrixStyle(grid(80, 3), UNICODE, NOW)).plain.strip() == "…"


def test_a_failed_first_attempt_is_not_just_never() -> None:
    where = world.target("billing", "dev")
    view = CellView(Never(where, world.stack(where, None, "ROLLBACK_COMPLETE")))
    assert cell_line(view, MatrixStyle(grid(80, 3), UNICODE, NOW)).plain.startswith(" ✗ never fail")


def test_a_stack_that_a_run_holds_is_running() -> None:
    assert state_of(world.with_run(CELLS["orders", "prod"], "run-1")) is CellState.RUNNING


def test_unreachable_without_a_log_in_says_so() -> None:
    view = CellView(world.unreachable("billing", "dev", login=False))
    assert "unreachable" in cell_line(view, MatrixStyle(grid(80, 3), UNICODE, NOW)).plain
    assert "AWS did not answer" in cell_line(view, MatrixStyle(grid(120, 3), UNICODE, NOW)).plain


@pytest.mark.parametrize(("width", "words"), [(80, "never held"), (120, "never  held")])
def test_a_hold_where_nothing_was_ever_deployed_says_both(width: int, words: str) -> None:
    held = replace(CELLS["webhooks", "prod"], hold=Decision(NOW, "hold", "webhooks", "prod", None, "ana", "arn:ana"))
    assert words in cell_line(held, MatrixStyle(grid(width, 3), UNICODE, NOW)).plain


def test_ascii_cells_hold_nothing_but_ascii_and_brackets_mark_the_cursor() -> None:
    look = MatrixStyle(grid(80, 3), ASCII, NOW, marks=True)
    lines = [cell_line(view, look, cursor=True).plain for view in CELLS.values()]
    assert all(text.isascii() and text[0] == "[" and text[-1] == "]" for text in lines)


def test_below_80_columns_the_ages_go() -> None:
    assert "1d" not in cell_line(CELLS["billing", "staging"], MatrixStyle(grid(60, 3), UNICODE, NOW)).plain


@pytest.mark.parametrize(
    ("width", "stages", "longest", "service", "cell", "shown"),
    [
        (80, 3, 12, 14, 22, 3),
        (120, 3, 19, 21, 33, 3),
        (80, 2, 12, 14, 33, 2),
        (300, 3, 12, 21, 40, 3),
        (80, 4, 12, 14, 16, 4),  # stages share the room
        (100, 4, 12, 14, 21, 4),
        (120, 4, 12, 21, 24, 4),
        (80, 5, 12, 14, 16, 4),
        (120, 6, 12, 21, 16, 6),
        (60, 3, 12, 12, 16, 3),
        (80, 3, 16, 18, 20, 3),  # names get what is left
        (80, 3, 24, 26, 18, 3),
        (80, 3, 28, 30, 16, 3),
        (80, 3, 60, 32, 16, 3),
        (80, 2, 36, 38, 21, 2),
        (120, 4, 40, 42, 19, 4),
        (200, 3, 40, 42, 40, 3),
        (200, 3, 80, 82, 39, 3),
        (40, 1, 60, 24, 16, 1),
    ],
)
def test_grid_is_the_drawn_one_and_never_wider_than_the_screen(
    width: int, stages: int, longest: int, service: int, cell: int, shown: int
) -> None:
    found = grid(width, stages, longest)
    assert (found.service, found.cell, found.shown) == (service, cell, shown)
    assert found.service + found.cell * found.shown <= width


@pytest.mark.parametrize(
    ("width", "stages", "longest"), [(w, n, k) for w in range(60, 221, 7) for n in range(1, 9) for k in (0, 12, 30)]
)
def test_a_cell_always_has_room_for_its_hash_and_its_drift(width: int, stages: int, longest: int) -> None:
    found = grid(width, stages, longest)
    assert found.cell >= 16
    assert found.service >= 12
    assert found.service + found.cell * found.shown <= width
    assert found.shown == stages or width - 12 < (found.shown + 1) * 16  # none is hidden that would fit


@pytest.mark.parametrize(
    ("left", "right", "width", "words"),
    [
        ((), ("prod",), 40, "                         ▸ 1 more: PROD "),
        (("dev",), ("qa", "prod"), 50, " ◂ 1 more: DEV                 ▸ 2 more: QA, PROD "),
        (("dev",), (), 20, " ◂ 1 more: DEV      "),
        ((), ("a-long-name", "another", "prod"), 24, "  ▸ 3 more: A-LONG-NAM… "),
        (("x" * 40,), ("y" * 40,), 30, " ◂ 1 more: XX…  ▸ 1 more: YY… "),
    ],
)
def test_stages_out_of_sight_are_counted_and_named(
    left: tuple[str, ...], right: tuple[str, ...], width: int, words: str
) -> None:
    assert hidden_stages_line(left, right, UNICODE, width).plain == words


WORST = "✗ 1 failed  ◆ 1 diverged  ? 1 login  ◐ 1"


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (90, f"{WORST} running  ▼ 4 behind  ? 1 unknown  ? 1  ○ 1  ▲ 1"),
        (78, f"{WORST} running  ▼ 4 behind  ? 2  ○ 1  ▲ 1"),
        (60, f"{WORST}  ▼ 4  ? 2  ○ 1  ▲ 1"),
        (50, "✗ 1  ◆ 1  ? 1 login  ◐ 1  ▼ 4  ? 2  ○ 1  ▲ 1"),
        (36, "✗ 1  ◆ 1  ? 3  ◐ 1  ▼ 4  ○ 1  ▲ 1"),
    ],
)
def test_summary_is_worst_first_and_its_last_words_give_way(width: int, shown: str) -> None:
    assert summary(CELLS.values(), UNICODE, width).plain == shown


def test_summary_says_when_all_is_well() -> None:
    assert "same code" in summary([CELLS["orders", "staging"]], UNICODE, 80).plain


def test_a_half_read_cell_keeps_what_is_known_of_the_same_commit() -> None:
    full = CELLS["billing", "staging"]
    half = CellView(full.cell)
    assert merge_views(full, half).relation == Behind(3)
    assert merge_views(None, half) is half
    other = CellView(CELLS["billing", "dev"].cell)
    assert merge_views(full, other).relation == NotApplicable()
    assert merge_views(full, replace(full, relation=Behind(1))).relation == Behind(1)


def test_a_long_name_is_told_by_its_first_word() -> None:
    assert person("Priya Nair", 8) == "Priya"
    assert person("Mei Tan", 8) == "Mei Tan"
    assert person("dependabot[bot]", 8) == "dependabot[bot]"


def test_no_permission_is_told_apart_from_a_log_in() -> None:
    lost = Unreachable(world.target("billing", "dev"), "no permission for DescribeStacks", "ask for it", why="denied")
    view = CellView(lost)
    assert state_of(view) is CellState.DENIED
    narrow, wide = grid(80, 3), grid(120, 3)
    assert cell_line(view, MatrixStyle(narrow, UNICODE, NOW)).plain.rstrip() == " ? denied"
    assert cell_line(view, MatrixStyle(wide, UNICODE, NOW)).plain.rstrip() == " ? no permission"
