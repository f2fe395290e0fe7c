"""The frame that a promotion is confirmed in: its target in the border, what runs, what to type, the buttons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input

from promote_tui.core.planning.plan import Confirmation, is_confirmed, phrase
from promote_tui.core.text import clean
from promote_tui.tui.presentation.review import blockers, confirm, fields
from promote_tui.tui.presentation.style import ink, line
from promote_tui.tui.typed_ahead import QuietPeriod
from promote_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from promote_tui.tui.presentation.review.model import Review

_ROOM_FOR_COMMAND = 22
_AROUND = 5
"""Lines of a screen that the frame cannot have: the bars, the steps, and what is left of the evidence."""
_FRAME = 4
"""Lines of the frame itself: its border and its buttons."""
_LEAST = 3
_TO_SEE = ("#deploys", "#losses", "#typing", "#naming", "#buttons")
"""What has to be on the screen when a deploy is confirmed."""
_PARTS = (*_TO_SEE, "#type", "#name", "#deploy")
_LONGEST = 500
_CORNERS = 6
"""Cells of the border that its title cannot have."""


class ConfirmFrame(Vertical):
    """Asks as the stage wants it; says Deploy or Cancel, and knows whether a deploy may be confirmed now."""

    @dataclass
    class Deploy(Message):
        """The person has confirmed; `typed` is what stands in the field."""

        typed: str

    @dataclass
    class Cancel(Message):
        """The person goes back."""

    @dataclass
    class Named(Message):
        """What is typed for the resources that hold data has changed."""

    def __init__(self, review: Callable[[], Review], *, back: bool = False) -> None:
        super().__init__(id="frame")
        self._review = review
        self._back = back
        self._was_covered = False
        self._armed = QuietPeriod(self, self._now_armed)
        """Before that nothing deploys: the keys that opened the review may still be on their way."""

    def compose(self) -> ComposeResult:
        """Return what would go where, the command, what keeps it closed, the field and the buttons."""
        target = self._review().target
        yield LinesView(lambda width: confirm.deploys(self._review(), width, back=self._back), "deploys")
        yield LinesView(lambda width: confirm.losses(self._review(), width), "losses")
        yield LinesView(self._command, "command")
        yield LinesView(self._standing, "standing")
        with Horizontal(id="typing"):
            yield LinesView(lambda width: fields.to_type(self._review(), width, back=self._back), "type")
            yield Input(id="phrase", compact=True, select_on_focus=False)
        with Horizontal(id="naming"):
            yield LinesView(lambda width: fields.to_name(self._review(), width), "name")
            yield Input(id="names", compact=True, select_on_focus=False)
        if self._back:
            with Horizontal(id="why"):
                yield LinesView(fields.to_explain, "reason")
                yield Input(id="because", compact=True, select_on_focus=False, max_length=_LONGEST)
        with Horizontal(id="buttons"):
            yield Button("Cancel", id="cancel", compact=True)
            deploys = f"Deploy {target.service} to {target.stage}"
            words = clean(f"Roll back {target.service} {target.stage}" if self._back else deploys)
            yield Button(Content(words), id="deploy", compact=True, disabled=True)
            yield LinesView(lambda _width: [self._hint()], "hint")

    def on_mount(self) -> None:
        """Say in the border where the deploy goes, from the first frame on."""
        review = self._review()
        self.border_title = confirm.title(review)
        self.border_subtitle = line(ink("esc", "strong"), ink(" keeps the draft", "muted"))
        least = 2 + confirm.AT + len(phrase(review.target))  # what is to be typed is never cut
        for field in self.query("#type"):
            field.styles.min_width = least

    def _command(self, width: int) -> list[Content]:
        return confirm.runs(self._review(), width, brief=not self.screen.has_class("-two")) if self.roomy else []

    def _standing(self, width: int) -> list[Content]:
        return blockers.standing(self._review(), width, cramped=self.cramped)

    def _hint(self) -> Content:
        return fields.hint(
            self._review(), self.typed, in_sight=self.in_sight, armed=self._armed.over, covered=self._covered
        )

    @property
    def roomy(self) -> bool:
        """Whether the command stands in the frame, rather than among the evidence."""
        return self.screen.size.height >= _ROOM_FOR_COMMAND

    @property
    def typed(self) -> str:
        """What stands in the field."""
        return self.query_one("#phrase", Input).value

    @property
    def reason(self) -> str:
        """What stands in the field for the record; empty where there is none."""
        return next((each.value.strip() for each in self.query("#because").results(Input)), "")

    @property
    def named(self) -> str:
        """What stands in the field for the resources that hold data; empty before it is there."""
        field = self.query("#names").results(Input)
        return next((each.value for each in field), "")

    @property
    def allowed(self) -> bool:
        """Whether pressing Deploy may deploy now."""
        review = self._review()
        answer = Confirmation(yes=True, typed=self.typed)
        named = not review.needs or bool(review.given)
        asked = review.ready and self._armed.over and named and self.in_sight
        return asked and is_confirmed(review.target, review.confirm, answer)

    @property
    def in_sight(self) -> bool:
        """Whether account, region, stage, stack and the buttons can be read on the screen right now."""
        titled = confirm.title(self._review()).cell_length + _CORNERS <= self.region.width
        inside = titled and self.screen.region.contains_region(self.region) and self.region.height > _LEAST
        if self._covered or self.cramped:
            return False
        parts = [self.query_one(name) for name in _TO_SEE]
        seen = [part.region for part in parts if part.display]
        return inside and all(self.region.contains_region(part) and part.height > 0 for part in seen)

    @property
    def cramped(self) -> bool:
        """Whether what has to be read and typed is taller than what the screen can give to the frame."""
        review, width = self._review(), self._width
        where = confirm.deploys(review, width, back=self._back) if self.query_one("#deploys").display else []
        said = (
            where,
            confirm.losses(review, width),
            self._command(width),
        )
        lines = sum(len(part) for part in said) + (2 if review.confirm == "type" else 0)
        if review.needs:
            lines += (1 if self.roomy else 0) + len(fields.to_name(review, fields.column(review, width)))
        lines += 1 if self._back else 0
        around = _FRAME + (5 if self.screen.has_class("-tall") else 0)
        return review.ready and lines + around > self.screen.size.height - _AROUND

    @property
    def _width(self) -> int:
        """The cells inside the frame."""
        return self.screen.size.width - (6 if self.screen.has_class("-tall") else 4)

    @property
    def _covered(self) -> bool:
        """Whether a toast lies over the frame."""
        toasts = (toast.region for toast in self.screen.query("Toast") if toast.is_attached)
        return any(toast.area and toast.overlaps(self.region) for toast in toasts)

    def redraw(self) -> None:
        """Show how the promotion stands now."""
        if not all(self.query(name) for name in _PARTS):
            return  # it was left while it opened
        review = self._review()
        self._armed.look(stands=review.ready)
        asks = review.ready and not self.cramped
        self.query_one("#losses").display = bool(confirm.losses(review, self._width))
        self.query_one("#typing").display = (asks and review.confirm == "type") or self._typed_ahead(review)
        self.query_one("#naming").display = asks and bool(review.needs)
        for each in self.query("#why"):
            each.display = asks
        self.set_class(review.grave, "-typed")
        self.set_class(self.roomy, "-roomy")
        self.border_title = confirm.title(review)
        self._align(review)
        self.query_one("#deploy", Button).disabled = not self.allowed
        for drawn in self.query(LinesView):
            drawn.redraw()

    def _align(self, review: Review) -> None:
        """Let both fields begin at one column where there are two; no name that is to be typed is cut."""
        column = fields.column(review, self._width) if review.needs else None
        for name in ("#type", "#name"):
            self.query_one(name).styles.width = column
        for each in self.query("#reason"):
            each.styles.width = column

    def look(self) -> None:
        """Draw again where a toast has come over the frame, or has gone."""
        if self._covered != self._was_covered:
            self._was_covered = self._covered
            self.redraw()

    def spin(self) -> None:
        """Show only that something still goes on."""
        self.query_one("#standing", LinesView).redraw()

    def _typed_ahead(self, review: Review) -> bool:
        """Tell whether the field stands there before anything can be confirmed: what is typed goes nowhere else."""
        if review.ready or review.starting or review.confirm != "type":
            return False
        field = self.query_one("#phrase", Input)
        return review.on_its_way or bool(field.value) or field.has_focus

    def _now_armed(self) -> None:
        self.redraw()
        self.screen.refresh_bindings()

    def hold(self, letters: str) -> None:
        """Take what is typed before anything can be confirmed: into the field where there is one, else nowhere."""
        self._armed.disturb()
        if letters and self._review().confirm == "type":
            field = self.query_one("#phrase", Input)
            self.query_one("#typing").display = True
            self.screen.set_focus(field)
            field.value += letters
            field.cursor_position = len(field.value)

    def wants(self, letter: str | None) -> bool:
        """Tell whether a key begins the words that are to be typed, while nothing else is being typed."""
        field, words = self._empty()
        typing = isinstance(self.screen.focused, Input)
        return field is not None and not typing and letter in {word[0] for word in words if word}

    def begin(self, letter: str) -> None:
        """Go to the field with the first letter in it, at once: the next key is for the field already."""
        field, _words = self._empty()
        if field is not None:
            self.screen.set_focus(field)
            field.value = letter
            field.cursor_position = len(letter)

    def _empty(self) -> tuple[Input | None, list[str]]:
        """Return the first field on the screen that is empty, and what may be typed into it."""
        review = self._review()
        names = [need.logical_id for need in review.needs]
        for row, name, words in (("#typing", "#phrase", [phrase(review.target)]), ("#naming", "#names", names)):
            field = self.query_one(name, Input)
            if self.query_one(row).display and field.is_on_screen and not field.value:
                return field, words
        return None, []

    def reset(self) -> None:
        """Forget what was typed, and stand on Cancel."""
        for field in self.query(Input):
            field.value = ""
        self.focus_safe()

    def focus_safe(self) -> None:
        """Stand on Cancel."""
        self.query_one("#cancel", Button).focus()

    def go_on(self) -> bool:
        """Go from the field straight to Deploy once the words match; False where there is nothing to skip.

        A reason that is not written yet is not skipped.
        """
        here = self.screen.focused
        explains = self._back and not self.reason and here is not None and here.id != "because"
        skips = isinstance(here, Input) and self.allowed and not explains
        if skips:
            self.query_one("#deploy", Button).focus()
        return skips

    def on_input_changed(self, event: Input.Changed) -> None:
        """Enable Deploy on an exact match."""
        event.stop()
        self.redraw()
        if event.input.id == "names":
            self.post_message(self.Named())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the field never deploys, and never comes closer to it."""
        event.stop()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Say what was pressed."""
        event.stop()
        self.post_message(self.Deploy(self.typed) if event.button.id == "deploy" else self.Cancel())
