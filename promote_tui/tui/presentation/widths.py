"""Cells and lines of a screen from which on there is room for more."""

from __future__ import annotations

WIDE = 110
"""Cells from which on there is room for a second pane, and for wider gaps."""
STANDARD = 80
"""Cells of a terminal as it opens, from which on ages and gaps have room."""
TALL = 30
"""Lines from which on there is room for blank lines between groups."""
