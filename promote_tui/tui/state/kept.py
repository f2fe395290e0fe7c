"""Drafts and plans that outlive their screen: esc keeps them, and a packaging that was begun goes on."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.signal import Signal

from promote_tui.core.errors import PlanStale, PromoteError
from promote_tui.core.model.cells import commit_of, stack_of
from promote_tui.core.model.pipeline import Unreachable
from promote_tui.core.text import short

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from promote_tui.core.gates.options import Override
    from promote_tui.core.matrix import CellKey
    from promote_tui.core.model.pipeline import Cell
    from promote_tui.core.planning.plan import Draft, Plan
    from promote_tui.engine.engine import Engine
    from promote_tui.tui.app import PromoteApp

MOST = 4
"""How many are kept: each plan holds a work tree, of which a repository has eight."""
_LAST_MOMENT = 3.0
"""Seconds that quitting waits at most for what deletes packages that nobody will run."""


class _Abandoned(PromoteError):  # noqa: N818 - it is an answer, not an error
    """Nobody waits for the plan any more; ends the packaging before its next step."""


@dataclass(eq=False)
class Kept:
    """A promotion into one cell, or its way `back`, as far as it is known; handlers alone change it.

    `doing` says what goes on now (empty: nothing does) and `since` when the packaging began; `resumed`
    that it was left and opened again; `shown` that a screen has it; `handed` that a run may have its plan. `overrides`
    are a person's, for closed gates; `asking_plan`: the gates of the plan are being asked again.
    """

    key: CellKey
    revision: str | None
    back: bool = False
    ticket: int = 0
    generation: int = 0
    draft: Draft | None = None
    plan: Plan | None = None
    error: PromoteError | None = None
    doing: str = ""
    since: datetime | None = None
    asking: bool = False
    resumed: bool = False
    shown: bool = True
    handed: bool = False
    overrides: tuple[Override, ...] = ()
    asking_plan: bool = False
    abandoned: threading.Event = field(default_factory=threading.Event, repr=False)


class KeptDrafts:
    """One draft a cell, with its plan; every change is published by the cell's key."""

    def __init__(self, app: PromoteApp) -> None:
        self._app = app
        self._kept: dict[CellKey, Kept] = {}
        self._ticket = 0
        self.changed: Signal[CellKey] = Signal(app, "drafts")

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._kept)

    def has(self, kept: Kept) -> bool:
        """Tell whether it is still the one of its cell."""
        return self._kept.get(kept.key) is kept

    def open(self, key: CellKey, revision: str | None, draft: Draft | None, *, back: bool = False) -> Kept:
        """Return what is kept for the same commit, asked for again in the background; else a new one, begun."""
        self.sweep()
        kept = self._kept.get(key)
        if kept is None or kept.error or kept.back != back or not _fits(kept, revision, draft):
            return self._new(key, revision, draft, back=back)
        kept.shown = kept.resumed = True
        if not kept.doing:
            self.ask(kept)
        return kept

    def _new(self, key: CellKey, revision: str | None, draft: Draft | None, *, back: bool) -> Kept:
        old = self._kept.get(key)
        if old is not None:
            self._drop(old)
        kept = Kept(key, revision, back)
        self.again(kept, draft)
        return kept

    def again(self, kept: Kept, draft: Draft | None = None) -> None:
        """Throw away what is known: all of it, or what comes after this draft, is read and packaged again."""
        self._end(kept)
        if draft is not None and (draft.target.service, draft.target.stage) != kept.key:
            draft = None  # whoever handed it over was mistaken: what is read now is about this cell
        self._ticket += 1
        kept.ticket, kept.generation = self._ticket, self._app.board.generation
        kept.abandoned, kept.asking, kept.asking_plan = threading.Event(), False, False
        kept.draft, kept.plan, kept.error, kept.doing, kept.since = draft, None, None, "", None
        self._kept[kept.key] = kept
        if draft is None:
            kept.doing = "reading the stack and the history"
            self.ask(kept)
        else:
            self._package(kept)
        self.changed.publish(kept.key)

    def leave(self, kept: Kept) -> None:
        """Keep it for later; nothing that failed or is too old is kept, and no more than a few."""
        if self.has(kept):
            kept.shown = False
            if kept.error is not None:
                self._drop(kept)
            else:
                self._kept[kept.key] = self._kept.pop(kept.key)  # the last one left goes last
        self.sweep()

    def started(self, kept: Kept) -> None:
        """Forget a plan that is a run's now: its runner deletes it."""
        if self.has(kept):
            del self._kept[kept.key]

    def sweep(self) -> None:
        """Delete what has expired, and the oldest of what is more than a few; what is on a screen stays."""
        now = self._app.now()
        for kept in self._left():
            if kept.plan is not None and now >= kept.plan.expires_at:
                self._drop(kept)
        for kept in self._left()[:-MOST]:
            self._drop(kept)

    def _left(self) -> list[Kept]:
        return [kept for kept in self._kept.values() if not kept.shown]

    def close(self) -> None:
        """Delete every plan, at once: the app is being left. What a run may have by now stays."""
        for kept in self._kept.values():
            kept.abandoned.set()
            if kept.plan is not None and not kept.handed:
                with contextlib.suppress(PromoteError):  # `prune` finds what stays behind
                    self._app.the_engine.plans.discard(kept.plan)
        self._kept.clear()

    def look(self, key: CellKey | None) -> None:
        """Compare with what the board has read since: a stage that has moved takes its plan with it."""
        board = self._app.board
        if key is None and (board.reading or board.trouble):
            return
        for kept in [*self._kept.values()]:
            view = board.views.get(kept.key)
            fresh = key in {None, kept.key} and board.generation > kept.generation
            if fresh and view is not None and kept.draft is not None and moved(kept.draft.cell, view.cell):
                self._moved(kept, view.cell)
        self.sweep()

    def _moved(self, kept: Kept, cell: Cell) -> None:
        if kept.handed or kept.error is not None:
            return
        if not kept.shown:
            self._drop(kept)
        elif kept.plan is None:
            self.again(kept)
        else:
            kept.error = _stale(kept, cell)
            self.changed.publish(kept.key)

    def ask(self, kept: Kept, *, same: bool = False) -> None:
        """Read the draft again, cheaply; where its gates are open now and there is no plan, one is made.

        `same`: for the commit that is on the screen, whatever would be promoted by now.
        """
        if kept.asking:
            return
        kept.asking = True
        generation, ticket, engine = self._app.board.generation, kept.ticket, self._app.the_engine
        service, stage = kept.key
        revision = kept.draft.commit.sha if same and kept.draft else kept.revision
        read = _reads(engine, kept)

        self._app.background.run(
            self._app,
            lambda: read(service, stage, revision),
            lambda draft: self._drafted(ticket, generation, draft),
            lambda error: self._not_drafted(ticket, error),
        )

    def override(self, kept: Kept, given: Override) -> None:
        """Go on although a gate is closed: the gates are asked again with a person's reason."""
        kept.overrides = (*(each for each in kept.overrides if each.gate != given.gate), given)
        kept.asking = False
        self.ask(kept, same=True)

    def ask_again(self, service: str) -> None:
        """Read again what is kept of a service: somebody has decided something about it."""
        for kept in [*self._kept.values()]:
            if kept.key[0] == service and not kept.handed:
                self.ask(kept, same=True)

    def fetched(self, *, anew: bool) -> None:
        """Ask the gates of all that is kept again; `anew`: by other rules than those that it was planned by."""
        for kept in [*self._kept.values()]:
            if kept.handed:
                continue
            if anew and kept.shown:
                self.again(kept)
            elif anew:
                self._drop(kept)
            else:
                self.ask(kept, same=True)

    def _drafted(self, ticket: int, generation: int, draft: Draft) -> None:
        """Take a draft: go on to package, unless a gate is closed or there is a plan that still fits."""
        kept = self._answered(ticket)
        if kept is None:
            return
        if draft.terms.overrides == kept.overrides:
            kept.generation = generation
            self._take(kept, draft)
        self.changed.publish(kept.key)

    def _not_drafted(self, ticket: int, error: PromoteError) -> None:
        """Note why there is no draft; what could be read once stays: the runner checks all of it again."""
        kept = self._answered(ticket)
        if kept is None:
            return
        if kept.draft is None:
            kept.error = error
        self.changed.publish(kept.key)

    def _answered(self, ticket: int) -> Kept | None:
        """Return what asked for a draft that is no longer asked for; None where nobody waits for it."""
        kept = self._of(ticket)
        if kept is not None:
            kept.asking = False
            kept.doing = "" if kept.since is None else kept.doing
        return kept

    def _take(self, kept: Kept, draft: Draft) -> None:
        if kept.handed or kept.error is not None:
            return
        if kept.plan is None:
            if not kept.doing:
                kept.draft = draft
                self._package(kept)
        elif _other(kept.plan.draft, draft):
            self.again(kept, draft)
        elif _opens(kept.plan, draft):
            self._reconsider(kept, kept.plan, draft)
        else:
            kept.draft = kept.plan.draft if draft == kept.plan.draft else draft

    def _reconsider(self, kept: Kept, plan: Plan, draft: Draft) -> None:
        """Ask the gates of the plan again: a newer draft opens what is closed in it."""
        if kept.asking_plan:
            return
        kept.asking_plan, ticket, engine = True, kept.ticket, self._app.the_engine

        self._app.background.run(
            self._app,
            lambda: engine.plans.reconsider(plan, draft),
            lambda found: self._reconsidered(ticket, found),
            lambda error: self._not_reconsidered(ticket, error),
        )

    def _reconsidered(self, ticket: int, plan: Plan) -> None:
        """Take the plan with its gates as they are now."""
        kept = self._of(ticket)
        if kept is None:
            return
        kept.asking_plan = False
        if kept.plan is not None and kept.plan.id == plan.id and not kept.handed:
            kept.plan, kept.draft = plan, plan.draft
        self.changed.publish(kept.key)

    def _not_reconsidered(self, ticket: int, error: PromoteError) -> None:
        """Say why the gates of a plan could not be asked."""
        kept = self._of(ticket)
        if kept is None:
            return
        kept.asking_plan = False
        kept.error = kept.error or error
        self.changed.publish(kept.key)

    def _package(self, kept: Kept) -> None:
        draft = kept.draft
        if draft is None or draft.forbidding:
            return
        kept.doing, kept.since = f"preparing {draft.commit.short} for {draft.target.stage}", self._app.now()
        app, engine, ticket, abandoned = self._app, self._app.the_engine, kept.ticket, kept.abandoned

        def step(words: str) -> None:
            if abandoned.is_set():
                raise _Abandoned(str(draft.target), "nothing waits for this plan any more")
            app.call_later(self._stepped, ticket, words)

        def work() -> Plan | None:
            try:
                plan = engine.plans.make(draft, step)
            except _Abandoned:
                return None
            if abandoned.is_set():
                engine.plans.discard(plan)
                return None
            return plan

        app.background.run(
            app,
            work,
            lambda plan: self._made(ticket, plan),
            lambda error: self._failed(ticket, error),
            tidies=_LAST_MOMENT,
        )

    def _stepped(self, ticket: int, words: str) -> None:
        """Note what the packaging does now."""
        kept = self._of(ticket)
        if kept is not None and kept.since is not None:
            kept.doing = words
            self.changed.publish(kept.key)

    def _made(self, ticket: int, plan: Plan | None) -> None:
        """Keep a plan; one that nobody waits for any more is deleted."""
        kept = self._of(ticket)
        if plan is None:
            return
        if kept is None:
            self._app.discard(plan)
            return
        kept.plan, kept.doing, kept.since = plan, "", None
        self.changed.publish(kept.key)

    def _failed(self, ticket: int, error: PromoteError) -> None:
        """Note why there is no plan."""
        kept = self._of(ticket)
        if kept is not None:
            kept.error, kept.doing, kept.since = error, "", None
            self.changed.publish(kept.key)

    def _of(self, ticket: int) -> Kept | None:
        return next((kept for kept in self._kept.values() if kept.ticket == ticket), None)

    def _drop(self, kept: Kept) -> None:
        del self._kept[kept.key]
        self._end(kept)

    def _end(self, kept: Kept) -> None:
        kept.abandoned.set()
        if kept.plan is not None and not kept.handed:
            self._app.discard(kept.plan)


