"""The DORA figures, on runs with known times."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.model.pipeline import Commit
from promote_tui.core.runs.dora import measure, runs_to_measure
from promote_tui.core.runs.events import (
    DeployCompleted,
    Failed,
    NotSubmitted,
    Observed,
    OutcomeUnknown,
    RolledBack,
    Verified,
)
from promote_tui.core.runs.fold import fold
from tests.support.values import NOW, A, B, C, D, planned

if TYPE_CHECKING:
    from promote_tui.core.runs.events import RunKind, Verdict
    from promote_tui.core.runs.run import Run

WEEKS = (NOW - timedelta(days=14), NOW)


def run(
    name: str,
    day: float,
    end: str = "verified",
    *,
    kind: RunKind = "normal",
    to: str = B,
    left: str = A,
    key: str = "k",
) -> Run:
    """A run that began so many days ago and took an hour."""
    at = NOW - timedelta(days=day)
    over = at + timedelta(hours=1)
    stuck = Observed(over, None, "UPDATE_ROLLBACK_FAILED", left, "e2")
    ends: dict[str, tuple[DeployCompleted | Observed | Verdict, ...]] = {
        "verified": (Verified(over),),
        "unfinished": (Failed(over, "the CLI failed afterwards", to, deployed=True),),
        "unproved": (DeployCompleted(over, smoke=True), Failed(over, "the smoke test failed", to)),
        "stuck": (stuck, Failed(over, "the stack is UPDATE_ROLLBACK_FAILED", left)),
        "nothing deployed": (Failed(over, "the CLI ended with exit code 1", left),),
        "rolled back": (RolledBack(over, "no", left),),
        "not submitted": (NotSubmitted(over, "a gate is closed"),),
        "unknown": (OutcomeUnknown(over, "no network", ""),),
        "live": (),
    }
    found = fold((planned(to, run=name, at=at, kind=kind, from_commit=left, key=key), *ends[end]))
    assert found is not None
    return found


def commit(days: float, sha: str = C) -> Commit:
    return Commit(sha, "x", "ana", NOW - timedelta(days=days))


HOUR, DAY = 3600.0, 86400.0


def test_deployments_are_counted_by_the_week() -> None:
    found = measure(
        [run("g1", 13), run("g2", 2, kind="hotfix"), run("g3", 1, kind="rollback"), run("g4", 20)], {}, *WEEKS
    )
    assert (found.per_week, dict(found.counts)["deployments"]) == (1.0, 2)


def test_lead_time_is_from_the_commit_to_its_verification() -> None:
    brought = {"g1": [commit(11, A), commit(12, B)], "g2": [commit(9, C)]}
    found = measure([run("g1", 10), run("g2", 5)], brought, *WEEKS)
    assert found.lead is not None
    assert found.lead[0] == 2 * DAY + HOUR
    assert found.lead[1] == pytest.approx(3.6 * DAY + HOUR)
    assert dict(found.counts)["commits"] == 3


def test_a_commit_that_is_brought_again_was_brought_before() -> None:
    """A rollback took it away, inside of the time or before it."""
    for day in (10, 20):
        runs = [run("g1", day), run("g2", day - 1, kind="rollback", to=A, left=B), run("g3", 5)]
        assert "g1" in {each.id for each in runs_to_measure(runs, *WEEKS)}
        found = measure(runs, {"g1": [commit(day + 1)], "g3": [commit(day + 1), commit(6, D)]}, *WEEKS)
        assert found.lead is not None
        assert dict(found.counts)["commits"] == (2 if day == 10 else 1)
        assert found.lead[0] == DAY + HOUR


def test_only_the_commits_of_deployments_are_asked_for() -> None:
    runs = [run("g0", 20), run("g1", 5, "unproved"), run("g2", 4), run("g3", 3, kind="rollback"), run("g4", 2, "live")]
    assert [each.id for each in runs_to_measure(runs, *WEEKS)] == ["g2"]


@pytest.mark.parametrize(
    ("runs", "rate"),
    [
        ([], None),
        ([run("g1", 3)], 0.0),
        ([run("g1", 3), run("g2", 2, "rolled back")], 0.5),
        ([run("g1", 3), run("g2", 2, "not submitted")], 0.0),
        ([run("g1", 3, "unproved")], 1.0),
        ([run("g1", 3, "unfinished")], 1.0),
        ([run("g1", 3, to=B), run("g2", 2, kind="rollback", to=A, left=B)], 1.0),
        ([run("g1", 4, to=B), run("g2", 3, to=C), run("g3", 2, kind="rollback", to=A, left=C)], 0.5),
        ([run("g1", 3, to=B), run("g2", 2, kind="rollback", to=A, left=B, key="other")], 0.0),
        ([run("g1", 4), run("g2", 3, kind="adopted", left=B), run("g3", 2, kind="rollback", to=A, left=B)], 1.0),
        ([run("g1", 4), run("g2", 3, kind="foreign", to=C), run("g3", 2, kind="rollback", to=A, left=C)], 0.0),
        ([run("g1", 3, "live")], None),
    ],
)
def test_a_change_failed_where_it_was_left_or_not_proved(runs: list[Run], rate: float | None) -> None:
    assert measure(runs, {}, *WEEKS).failure_rate == rate


@pytest.mark.parametrize(
    ("runs", "hours", "still"),
    [
        ([run("g1", 3, "unproved"), run("g2", 2, kind="rollback", to=A, left=B)], 24, 0),
        ([run("g1", 3, to=B), run("g2", 2, kind="rollback", to=A, left=B)], 24, 0),
        ([run("g1", 3, "unproved"), run("g2", 1)], 48, 0),
        ([run("g1", 3, "stuck"), run("g2", 1)], 48, 0),
        ([run("g1", 3, "unproved"), run("g2", 2, "unproved"), run("g3", 1)], 48, 0),
        ([run("g1", 3, "unproved"), run("g2", 2, kind="foreign", to=C), run("g3", 1)], 48, 0),
        ([run("g1", 3, "rolled back"), run("g2", 1)], None, 0),
        ([run("g1", 3, "nothing deployed"), run("g2", 1)], None, 0),
        ([run("g1", 3, "unproved")], None, 1),
        ([run("g1", 3, "unfinished")], None, 1),
        ([run("g1", 3, "unproved"), run("g2", 2, "unproved")], None, 1),
    ],
)
def test_restoring_lasts_until_the_next_verified_run(runs: list[Run], hours: float | None, still: int) -> None:
    found = measure(runs, {}, *WEEKS)
    assert (found.restore[0] / 3600 if found.restore else None) == hours
    counts = dict(found.counts)
    assert (counts["restored"], counts["not_restored"]) == (int(hours is not None), still)


def test_what_no_figure_knows_of_is_told() -> None:
    runs = [
        *(run("g1", 10), run("g2", 9), run("g3", 8), run("g4", 7, "unknown"), run("g5", 6, "live", key="k2")),
        *(run("g6", 5, "not submitted"), run("g7", 4, kind="foreign")),
    ]
    found = measure(runs, {"g1": "gone", "g2": "gone", "g3": [commit(1)]}, *WEEKS)
    assert found.left_out == (
        "everything before 2026-03-10 12:00 UTC: the first run on record",
        "2 runs without a verdict",
        "1 run that deployed nothing",
        "1 update by others, outside of promote-tui",
        "the commits of 2 runs: gone",
        "1 commit of a later date than the deploy",
    )
    assert found.lead is None
    assert measure([run("g0", 20), *runs], {}, *WEEKS).left_out[0] == "2 runs without a verdict"


def test_nothing_is_measured_of_nothing() -> None:
    found = measure([], {}, *WEEKS)
    assert (found.per_week, found.lead, found.failure_rate, found.restore) == (0.0, None, None, None)
    assert (set(dict(found.counts).values()), found.left_out) == ({0}, ())


def test_many_runs_are_measured_at_once() -> None:
    """Each is looked at a few times, not once for each of the others."""
    runs = [run(f"g{number}", 13 - number / 1000) for number in range(10_000)]
    assert dict(measure(runs, {}, *WEEKS).counts)["deployments"] == 10_000
