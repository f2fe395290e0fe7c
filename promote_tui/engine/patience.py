"""How long a ledger that fails is borne: by the process of a release, and by whoever follows one or a run."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from promote_tui.core.errors import LedgerError
    from promote_tui.ports import Clock

SECONDS = 900.0
_PAUSE_SECONDS = 2.0


class Patience:
    """Bears a ledger that fails for up to `SECONDS` at a time: what has ended meanwhile is written afterwards."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since: float | None = None

    def bear(self, error: LedgerError) -> None:
        """Wait a moment; raise the error where the ledger has failed for too long."""
        now = self._clock.monotonic()
        if self._since is None:
            self._since = now
            sys.stderr.write(f"{error}; trying again\n")  # the release's own log
        if now - self._since > SECONDS:
            raise error
        self._clock.sleep(_PAUSE_SECONDS)

    def renew(self) -> None:
        """Note that the ledger answers."""
        self._since = None