def _reads(engine: Engine, kept: Kept) -> Callable[[str, str, str | None], Draft]:
    """Return what reads the draft of a service, a stage and a revision: with the overrides, where there are some."""
    if kept.back or not kept.overrides:
        return engine.plans.draft_rollback if kept.back else engine.plans.draft
    from promote_tui.core.gates.options import PromotionOptions  # noqa: PLC0415 - not before it is wanted

    terms = PromotionOptions(overrides=kept.overrides)
    return lambda service, stage, revision: engine.plans.draft(service, stage, revision, terms)


def _fits(kept: Kept, revision: str | None, draft: Draft | None) -> bool:
    """Tell whether what is kept is what is wanted now."""
    if draft is not None:
        return kept.draft is not None and not _other(kept.draft, draft)
    return revision == kept.revision or (kept.draft is not None and revision == kept.draft.commit.sha)


def _opens(plan: Plan, draft: Draft) -> bool:
    """Tell whether a newer draft has open, or without a word, what is closed in the plan."""
    early = {gate.name for gate in plan.draft.gates}
    closed = {gate.name for gate in plan.gates if not gate.passed and gate.name in early}
    return bool(closed - {gate.name for gate in draft.gates if not gate.passed}) or draft.terms != plan.draft.terms


def _other(one: Draft, two: Draft) -> bool:
    return one.commit.sha != two.commit.sha or moved(one.cell, two.cell)


def moved(before: Cell, now: Cell) -> bool:
    """Tell whether the stack is another, runs another commit or had an update since; what cannot be read did not."""
    if isinstance(before, Unreachable) or isinstance(now, Unreachable):
        return False
    return _standing(before) != _standing(now)


def _standing(cell: Cell) -> tuple[object, ...]:
    stack = stack_of(cell)
    return (commit_of(cell), *((stack.id, stack.status_name, stack.updated_at) if stack else ()))


def _stale(kept: Kept, cell: Cell) -> PlanStale:
    stack, commit = stack_of(cell), commit_of(cell)
    runs = f" and it runs {short(commit)}" if commit else ""
    state = f"its stack is {stack.status_name}{runs}" if stack else "its stack is gone"
    return PlanStale("/".join(kept.key), f"{kept.key[1]} has changed since this was planned: {state}")
