"""Where stages have drifted, each kind by itself: one row for each service and stage, oldest first."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from math import inf
from typing import TYPE_CHECKING

from promote_tui.core.drift.report import commits_differ, config_differs, stack_differs
from promote_tui.core.git.relation import Same
from promote_tui.core.model.cells import Halfway, InProgress, Never, Unreachable, Unreported, stack_of
from promote_tui.core.model.stack_status import Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

    from promote_tui.core.changes.stack_drift import StackDrift
    from promote_tui.core.drift.commits import CommitDrift
    from promote_tui.core.drift.config import ConfigDrift
    from promote_tui.core.matrix import CellView
    from promote_tui.core.model.cells import CellKey
    from promote_tui.core.model.pipeline import Pipeline


class Kind(Enum):
    """What differs; kept apart, because each is fixed in another way."""

    TROUBLE = "trouble"
    TRAFFIC = "traffic"
    STACK = "stack"
    CONFIG = "config"
    COMMIT = "commit"
    UNREAD = "not read"


KIND_WORDS: dict[Kind, tuple[str, str]] = {
    Kind.TROUBLE: ("last deploy failed, or commit unknown", "stack status"),
    Kind.TRAFFIC: ("requests reach other code than was deployed", "alias and version"),
    Kind.STACK: ("changed outside of a promotion", "template ↔ AWS"),
    Kind.CONFIG: ("settings differ from the stage before", "template ↔ template"),
    Kind.COMMIT: ("verified in the stage before, not deployed here yet", "newest waiting commit"),
    Kind.UNREAD: ("needs a log-in, or does not answer", "why"),
}
"""What a group is about, and what stands in its last column."""


@dataclass(frozen=True, slots=True)
class DriftRow:
    """A service in a stage that is not as it should be; `before` is the same service in the stage before."""

    kind: Kind
    service: str
    stage: str
    view: CellView
    before: CellView | None = None
    commits: CommitDrift | None = None
    config: ConfigDrift | None = None
    stack: StackDrift | None = None
    detecting: tuple[float | None] | None = None
    """Where CloudFormation detects drift now: for how many seconds, None while it waits for its turn."""

    @property
    def key(self) -> tuple[Kind, str, str]:
        """What tells it from every other row."""
        return self.kind, self.service, self.stage

    @property
    def ends(self) -> tuple[str | None, str] | None:
        """The commits between which it lies; None where they are not known."""
        head = self.before.commit if self.before else None
        if head is None or (self.view.commit is None and not isinstance(self.view.cell, Never)):
            return None
        return self.view.commit.sha if self.view.commit else None, head.sha

    @property
    def since(self) -> datetime | None:
        """When the stack was last updated, or looked at for drift; None where that is not known."""
        if self.kind is Kind.STACK and self.stack is not None and self.stack.checked_at is not None:
            return self.stack.checked_at
        stack = stack_of(self.view.cell)
        return stack.updated_at if stack else None


@dataclass(frozen=True, slots=True)
class DriftFindings:
    """What is known of the drifts of cells beyond the matrix; `detected` are stacks that were looked at from here."""

    commits: Callable[[CellKey], CommitDrift | None] = lambda _key: None
    config: Callable[[CellKey], ConfigDrift | None] = lambda _key: None
    stack: Callable[[CellKey], StackDrift | None] = lambda _key: None
    detecting: Mapping[CellKey, float | None] = field(default_factory=dict)
    detected: Collection[CellKey] = ()


def drift_rows(
    pipeline: Pipeline, view_of: Callable[[CellKey], CellView | None], known: DriftFindings | None = None
) -> list[DriftRow]:
    """Return every row, by kind and then by age, the oldest first; cells that were not read yet give none."""
    known = known or DriftFindings()
    found: list[DriftRow] = []
    for service in pipeline.services:
        for stage in pipeline.stages:
            view = view_of((service.name, stage.name))
            before = view_of((service.name, stage.after)) if stage.after else None
            if view is not None:
                found += _rows(known, (service.name, stage.name), view, before)
    order = list(Kind)
    return sorted(found, key=lambda row: (order.index(row.kind), row.since.timestamp() if row.since else inf))


def _rows(known: DriftFindings, key: CellKey, view: CellView, before: CellView | None) -> list[DriftRow]:
    if isinstance(view.cell, Unreachable):
        return [DriftRow(Kind.UNREAD, *key, view, before)]
    config, stack = known.config(key), known.stack(key)
    detecting = (known.detecting[key],) if key in known.detecting else None
    wanted = (
        (Kind.TROUBLE, _troubled(view)),
        (Kind.TRAFFIC, view.traffic is not None and view.traffic.agrees is False),
        (Kind.STACK, stack_differs(view, stack) or detecting is not None or key in known.detected),
        (Kind.CONFIG, config_differs(config)),
        # what cannot be compared is listed too, and says so
        (Kind.COMMIT, commits_differ(view, before) is not False and not isinstance(view.cell, Unreported | Halfway)),
    )
    return [
        DriftRow(kind, *key, view, before, known.commits(key), config, stack, detecting) for kind, so in wanted if so
    ]


def _troubled(view: CellView) -> bool:
    cell, stack = view.cell, stack_of(view.cell)
    if stack is None or isinstance(cell, InProgress):
        return False
    odd = stack.status.phase in {Phase.STUCK, Phase.UNKNOWN} or stack.status.succeeded is False
    return odd or isinstance(cell, Unreported)


def is_drift(row: DriftRow) -> bool:
    """Tell whether a row is about a drift: of a stack that was looked at from here perhaps none was found."""
    return row.kind is not Kind.STACK or stack_differs(row.view, row.stack)


def has_same_code(row: DriftRow) -> bool:
    """Tell whether a stage runs the code of the one before: what its settings differ in does not come from that."""
    return isinstance(row.view.relation, Same)


def has_failed(row: DriftRow) -> bool:
    """Tell whether the last update of the stack failed."""
    stack = stack_of(row.view.cell)
    return stack is not None and stack.status.succeeded is False
