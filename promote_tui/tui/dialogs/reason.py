"""Asks why: a line of text that others will read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input

from promote_tui.tui.bindings import bind, bind_first
from promote_tui.tui.dialogs.base import Dialog
from promote_tui.tui.presentation.style import BLANK, ink, wrap
from promote_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

LONGEST = 200


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """What a dialog does, as its button and as the line below say it: `Approve`, `approves`."""

    button: str
    does: str


class ReasonDialog(Dialog[str | None]):
    """Returns what was typed, or None for esc; where a reason is needed, nothing is no answer.

    Cancel is focused: what is typed ahead decides nothing.
    """

    AUTO_FOCUS = "#cancel"
    LABEL = "REASON"
    HOW = "tab to the reason, enter there"
    MISSING = "A reason is required."
    RECORDED = "Recorded with your name."
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("reason.back", "back", "Cancel"),
        bind_first("reason.next", "next", "Next"),
    ]

    def __init__(
        self, title: str, words: Sequence[str], *, needed: bool, deed: ReasonWords, optional: str = "Optional."
    ) -> None:
        super().__init__()
        self._title = title
        self._words = words
        self._needed = needed
        self._deed = deed
        self._optional = optional
        self._text = ""
        """What stands in the field at first."""
        self._problem = ""

    def compose(self) -> ComposeResult:
        """Return what is decided over the field and the answers."""
        with Vertical(id="box") as box:
            box.border_title = ink(self._title, "strong")
            box.border_subtitle = ink(f"{self.HOW} {self._deed.does}, esc goes back", "muted")
            yield LinesView(self._facts, "facts")
            with Horizontal(id="coding"):
                yield LinesView(lambda _width: [ink(self.LABEL, "label")], "label")
                yield Input(self._text, id="reason", max_length=LONGEST, compact=True)
            yield LinesView(self._said, "said")
            with Horizontal(id="answers"):
                yield Button(Content("Cancel"), id="cancel", compact=True)
                yield Button(Content(self._deed.button), id="give", compact=True)

    def _facts(self, width: int) -> list[Content]:
        return [*(row for words in self._words for row in wrap(ink(words), width)), BLANK]

    def _said(self, width: int) -> list[Content]:
        if self._problem:
            return wrap(ink(self._problem, "warn"), width)
        words = "" if self._needed else f"{self._optional} "
        return wrap(ink(f"{words}{self.RECORDED}", "muted"), width)

    def action_next(self) -> None:
        """Go on: from Cancel to the field, from the field to the button that decides."""
        order = ("cancel", "reason", "give")
        here = self.focused.id if self.focused is not None else None
        at = order.index(here) if here in order else -1
        self.query_one(f"#{order[(at + 1) % len(order)]}").focus()

    def on_input_submitted(self) -> None:
        """Answer."""
        self._give()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer, or go back."""
        if event.button.id == "give":
            self._give()
        else:
            self.action_back()

    def find_problem(self, text: str) -> str:
        """Return why this is no answer, in a line; empty where it is one."""
        return self.MISSING if self._needed and not text else ""

    def _give(self) -> None:
        text = self.query_one("#reason", Input).value.strip()
        self._problem = self.find_problem(text)
        if self._problem:
            self.query_one("#said", LinesView).redraw()
            self.query_one("#reason").focus()
            return
        self.dismiss(text)

    def action_back(self) -> None:
        """Return nothing."""
        self.dismiss(None)
