"""The line above the drifts: how many there are, how far the comparison is, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.text import plural
from promote_tui.tui.presentation.drift.rows import count_line
from promote_tui.tui.presentation.style import ink, line, spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.content import Content

    from promote_tui.tui.presentation.drift.model import DriftRow
    from promote_tui.tui.presentation.glyphs import Glyphs
    from promote_tui.tui.presentation.style import Role


@dataclass(frozen=True, slots=True)
class ComparisonProgress:
    """How far the drifts are known: cells that were read, services that were compared, stages that could not be."""

    cells_read: int
    cells: int
    is_read: bool
    """Whether every stack was read once."""
    has_failed: bool
    """Whether nothing could be read, and nothing is being read."""
    compared: int
    services: int
    not_compared: int
    is_comparing: bool
    """Whether the others are going to be compared."""

    def why_empty(self, glyphs: Glyphs) -> tuple[str, Role, str]:
        """Return why there is no row: sign, colour and words."""
        if self.has_failed:
            return glyphs.failed, "bad", "nothing could be read"
        if not self.is_read:
            return glyphs.loading, "muted", f"reading the stacks: {self.cells_read} of {self.cells}"
        if self.compared < self.services:
            return glyphs.loading, "muted", f"comparing: {self.compared} of {plural(self.services, 'service')}"
        words = "no drift: every stage has the code and settings of the one before"
        return glyphs.same, "good", words

    def progress(self) -> Content:
        """Return how far the comparison is, else what could not be compared, else the order of rows."""
        if self.compared < self.services and self.is_comparing:
            return ink(f"comparing {self.compared} of {self.services}", "muted")
        words = f"{self.not_compared} not compared" if self.not_compared else "oldest first"
        return ink(words, "warn" if self.not_compared else "muted")


def summary_line(rows: Sequence[DriftRow], comparison: ComparisonProgress, glyphs: Glyphs, width: int) -> Content:
    """Return how many drifts of each kind there are, or why there is none."""
    if rows:
        return spread(count_line(rows, glyphs, width), comparison.progress(), width)
    sign, role, words = comparison.why_empty(glyphs)
    return line(ink(sign, role), " ", ink(words))
