"""Two releases beside each other: which services came and went, and what their commits are to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.core.git.commits import CommitDifference
from promote_tui.core.releases.remains import delivered_services
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.core.releases.release import Release

ComparedAs: TypeAlias = Literal["added", "left", "same", "newer", "older", "diverged", "unknown"]
"""What the second release has of a service, beside the first one.

`left`: it is no member of the second one; `unknown`: git does not know one of the commits.
"""


class ServiceComparison(Value):
    """One service in two releases; `commits` lie between its two commits, or `unknown` says why they are not known."""

    service: str
    compared_as: ComparedAs
    first: str | None = None
    second: str | None = None
    commits: CommitDifference = CommitDifference()
    unknown: str = ""


class ReleaseComparison(Value):
    """Two releases by name, with every service of either, in the order of the second one's waves."""

    first: str
    second: str
    services: tuple[ServiceComparison, ...]


def differing_commits(first: Release, second: Release) -> Mapping[str, tuple[str, str]]:
    """Return the two commits of each service that both releases have with different ones."""
    one, other = _commits(first), _commits(second)
    return {name: (one[name], sha) for name, sha in other.items() if name in one and one[name] != sha}


def compare_releases(
    first: Release, second: Release, between: Mapping[str, CommitDifference | str]
) -> ReleaseComparison:
    """Return what the second release has beside the first; `between` is what lies between two commits, or why not."""
    one, other = _commits(first), _commits(second)
    left = [name for name in one if name not in other]
    changes = tuple(_change(name, one.get(name), other.get(name), between.get(name)) for name in (*other, *left))
    return ReleaseComparison(first.name, second.name, changes)


def _commits(release: Release) -> dict[str, str]:
    return {name: release.member(name).commit for name in delivered_services(release)}


def _change(
    service: str, first: str | None, second: str | None, between: CommitDifference | str | None
) -> ServiceComparison:
    if first is None or second is None:
        return ServiceComparison(service, "added" if first is None else "left", first, second)
    if first == second:
        return ServiceComparison(service, "same", first, second)
    if not isinstance(between, CommitDifference):
        return ServiceComparison(service, "unknown", first, second, unknown=between or "")
    return ServiceComparison(service, _direction(between), first, second, between)


def _direction(between: CommitDifference) -> ComparedAs:
    if between.brings and between.removes:
        return "diverged"
    return "newer" if between.brings else "older" if between.removes else "same"
