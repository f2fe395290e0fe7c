"""How the terminal UI was started."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from promote_tui.core.matrix import Snapshot
    from promote_tui.core.model.pipeline import SavedView
    from promote_tui.engine.engine import Engine
    from promote_tui.startup.matrix_cache import CachedMatrix


class Options(Value):
    """How the terminal UI was started; `keys` are (action id, keys) pairs that a person chose."""

    read_only: bool = False
    attach: str | None = None
    sandbox: bool = False
    """Whether everything, runs too, ends with the program."""
    theme: str | None = None
    ascii_only: bool = False
    refresh_seconds: float = 60.0
    keys: tuple[tuple[str, str], ...] = ()
    cached_matrix: CachedMatrix | None = None
    save_matrix: Callable[[Snapshot, Mapping[str, Any]], None] | None = None
    """Keeps a complete refresh, and what all its cells come to, for the next start; called in a thread."""
    reload: Callable[[Engine], Engine] | None = None
    """Returns the engine by the rules as they were fetched; called in a thread, raises PromoteError."""
    view: SavedView | None = None
    """How the matrix is looked at first."""
