"""`notes --format json`: release notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import msgspec

from promote_tui.cli.outputs.base import Output, Timestamp, clean_text, clean_texts, text_or_null
from promote_tui.cli.outputs.commits import CommitFacts, commit_facts
from promote_tui.core.changes.model import ChangeAction, Replacement, ResourceChange
from promote_tui.core.durations import timestamp

if TYPE_CHECKING:
    from promote_tui.core.release_notes.model import End, Entry, Notes, Section, ServiceNotes


class EndOutput(Output, frozen=True):
    """One end of what is compared, by the name that people gave it; `commit` is null where nothing was deployed."""

    name: str
    commit: str | None

    @classmethod
    def of(cls, end: End) -> Self:
        """Return the wire form of an end."""
        return cls(clean_text(end.name), end.sha)


class TicketOutput(Output, frozen=True):
    """A ticket that a commit names."""

    id: str
    url: str | None


class EntryOutput(CommitFacts, frozen=True):
    """A commit as the notes tell of it; `kind` and `scope` are those of a conventional commit."""

    kind: str | None
    scope: str | None
    text: str
    url: str | None
    tickets: tuple[TicketOutput, ...]
    breaking: str | None
    reverts: str | None
    taken_back_by: str | None

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Return the wire form of an entry."""
        return cls(
            **commit_facts(entry.commit),
            kind=entry.kind or None,
            scope=text_or_null(entry.scope),
            text=clean_text(entry.text),
            url=entry.url,
            tickets=tuple(TicketOutput(clean_text(ticket.id), text_or_null(ticket.url)) for ticket in entry.tickets),
            breaking=text_or_null(entry.breaking),
            reverts=text_or_null(entry.reverts),
            taken_back_by=entry.taken_back,
        )


class SectionOutput(Output, frozen=True):
    """Commits under a title, newest first."""

    title: str
    commits: tuple[EntryOutput, ...]

    @classmethod
    def of(cls, section: Section) -> Self:
        """Return the wire form of a section."""
        return cls(section.title, tuple(EntryOutput.of(entry) for entry in section.entries))


class NotedChange(Output, frozen=True):
    """A resource that the two ends have differently; `properties` are paths, without values."""

    logical_id: str
    type: str
    action: ChangeAction
    replacement: Replacement
    holds_data: bool
    properties: tuple[str, ...]

    @classmethod
    def of(cls, change: ResourceChange) -> Self:
        """Return the wire form of a resource that differs."""
        return cls(
            clean_text(change.logical_id),
            clean_text(change.resource_type),
            change.action,
            change.replacement,
            change.holds_data,
            clean_texts(each.path for each in change.properties),
        )


class ServiceNotesOutput(Output, frozen=True):
    """The notes of one service; `cut`: there are more commits than these.

    `remark` says how it stands in its release, where what it got is not verified.
    """

    service: str
    from_: EndOutput = msgspec.field(name="from")
    to: EndOutput
    compare: str | None
    authors: tuple[str, ...]
    sections: tuple[SectionOutput, ...]
    cut: bool
    remark: str | None
    infrastructure: tuple[NotedChange, ...]
    infrastructure_unknown: str | None

    @classmethod
    def of(cls, its: ServiceNotes) -> Self:
        """Return the wire form of a service's notes."""
        return cls(
            service=its.service,
            from_=EndOutput.of(its.source),
            to=EndOutput.of(its.target),
            compare=its.compare,
            authors=clean_texts(its.authors),
            sections=tuple(SectionOutput.of(section) for section in its.sections),
            cut=its.cut,
            remark=text_or_null(its.remark),
            infrastructure=tuple(NotedChange.of(change) for change in its.infrastructure.changes),
            infrastructure_unknown=text_or_null(its.infrastructure.unknown),
        )


class NotesOutput(Output, frozen=True):
    """Release notes: what one end has and the other lacks, or what a release brings (`release`)."""

    project: str
    release: str | None
    from_: str = msgspec.field(name="from")
    to: str
    at: Timestamp
    services: tuple[ServiceNotesOutput, ...]

    @classmethod
    def of(cls, found: Notes) -> Self:
        """Return the wire form of release notes."""
        return cls(
            project=clean_text(found.project),
            release=text_or_null(found.release),
            from_=clean_text(found.source),
            to=clean_text(found.target),
            at=timestamp(found.at),
            services=tuple(ServiceNotesOutput.of(its) for its in found.services),
        )
