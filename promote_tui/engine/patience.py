"""How long a ledger that fails is borne: by the process of a release, and by whoever follows one or a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from promote_tui.core.errors import LedgerError
from promote_tui.engine.process_log import log

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.ports import Clock

T = TypeVar("T")

SECONDS = 900.0
_PAUSE_SECONDS = 2.0


class Patience:
    """Bears a ledger that fails for up to `SECONDS` at a time, and says so once each time."""

    def __init__(self, clock: Clock, say: Callable[[str], None] = log) -> None:
        self._clock = clock
        self._say = say
        self._since: float | None = None

    def ask(self, read: Callable[[], T]) -> T:
        """Return what is read of the ledger, once it answers; raises LedgerError where it has failed for too long."""
        while True:
            try:
                found = read()
            except LedgerError as error:
                self.bear(error)
            else:
                self.renew()
                return found

    def bear(self, error: LedgerError) -> None:
        """Wait a moment; raise the error where the ledger has failed for too long."""
        now = self._clock.monotonic()
        if self._since is None:
            self._since = now
            self._say(f"{error}; trying again")
        if now - self._since > SECONDS:
            raise error
        self._clock.sleep(_PAUSE_SECONDS)

    def renew(self) -> None:
        """Note that the ledger answers."""
        self._since = None
