"""Two releases beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.git.commits import CommitDifference
from promote_tui.core.releases import events as e
from promote_tui.core.releases.comparison import (
    ReleaseComparison,
    ServiceComparison,
    compare_releases,
    differing_commits,
)
from promote_tui.core.releases.fold import fold_release
from promote_tui.core.releases.remains import delivered_services
from tests.support.values import NOW, A, B, C, D, commit

if TYPE_CHECKING:
    from promote_tui.core.releases.release import Release


def release(name: str, commits: dict[str, str], *more: e.ReleaseEvent) -> Release:
    members = tuple(e.Member(service, sha, "Change", None) for service, sha in commits.items())
    waves = (tuple(reversed(commits)),)
    found = fold_release((e.ReleasePlanned(NOW, name, "prod", "staging", members, waves, (), "ana", "arn:ana"), *more))
    assert found is not None
    return found


FIRST = release("one", {"orders": A, "billing": A, "web": A, "emails": A, "search": A, "gone": A})
SECOND = release("two", {"orders": A, "billing": B, "web": C, "emails": D, "search": B, "new": A})
BETWEEN: dict[str, CommitDifference | str] = {
    "billing": CommitDifference(brings=(commit(B),)),
    "web": CommitDifference(removes=(commit(A),)),
    "emails": CommitDifference((commit(D),), (commit(A),)),
    "search": "bbbbbbb is not in this clone",
}


def test_only_services_of_both_with_other_commits_are_asked_of_git() -> None:
    assert differing_commits(FIRST, SECOND) == {"billing": (A, B), "web": (A, C), "emails": (A, D), "search": (A, B)}


def test_every_service_of_either_is_told_in_the_order_of_the_second_ones_waves() -> None:
    assert compare_releases(FIRST, SECOND, BETWEEN) == ReleaseComparison(
        "one",
        "two",
        (
            ServiceComparison("new", "added", None, A),
            ServiceComparison("search", "unknown", A, B, unknown="bbbbbbb is not in this clone"),
            ServiceComparison("emails", "diverged", A, D, CommitDifference((commit(D),), (commit(A),))),
            ServiceComparison("web", "older", A, C, CommitDifference(removes=(commit(A),))),
            ServiceComparison("billing", "newer", A, B, CommitDifference(brings=(commit(B),))),
            ServiceComparison("orders", "same", A, A),
            ServiceComparison("gone", "left", A, None),
        ),
    )


def test_other_commits_without_changes_of_the_service_are_the_same() -> None:
    (found,) = compare_releases(
        release("one", {"orders": A}), release("two", {"orders": B}), {"orders": CommitDifference()}
    ).services
    assert (found.compared_as, found.first, found.second) == ("same", A, B)


def test_what_was_skipped_or_rolled_back_was_not_delivered() -> None:
    skipped = release(
        "two",
        {"orders": A, "billing": B},
        e.ReleaseConfirmed(NOW, "ana", "arn:ana", "two"),
        e.Answered(NOW, "lea", "arn:lea", "skip", ("billing",), "not ready"),
    )
    assert delivered_services(skipped) == ("orders",)
    assert [each.compared_as for each in compare_releases(FIRST, skipped, {}).services][:2] == ["same", "left"]
