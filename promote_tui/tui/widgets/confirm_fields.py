"""The fields of a confirmation: what stands in them, and where letters go that are typed before there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

from promote_tui.core.planning.plan import Confirmation, confirmation_phrase

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.widget import Widget

    from promote_tui.tui.presentation.review.model import Review

_LONGEST = 500


class ConfirmFields:
    """The words of the stage, the names of what holds data, and the reason; a `frame` need not show each.

    They are kept, not looked for: every line of the screen asks what stands in them.
    """

    def __init__(self, frame: Widget, review: Callable[[], Review]) -> None:
        self._frame = frame
        self._review = review
        self.of_phrase = Input(id="phrase", compact=True, select_on_focus=False)
        self.of_names = Input(id="names", compact=True, select_on_focus=False)
        self.of_reason = Input(id="because", compact=True, select_on_focus=False, max_length=_LONGEST)

    @property
    def phrase(self) -> str:
        """What is typed for the words of the stage."""
        return self.of_phrase.value

    @property
    def names(self) -> str:
        """What is typed for the resources that hold data."""
        return self.of_names.value

    @property
    def reason(self) -> str:
        """What is typed for the record."""
        return self.of_reason.value.strip()

    @property
    def waits_for_plan(self) -> bool:
        """Whether the field stands there before anything can be confirmed: what is typed goes nowhere else."""
        review = self._review()
        if review.is_ready or review.is_starting or review.confirm != "type":
            return False
        field = self.of_phrase
        return review.is_in_progress or bool(field.value) or field.has_focus

    def type_ahead(self, letters: str) -> None:
        """Take what is typed before anything can be confirmed: into the field where there is one, else nowhere."""
        if letters and self._review().confirm == "type":
            field = self.of_phrase
            self._frame.query_one("#typing").display = True
            self._frame.screen.set_focus(field)
            field.value += letters
            field.cursor_position = len(field.value)

    def wants(self, letter: str | None) -> bool:
        """Tell whether a key begins the words that are to be typed, while nothing else is being typed."""
        field, words = self._empty()
        typing = isinstance(self._frame.screen.focused, Input)
        return field is not None and not typing and letter in {word[0] for word in words if word}

    def begin(self, letter: str) -> None:
        """Go to the field with the first letter in it, at once: the next key is for the field already."""
        field, _words = self._empty()
        if field is not None:
            self._frame.screen.set_focus(field)
            field.value = letter
            field.cursor_position = len(letter)

    def _empty(self) -> tuple[Input | None, list[str]]:
        """Return the first field on the screen that is empty, and what may be typed into it."""
        review = self._review()
        names = [need.logical_id for need in review.required_allowances]
        rows = (("#typing", self.of_phrase, [confirmation_phrase(review.target)]), ("#naming", self.of_names, names))
        for row, field, words in rows:
            if self._frame.query_one(row).display and field.is_on_screen and not field.value:
                return field, words
        return None, []

    def answer(self) -> Confirmation:
        """Return the yes of a person, with all that was typed for it."""
        given = self._review().granted_allowances
        return Confirmation(yes=True, typed=self.phrase or None, reason=self.reason, allowances=given)

    def clear(self) -> None:
        """Forget what was typed."""
        for field in (self.of_phrase, self.of_names, self.of_reason):
            field.value = ""
