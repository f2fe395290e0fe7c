"""A question with a few answers; the safe one is focused, esc is it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from promote_tui.core.text import clean
from promote_tui.tui.bindings import bind
from promote_tui.tui.dialogs.base import Dialog
from promote_tui.tui.presentation.style import ink

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

T = TypeVar("T")


class ConfirmDialog(Dialog[T], Generic[T]):
    """Returns the value of the chosen answer; the first answer is the safe one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("ask.back", "safe", "Back"),
        bind("ask.left", "app.focus_previous", "left", show=False),
        bind("ask.right", "app.focus_next", "right", show=False),
    ]

    def __init__(self, title: str, words: Sequence[str], answers: Sequence[tuple[str, T]]) -> None:
        super().__init__()
        self._title = title
        self._words = words
        self._answers = answers
        self._expired = False
        self._answered = False

    def compose(self) -> ComposeResult:
        """Return the question over its answers."""
        with Vertical(id="box") as box:
            box.border_title = ink(self._title, "strong")
            for text in self._words:
                yield Static(ink(text), markup=False)
            with Horizontal(id="answers"):
                for number, (label, _) in enumerate(self._answers):
                    yield Button(Content(clean(label)), id=f"answer-{number}", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Return the answer."""
        number = int((event.button.id or "answer-0").removeprefix("answer-"))
        self._answer(self._answers[number][1])

    def expire(self) -> None:
        """Close with the safe answer: there is nothing left to ask; under another screen, once that one is gone."""
        self._expired = True
        if self.is_active:
            self.action_safe()

    def on_screen_resume(self) -> None:
        """Close if the question came to nothing meanwhile."""
        if self._expired:
            self.action_safe()

    def action_safe(self) -> None:
        """Return the safe answer."""
        self._answer(self._answers[0][1])

    def _answer(self, value: T) -> None:
        if not self._answered:
            self._answered = True
            self.dismiss(value)
