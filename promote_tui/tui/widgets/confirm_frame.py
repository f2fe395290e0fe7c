"""The frame that a promotion is confirmed in: its target in the border, what runs, what to type, the buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input

from promote_tui.core.planning.plan import Confirmation, confirmation_phrase, is_confirmed
from promote_tui.core.text import clean
from promote_tui.tui.presentation.review import blockers, confirm, fields
from promote_tui.tui.presentation.review.frame_room import FrameRoom
from promote_tui.tui.presentation.style import ink, line
from promote_tui.tui.typed_ahead import QuietPeriod
from promote_tui.tui.widgets.confirm_fields import ConfirmFields
from promote_tui.tui.widgets.guarded_frame import GuardedFrame
from promote_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from promote_tui.tui.presentation.review.model import Review


class ConfirmFrame(GuardedFrame):
    """Asks as the stage wants it; says Deploy or Cancel, and knows whether a deploy may be confirmed now."""

    TO_SEE = ("#deploys", "#losses", "#typing", "#naming", "#buttons")
    BUTTON = "#deploy"

    class Deploy(Message):
        """The person has confirmed."""

    class Cancel(Message):
        """The person goes back."""

    class NamesChanged(Message):
        """What is typed for the resources that hold data has changed."""

    def __init__(self, review: Callable[[], Review]) -> None:
        super().__init__(id="frame")
        self.fields = ConfirmFields(self, review)
        self._review = review
        self._was_covered = False
        self._column: int | None = None
        self._armed = QuietPeriod(self, self._now_armed)
        """Before that nothing deploys: the keys that opened the review may still be on their way."""

    def compose(self) -> ComposeResult:
        """Return what would go where, the command, what keeps it closed, the field and the buttons."""
        review = self._review()
        target = review.target
        yield LinesView(lambda width: confirm.deploy_lines(self._review(), width), "deploys")
        yield LinesView(lambda width: confirm.loss_lines(self._review(), width), "losses")
        yield LinesView(self._command, "command")
        yield LinesView(self._standing, "standing")
        with Horizontal(id="typing"):
            yield LinesView(lambda width: fields.phrase_lines(self._review(), width), "type")
            yield self.fields.of_phrase
        with Horizontal(id="naming"):
            yield LinesView(lambda width: fields.name_lines(self._review(), width), "name")
            yield self.fields.of_names
        if review.is_rollback:
            with Horizontal(id="why"):
                yield LinesView(fields.reason_lines, "reason")
                yield self.fields.of_reason
        with Horizontal(id="buttons"):
            yield Button("Cancel", id="cancel", compact=True)
            deploys = f"Deploy {target.service} to {target.stage}"
            words = clean(f"Roll back {target.service} {target.stage}" if review.is_rollback else deploys)
            yield Button(Content(words), id="deploy", compact=True, disabled=True)
            yield LinesView(lambda _width: [self._hint()], "hint")

    def on_mount(self) -> None:
        """Say in the border where the deploy goes, from the first frame on."""
        review = self._review()
        self.border_title = confirm.title(review)
        self.border_subtitle = line(ink("esc", "strong"), ink(" keeps the draft", "muted"))
        least = 2 + confirm.AT + len(confirmation_phrase(review.target))  # what is to be typed is never cut
        for field in self.query("#type"):
            field.styles.min_width = least

    def _command(self, width: int) -> list[Content]:
        room = self._room
        return confirm.command_lines(self._review(), width, brief=not room.two) if room.is_roomy else []

    def _standing(self, width: int) -> list[Content]:
        return blockers.blocker_lines(self._review(), width, cramped=self.is_cramped)

    def _hint(self) -> Content:
        return fields.hint(
            self._review(),
            self.fields.phrase,
            in_sight=self.is_in_sight,
            armed=self._armed.over,
            covered=self.is_covered,
        )

    @property
    def _parts(self) -> set[str]:
        """The ids of what is drawn in it."""
        return {name.removeprefix("#") for name in (*self.TO_SEE, "#type", "#name", self.BUTTON)}

    @property
    def _room(self) -> FrameRoom:
        return FrameRoom(self.screen.size, tall=self.screen.has_class("-tall"), two=self.screen.has_class("-two"))

    @property
    def is_roomy(self) -> bool:
        """Whether the command stands in the frame, rather than among the evidence."""
        return self._room.is_roomy

    @property
    def can_deploy(self) -> bool:
        """Whether pressing Deploy may deploy now."""
        return self._is_answered and self._armed.over and self.is_in_sight

    @property
    def _is_answered(self) -> bool:
        """Whether everything that the stage asks for is typed."""
        review = self._review()
        answer = Confirmation(yes=True, typed=self.fields.phrase)
        named = not review.required_allowances or bool(review.granted_allowances)
        return review.is_ready and named and is_confirmed(review.confirm, answer, confirmation_phrase(review.target))

    @property
    def is_in_sight(self) -> bool:
        """Whether account, region, stage, stack and the buttons can be read on the screen right now."""
        return not self.is_cramped and self.is_shown_whole(confirm.title(self._review()))

    @property
    def is_cramped(self) -> bool:
        """Whether what has to be read and typed is taller than what the screen can give to the frame."""
        return self._room.is_cramped(self._review(), where=self.query_one("#deploys").display)

    def redraw(self) -> None:
        """Show how the promotion stands now."""
        if not {part.id for part in self.walk_children()} >= self._parts:
            return  # it was left while it opened
        review = self._review()
        self._armed.look(stands=review.is_ready)
        asks = review.is_ready and not self.is_cramped
        self.query_one("#losses").display = bool(confirm.loss_lines(review, self._room.width))
        self.query_one("#typing").display = (asks and review.confirm == "type") or self.fields.waits_for_plan
        self.query_one("#naming").display = asks and bool(review.required_allowances)
        for each in self.query("#why"):
            each.display = asks
        self.set_class(review.is_typed, "-typed")
        self.set_class(self.is_roomy, "-roomy")
        self.border_title = confirm.title(review)
        self._align(review)
        self.query_one("#deploy", Button).disabled = not self.can_deploy
        for drawn in self.query(LinesView):
            drawn.redraw()

    def _align(self, review: Review) -> None:
        """Let both fields begin at one column where there are two; no name that is to be typed is cut."""
        column = fields.field_column(review, self._room.width) if review.required_allowances else None
        if column == self._column:
            return  # to set a width is to lay out the whole screen again, even where it is the same
        self._column = column
        for each in self.query("#type, #name, #reason"):
            each.styles.width = column

    def look(self) -> None:
        """Draw again where a toast has come over the frame, or has gone."""
        if self.is_covered != self._was_covered:
            self._was_covered = self.is_covered
            self.redraw()

    def spin(self) -> None:
        """Show only that something still goes on."""
        self.query_one("#standing", LinesView).redraw()

    def _now_armed(self) -> None:
        self.redraw()
        self.screen.refresh_bindings()

    def type_ahead(self, letters: str) -> None:
        """Take letters that are typed before anything can be confirmed; the frame arms only once they rest."""
        self._armed.disturb()
        self.fields.type_ahead(letters)

    def reset(self) -> None:
        """Forget what was typed, and stand on Cancel."""
        self.fields.clear()
        self.focus_safe()

    def focus_safe(self) -> None:
        """Stand on Cancel."""
        self.query_one("#cancel", Button).focus()

    def go_on(self) -> bool:
        """Go from a field straight to Deploy once the words match; a reason that is not written yet is not skipped."""
        here = self.screen.focused
        explains = self._review().is_rollback and not self.fields.reason and here is not None and here.id != "because"
        return self.skip_to_button(is_answered=self._is_answered and not explains, can_confirm=self.can_deploy)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Enable Deploy on an exact match."""
        event.stop()
        self.redraw()
        if event.input.id == "names":
            self.post_message(self.NamesChanged())

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Say what was pressed."""
        event.stop()
        self.post_message(self.Deploy() if event.button.id == "deploy" else self.Cancel())
