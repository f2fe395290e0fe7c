"""The frame that a release is confirmed in, and what a person answers later: its target, what to type, the buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input

from promote_tui.core.text import clean
from promote_tui.tui.presentation.release.guided import ask as words
from promote_tui.tui.presentation.review.confirm import AT
from promote_tui.tui.presentation.style import BLANK
from promote_tui.tui.typed_ahead import QuietPeriod
from promote_tui.tui.widgets.guarded_frame import GuardedFrame
from promote_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from promote_tui.core.gates.model import Allowance
    from promote_tui.tui.presentation.release.guided.ask import Ask
    from promote_tui.tui.presentation.release.guided.model import GuidedRelease


class ReleaseFrame(GuardedFrame):
    """Asks as the stage wants it; `ask` is None while there is nothing to confirm."""

    TO_SEE = ("#deed", "#losses", "#typing", "#naming", "#buttons")
    BUTTON = "#confirm"

    class Confirm(Message):
        """The person has confirmed."""

    class Cancel(Message):
        """The person does not want it."""

    def __init__(self, guided: Callable[[], GuidedRelease], ask: Callable[[], Ask | None]) -> None:
        super().__init__(id="frame")
        self.display = False  # until there is something to confirm
        self._guided = guided
        self._ask = ask
        self._asked: Ask | None = None
        self._was_in_sight = False
        self._phrase = Input(id="phrase", compact=True, select_on_focus=False)
        self._names = Input(id="names", compact=True, select_on_focus=False)
        self._armed = QuietPeriod(self, self._now_armed)
        """Before that nothing starts: the keys that opened it may still be on their way."""

    def compose(self) -> ComposeResult:
        """Return what would happen, what it loses, the fields and the buttons."""
        yield LinesView(lambda width: self._drawn(words.deed_lines, width), "deed")
        yield LinesView(lambda width: self._drawn(words.loss_lines, width), "losses")
        with Horizontal(id="typing"):
            yield LinesView(lambda width: self._drawn(lambda *of: [words.phrase_line(*of)], width), "type")
            yield self._phrase
        with Horizontal(id="naming"):
            yield LinesView(lambda width: self._drawn(lambda *of: [words.names_line(*of)], width), "name")
            yield self._names
        with Horizontal(id="buttons"):
            yield Button("Cancel", id="cancel", compact=True)
            yield Button("", id="confirm", compact=True, disabled=True)
            yield LinesView(lambda _width: [self._hint()], "hint")

    def _drawn(self, draw: Callable[[GuidedRelease, Ask, int], list[Content]], width: int) -> list[Content]:
        ask = self._ask()
        return draw(self._guided(), ask, width) if ask is not None else [BLANK]

    def _hint(self) -> Content:
        typed = self._phrase.value if self._phrase.value or self._phrase.has_focus else None
        return words.hint(
            self._guided(), typed, named=self._is_named, in_sight=self.is_in_sight, armed=self._armed.over
        )

    @property
    def typed(self) -> str:
        """What confirms it: what was typed, or a plain yes where that is enough."""
        return self._phrase.value if self._guided().stage.confirm == "type" else "yes"

    @property
    def allowances(self) -> tuple[tuple[str, Allowance], ...]:
        """What was allowed by name, by service: all of it, or nothing."""
        return self._allowances_asked if self._is_named else ()

    @property
    def _allowances_asked(self) -> tuple[tuple[str, Allowance], ...]:
        ask = self._ask()
        return words.allowances_asked(self._guided(), ask) if ask is not None else ()

    @property
    def _is_named(self) -> bool:
        return {*self._names.value.split()} == {each.logical_id for _, each in self._allowances_asked}

    @property
    def _is_answered(self) -> bool:
        guided = self._guided()
        is_typed = guided.stage.confirm != "type" or self._phrase.value == guided.phrase
        return self._ask() is not None and is_typed and self._is_named

    @property
    def can_confirm(self) -> bool:
        """Whether pressing the button may start something now."""
        return self._is_answered and self._armed.over and self.is_in_sight

    @property
    def is_in_sight(self) -> bool:
        """Whether stage, account, region, what is asked and the buttons can be read on the screen right now."""
        ask = self._ask()
        return ask is not None and self.is_shown_whole(words.frame_title(self._guided(), ask))

    def redraw(self) -> None:
        """Show what is asked now; what was typed for something else is forgotten."""
        guided, ask = self._guided(), self._ask()
        self.display = ask is not None
        if ask != self._asked:
            self._asked = ask
            self._phrase.value = self._names.value = ""
            self._armed.look(stands=False)
        self._armed.look(stands=ask is not None)
        if ask is None:
            return
        self._was_in_sight = self.is_in_sight
        self.border_title = words.frame_title(guided, ask)
        self.set_class(words.is_typed(guided, ask), "-typed")
        self.query_one("#typing").display = guided.stage.confirm == "type"
        for part in ("#losses", "#naming"):
            self.query_one(part).display = bool(self._allowances_asked)
        self.query_one("#type").styles.min_width = AT + len(guided.phrase) + 2  # what is to be typed is never cut
        self._redraw_buttons(guided, ask)

    def _redraw_buttons(self, guided: GuidedRelease, ask: Ask) -> None:
        button = self.query_one("#confirm", Button)
        label = Content(clean(words.button_words(guided, ask)))
        if button.label != label:
            button.label = label
            button.refresh(layout=True)  # it is as wide as its words
        button.disabled = not self.can_confirm
        for drawn in self.query(LinesView):
            drawn.redraw()

    def look(self) -> None:
        """Draw again where the frame has come into sight or went out of it, as under a toast."""
        if self.display and (self.is_in_sight, not self.can_confirm) != (self._was_in_sight, self._is_closed):
            self.redraw()

    @property
    def _is_closed(self) -> bool:
        return self.query_one("#confirm", Button).disabled

    def _now_armed(self) -> None:
        self.redraw()

    def begin(self) -> None:
        """Stand where the answer begins: in the first field that is empty, else on Cancel."""
        fields = (("#typing", self._phrase), ("#naming", self._names))
        empty = [field for row, field in fields if self.query_one(row).display and not field.value]
        (empty[0] if empty else self.query_one("#cancel")).focus()

    def go_on(self) -> None:
        """Go to the next field, or to the button once everything is typed."""
        here = self.screen.focused
        if self.skip_to_button(is_answered=self._is_answered, can_confirm=self.can_confirm):
            return
        if here is self._phrase and self._allowances_asked:
            self._names.focus()
        else:
            self.screen.focus_next()

    def on_descendant_focus(self) -> None:
        """Say what is to be done where the person stands."""
        self.query_one("#hint", LinesView).redraw()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Open the button on an exact match."""
        event.stop()
        self.redraw()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Say what was pressed."""
        event.stop()
        if event.button.id == "cancel":
            self.post_message(self.Cancel())
        elif self.can_confirm:
            self.post_message(self.Confirm())
