"""Reads drafts and makes plans from them in threads; deletes what nobody waits for any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError
from promote_tui.tui.lazy import Lazy
from promote_tui.tui.state.stored_draft import is_other_promotion, opens_closed_gates

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from promote_tui.core.gates.options import PromotionOptions
    from promote_tui.core.model.cells import CellKey
    from promote_tui.core.planning.plan import Draft, Plan
    from promote_tui.engine.engine import Engine
    from promote_tui.tui.state.context import AppContext
    from promote_tui.tui.state.stored_draft import StoredDraft

_OPTIONS: Lazy[type[PromotionOptions]] = Lazy("promote_tui.core.gates.options:PromotionOptions")

_LAST_MOMENT = 3.0
"""Seconds that quitting waits at most until unused packages are deleted."""


class _Abandoned(PromoteError):  # noqa: N818 - it is an answer, not an error
    """Raised when nobody waits for the plan any more; ends the packaging before its next step."""


class DraftMaker:
    """Brings a stored draft on, step by step; `changed` hears of each step, by the cell."""

    def __init__(self, app: AppContext, changed: Callable[[CellKey], object]) -> None:
        self._app = app
        self._changed = changed

    def start_over(self, stored: StoredDraft, draft: Draft | None = None) -> None:
        """Discard what is known, or what follows from this draft, then read and package again."""
        self.give_up(stored)
        if draft is not None and (draft.target.service, draft.target.stage) != stored.key:
            draft = None  # whoever handed it over was mistaken: what is read now is about this cell
        stored.begin(self._app.cells.generation, draft)
        if draft is None:
            stored.activity = "reading the stack and the history"
            self.read(stored)
        else:
            self._package(stored)
        self._changed(stored.key)

    def give_up(self, stored: StoredDraft) -> None:
        """Stop the work and delete the plan, unless a run may use it."""
        stored.abandoned.set()
        if stored.plan is not None and not stored.is_handed_over:
            self._app.discard(stored.plan)

    def read(self, stored: StoredDraft, *, same: bool = False) -> None:
        """Read the draft again, cheaply; where its gates are open now and there is no plan, one is made.

        `same`: for the commit that is on the screen, whatever would be promoted by now.
        """
        if stored.is_reading:
            return
        stored.is_reading = True
        generation, abandoned = self._app.cells.generation, stored.abandoned
        revision = stored.draft.commit.sha if same and stored.draft else stored.revision
        read = _reader(self._app.the_engine, stored)

        def drafted(draft: Draft) -> None:
            if not abandoned.is_set():
                self._drafted(stored, generation, draft)

        def failed(error: PromoteError) -> None:
            if not abandoned.is_set():
                self._not_drafted(stored, error)

        self._app.background.run(self._app, lambda: read(*stored.key, revision), drafted, failed)

    def _drafted(self, stored: StoredDraft, generation: int, draft: Draft) -> None:
        """Take a draft: go on to package, unless a gate is closed or there is a plan that still fits."""
        self._has_read(stored)
        if draft.options.overrides == stored.overrides:
            stored.generation = generation
            self._take(stored, draft)
        self._changed(stored.key)

    def _not_drafted(self, stored: StoredDraft, error: PromoteError) -> None:
        """Note why there is no draft; what could be read once stays: the runner checks all of it again."""
        self._has_read(stored)
        if stored.draft is None:
            stored.error = error
        self._changed(stored.key)

    def _has_read(self, stored: StoredDraft) -> None:
        stored.is_reading = False
        if stored.since is None:
            stored.activity = ""

    def _take(self, stored: StoredDraft, draft: Draft) -> None:
        if stored.is_handed_over or stored.error is not None:
            return
        if stored.plan is None:
            if not stored.activity:
                stored.draft = draft
                self._package(stored)
        elif is_other_promotion(stored.plan.draft, draft):
            self.start_over(stored, draft)
        elif opens_closed_gates(draft, stored.plan):
            self._reconsider(stored, stored.plan, draft)
        else:
            stored.draft = stored.plan.draft if draft == stored.plan.draft else draft

    def _reconsider(self, stored: StoredDraft, plan: Plan, draft: Draft) -> None:
        """Ask the gates of the plan again: a newer draft opens what is closed in it."""
        if stored.is_reconsidering:
            return
        stored.is_reconsidering = True
        engine, abandoned = self._app.the_engine, stored.abandoned

        def done(plan: Plan | None, error: PromoteError | None = None) -> None:
            if not abandoned.is_set():
                self._reconsidered(stored, plan, error)

        work = engine.plans.reconsider
        self._app.background.run(self._app, lambda: work(plan, draft), done, lambda error: done(None, error))

    def _reconsidered(self, stored: StoredDraft, plan: Plan | None, error: PromoteError | None) -> None:
        """Take the plan with its gates as they are now; where they could not be asked, say why."""
        stored.is_reconsidering = False
        if plan is not None and stored.plan is not None and stored.plan.id == plan.id and not stored.is_handed_over:
            stored.plan, stored.draft = plan, plan.draft
        stored.error = stored.error or error
        self._changed(stored.key)

    def _package(self, stored: StoredDraft) -> None:
        draft = stored.draft
        if draft is None or draft.packaging_blockers:
            return
        stored.activity, stored.since = f"preparing {draft.commit.short} for {draft.target.stage}", self._app.now()
        app, engine, abandoned = self._app, self._app.the_engine, stored.abandoned

        def made(plan: Plan | None) -> None:
            if plan is not None and abandoned.is_set():
                app.discard(plan)
            elif plan is not None:
                self._packaged(stored, plan, None)

        def failed(error: PromoteError) -> None:
            if not abandoned.is_set():
                self._packaged(stored, None, error)

        def step(words: str) -> None:
            app.call_later(self._stepped, stored, abandoned, words)

        app.background.run(app, lambda: _make_plan(engine, draft, abandoned, step), made, failed, tidies=_LAST_MOMENT)

    def _stepped(self, stored: StoredDraft, abandoned: Event, words: str) -> None:
        """Note what the packaging does now."""
        if not abandoned.is_set() and stored.since is not None:
            stored.activity = words
            self._changed(stored.key)

    def _packaged(self, stored: StoredDraft, plan: Plan | None, error: PromoteError | None) -> None:
        """Keep a plan, or why there is none."""
        stored.plan, stored.error = plan or stored.plan, error or stored.error
        stored.stop()
        self._changed(stored.key)


def _make_plan(engine: Engine, draft: Draft, abandoned: Event, said: Callable[[str], object]) -> Plan | None:
    """Return the plan of a draft; None once nobody waits for it any more, and what was packaged is deleted."""

    def step(words: str) -> None:
        if abandoned.is_set():
            raise _Abandoned(str(draft.target), "nothing waits for this plan any more")
        said(words)

    try:
        plan = engine.plans.make(draft, step)
    except _Abandoned:
        return None
    if abandoned.is_set():
        engine.plans.discard(plan)
        return None
    return plan


def _reader(engine: Engine, stored: StoredDraft) -> Callable[[str, str, str | None], Draft]:
    """Return what reads the draft of a service, a stage and a revision: with the overrides, where there are some."""
    if stored.is_rollback:
        return engine.plans.draft_rollback
    if not stored.overrides:
        return engine.plans.draft
    terms = _OPTIONS.load()(overrides=stored.overrides)
    return lambda service, stage, revision: engine.plans.draft(service, stage, revision, terms)
