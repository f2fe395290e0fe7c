"""What a lease of either ledger keeps to: it is freed once, after a verdict, or else only let go of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from promote_tui.adapters.files.locks import unlock
from promote_tui.adapters.ledger import rules


@dataclass(frozen=True, slots=True)
class Claim:
    """What a writer must still hold: the lock of `key` for `run` under `fence`."""

    key: str
    run: str
    fence: int


class HeldLease(ABC):
    """A lock that this process holds, until it is released, abandoned or the process ends."""

    def __init__(self, claim: Claim, descriptor: int) -> None:
        self.run = claim.run
        self.key = claim.key
        self.fence = claim.fence
        self._claim = claim
        self._descriptor: int | None = descriptor
        self._released = False

    def release(self) -> None:
        """Give the lock back, once the run has a verdict; calling it twice is harmless."""
        if self._released:
            return
        self._free()
        self._released = True
        self.abandon()

    def abandon(self) -> None:
        """Release the process's own hold without freeing the lock: the run still needs a verdict."""
        descriptor, self._descriptor = self._descriptor, None
        unlock(descriptor)

    @abstractmethod
    def _free(self) -> None:
        """Free the lock in the ledger; raises LedgerError where the run has no verdict, or the lock is not ours."""

    def _check_held(self) -> None:
        if self._descriptor is None:
            raise rules.lock_lost_error(self.run, self.key)
