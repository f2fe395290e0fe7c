"""What to do with a run that goes on: keep it, leave it, or stop it; the words follow the run while it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from textual.content import Content
from textual.widgets import Button, Static

from promote_tui.tui.bindings import bind
from promote_tui.tui.dialogs.confirm import ConfirmDialog
from promote_tui.tui.presentation.style import ink

if TYPE_CHECKING:
    from textual.binding import BindingType

StopChoice: TypeAlias = Literal["keep", "detach", "stop", "cancel"]
_KEEP: tuple[str, StopChoice] = ("Keep it running", "keep")
_DETACH: tuple[str, StopChoice] = ("Detach: leave this screen, the run continues", "detach")
_BEFORE = "Nothing was submitted yet. Stopping now changes nothing in the stage."
_AFTER = "CloudFormation is updating the stack. Cancelling the update rolls back to what ran before."


class StopDialog(ConfirmDialog[StopChoice]):
    """Returns what was chosen; keeping it running is focused, and is what esc means."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("stop.up", "app.focus_previous", "up", show=False),
        bind("stop.down", "app.focus_next", "down", show=False),
    ]

    def __init__(self, where: str, *, submitted: bool) -> None:
        super().__init__(f"Stop {where}?", (_words(submitted=submitted),), _choices(submitted=submitted))
        self._submitted = submitted

    def follow(self, *, submitted: bool) -> None:
        """Ask about the run as it stands now, with the safe answer focused again: the other one means more now."""
        if submitted == self._submitted or not self.is_mounted:
            return
        self._submitted = submitted
        self._answers = _choices(submitted=submitted)
        self.query(Static).first().update(ink(_words(submitted=submitted)))
        for number, (label, _) in enumerate(self._answers):
            self.query_one(f"#answer-{number}", Button).label = Content(label)
        self.query_one("#answer-0").focus()


def _words(*, submitted: bool) -> str:
    return _AFTER if submitted else _BEFORE


def _choices(*, submitted: bool) -> tuple[tuple[str, StopChoice], ...]:
    if submitted:
        return _KEEP, _DETACH, ("Cancel the update, which rolls back", "cancel")
    return _KEEP, ("Stop before the deploy", "stop"), _DETACH
