"""Where a commit goes once it is verified: the next stage, and what that one's branches allow."""

from __future__ import annotations

from promote_tui.core.value import Value


class NextStage(Value):
    """The next stage, and the commit that may go there.

    That is the run's own commit, or another one with the same code where the stage's branches hold only that. It is
    empty where they hold neither. `allowed_branches` are as the stage's configuration writes them. `branch` is one of
    them that the repository has; empty where it has none.
    """

    stage: str
    commit: str
    allowed_branches: tuple[str, ...] = ()
    branch: str = ""

    @property
    def where(self) -> str:
        """The branches, in words: `main or release/*`."""
        return " or ".join(self.allowed_branches)
