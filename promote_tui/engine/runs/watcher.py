"""Who looks on while something is deployed or removed without a screen of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from promote_tui.core.planning.plan import Plan


class RunWatcher(Protocol):
    """Hears what is done; called from the thread that works."""

    def step(self, words: str) -> None:
        """Hear what is being done, in words."""

    def review(self, plan: Plan) -> None:
        """Hear what a deploy will change, before it begins."""

    def follow(self, run: str) -> None:
        """Follow a run to its end; what this raises ends the work, and the run goes on."""
