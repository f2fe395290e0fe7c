"""What is known of the matrix, across refreshes that may overtake each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError
from promote_tui.core.snapshot import CellKey, CellView
from promote_tui.tui.presentation.cells import merged

if TYPE_CHECKING:
    from promote_tui.core.snapshot import Snapshot


@dataclass
class Board:
    """The newest view of each cell; what belongs to an older refresh than the newest is dropped."""

    views: dict[CellKey, CellView] = field(default_factory=dict)
    taken_at: datetime | None = None
    generation: int = 0
    reading: bool = False
    trouble: PromoteError | None = None

    def begin(self) -> int:
        """Return the number of a new refresh."""
        self.generation += 1
        self.reading = True
        return self.generation

    def accept(self, generation: int, key: CellKey, view: CellView) -> bool:
        """Take one cell; False where a newer refresh has begun."""
        if generation != self.generation:
            return False
        self.views[key] = merged(self.views.get(key), view)
        return True

    def complete(self, generation: int, snapshot: Snapshot) -> bool:
        """Take a whole refresh; False where a newer one has begun."""
        if generation != self.generation:
            return False
        self.views.update(snapshot.cells)
        self.taken_at, self.reading, self.trouble = snapshot.taken_at, False, None
        return True

    def fail(self, generation: int, error: PromoteError) -> bool:
        """Remember why a refresh failed; what was known before stays."""
        if generation != self.generation:
            return False
        self.reading, self.trouble = False, error
        return True
