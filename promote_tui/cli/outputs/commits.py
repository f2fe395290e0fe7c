"""`log --json`, and a commit wherever one stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from promote_tui.cli.outputs.base import Output, Timestamp, clean_text
from promote_tui.core.durations import timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from promote_tui.core.model.pipeline import Commit


class CommitFacts(Output, frozen=True):
    """What is said of a commit wherever one stands."""

    commit: str
    short: str
    subject: str
    author: str
    authored_at: Timestamp


class CommitOutput(CommitFacts, frozen=True):
    """A commit."""

    @classmethod
    def of(cls, commit: Commit) -> Self:
        """Return the wire form of a commit."""
        return cls(**commit_facts(commit))


class LoggedCommit(CommitFacts, frozen=True):
    """A commit with the stages that run it."""

    stages: tuple[str, ...]

    @classmethod
    def of(cls, commit: Commit, stages: Sequence[str]) -> Self:
        """Return the wire form of a commit in a list of them."""
        return cls(**commit_facts(commit), stages=tuple(stages))


def commit_facts(commit: Commit) -> dict[str, str]:
    """Return what every form of a commit begins with."""
    return {
        "commit": commit.sha,
        "short": commit.short,
        "subject": clean_text(commit.subject),
        "author": clean_text(commit.author),
        "authored_at": timestamp(commit.authored_at),
    }


class LogOutput(Output, frozen=True):
    """A service's commits, newest first, with the stages that run each."""

    service: str
    branch: str
    commits: tuple[LoggedCommit, ...]

    @classmethod
    def of(cls, service: str, branch: str, commits: Sequence[Commit], stages: Mapping[str, Sequence[str]]) -> Self:
        """Return the commits of a branch, or of any revision; `stages` maps a full hash to the stages that run it."""
        return cls(
            service,
            clean_text(branch),
            tuple(LoggedCommit.of(commit, stages.get(commit.sha, ())) for commit in commits),
        )
