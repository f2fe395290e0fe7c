"""A promotion before it runs: the draft, the plan as it is made, and the confirmation that its stage asks for."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input

from promote_tui.core.errors import PromoteError, Refused
from promote_tui.core.plan import Confirmation, approve, confirmed, phrase
from promote_tui.core.text import clean
from promote_tui.tui import messages
from promote_tui.tui.presentation import review
from promote_tui.tui.presentation.ink import BLANK, fit, ink, line
from promote_tui.tui.presentation.words import ago
from promote_tui.tui.screens.view import View
from promote_tui.tui.widgets.drawn import Drawn
from promote_tui.tui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.message import Message

    from promote_tui.core.model import Confirm, Target
    from promote_tui.core.plan import Draft, Plan

_ROOM_FOR_COMMAND = 22


class _Abandoned(PromoteError):  # noqa: N818 - it is an answer, not an error
    """Nobody waits for the plan any more; ends the packaging before its next step."""


class PromoteScreen(View):
    """The review and its confirmation; nothing but its Deploy starts a deploy."""

    CSS_PATH = "promote.tcss"
    TITLE_WORDS = "Promote"
    AUTO_FOCUS = "#cancel"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "next", "Next", id="promote.next", tooltip="the next field or button"),
        Binding(
            "p", "deploy_at_once", "Deploy", id="promote.deploy", tooltip="deploy, where the stage asks for one key"
        ),
        Binding("r", "again", "Plan again", id="promote.again", tooltip="read and package again"),
        Binding("escape", "back", "Back", id="promote.back", tooltip="back; the plan is deleted"),
        Binding("up,k", "scroll(-1)", "scroll up", show=False, id="promote.up"),
        Binding("down,j", "scroll(1)", "scroll down", show=False, id="promote.down"),
        Binding("pageup", "scroll(-8)", "a page up", show=False, id="promote.page_up"),
        Binding("pagedown", "scroll(8)", "a page down", show=False, id="promote.page_down"),
        Binding("left", "app.focus_previous", "previous button", show=False, id="promote.left"),
        Binding("right", "app.focus_next", "next button", show=False, id="promote.right"),
    ]

    def __init__(self, service: str, stage: str, *, revision: str | None, draft: Draft | None) -> None:
        super().__init__()
        self._service = service
        self._stage = stage
        self._revision = revision
        self._draft = draft
        self._plan: Plan | None = None
        self._step = ""
        self._error: PromoteError | None = None
        self._ticket = 0
        self._abandoned = threading.Event()
        self._starting = False
        self._left = False
        self._frame = 0

    @property
    def target(self) -> Target:
        """Where the promotion goes."""
        return self.promoter.pipeline.service(self._service).target(self._stage)

    @property
    def confirm(self) -> Confirm:
        """How this stage wants to be confirmed."""
        return self.promoter.pipeline.stage(self._stage).confirm

    def compose(self) -> ComposeResult:
        """Return the bar, the evidence and the frame with the confirmation."""
        yield Drawn(self._crumbs, "top")
        yield Drawn(lambda width: [review.headline(self._review(), width)], "headline")
        with Horizontal(id="evidence"):
            with VerticalScroll(id="left", can_focus=False):
                yield Drawn(self._body, "body")
            with VerticalScroll(id="right", can_focus=False):
                yield Drawn(self._gates, "gates")
        with Vertical(id="frame"):
            yield Drawn(lambda width: review.deploys(self._review(), width), "deploys")
            yield Drawn(self._command, "command")
            yield Drawn(self._standing, "standing")
            with Horizontal(id="typing"):
                yield Drawn(self._type, "type")
                yield Input(id="phrase", compact=True)
            with Horizontal(id="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button(
                    Content(clean(f"Deploy {self._service} to {self._stage}")), id="deploy", compact=True, disabled=True
                )
                yield Drawn(lambda _width: [self._hint()], "hint")
        yield KeyBar()

    def on_mount(self) -> None:
        """Read the draft, or go on with the one that the matrix has read already."""
        self.query_one("#frame").set_class(self.confirm == "type", "-typed")
        self.set_interval(0.25, self._spin)
        self._begin()

    def on_resize(self) -> None:
        """Put the gates beside the commits where there is room."""
        self.set_class(self.wide, "-wide")
        least = 12 + len(phrase(self.target))  # what is to be typed is never cut
        self.query_one("#type").styles.min_width = least
        self.set_class(self.size.height >= 30, "-tall")  # noqa: PLR2004 - the tall screen
        self.call_after_refresh(self._redraw)

    def _review(self) -> review.Review:
        return review.Review(self.target, self.now, self.glyphs, self._draft, self._plan, self._step, self._error)

    def _crumbs(self, width: int) -> list[Content]:
        when = f"planned {ago(self._plan.created_at, self.now)}" if self._plan else ""
        right = ink(when, "muted")
        return self.crumbs(width, right, self._service, f"promote to {self._stage}")

    def _body(self, width: int) -> list[Content]:
        return review.body(self._review(), width, command=not self._roomy, wide=self.wide)

    def _gates(self, width: int) -> list[Content]:
        return review.gates(self._review(), width) if self._draft else []

    @property
    def _roomy(self) -> bool:
        return self.size.height >= _ROOM_FOR_COMMAND

    def _command(self, width: int) -> list[Content]:
        return review.runs(self._review(), width, brief=not self.wide) if self._roomy else []

    def _standing(self, width: int) -> list[Content]:
        if self._starting:
            glyph = ink(self.glyphs.running(self._frame), "live")
            return [line(fit(ink("DEPLOY", "label"), 10), glyph, ink(" handing over, checking once more", "muted"))]
        if self.promoter.read_only and self._plan:
            return [
                line(
                    fit(ink("LOCKED", "strong bad"), 10), ink("started with --read-only: nothing is deployed from here")
                )
            ]
        return review.standing(self._review(), width, self._frame)

    def _type(self, width: int) -> list[Content]:
        words = line(fit(ink("TYPE", "label"), 10), ink(phrase(self.target), "strong"))
        return [fit(line(words, ink("  to deploy", "muted")) if width > words.cell_length + 11 else words, width)]

    def _hint(self) -> Content:
        if not self._ready:
            return BLANK
        if not self.frame_visible:
            return ink("make the window larger to deploy", "warn")
        if self.confirm == "none":
            return line(ink("p", "strong"), ink(" deploys", "muted"))
        if self.confirm == "type":
            if not self.query_one("#phrase", Input).value:
                return line(ink("tab", "strong"), ink(" then type the words", "muted"))
            if not self._typed_right:
                return ink("unlocks when the words match", "muted")
        return line(ink("tab", "strong"), ink(", then enter deploys", "muted"))

    def _spin(self) -> None:
        if (self._plan is None and self._error is None) or self._starting:
            self._frame += 1
            self.query_one("#standing", Drawn).redraw()

    def _redraw(self) -> None:
        frame = self.query_one("#frame", Vertical)
        frame.border_title = review.target_title(self._review())
        ready = self._ready
        self.query_one("#typing").display = ready and self.confirm == "type"
        self.query_one("#deploy").display = not self._review().closed and self._error is None
        self.query_one("#deploy", Button).disabled = not self._allowed
        for drawn in self.query(Drawn):
            drawn.redraw()
        self.refresh_bindings()

    @property
    def _ready(self) -> bool:
        """Whether a person may be asked."""
        open_ = self._plan is not None and self._plan.ready and self._error is None
        return open_ and not self._starting and not self.promoter.read_only

    @property
    def _typed_right(self) -> bool:
        return self.query_one("#phrase", Input).value == phrase(self.target)

    @property
    def _allowed(self) -> bool:
        """Whether pressing Deploy may deploy now."""
        answer = Confirmation(yes=True, typed=self.query_one("#phrase", Input).value)
        return self._ready and self.frame_visible and confirmed(self.target, self.confirm, answer)

    @property
    def frame_visible(self) -> bool:
        """Whether account, region, stage and stack can be read on the screen right now."""
        frame = self.query_one("#frame")
        inside = self.region.contains_region(frame.region) and frame.region.height > 3  # noqa: PLR2004 - its borders
        rows = self.query_one("#buttons").region
        return inside and frame.region.contains_region(rows) and rows.height > 0

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Offer the one-key deploy only where the stage asks for no more."""
        if action == "deploy_at_once":
            return self.confirm == "none" and self._ready
        return True

    def _begin(self) -> None:
        self._redraw()
        self._ticket += 1
        self._abandoned = threading.Event()
        if self._draft is not None:
            self._package()
            return
        ticket, engine = self._ticket, self.engine
        service, stage, revision = self._service, self._stage, self._revision

        def work() -> Message:
            try:
                return messages.DraftRead(ticket, engine.draft(service, stage, revision), None)
            except PromoteError as error:
                return messages.DraftRead(ticket, None, error)

        self.promoter.background(work, self)

    def on_draft_read(self, message: messages.DraftRead) -> None:
        """Show the draft and go on to package, unless a gate is closed already."""
        if message.ticket == self._ticket:
            self._draft, self._error = message.draft, message.error
            self._package()

    def _package(self) -> None:
        self._redraw()
        draft = self._draft
        if draft is None or self._review().closed:
            return
        ticket, engine, app, abandoned = self._ticket, self.engine, self.promoter, self._abandoned

        def step(words: str) -> None:
            if abandoned.is_set():
                raise _Abandoned(str(draft.target), "nobody waits for this plan any more")
            self.post_message(messages.PlanStep(ticket, words))

        def work() -> Message | None:
            try:
                plan = engine.plan(draft, step)
            except PromoteError as error:
                self.post_message(messages.PlanFailed(ticket, error))
                return None
            if abandoned.is_set():
                engine.discard(plan)
                return None
            return messages.PlanMade(self, ticket, plan)

        app.background(work)

    def on_plan_step(self, message: messages.PlanStep) -> None:
        """Show what the packaging does."""
        if message.ticket == self._ticket:
            self._step = message.words
            self.query_one("#standing", Drawn).redraw()

    def on_plan_failed(self, message: messages.PlanFailed) -> None:
        """Show why there is no plan."""
        if message.ticket == self._ticket:
            self._error = message.error
            self._redraw()

    def take_plan(self, ticket: int, plan: Plan) -> bool:
        """Take the plan that was asked for; False where it is not wanted any more."""
        if self._left or ticket != self._ticket:
            return False
        self._plan = plan
        self._redraw()
        self.call_after_refresh(self._redraw)  # the frame has grown: what fits is known only now
        return True

    def on_input_changed(self) -> None:
        """Enable Deploy on an exact match."""
        self._redraw()

    def on_input_submitted(self) -> None:
        """Enter in the field never deploys, and never comes closer to it."""
        self.query_one("#hint", Drawn).redraw()

    def action_next(self) -> None:
        """Go from the field straight to Deploy once the words match."""
        if self.focused is self.query_one("#phrase") and self._allowed:
            self.query_one("#deploy", Button).focus()
        else:
            self.focus_next()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Go back, or deploy."""
        if event.button.id == "deploy":
            self._deploy()
        else:
            self.action_back()

    def action_deploy_at_once(self) -> None:
        """Deploy to a stage that asks for one key."""
        self._deploy()

    def _deploy(self) -> None:
        if self._plan is None or not self._allowed:
            return
        answer = Confirmation(yes=True, typed=self.query_one("#phrase", Input).value or None)
        engine = self.engine
        try:
            approved = approve(self._plan, answer, self.now)
        except Refused as error:
            self._refused(error)
            return
        self._starting = True
        self._redraw()

        def work() -> Message | None:
            try:
                return messages.RunStarted(self, engine.start(approved))
            except PromoteError as error:
                self.post_message(messages.StartFailed(error))
                return None

        self.promoter.background(work)

    def on_start_failed(self, message: messages.StartFailed) -> None:
        """Show why nothing was deployed."""
        self._refused(message.error)

    def _refused(self, error: PromoteError) -> None:
        self._starting = False
        self._error = error
        self._redraw()
        self.query_one("#cancel", Button).focus()

    def action_again(self) -> None:
        """Read everything again and make a new plan."""
        if self._starting:
            return
        self._drop()
        self._draft, self._plan, self._error, self._step = None, None, None, ""
        self.query_one("#phrase", Input).value = ""
        self.query_one("#cancel", Button).focus()
        self._begin()

    def action_scroll(self, lines: int) -> None:
        """Scroll the evidence."""
        for area in self.query(VerticalScroll):
            area.scroll_relative(y=lines, animate=False)

    def action_back(self) -> None:
        """Go back; a plan that was made is deleted. While a run is being handed over there is no way back."""
        if not self._starting:
            self._drop()
            self._left = True
            self.app.pop_screen()

    def _drop(self) -> None:
        self._abandoned.set()
        if self._plan is not None:
            self.promoter.discard(self._plan)
            self._plan = None

    def on_unmount(self) -> None:
        """Let a packaging that goes on end before its next step."""
        self._abandoned.set()
