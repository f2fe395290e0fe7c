"""A ledger that does not answer for a time, on the clock of the world that it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from promote_tui.core.errors import LedgerError
from tests.support.fakes.ledger import MemoryLedger

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tests.support.engine_world import FakeClock


def silences(clock: FakeClock, patch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Return a function that lets ledgers fail to read events, from then on for so many seconds."""
    until = [0.0]

    def fails_meanwhile(read: Callable[..., Any]) -> Callable[..., Any]:
        def asked(*arguments: object) -> object:
            if clock.at.timestamp() < until[0]:
                raise LedgerError("ledger", "no answer")
            return read(*arguments)

        return asked

    def fall_silent(seconds: float) -> None:
        until[0] = clock.at.timestamp() + seconds

    for name in ("events", "release_events"):
        patch.setattr(MemoryLedger, name, fails_meanwhile(getattr(MemoryLedger, name)))
    return fall_silent
