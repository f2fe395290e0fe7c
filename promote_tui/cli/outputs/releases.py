"""`release plan|run|resume|rollback|stop|show --json` and `release list --json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

from promote_tui.cli.outputs.base import (
    Output,
    Timestamp,
    clean_text,
    clean_texts,
    text_or_null,
    timestamp_or_null,
)
from promote_tui.cli.outputs.release_members import ReleaseMemberOutput
from promote_tui.cli.outputs.release_summary import ReleaseSummaryOutput
from promote_tui.core.durations import timestamp
from promote_tui.core.releases.release import ReleaseStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.releases.events import LeftOut, ReleaseConfirmed, ReleasePaused
    from promote_tui.core.releases.next_commands import NextCommand
    from promote_tui.core.releases.release import Release
    from promote_tui.core.releases.sign_offs import ReleaseSignOff
    from promote_tui.engine.releases.details import ListedRelease, ReleaseDetails
    from promote_tui.ports import Holder


class ReleaseConfirmationOutput(Output, frozen=True):
    """Who confirmed a release; with `starts_at` it waits until then."""

    at: Timestamp
    who: str
    arn: str
    reason: str
    starts_at: Timestamp | None

    @classmethod
    def of(cls, found: ReleaseConfirmed) -> Self:
        """Return the wire form of a confirmation."""
        who, reason = clean_text(found.who), clean_text(found.reason)
        return cls(timestamp(found.at), who, clean_text(found.arn), reason, timestamp_or_null(found.starts_at))


class ReleasePauseOutput(Output, frozen=True):
    """Why a release waits for a person."""

    at: Timestamp
    why: Literal["failure", "go", "credentials"]
    words: str
    services: tuple[str, ...]

    @classmethod
    def of(cls, found: ReleasePaused) -> Self:
        """Return the wire form of a pause."""
        return cls(timestamp(found.at), found.why, clean_text(found.words), clean_texts(found.services))


class ReleaseWorkerOutput(Output, frozen=True):
    """The process that works on a release."""

    host: str
    who: str | None
    since: Timestamp

    @classmethod
    def of(cls, found: Holder) -> Self:
        """Return the wire form of who works on a release."""
        return cls(clean_text(found.host), text_or_null(found.who), timestamp(found.since))


class SignOffOutput(Output, frozen=True):
    """The approvals, or an item of the checklist: for which services they are there or missing, and by whom."""

    kind: Literal["approvals", "item"]
    name: str
    given: tuple[str, ...]
    missing: tuple[str, ...]
    by: tuple[str, ...]

    @classmethod
    def of(cls, found: ReleaseSignOff) -> Self:
        """Return the wire form of a sign-off."""
        services = clean_texts(found.given), clean_texts(found.missing)
        return cls(found.kind, clean_text(found.name), *services, clean_texts(found.by))


class LeftOutOutput(Output, frozen=True):
    """A service that is no part of a release, and why; `unchanged`: the stage runs already what it would bring.

    `remedy` is the next step; releases of older versions have it at the end of `reason`.
    """

    service: str
    reason: str
    remedy: str | None
    unchanged: bool

    @classmethod
    def of(cls, found: LeftOut) -> Self:
        """Return the wire form of a service that is left out."""
        return cls(clean_text(found.service), clean_text(found.reason), text_or_null(found.remedy), found.unchanged)


class NextCommandOutput(Output, frozen=True):
    """What can be done next, and the command that does it."""

    words: str
    command: str

    @classmethod
    def of(cls, found: NextCommand) -> Self:
        """Return the wire form of something that can be done."""
        return cls(clean_text(found.words), clean_text(found.command))


class ReleaseFacts(Output, frozen=True):
    """What is said of a release wherever one stands; `interrupted`: its process is gone before its end."""

    name: str
    stage: str
    source: str
    status: ReleaseStatus
    interrupted: bool
    who: str
    reason: str
    planned_at: Timestamp
    starts_at: Timestamp | None
    ended_at: Timestamp | None


def _facts(release: Release, *, interrupted: bool) -> dict[str, Any]:
    planned = release.planned
    return {
        "name": clean_text(release.name),
        "stage": clean_text(release.stage),
        "source": clean_text(planned.source),
        "status": release.status,
        "interrupted": interrupted,
        "who": clean_text(planned.who),
        "reason": clean_text(planned.reason),
        "planned_at": timestamp(planned.at),
        "starts_at": timestamp_or_null(release.confirmed.starts_at if release.confirmed else None),
        "ended_at": timestamp_or_null(release.ended.at if release.ended else None),
    }


class ReleaseInFull(ReleaseFacts, frozen=True):
    """A release: its services by wave, what it comes to, who works on it, and what can be done next.

    `sign_offs` is null where they could not be read.
    """

    arn: str
    policy: str | None
    confirmation: ReleaseConfirmationOutput | None
    worker: ReleaseWorkerOutput | None
    pause: ReleasePauseOutput | None
    summary: ReleaseSummaryOutput
    sign_offs: tuple[SignOffOutput, ...] | None
    waves: tuple[tuple[str, ...], ...]
    members: tuple[ReleaseMemberOutput, ...]
    left_out: tuple[LeftOutOutput, ...]
    next: tuple[NextCommandOutput, ...]

    @classmethod
    def of(cls, details: ReleaseDetails) -> Self:
        """Return the wire form of a release."""
        release, signed = details.release, details.sign_offs
        return cls(
            **_facts(release, interrupted=details.is_interrupted),
            arn=clean_text(release.planned.arn),
            policy=text_or_null(release.planned.policy),
            confirmation=ReleaseConfirmationOutput.of(release.confirmed) if release.confirmed else None,
            worker=ReleaseWorkerOutput.of(details.worker) if details.worker else None,
            pause=ReleasePauseOutput.of(release.paused) if release.paused else None,
            summary=ReleaseSummaryOutput.of(details.summary),
            sign_offs=None if signed is None else tuple(SignOffOutput.of(each) for each in signed),
            waves=tuple(clean_texts(wave) for wave in release.planned.waves),
            members=tuple(ReleaseMemberOutput.of(release, name) for wave in release.planned.waves for name in wave),
            left_out=tuple(LeftOutOutput.of(each) for each in release.planned.left_out),
            next=tuple(NextCommandOutput.of(each) for each in details.commands),
        )


class ReleaseOutput(Output, frozen=True):
    """One release in full."""

    release: ReleaseInFull

    @classmethod
    def of(cls, details: ReleaseDetails) -> Self:
        """Return the wire form of one release in full."""
        return cls(ReleaseInFull.of(details))


class ListedReleaseOutput(ReleaseFacts, frozen=True):
    """A release in a list; `done` of its `services` run what it brings, verified; `unproved` run it unproved."""

    services: int
    done: int
    unproved: int

    @classmethod
    def of(cls, found: ListedRelease) -> Self:
        """Return the wire form of a release in a list."""
        release = found.release
        facts = _facts(release, interrupted=found.is_interrupted)
        return cls(**facts, services=len(release.members), done=found.done, unproved=found.unproved)


class ReleaseListOutput(Output, frozen=True):
    """The newest releases, the last planned first."""

    releases: tuple[ListedReleaseOutput, ...]

    @classmethod
    def of(cls, found: Sequence[ListedRelease]) -> Self:
        """Return the wire form of a list of releases."""
        return cls(tuple(ListedReleaseOutput.of(each) for each in found))
