"""The DORA figures, on runs with known times."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.events import Failed, Landed, RolledBack, Verified
from promote_tui.core.metrics import measure
from promote_tui.core.model import Commit
from promote_tui.core.run import Run, fold
from tests.core.values import NOW, A, B, C, planned

if TYPE_CHECKING:
    from promote_tui.core.events import Kind, Verdict

WEEKS = (NOW - timedelta(days=14), NOW)


def run(
    name: str, day: float, end: str = "verified", *, kind: Kind = "normal", to: str = B, left: str = A, key: str = "k"
) -> Run:
    """A run that began so many days ago and took an hour."""
    at = NOW - timedelta(days=day)
    over = at + timedelta(hours=1)
    ends: dict[str, tuple[Landed | Verdict, ...]] = {
        "verified": (Verified(over),),
        "unproved": (Landed(over, smoke=True), Failed(over, "the smoke test failed", to)),
        "rolled back": (RolledBack(over, "no", left),),
        "live": (),
    }
    found = fold((planned(to, run=name, at=at, kind=kind, from_commit=left, key=key), *ends[end]))
    assert found is not None
    return found


def commit(days: float) -> Commit:
    return Commit(C, "x", "ana", NOW - timedelta(days=days))


def test_deployments_are_counted_by_the_week() -> None:
    found = measure(
        [run("g1", 13), run("g2", 2, kind="hotfix"), run("g3", 1, kind="rollback"), run("g4", 20)], {}, *WEEKS
    )
    assert (found.per_week, dict(found.counts)["deployments"]) == (1.0, 2)


def test_lead_time_is_from_the_commit_to_its_verification() -> None:
    runs = [run("g1", 10), run("g2", 5)]
    brought = {"g1": [commit(11), commit(12)], "g2": [commit(9)]}
    found = measure(runs, brought, *WEEKS)
    hour, day = 3600.0, 86400.0
    assert found.lead is not None
    assert found.lead[0] == 2 * day + hour
    assert found.lead[1] == pytest.approx(3.6 * day + hour)
    assert measure(runs, {"g1": None, "g2": [commit(5)]}, *WEEKS).left_out == 1


@pytest.mark.parametrize(
    ("runs", "rate"),
    [
        ([], None),
        ([run("g1", 3)], 0.0),
        ([run("g1", 3), run("g2", 2, "rolled back")], 0.5),
        ([run("g1", 3, "unproved")], 1.0),
        ([run("g1", 3, to=B), run("g2", 2, kind="rollback", to=A, left=B)], 1.0),
        ([run("g1", 4, to=B), run("g2", 3, to=C), run("g3", 2, kind="rollback", to=A, left=C)], 0.5),
        ([run("g1", 3, to=B), run("g2", 2, kind="rollback", to=A, left=B, key="other")], 0.0),
        ([run("g1", 3, "live")], None),
    ],
)
def test_a_change_failed_where_it_was_left_or_not_proved(runs: list[Run], rate: float | None) -> None:
    assert measure(runs, {}, *WEEKS).failure_rate == rate


@pytest.mark.parametrize(
    ("runs", "hours"),
    [
        ([run("g1", 3, "unproved"), run("g2", 2, kind="rollback", to=A, left=B)], 24),
        ([run("g1", 3, to=B), run("g2", 2, kind="rollback", to=A, left=B)], 24),
        ([run("g1", 3, "unproved"), run("g2", 1)], 48),
        ([run("g1", 3, "rolled back"), run("g2", 1)], None),
        ([run("g1", 3, "unproved")], None),
    ],
)
def test_restoring_lasts_until_the_next_verified_run(runs: list[Run], hours: float | None) -> None:
    found = measure(runs, {}, *WEEKS).restore
    assert (found[0] / 3600 if found else None) == hours
