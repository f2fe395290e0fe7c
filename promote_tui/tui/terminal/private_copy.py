"""A file that only the user can read, for a pager; it is deleted with its last holder."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class PrivateCopy:
    """A file that `delete` deletes; where nobody does, the last one that lets go of it, or the end of the program."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.delete = weakref.finalize(self, path.unlink, missing_ok=True)
