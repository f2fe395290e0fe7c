"""A frame in which something is confirmed: only what can be read on the screen right now, and never by a stray key."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.widgets import Button, Input

from promote_tui.tui.presentation.review.frame_room import is_titled

if TYPE_CHECKING:
    from textual.content import Content


class GuardedFrame(Vertical):
    """Knows whether all that has to be read is in sight, and where Tab leads after the right words."""

    TO_SEE: ClassVar[tuple[str, ...]]
    """The parts that have to be on the screen when something is confirmed; those that are not displayed are not."""
    BUTTON: ClassVar[str]
    """The button that confirms."""

    @property
    def is_covered(self) -> bool:
        """Whether a toast lies over the frame."""
        racks = self.screen.query_children("ToastRack")
        toasts = (toast.region for rack in racks for toast in rack.query("Toast") if toast.is_attached)
        return any(toast.area and toast.overlaps(self.region) for toast in toasts)

    def is_shown_whole(self, title: Content) -> bool:
        """Tell whether the frame stands on the screen with its whole title and all parts, and nothing lies over it."""
        if self.is_covered or not is_titled(title, self.region.size):
            return False
        seen = [part.region for part in (self.query_one(name) for name in self.TO_SEE) if part.display]
        inside = self.screen.region.contains_region(self.region)
        return inside and all(self.region.contains_region(part) and part.height > 0 for part in seen)

    def skip_to_button(self, *, is_answered: bool, can_confirm: bool) -> bool:
        """Go from a field straight to the button once everything is typed; False where there is nothing to skip.

        Where only the screen keeps the button closed, as a toast over the frame does, the field is not left: the next
        button would be Cancel, and who typed the words does not want it.
        """
        skips = isinstance(self.screen.focused, Input) and is_answered
        if skips and can_confirm:
            button = self.query_one(self.BUTTON, Button)
            button.disabled = False  # the last letter may not have been heard of here yet
            button.focus()
        return skips

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in a field never confirms anything, and never comes closer to it."""
        event.stop()
