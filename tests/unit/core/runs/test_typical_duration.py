"""What a run usually takes: the median of the last ones that ended well."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.core.runs.events import Checked, Exited, Locked, Released, Verified
from promote_tui.core.runs.typical_duration import LAST, typical_duration, typical_total
from tests.support.values import NOW, B, refused_run, rolled_back_run, run

if TYPE_CHECKING:
    from promote_tui.core.runs.run import Run


def took(deploy: int) -> Run:
    """A run whose deploy took so many seconds, and all of it five more."""
    at = [NOW + timedelta(seconds=second) for second in (1, 3, 3 + deploy, 5 + deploy, 6 + deploy)]
    return run(
        Locked(at[0], 1, "laptop", 1, "1"),
        Checked(at[1], "f" * 64, ()),
        Exited(at[2], 0, "exited"),
        Verified(at[3]),
        Released(at[4], 1),
    )


def test_the_median_says_what_is_usual() -> None:
    found = typical_duration([took(seconds) for seconds in (10, 300, 20)])
    assert found is not None
    assert (found.total, found.steps["deploy"], found.steps["lock"], found.runs) == (25, 20, 1, 3)
    assert typical_total([took(10), took(300), took(20)]) == 25


def test_only_runs_that_ended_well_count() -> None:
    assert typical_duration([rolled_back_run(B), refused_run(B), run()]) is None
    assert typical_total([rolled_back_run(B), run()]) is None
    found = typical_duration([rolled_back_run(B), took(10), refused_run(B)])
    assert found is not None
    assert (found.total, found.runs) == (15, 1)


def test_older_runs_than_the_last_few_do_not_count() -> None:
    newest = [took(10)] * LAST
    assert typical_total([*newest, *[took(1000)] * 20]) == 15


def test_a_step_that_never_ended_has_no_usual_time() -> None:
    found = typical_duration([run(Verified(NOW + timedelta(seconds=9)))])
    assert found is not None
    assert "deploy" not in found.steps
