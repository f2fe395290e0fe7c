"""`drift --json`: the four drifts of each service and stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import msgspec

from promote_tui.cli import cell_words
from promote_tui.cli.outputs.base import (
    Output,
    Timestamp,
    clean_text,
    clean_texts,
    nullable_text,
    text_or_null,
    timestamp_or_null,
)
from promote_tui.cli.outputs.commits import CommitOutput
from promote_tui.cli.outputs.traffic import TrafficOutput
from promote_tui.core.changes.stack_drift import ResourceDrift, StackDrift, differences
from promote_tui.core.drift.config import ConfigDrift, Difference, Part, PresentIn
from promote_tui.core.drift.report import DriftKind, StageDrift
from promote_tui.core.git import relation

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from promote_tui.core.drift.commits import CommitDrift, Revert


class RevertOutput(Output, frozen=True):
    """A revert that one of the two stages lacks: `runs_in` still runs what it reverts."""

    commit: str
    reverts: str
    runs_in: str | None

    @classmethod
    def of(cls, row: StageDrift, found: Revert) -> Self:
        """Return the wire form of a revert."""
        return cls(found.commit.sha, clean_text(found.what), row.stage if found.running == "here" else row.against)


class CommitDriftOutput(Output, frozen=True):
    """Commits that wait before the stage, and that only it has; `drifted` is null where it is unknown."""

    drifted: bool | None
    relation: relation.RelationName
    ahead: int | None
    behind: int | None
    waits: tuple[CommitOutput, ...]
    own: tuple[CommitOutput, ...]
    hotfixes: tuple[str, ...]
    reverts: tuple[RevertOutput, ...]
    unknown: str | None

    @classmethod
    def of(cls, row: StageDrift, found: CommitDrift) -> Self:
        """Return the wire form of the commits between two stages."""
        ahead, behind = relation.counts(row.view.relation)
        return cls(
            drifted=row.assess("commit"),
            relation=relation.name(row.view.relation),
            ahead=ahead,
            behind=behind,
            waits=tuple(CommitOutput.of(commit) for commit in found.missing),
            own=tuple(CommitOutput.of(commit) for commit in found.extra),
            hotfixes=tuple(commit.sha for commit in found.hotfixes),
            reverts=tuple(RevertOutput.of(row, each) for each in found.reverts),
            unknown=text_or_null(row.why_unknown("commit")),
        )


class DifferenceOutput(Output, frozen=True):
    """A setting that two stages have differently; a value that may not be shown is null."""

    part: Part
    name: str
    type: str | None
    path: str | None
    holder: PresentIn = msgspec.field(name="in")
    here: str | None
    before: str | None

    @classmethod
    def of(cls, found: Difference) -> Self:
        """Return the wire form of a setting that differs."""
        return cls(
            part=found.part,
            name=clean_text(found.name),
            type=text_or_null(found.resource_type),
            path=text_or_null(found.path),
            holder=found.holder,
            here=nullable_text(found.here),
            before=nullable_text(found.before),
        )


class ConfigDriftOutput(Output, frozen=True):
    """Settings that differ from the stage before."""

    drifted: bool | None
    differences: tuple[DifferenceOutput, ...]
    unknown: str | None

    @classmethod
    def of(cls, row: StageDrift, found: ConfigDrift) -> Self:
        """Return the wire form of the settings that differ."""
        told = tuple(DifferenceOutput.of(each) for each in found.differences)
        return cls(row.assess("config"), told, text_or_null(found.unknown))


class DriftedProperty(Output, frozen=True):
    """A property that was changed by hand; a value that may not be shown is null."""

    path: str
    expected: str | None
    actual: str | None


class DriftedResource(Output, frozen=True):
    """A resource that was changed or deleted by hand."""

    logical_id: str
    type: str
    deleted: bool
    properties: tuple[DriftedProperty, ...]

    @classmethod
    def of(cls, found: ResourceDrift) -> Self:
        """Return the wire form of a resource that is not as its template says."""
        properties = (
            DriftedProperty(clean_text(each.path), nullable_text(each.before), nullable_text(each.after))
            for each in differences(found)
        )
        return cls(clean_text(found.logical_id), clean_text(found.resource_type), found.deleted, tuple(properties))


class StackDriftOutput(Output, frozen=True):
    """What was changed outside of a promotion: functions with other code, and resources."""

    drifted: bool | None
    checked_at: Timestamp | None
    altered: tuple[str, ...]
    resources: tuple[DriftedResource, ...]
    unknown: str | None

    @classmethod
    def of(cls, row: StageDrift, found: StackDrift) -> Self:
        """Return the wire form of what was changed by hand."""
        return cls(
            drifted=row.assess("stack"),
            checked_at=timestamp_or_null(found.checked_at),
            altered=clean_texts(row.view.altered or ()),
            resources=tuple(DriftedResource.of(each) for each in found.resources),
            unknown=text_or_null(found.unknown),
        )


class TrafficDriftOutput(Output, frozen=True):
    """Whether requests reach other code than was deployed; `traffic` is null where nothing was checked."""

    drifted: bool | None
    traffic: TrafficOutput | None
    unknown: str | None

    @classmethod
    def of(cls, row: StageDrift) -> Self:
        """Return the wire form of a stage's traffic."""
        found = TrafficOutput.of(row.view.traffic) if row.view.traffic else None
        return cls(row.assess("traffic"), found, text_or_null(row.why_unknown("traffic")))


class StageDriftOutput(Output, frozen=True):
    """One service in one stage; `reason` and `remedy` say why it could not be read."""

    service: str
    stage: str
    against: str | None
    reason: str | None
    remedy: str | None
    commit: CommitDriftOutput | None
    config: ConfigDriftOutput | None
    stack: StackDriftOutput | None
    traffic: TrafficDriftOutput | None

    @classmethod
    def of(cls, row: StageDrift, kinds: Collection[DriftKind]) -> Self:
        """Return the wire form of one stage's drifts; a kind that nobody asked for is null."""
        reason, remedy = cell_words.reason_and_remedy(row.view) if row.unread else ("", "")
        return cls(
            service=row.service,
            stage=row.stage,
            against=row.against,
            reason=text_or_null(reason),
            remedy=text_or_null(remedy),
            commit=CommitDriftOutput.of(row, row.commits) if row.commits and not row.unread else None,
            config=ConfigDriftOutput.of(row, row.config) if row.config and not row.unread else None,
            stack=StackDriftOutput.of(row, row.stack) if row.stack else None,
            traffic=TrafficDriftOutput.of(row) if "traffic" in kinds and not row.unread else None,
        )


class DriftOutput(Output, frozen=True):
    """How far the stages are apart: commits, settings, what was changed by hand, and traffic."""

    project: str
    kinds: tuple[DriftKind, ...]
    drifts: tuple[StageDriftOutput, ...]

    @classmethod
    def of(cls, project: str, rows: Sequence[StageDrift], kinds: Collection[DriftKind]) -> Self:
        """Return the wire form of the drifts of these kinds."""
        return cls(clean_text(project), tuple(kinds), tuple(StageDriftOutput.of(row, kinds) for row in rows))
