"""`metrics --json`: the four DORA figures; times are seconds, and what nothing stands behind is null."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from promote_tui.cli.outputs.base import Output, Timestamp, clean_texts
from promote_tui.core.durations import timestamp
from promote_tui.core.runs.dora import DEFINITIONS, Metrics

if TYPE_CHECKING:
    from collections.abc import Sequence


class FrequencyOutput(Output, frozen=True):
    """How often the stage was deployed to."""

    per_week: float


class SpreadOutput(Output, frozen=True):
    """A length of time: its median and its 90th percentile, in seconds."""

    median: float
    p90: float

    @classmethod
    def of(cls, found: tuple[float, float] | None) -> Self | None:
        """Return the wire form of a spread, or None where nothing stands behind it."""
        return cls(*found) if found else None


class CountsOutput(Output, frozen=True):
    """How many runs, commits and failures the figures stand on."""

    deployments: int
    commits: int
    deployed: int
    failed: int
    restored: int
    not_restored: int


class DefinitionsOutput(Output, frozen=True):
    """What each figure means."""

    deployment_frequency: str
    lead_time: str
    change_failure_rate: str
    time_to_restore: str


class MetricsOutput(Output, frozen=True):
    """The four DORA figures of a stage over a time, with their definitions and what is left out."""

    stage: str
    services: tuple[str, ...]
    since: Timestamp
    until: Timestamp
    deployment_frequency: FrequencyOutput
    change_failure_rate: float | None
    lead_time: SpreadOutput | None
    time_to_restore: SpreadOutput | None
    counts: CountsOutput
    left_out: tuple[str, ...]
    definitions: DefinitionsOutput

    @classmethod
    def of(cls, found: Metrics, stage: str, services: Sequence[str]) -> Self:
        """Return the wire form of a stage's figures."""
        return cls(
            stage=stage,
            services=tuple(services),
            since=timestamp(found.since),
            until=timestamp(found.until),
            deployment_frequency=FrequencyOutput(round(found.per_week, 3)),
            change_failure_rate=found.failure_rate,
            lead_time=SpreadOutput.of(found.lead),
            time_to_restore=SpreadOutput.of(found.restore),
            counts=CountsOutput(**dict(found.counts)),
            left_out=clean_texts(found.left_out),
            definitions=DefinitionsOutput(**DEFINITIONS),
        )
