"""A promotion under review: its draft as the store has it, and for a way back what ran in the stage before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.errors import PlanStale, UsageError
from promote_tui.core.planning.plan import approve
from promote_tui.core.planning.rollback_history import RollbackHistory, rollback_history
from promote_tui.ports import RunFilter
from promote_tui.tui.background import ignore_error
from promote_tui.tui.presentation.review.model import Review, ReviewKeys

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.model.cells import CellKey
    from promote_tui.core.model.pipeline import Commit, Stage, Target
    from promote_tui.core.planning.plan import ApprovedPlan, Confirmation, Draft
    from promote_tui.core.runs.run import Run
    from promote_tui.tui.state.context import ScreenContext
    from promote_tui.tui.state.stored_draft import StoredDraft

_PAST = 50
"""How many runs of a stage are looked through for the one that verified what is gone back to."""


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """What is to be reviewed: a commit for a cell (None: the one that suggests itself), or the cell's way back.

    A `draft` is what whoever asks has read already.
    """

    key: CellKey
    revision: str | None = None
    draft: Draft | None = None
    is_rollback: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Several promotions one after the other: this one is the one `at` of all, the `queue` comes after it."""

    queue: tuple[CellKey, ...] = ()
    at: int = 1

    @property
    def is_one_of_many(self) -> bool:
        """Whether this is one of several promotions."""
        return bool(self.queue) or self.at > 1

    @property
    def words(self) -> str:
        """Which of how many it is: `2 of 3`."""
        return f"{self.at} of {self.at + len(self.queue)}"

    def rest(self) -> Batch:
        """Return the batch as it is for the next one."""
        return Batch(self.queue[1:], self.at + 1)


class PromotionReview:
    """Opens a draft in the store and says all that is known of it; `changed` is called when the past was read."""

    def __init__(self, screen: ScreenContext, request: ReviewRequest, changed: Callable[[], object]) -> None:
        self._app = screen.host
        self._screen = screen
        self._request = request
        self._changed = changed
        self._runs: Sequence[Run] = ()
        self.key = request.key
        self.is_rollback = request.is_rollback
        self.stored: StoredDraft | None = None
        self.plan_shown: str | None = None
        """The plan that whatever is typed was typed for."""
        self.is_starting = False
        """Whether the runner was started and has not said yet that the run has begun."""

    @property
    def stage(self) -> Stage:
        """The stage that it goes to."""
        return self._app.pipeline.stage(self.key[1])

    @property
    def target(self) -> Target:
        """Where it goes."""
        return self._app.pipeline.service(self.key[0]).target(self.key[1])

    @property
    def draft(self) -> Draft | None:
        """Its draft, where that was read."""
        return self.stored.draft if self.stored else None

    @property
    def commit(self) -> Commit | None:
        """The commit that would be deployed."""
        return self.draft.commit if self.draft else None

    @property
    def has_no_rollback_target(self) -> bool:
        """Whether nothing is on record to go back to, so that a person has to say where."""
        error = self.stored.error if self.stored else None
        return self.is_rollback and self._request.revision is None and isinstance(error, UsageError)

    def open(self, *, anew: bool = False) -> None:
        """Go on with what is kept for this commit, or begin; `anew` whatever was read before."""
        request = self._request
        draft = None if anew else request.draft
        self.stored = self._app.drafts.open(self.key, request.revision, draft, is_rollback=self.is_rollback)
        self.plan_shown = self.stored.plan.id if self.stored.plan else None

    def resume(self) -> None:
        """Go on where another screen was in front, perhaps another review of this cell."""
        if self.stored is None or self.is_starting:
            return
        if not self._app.drafts.holds(self.stored):
            self.open(anew=True)
        self.stored.is_shown = True

    def has_another_plan(self) -> bool:
        """Tell whether there is another plan than the one that was shown last, and note it; not for the first one."""
        now = self.stored.plan.id if self.stored and self.stored.plan else None
        before = self.plan_shown
        if now is None or now == before:
            return False
        self.plan_shown = now
        return before is not None

    def read_history(self) -> None:
        """Read who deployed what runs now, and how the code to go back to fared."""
        engine, key = self._screen.engine, self.key
        self._screen.background(
            lambda: engine.runs.page(RunFilter(*key), limit=_PAST).runs, self._take_runs, ignore_error
        )

    def _take_runs(self, runs: Sequence[Run]) -> None:
        self._runs = runs
        self._changed()

    def history(self) -> RollbackHistory:
        """Return the record of what runs now, and of the code to go back to."""
        draft = self.draft
        if draft is None:
            return RollbackHistory()
        return rollback_history(self._runs, draft.deployed.sha if draft.deployed else None, draft.commit.sha)

    def review(self, *, frame: int, named: str) -> Review:
        """Return all that is known of it, to be drawn; `named` is what is typed for what holds data."""
        stored, app, now = self.stored, self._app, self._app.now()
        return Review(
            self.target,
            self.stage.confirm,
            now,
            app.glyphs,
            stored.draft if stored else self._request.draft,
            stored.plan if stored else None,
            stored.activity if stored else "reading the stack and the history",
            (now - stored.since).total_seconds() if stored and stored.since else None,
            stored.error if stored else None,
            app.cells.views.get(self.key),
            app.pipeline.service(self.key[0]).shared,
            app.read_only,
            self.is_starting,
            frame,
            ReviewKeys.read(app.key_of),
            named,
            self.is_rollback,
            app.engine.deployer if app.engine else None,
        )

    def approve(self, answer: Confirmation) -> ApprovedPlan:
        """Return its plan as approved by a person; raises Refused, or PlanStale where it is for something else."""
        plan = self.stored.plan if self.stored else None
        if plan is None or plan.draft.target != self.target or plan.draft.confirm != self.stage.confirm:
            planned = f"the plan is for {plan.draft.target}" if plan else "there is no plan"
            raise PlanStale(str(self.target), planned, "plan again")
        return approve(plan, answer, self._app.now())

    def hand_over(self) -> None:
        """Note that a run may have its plan from now on."""
        self.is_starting = True
        if self.stored is not None:
            self.stored.is_handed_over = True

    def refuse(self, error: PromoteError) -> None:
        """Note why nothing was deployed."""
        self.is_starting = False
        if self.stored is not None:
            self.stored.is_handed_over, self.stored.error = False, error

    def release(self) -> None:
        """Forget the plan: it is a run's now."""
        if self.stored is not None:
            self._app.drafts.release(self.stored)

    def leave(self) -> None:
        """Keep the draft for later."""
        if self.stored is not None:
            self._app.drafts.leave(self.stored)

    def plan_again(self, now: Review) -> bool:
        """Ask the gates again where one of them is all that is wrong; else read and package everything again.

        Return whether there will be another plan: a draft is read at once, a package is not made at once.
        """
        if self.stored is None:
            return False
        closed_early = now.draft is not None and any(not gate.passed for gate in now.draft.gates)
        if closed_early and not now.error and not now.is_expired:
            self._app.drafts.refresh(self.stored)
            return False
        self._app.drafts.start_over(self.stored)
        return True

    def read_again(self) -> None:
        """Follow what others decide and what time opens: the draft alone is read, nothing is packaged for it."""
        stored = self.stored
        if stored is not None and stored.draft is not None and not (stored.error or self.is_starting):
            self._app.drafts.refresh(stored, same=True)
