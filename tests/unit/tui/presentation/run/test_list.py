"""The record of runs: its days and times are those of this machine, as all times on screens are."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.runs.events import Failed
from promote_tui.core.runs.fold import fold
from promote_tui.tui.presentation.glyphs import UNICODE
from promote_tui.tui.presentation.run.list import day_line, day_of, detail, run_line
from promote_tui.tui.presentation.run.outcome import RunKeys
from promote_tui.tui.presentation.run.progress import RunView
from tests.support.fakes import world
from tests.support.fakes.engine import planned

if TYPE_CHECKING:
    from promote_tui.core.runs.run import Run

NEW_YEAR = datetime(2026, 1, 1, 2, 30, tzinfo=UTC)


def started(at: datetime) -> Run:
    """Return a run that began then."""
    run = fold([planned("run-0001", world.plan(world.draft()), at)])
    assert run is not None
    return run


RUN = started(NEW_YEAR)


@pytest.mark.usefixtures("far_from_utc")
def test_a_run_of_the_night_stands_under_the_day_before_where_it_was_still_that_day() -> None:
    assert day_of(RUN) == date(2025, 12, 31)
    assert run_line(RUN, NEW_YEAR, UNICODE, 80).plain.startswith("21:30")


@pytest.mark.usefixtures("far_from_utc")
def test_the_year_stands_beside_a_day_of_another_year_here() -> None:
    assert "2025" not in day_line(day_of(RUN), NEW_YEAR, UNICODE, 40).plain
    assert "2025" in day_line(day_of(RUN), NEW_YEAR + timedelta(hours=3), UNICODE, 40).plain


@pytest.mark.parametrize("width", [80, 120])
def test_a_cause_that_is_longer_than_its_room_ends_with_a_sign(width: int) -> None:
    cause = " ".join(f"word{number}" for number in range(60))
    failed = Failed(NEW_YEAR, cause, None)
    run = fold([planned("run-0001", world.plan(world.draft()), NEW_YEAR), failed])
    assert run is not None
    drawn = [row.plain for row in detail(RunView(run, NEW_YEAR), UNICODE, RunKeys(), width, 20)]
    words = [row[: width * 3 // 5 if width > 100 else width].rstrip() for row in drawn if "word" in row]
    assert len(words) in {2, 3}
    assert words[-1].endswith("…")
