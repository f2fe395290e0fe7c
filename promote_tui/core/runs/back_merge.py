"""A hotfix that skipped stages has to be merged back into the branch that everything else comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.text import short
from promote_tui.core.value import Moment, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from promote_tui.core.runs.run import Run


class MergeBack(Value):
    """A hotfix of a run that the branch does not hold yet."""

    run: str
    commit: str
    branch: str
    since: Moment

    def __str__(self) -> str:
        """Return it in words."""
        return f"hotfix {short(self.commit)} is not merged back into {self.branch}"


def newest_hotfix(runs: Iterable[Run]) -> Run | None:
    """Return the newest verified hotfix by a stack's runs, newest first; None where a rollback followed it."""
    from promote_tui.core.runs.run import Outcome  # noqa: PLC0415 - the first frame shows no run

    for run in runs:
        if run.outcome is Outcome.VERIFIED:
            if run.kind == "rollback":
                return None
            if run.kind == "hotfix":
                return run
    return None
