"""The summary of a release as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from promote_tui.cli.outputs.base import Output, clean_text, clean_texts
from promote_tui.core.gates.model import Opener

if TYPE_CHECKING:
    from promote_tui.core.releases.overview import BlockedGateGroup, MemberChange, ReleaseSummary, ServiceNote


class AffectedResourceOutput(Output, frozen=True):
    """A resource of one of the services."""

    service: str
    logical_id: str
    type: str

    @classmethod
    def of(cls, found: MemberChange) -> Self:
        """Return the wire form of a resource that changes."""
        names = found.service, found.change.logical_id, found.change.resource_type
        return cls(*clean_texts(names))


class ServiceNoteOutput(Output, frozen=True):
    """What is to be said of one of the services."""

    service: str
    words: str

    @classmethod
    def of(cls, found: ServiceNote) -> Self:
        """Return the wire form of a note."""
        return cls(clean_text(found.service), clean_text(found.words))


class BlockedGroupOutput(Output, frozen=True):
    """A gate that is blocked for some of the services; `overridable`: for each of them."""

    name: str
    opened_by: Opener
    services: tuple[str, ...]
    overridable: bool

    @classmethod
    def of(cls, found: BlockedGateGroup) -> Self:
        """Return the wire form of a gate that is blocked."""
        return cls(found.name, found.opened_by, clean_texts(found.services), found.overridable)


class ResourceCounts(Output, frozen=True):
    """How many resources change."""

    added: int
    modified: int
    removed: int


class ReleaseSummaryOutput(Output, frozen=True):
    """What a release comes to as a whole; `expected_seconds` is what is left of it.

    `safe` and `one_way` are the services that can, and cannot, be rolled back safely; of `assumed` no run is on record.
    """

    services: int
    commits: int
    authors: tuple[str, ...]
    resources: ResourceCounts
    replacements: tuple[AffectedResourceOutput, ...]
    data_at_risk: tuple[AffectedResourceOutput, ...]
    unknown: tuple[ServiceNoteOutput, ...]
    problems: tuple[ServiceNoteOutput, ...]
    unreviewed: tuple[str, ...]
    blocked: tuple[BlockedGroupOutput, ...]
    approvals_missing: tuple[str, ...]
    safe: tuple[str, ...]
    one_way: tuple[ServiceNoteOutput, ...]
    removes: tuple[ServiceNoteOutput, ...]
    expected_seconds: float
    assumed: tuple[str, ...]

    @classmethod
    def of(cls, found: ReleaseSummary) -> Self:
        """Return the wire form of a summary."""
        return cls(
            services=found.services,
            commits=found.commits,
            authors=clean_texts(found.authors),
            resources=ResourceCounts(found.added, found.modified, found.removed),
            replacements=tuple(AffectedResourceOutput.of(each) for each in found.replacements),
            data_at_risk=tuple(AffectedResourceOutput.of(each) for each in found.losses),
            unknown=tuple(ServiceNoteOutput.of(each) for each in found.unknown),
            problems=tuple(ServiceNoteOutput.of(each) for each in found.problems),
            unreviewed=clean_texts(found.unreviewed),
            blocked=tuple(BlockedGroupOutput.of(each) for each in found.blocked),
            approvals_missing=clean_texts(found.approvals_missing),
            safe=clean_texts(found.safe),
            one_way=tuple(ServiceNoteOutput.of(each) for each in found.one_way),
            removes=tuple(ServiceNoteOutput.of(each) for each in found.removes),
            expected_seconds=found.expected_seconds,
            assumed=clean_texts(found.assumed),
        )
