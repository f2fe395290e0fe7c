"""A release is one entry of history: its runs stand together in the place of the newest."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.core.releases import events as e
from promote_tui.core.releases.fold import fold_release
from promote_tui.core.releases.history import ReleaseRuns, group_by_release, take_entries
from promote_tui.core.runs.events import Verified
from promote_tui.core.runs.fold import fold
from tests.support.values import NOW, A, B, planned

if TYPE_CHECKING:
    from promote_tui.core.releases.release import Release
    from promote_tui.core.runs.run import Run

PLANNED = e.ReleasePlanned(
    NOW,
    "autumn",
    "prod",
    "staging",
    (e.Member("orders", B, "Change", A), e.Member("billing", B, "Change", A), e.Member("web", B, "Change", A)),
    (("orders", "billing"), ("web",)),
    (),
    "ana",
    "arn:ana",
)
CONFIRMED = e.ReleaseConfirmed(NOW, "lea", "arn:lea", "release autumn prod")


def release(*more: e.ReleaseEvent) -> Release:
    found = fold_release((PLANNED, *more))
    assert found is not None
    return found


def run(name: str, hours: int, release: str = "") -> Run:
    found = fold((planned(B, run=name, at=NOW + timedelta(hours=hours), release=release), Verified(NOW)))
    assert found is not None
    return found


LATER, SECOND, BETWEEN, FIRST, EARLIER = (
    run("g5", 5),
    run("g4", 4, "autumn"),
    run("g3", 3),
    run("g2", 2, "autumn"),
    run("g1", 1, "lost"),
)
RUNS = (LATER, SECOND, BETWEEN, FIRST, EARLIER)


def test_the_runs_of_a_release_stand_together_in_the_place_of_the_newest() -> None:
    autumn = release(CONFIRMED)
    found = group_by_release(RUNS, {"autumn": autumn})
    assert found == (LATER, ReleaseRuns(autumn, (SECOND, FIRST)), BETWEEN, EARLIER)


def test_without_a_release_on_record_each_run_stands_alone() -> None:
    assert group_by_release(RUNS, {}) == RUNS
    assert group_by_release((), {"autumn": release()}) == ()


def test_an_entry_says_how_far_the_release_is_who_confirmed_it_and_when() -> None:
    half = release(
        CONFIRMED,
        e.MemberStarted(NOW, "orders", "g2"),
        e.MemberEnded(NOW, "orders", "g2", "verified"),
        e.MemberStarted(NOW, "billing", "g4"),
        e.MemberEnded(NOW, "billing", "g4", "failed", "why"),
    )
    entry = ReleaseRuns(half, (SECOND, FIRST))
    assert (entry.name, entry.verified, entry.who, entry.started_at) == ("autumn", 1, "lea", FIRST.started_at)
    assert entry.ended_at is None
    ended = ReleaseRuns(release(CONFIRMED, e.ReleaseEnded(NOW + timedelta(hours=6), "stopped")), (FIRST,))
    assert ended.ended_at == NOW + timedelta(hours=6)
    assert ReleaseRuns(release(), (FIRST,)).who == "ana"


def test_the_runs_of_a_release_count_as_one_entry() -> None:
    assert take_entries(RUNS, 3) == ([LATER, SECOND, BETWEEN, FIRST], True)
    assert take_entries(RUNS, 4) == ([*RUNS], False)
    assert take_entries(RUNS, 1) == ([LATER], True)
    assert take_entries((), 1) == ([], False)
