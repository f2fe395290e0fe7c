"""What the ledger alone says of the past: no stack is asked, so that an answer takes no time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.engine.governance import find_service, find_stage
from promote_tui.engine.history import RecordSource, matrix_at, provenance

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from promote_tui.core.history.past_matrix import PastMatrix
    from promote_tui.core.history.provenance import Provenance
    from promote_tui.core.model.pipeline import Pipeline, Service
    from promote_tui.ports import Clock


@dataclass(frozen=True, slots=True)
class Record:
    """What ran where at a moment, and how it had come there."""

    source: RecordSource

    @property
    def pipeline(self) -> Pipeline:
        """The configuration as people see it."""
        return self.source.pipeline

    @property
    def clock(self) -> Clock:
        """The clock that everything here goes by."""
        return self.source.clock

    def matrix_at(self, services: Sequence[Service], at: datetime) -> PastMatrix:
        """Return the matrix of these services at a moment; raises LedgerError."""
        return matrix_at(self.source, services, at)

    def provenance(self, service: str, stage: str, at: datetime | None = None) -> Provenance:
        """Return how what a stage runs, or ran then, came there; raises UsageError, LedgerError."""
        found = find_service(self.pipeline, service)
        return provenance(self.source, found, find_stage(self.pipeline, stage).name, at)
