"""`release compare --json`: two releases beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from promote_tui.cli.outputs.base import Output, clean_text, text_or_null
from promote_tui.cli.outputs.commits import CommitOutput
from promote_tui.core.releases.comparison import ComparedAs

if TYPE_CHECKING:
    from promote_tui.core.releases.comparison import ReleaseComparison, ServiceComparison


class ComparedService(Output, frozen=True):
    """A service in two releases; `first` and `second` are its commits, null where it is no member.

    `brings` are the commits that the second one has and the first lacks, `removes` the reverse; `unknown` says why they
    are unknown.
    """

    service: str
    compared_as: ComparedAs
    first: str | None
    second: str | None
    brings: tuple[CommitOutput, ...]
    removes: tuple[CommitOutput, ...]
    unknown: str | None

    @classmethod
    def of(cls, found: ServiceComparison) -> Self:
        """Return the wire form of a service in two releases."""
        return cls(
            service=clean_text(found.service),
            compared_as=found.compared_as,
            first=text_or_null(found.first),
            second=text_or_null(found.second),
            brings=tuple(CommitOutput.of(commit) for commit in found.commits.brings),
            removes=tuple(CommitOutput.of(commit) for commit in found.commits.removes),
            unknown=text_or_null(found.unknown),
        )


class ReleaseCompareOutput(Output, frozen=True):
    """Two releases beside each other: every service of either."""

    first: str
    second: str
    services: tuple[ComparedService, ...]

    @classmethod
    def of(cls, found: ReleaseComparison) -> Self:
        """Return the wire form of a comparison."""
        services = tuple(ComparedService.of(each) for each in found.services)
        return cls(clean_text(found.first), clean_text(found.second), services)
