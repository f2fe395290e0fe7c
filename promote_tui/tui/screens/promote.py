"""A promotion before it runs: the draft, the plan as it is made, and the confirmation that its stage asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Input

from promote_tui.tui.actions import navigation, next_steps
from promote_tui.tui.actions.clipboard import notes_of_draft
from promote_tui.tui.actions.decisions import DecisionActions
from promote_tui.tui.actions.deploy import deploy
from promote_tui.tui.bindings import bind, bind_first, bind_move
from promote_tui.tui.presentation.review import blockers, clipboard, steps
from promote_tui.tui.presentation.review.blockers import review_keys
from promote_tui.tui.presentation.style import ink
from promote_tui.tui.screens.base import View
from promote_tui.tui.state.promotion_review import Batch, PromotionReview, ReviewRequest
from promote_tui.tui.typed_ahead import TypedAhead
from promote_tui.tui.widgets.confirm_frame import ConfirmFrame
from promote_tui.tui.widgets.key_bar import KeyBar
from promote_tui.tui.widgets.lines import LinesView
from promote_tui.tui.widgets.review_pane import ReviewPane

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content
    from textual.events import Key, Resize

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.model.cells import CellKey
    from promote_tui.core.model.pipeline import Commit
    from promote_tui.tui.presentation.copy_items import CopyItem
    from promote_tui.tui.presentation.review.model import Review

ASK_AGAIN = 30.0
"""Seconds between two looks at the gates: people decide elsewhere, and time opens some."""
_STEPS = ("promote.commits", "promote.changes", "promote.gates", "promote.approvals", "promote.confirm")
_HANDING = "the run is starting"


class PromoteScreen(View):
    """The review and its confirmation; nothing but its Deploy starts a deploy."""

    CSS_PATH = "promote.tcss"
    TITLE_WORDS = "Promote"
    AUTO_FOCUS = "#cancel"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind_first("promote.next", "next", "Next", "the next field or button"),
        bind("promote.deploy", "deploy_at_once", "Deploy", "deploy, where the stage asks for one key"),
        bind("promote.tick", "step_of('tick')", "Tick", "tick the missing items of the checklist"),
        bind("promote.checks", "step_of('checks')", "Run checks", "run the stage's checks on the commit"),
        bind("promote.lift", "step_of('lift')", "Lift hold", "lift the hold"),
        bind("promote.before", "step_of('promote')", "Stage before", "review it for the stage before first"),
        bind("promote.choose", "step_of('choose')", "Choose", "choose another commit"),
        bind("promote.run", "step_of('run')", "Open run", "open the run that is in the way"),
        bind("promote.override", "override", "Override", "override a blocked gate, with a reason"),
        bind("promote.skip", "skip", "Skip", "next of the batch; this draft is kept"),
        bind("promote.diff", "diff", "Diff", "diff against what p would deploy"),
        bind("promote.again", "again", "Plan again", "check the gates again, or plan again"),
        bind("promote.back", "back", "Back", "all steps; again: leave (the draft is kept)"),
        bind("promote.commits", "step(1)", "Commits", "the commits, in full", show=False),
        bind("promote.changes", "step(2)", "Changes", "the changes, in full", show=False),
        bind("promote.gates", "step(3)", "Gates", "the gates and the rollback, in full", show=False),
        bind("promote.approvals", "step(4)", "Approvals", "the approvals, in full", show=False),
        bind("promote.confirm", "step(5)", "Confirm", "all steps, and the confirmation", show=False),
        bind_move("promote.up", "scroll(-1)", "scroll up"),
        bind_move("promote.down", "scroll(1)", "scroll down"),
        bind_move("promote.page_up", "scroll(-8)", "a page up"),
        bind_move("promote.page_down", "scroll(8)", "a page down"),
        bind_move("promote.left", "app.focus_previous", "previous button"),
        bind_move("promote.right", "app.focus_next", "next button"),
    ]

    def __init__(self, request: ReviewRequest, batch: Batch | None = None) -> None:
        super().__init__()
        self._promotion = PromotionReview(self, request, self._redraw)
        self._batch = batch or Batch()
        self._run: str | None = None
        self._frame = 0
        self._gone = False
        self.typed_ahead = TypedAhead(self, self._hold, self._redraw)
        """Letters are typed ahead, for the confirmation that is on its way, until that has settled."""
        self._keys = [self.host.key_of(name) for name in _STEPS]
        self.confirmation = ConfirmFrame(self._review)
        self._pane = ReviewPane(self._review, self._promotion.history, lambda: self.confirmation.is_roomy, self._keys)

    @property
    def is_starting_run(self) -> bool:
        """Whether the runner was started and has not said yet that the run has begun."""
        return self._promotion.is_starting

    @property
    def buffers_letters(self) -> bool:
        """Whether letters are no keys now."""
        return not self.typed_ahead.is_over

    def compose(self) -> ComposeResult:
        """Return the bar, the steps, the evidence and the frame with the confirmation."""
        yield LinesView(self._crumbs, "top")
        yield LinesView(self._step_line, "steps")
        yield self._pane
        yield self.confirmation
        yield KeyBar()

    def on_mount(self) -> None:
        """Go on with what is kept for this commit, or begin with the draft that is there already."""
        self.host.drafts.changed.subscribe(self, self._changed)
        self.set_class(self._promotion.is_rollback, "-back")
        self._promotion.open()
        self._redraw()
        self.typed_ahead.open()
        if self._promotion.is_rollback:
            self._promotion.read_history()
        self.set_interval(0.25, self._spin)
        self.set_interval(ASK_AGAIN, lambda: self._promotion.read_again() if self.is_active else None)

    def on_resize(self, event: Resize) -> None:
        """Put the gates beside the commits where there is room for both, else everything in a line each."""
        super().on_resize(event)
        self.set_class(self.wide and self.tall, "-two")
        self.run_when_drawn(self._redraw)

    def on_screen_resume(self) -> None:
        """Continue after a run was started, or after another review of this cell took over."""
        super().on_screen_resume()
        if self._run is not None:
            self._go_on(self._run)
        elif not self._gone:
            self._promotion.resume()
            self._redraw()

    def _changed(self, key: CellKey) -> None:
        if key != self._promotion.key or self._gone:
            return
        if self._promotion.has_no_rollback_target and self.is_current:
            self._gone = True
            self.app.switch_screen(navigation.rollback_choice_screen(self._promotion.key, self._review().error))
            return
        fields = self.confirmation.fields
        if self._promotion.has_another_plan() and (fields.phrase or fields.names):  # they were typed for the other one
            self.confirmation.reset()
            self.host.say("the plan has changed: read it, then type again", failed=True)
        self._redraw()
        self.run_when_drawn(self._show_what_fits)  # the frame may have grown: what fits is known only then

    def _review(self) -> Review:
        return self._promotion.review(frame=self._frame, named=self.confirmation.fields.names)

    def _crumbs(self, width: int) -> list[Content]:
        stored, (service, stage) = self._promotion.stored, self._promotion.key
        words = [self._batch.words] if self._batch.is_one_of_many else []
        words += stored.bar_words(self.now, width) if stored else []
        what = f"roll back {stage}" if self._promotion.is_rollback else f"promote to {stage}"
        return self.crumbs(width, ink("   ".join(words), "muted"), service, what)

    def proposed_commit(self) -> Commit | None:
        """Return the commit that would be deployed."""
        return self._promotion.commit

    def _step_line(self, width: int) -> list[Content]:
        return steps.steps(self._review(), width, self._pane.step, self._keys, marks=self.host.marks)

    def _spin(self) -> None:
        stored = self._promotion.stored
        if not self.is_active or stored is None:
            return
        self.redraw_lines("#top")
        self.confirmation.look()
        if stored.activity or self.is_starting_run:
            self._frame += 1 if self.app.animation_level != "none" else 0
            self.redraw_lines("#steps, #brief, #changes, #gates")
            self.confirmation.spin()
        elif self._review().is_expired and not self.query_one("#deploy").disabled:
            self._redraw()

    def _redraw(self) -> None:
        self.redraw_lines("#top, #steps, #review-pane LinesView")
        self.typed_ahead.look(stands=self._review().is_settled)
        self._show_what_fits()

    def _show_what_fits(self) -> None:
        self.confirmation.redraw()
        self.refresh_bindings()

    def current_cell(self) -> CellKey:
        """Return the cell that is promoted into."""
        return self._promotion.key

    def copy_items(self) -> Sequence[CopyItem]:
        """Return the command, the hash, what the promotion is in a few lines, and its release notes."""
        now = self._review()
        return [*clipboard.copies(now), *notes_of_draft(self.host, now.draft)]

    def web_pages(self) -> list[tuple[str, str]]:
        """Return the console's page of the stack, and the pages of the commit and the comparison where there are."""
        return clipboard.pages(self._review(), self.host.pipeline.service(self._promotion.key[0]).repo)

    def is_offered(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Offer to skip only where there is something to go on to, to override only where that may be done."""
        if action == "step_of":
            return parameters[0] in {step.kind for step in self._review().next_steps}
        if action == "override":
            return self._review().can_override
        return action != "skip" or self._batch.is_one_of_many

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """Return why an action cannot be done in this state."""
        if self.is_starting_run and action in {"back", "skip", "again", "diff", "deploy_at_once"}:
            return _HANDING
        decides = action == "override" or (action == "step_of" and parameters[0] in {"tick", "checks", "lift"})
        if decides and self.host.read_only:
            return "promote-tui was started with --read-only"
        if action == "deploy_at_once":
            return blockers.why_not_deploy(self._review(), in_sight=self.confirmation.is_in_sight)
        return blockers.why_no_diff(self._review()) if action == "diff" else ""

    def action_next(self) -> None:
        """Go on to the next field or button; from a field that is right straight to Deploy."""
        if not self.confirmation.go_on():
            self.focus_next()

    def action_step(self, number: int) -> None:
        """Go to a step: into sight where all of them are shown, else in full in the place of the table."""
        self._pane.step = number
        if number == steps.CONFIRM:
            self.confirmation.focus_safe()
        self._redraw()
        self._pane.show_step()

    def action_scroll(self, lines: int) -> None:
        """Scroll the evidence: the side of the step that was jumped to, else both."""
        self._pane.scroll_by(lines)

    def action_diff(self) -> None:
        """Show the difference between what runs there and what would come."""
        draft = self._review().draft
        if draft is not None:
            navigation.open_diff_of(self.host, draft)

    def action_deploy_at_once(self) -> None:
        """Deploy to a stage that asks for one key."""
        now = self._review()
        if now.confirm == "none" and not now.required_allowances:
            self._deploy()

    def next_keys(self) -> list[str]:
        """Return the actions that are the next step here."""
        return review_keys(self._review())

    def action_step_of(self, deed: str) -> None:
        """Do what is the next step about what is in the way."""
        step = next((step for step in self._review().next_steps if step.kind == deed), None)
        if step is not None:
            next_steps.take_step(self.host, step, self._promotion.key, self.proposed_commit())

    def action_override(self) -> None:
        """Ask for a reason to go on although a gate is closed."""
        if self._promotion.stored is not None:
            DecisionActions(self.host).override(self._promotion.stored, self._review().overridable_gates)

    def on_confirm_frame_names_changed(self) -> None:
        """Show the gates as they stand with what is typed."""
        self._redraw()

    def on_confirm_frame_deploy(self) -> None:
        """Deploy."""
        self._deploy()

    def on_confirm_frame_cancel(self) -> None:
        """Go back."""
        self._leave()

    def _deploy(self) -> None:
        frame, fields = self.confirmation, self.confirmation.fields
        if not frame.can_deploy:
            return
        answer = fields.answer()
        if deploy(self, self._promotion, answer, self.open_started_run, self._refused):
            self._redraw()

    def _refused(self, error: PromoteError) -> None:
        self._promotion.refuse(error)
        self._redraw()
        self.confirmation.focus_safe()

    def open_started_run(self, run: str) -> None:
        """Go on: the run is in the ledger. Under a dialog, once that one is gone."""
        self._promotion.release()
        self._run = run
        if self.is_active:
            self._go_on(run)

    def _go_on(self, run: str) -> None:
        self._gone = True
        if self._batch.is_one_of_many:
            navigation.open_next_of_batch(self.host, self._batch)
        else:
            self.app.switch_screen(navigation.run_screen(run))

    def action_again(self) -> None:
        """Ask the gates again, or read and package everything again."""
        if not self.is_starting_run and self._promotion.plan_again(self._review()):
            self.confirmation.reset()

    def action_skip(self) -> None:
        """Go on to the next of the batch without deploying."""
        if not self.is_starting_run:
            self._promotion.leave()
            self._gone = True
            navigation.open_next_of_batch(self.host, self._batch)

    def intercept_key(self, event: Key, *, late: bool = False) -> bool:
        """Take every letter while the confirmation is on its way; then the one that begins the words to type."""
        if isinstance(self.focused, Input) and not late:
            return False
        if not self.typed_ahead.is_over:
            return self.typed_ahead.take(event, late=late)
        wanted = self.confirmation.fields.wants(event.character)
        if wanted:
            self.confirmation.fields.begin(event.character or "")
        return wanted

    def _hold(self, letters: str) -> None:
        for frame in self.query(ConfirmFrame):
            frame.type_ahead(letters)

    def action_back(self) -> None:
        """Go back to all steps, then to where the review was opened; never while a run is handed over."""
        if self._pane.is_one_step:
            self.action_step(steps.CONFIRM)
        else:
            self._leave()

    def _leave(self) -> None:
        if self.is_starting_run or self._gone:
            return
        self._gone = True
        self._promotion.leave()
        if self._batch.is_one_of_many:
            navigation.restore_marks(self.host, (self._promotion.key, *self._batch.queue))
        self.app.pop_screen()
