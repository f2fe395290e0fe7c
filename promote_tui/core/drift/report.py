"""The four drifts of a service in a stage, kept apart: each is fixed in another way."""

from __future__ import annotations

from typing import Literal, TypeAlias

from promote_tui.core.changes.stack_drift import StackDrift
from promote_tui.core.drift.commits import CommitDrift
from promote_tui.core.drift.config import ConfigDrift
from promote_tui.core.git.relation import NotApplicable, Relation, Same, Unknown
from promote_tui.core.matrix import CellView
from promote_tui.core.model.cells import Never, Unreachable, commit_of
from promote_tui.core.value import Value

DriftKind: TypeAlias = Literal["commit", "config", "stack", "traffic"]
KINDS: tuple[DriftKind, ...] = ("commit", "config", "stack", "traffic")


def deployed_commits_differ(relation: Relation) -> bool | None:
    """Return whether two stages run different code; None where that is unknown, False where one of them runs none."""
    return None if isinstance(relation, Unknown) else not isinstance(relation, Same | NotApplicable)


def commits_differ(view: CellView, before: CellView | None) -> bool | None:
    """Return whether a stage runs another commit than the stage before; None where they cannot be compared."""
    if isinstance(view.cell, Never):
        return before is not None and commit_of(before.cell) is not None
    return deployed_commits_differ(view.relation)


def config_differs(config: ConfigDrift | None) -> bool:
    """Tell whether the settings of a stage are known to differ from those of the stage before."""
    return config is not None and bool(config.differences)


def stack_differs(view: CellView, stack: StackDrift | None) -> bool:
    """Tell whether a stack is known to differ from its template, in a resource or in the code of a function."""
    return bool(view.altered) or (stack is not None and bool(stack.resources))


def counts_as_drift(*, drifted: bool | None) -> bool:
    """Tell whether an exit code reports drift: what is unknown (None) counts, because nobody has ruled it out."""
    return drifted is not False


class StageDrift(Value):
    """What is known of one service in one stage; a kind that nobody asked for, or that there cannot be, is None.

    `before` is the same service in the stage before, which is named `against`.
    """

    service: str
    stage: str
    view: CellView
    against: str | None = None
    before: CellView | None = None
    commits: CommitDrift | None = None
    config: ConfigDrift | None = None
    stack: StackDrift | None = None

    @property
    def unread(self) -> Unreachable | None:
        """The cell, where the stage could not be read."""
        return self.view.cell if isinstance(self.view.cell, Unreachable) else None

    def assess(self, kind: DriftKind) -> bool | None:
        """Return whether there is a drift of this kind; None where that cannot be told."""
        unseen = kind == "stack" and self.stack is not None and self.stack.checked_at is None
        return self.has_drift(kind) or (None if unseen or self.why_unknown(kind) else False)

    def has_drift(self, kind: DriftKind) -> bool:
        """Tell whether there is a drift of this kind."""
        if kind == "commit":
            return self.commits is not None and commits_differ(self.view, self.before) is True
        if kind == "config":
            return config_differs(self.config)
        if kind == "traffic":
            return self.view.traffic is not None and self.view.traffic.agrees is False
        return self.stack is not None and stack_differs(self.view, self.stack)

    def _why_no_traffic(self) -> str:
        if self.view.traffic is not None:
            return self.view.traffic.unread
        unknown = "which code its requests reach was not checked"
        return "" if isinstance(self.view.cell, Never | Unreachable) else unknown

    def why_unknown(self, kind: DriftKind) -> str:
        """Return why a kind cannot be told; empty where it can, or nobody asked."""
        if kind == "commit":
            reason = self.view.relation.reason if isinstance(self.view.relation, Unknown) else ""
            return (self.commits.unknown or reason) if self.commits else ""
        if kind == "traffic":
            return self._why_no_traffic()
        found = self.config if kind == "config" else self.stack
        return found.unknown if found else ""
