"""Time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime


class Clock(Protocol):
    """Time, so that tests can inject it."""

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""

    def local(self, at: datetime) -> datetime:
        """Return a moment as the clock of this machine shows it."""

    def monotonic(self) -> float:
        """Return seconds that only grow."""

    def sleep(self, seconds: float) -> None:
        """Wait."""
