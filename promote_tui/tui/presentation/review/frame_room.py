"""How much room the frame of a confirmation needs, and whether a screen has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.tui.presentation.review import confirm
from promote_tui.tui.presentation.review.fields import field_column, name_lines

if TYPE_CHECKING:
    from textual.content import Content
    from textual.geometry import Size

    from promote_tui.tui.presentation.review.model import Review

_ROOM_FOR_COMMAND = 22
_AROUND = 5
"""Lines of a screen that the frame cannot have: the bars, the steps, and what is left of the evidence."""
_FRAME = 4
"""Lines of the frame itself: its border and its buttons."""
_BLANKS = 5
"""Blank lines in the frame of a tall screen."""
_LEAST = 3
"""Lines below which a frame is not there."""
_CORNERS = 6
"""Cells of the border that its title cannot have."""


@dataclass(frozen=True, slots=True)
class FrameRoom:
    """The screen that a frame stands on: `tall` has blank lines, `two` shows the evidence in two columns."""

    screen: Size
    tall: bool
    two: bool

    @property
    def is_roomy(self) -> bool:
        """Whether the command stands in the frame, rather than among the evidence."""
        return self.screen.height >= _ROOM_FOR_COMMAND

    @property
    def width(self) -> int:
        """The cells inside the frame."""
        return self.screen.width - (6 if self.tall else 4)

    def is_cramped(self, review: Review, *, where: bool) -> bool:
        """Tell whether what has to be read and typed is taller than what the screen can give to the frame.

        `where`: the frame has its line about what goes where.
        """
        around = _FRAME + (_BLANKS if self.tall else 0)
        return review.is_ready and self._lines(review, where=where) + around > self.screen.height - _AROUND

    def _lines(self, review: Review, *, where: bool) -> int:
        command = confirm.command_lines(review, self.width, brief=not self.two) if self.is_roomy else []
        deploys = confirm.deploy_lines(review, self.width) if where else []
        lines = len(deploys) + len(confirm.loss_lines(review, self.width)) + len(command)
        lines += 2 if review.confirm == "type" else 0
        lines += 1 if review.is_rollback else 0
        if review.required_allowances:
            lines += (1 if self.is_roomy else 0) + len(name_lines(review, field_column(review, self.width)))
        return lines


def is_titled(title: Content, frame: Size) -> bool:
    """Tell whether the border of a frame shows its whole title, and the frame is more than its border."""
    return title.cell_length + _CORNERS <= frame.width and frame.height > _LEAST
