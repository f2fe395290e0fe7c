"""A promotion into one cell as far as it is known, and what makes it another one."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from msgspec import Struct, field

from promote_tui.core.errors import PlanStale
from promote_tui.core.model.cells import Unreachable, commit_of, stack_of
from promote_tui.core.text import short
from promote_tui.tui.lazy import Lazy
from promote_tui.tui.presentation.wording import ago

if TYPE_CHECKING:
    from datetime import datetime

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.gates.options import Override
    from promote_tui.core.gates.target import CredentialsGate
    from promote_tui.core.model.cells import Cell, CellKey
    from promote_tui.core.planning.plan import Draft, Plan

_CREDENTIALS: Lazy[type[CredentialsGate]] = Lazy("promote_tui.core.gates.target:CredentialsGate")


_ROOM_FOR_KEPT = 78
"""Cells of a bar that has room to say that the draft was kept."""


class StoredDraft(Struct, eq=False):
    """A promotion into one cell, or its way back (`is_rollback`); handlers alone change it.

    `activity` says what goes on now (empty: nothing does) and `since` when the packaging began. A person left it
    and opened it again (`is_resumed`), a screen has it (`is_shown`), a run may have its plan (`is_handed_over`).
    `overrides` are a person's, for closed gates. `abandoned` ends whatever was begun for it.
    """

    key: CellKey
    revision: str | None
    is_rollback: bool = False
    generation: int = 0
    draft: Draft | None = None
    plan: Plan | None = None
    error: PromoteError | None = None
    activity: str = ""
    since: datetime | None = None
    is_reading: bool = False
    is_reconsidering: bool = False
    is_resumed: bool = False
    is_shown: bool = True
    is_handed_over: bool = False
    overrides: tuple[Override, ...] = ()
    abandoned: threading.Event = field(default_factory=threading.Event)

    def bar_words(self, now: datetime, width: int) -> list[str]:
        """Return what the bar says of it: that it was kept, where there is room, and when it was planned."""
        kept = ["draft kept"] if self.is_resumed and width >= _ROOM_FOR_KEPT else []
        return [*kept, *([f"planned {ago(self.plan.created_at, now)}"] if self.plan else [])]

    def begin(self, generation: int, draft: Draft | None) -> None:
        """Forget all that is known but the draft, which is of this refresh of the matrix."""
        self.generation, self.abandoned = generation, threading.Event()
        self.is_reading = self.is_reconsidering = False
        self.draft, self.plan, self.error = draft, None, None
        self.stop()

    def stop(self) -> None:
        """Note that nothing goes on any more."""
        self.activity, self.since = "", None

    def override(self, given: Override) -> None:
        """Store a person's reason to override a blocked gate; it replaces an older one."""
        self.overrides = (*(each for each in self.overrides if each.gate != given.gate), given)

    def fits(self, revision: str | None, draft: Draft | None) -> bool:
        """Tell whether it is what is wanted now: by a draft that is there already, else by a revision."""
        if draft is not None:
            return self.draft is not None and not is_other_promotion(self.draft, draft)
        return revision == self.revision or (self.draft is not None and revision == self.draft.commit.sha)

    def moved_to(self, cell: Cell) -> bool:
        """Tell whether the stage has moved since the draft was read."""
        return self.draft is not None and has_moved(self.draft.cell, cell)

    def stale_error(self, cell: Cell) -> PlanStale:
        """Return why its plan may not be run any more, now that the stage is as this cell says."""
        stack, commit = stack_of(cell), commit_of(cell)
        runs = f" and it runs {short(commit)}" if commit else ""
        state = f"its stack is {stack.status_name}{runs}" if stack else "its stack is gone"
        return PlanStale("/".join(self.key), f"{self.key[1]} has changed since this was planned: {state}")


def opens_closed_gates(draft: Draft, plan: Plan) -> bool:
    """Tell whether a newer draft has open, or without a word, what is closed in the plan.

    Of credentials that end too soon a draft never says a word: they may have been renewed.
    """
    early = {gate.name for gate in plan.draft.gates} | {_CREDENTIALS.load().name}
    closed = {gate.name for gate in plan.gates if not gate.passed and gate.name in early}
    return bool(closed - {gate.name for gate in draft.gates if not gate.passed}) or draft.options != plan.draft.options


def is_other_promotion(one: Draft, two: Draft) -> bool:
    """Tell whether two drafts are about different commits, or about a stage that moved in between."""
    return one.commit.sha != two.commit.sha or has_moved(one.cell, two.cell)


def has_moved(before: Cell, now: Cell) -> bool:
    """Tell whether the stack is another, runs another commit or had an update since; what cannot be read did not."""
    if isinstance(before, Unreachable) or isinstance(now, Unreachable):
        return False
    return _position(before) != _position(now)


def _position(cell: Cell) -> tuple[object, ...]:
    stack = stack_of(cell)
    return (commit_of(cell), *((stack.id, stack.status_name, stack.updated_at) if stack else ()))
