"""A service of a release as JSON: what it brings, what its plan said, and how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

import msgspec

from promote_tui.cli.outputs.base import (
    Output,
    Timestamp,
    clean_text,
    clean_texts,
    text_or_null,
    timestamp_or_null,
)
from promote_tui.core.changes.model import ChangeAction, Replacement
from promote_tui.core.gates.model import Opener
from promote_tui.core.releases.blockers import missing_allowances
from promote_tui.core.releases.overview import newest_review
from promote_tui.core.releases.release import MemberState
from promote_tui.core.releases.remains import StageRuns, stage_runs

if TYPE_CHECKING:
    from promote_tui.core.gates.model import Allowance
    from promote_tui.core.releases.release import Release
    from promote_tui.core.releases.review import BlockedGate, MemberReview, ReviewedChange


class ReviewedChangeOutput(Output, frozen=True):
    """A resource that a service would change."""

    logical_id: str
    type: str
    action: ChangeAction
    replacement: Replacement
    holds_data: bool

    @classmethod
    def of(cls, change: ReviewedChange) -> Self:
        """Return the wire form of a reviewed change."""
        names = clean_text(change.logical_id), clean_text(change.resource_type)
        return cls(*names, change.action, change.replacement, change.holds_data)


class BlockedGateOutput(Output, frozen=True):
    """A gate that was blocked, and who or what unblocks it."""

    name: str
    reason: str
    remedy: str | None
    opened_by: Opener
    overridable: bool

    @classmethod
    def of(cls, gate: BlockedGate) -> Self:
        """Return the wire form of a blocked gate."""
        return cls(gate.name, clean_text(gate.reason), text_or_null(gate.remedy), gate.opened_by, gate.overridable)


class MemberReviewOutput(Output, frozen=True):
    """What a service's plan says; `one_way` is why it could not go back safely, null where it could.

    `removes` is how many commits the stage would lose.
    """

    commits: int
    removes: int
    authors: tuple[str, ...]
    changes: tuple[ReviewedChangeOutput, ...]
    blocked: tuple[BlockedGateOutput, ...]
    unknown: str | None
    problem: str | None
    one_way: str | None
    typical_seconds: float | None

    @classmethod
    def of(cls, review: MemberReview) -> Self:
        """Return the wire form of a review."""
        return cls(
            review.commits,
            review.removes,
            clean_texts(review.authors),
            tuple(ReviewedChangeOutput.of(each) for each in review.changes),
            tuple(BlockedGateOutput.of(each) for each in review.blocked),
            text_or_null(review.unknown),
            text_or_null(review.problem),
            text_or_null(review.one_way),
            review.typical_seconds,
        )


class DataLossOutput(Output, frozen=True):
    """A resource that may lose its data, which a person has to allow by its name."""

    action: Literal["replace", "remove"]
    logical_id: str

    @classmethod
    def of(cls, found: Allowance) -> Self:
        """Return the wire form of what has to be allowed."""
        return cls(found.kind, clean_text(found.logical_id))


class ReleaseMemberOutput(Output, frozen=True):
    """A service of a release; `from` is null for nothing, or with `from_unknown` not known.

    `stage_runs` is what its stack runs by the release: what it brings (`verified`, `unproved`), what ran `before`, what
    somebody else brought (`other`), stuck `between` two commits, `unknown`, or `changing` while a run is at work.
    `held` is why it was not started, `skip_reason` what a person said who skipped it. `to_allow` are the resources that
    a person has to allow by name before it goes on.
    """

    service: str
    wave: int
    needs: tuple[str, ...]
    commit: str
    subject: str
    from_: str | None = msgspec.field(name="from")
    from_unknown: bool
    state: MemberState
    stage_runs: StageRuns
    run: str | None
    rollback: str | None
    held: Literal["changed", "moved", "blocked"] | None
    cause: str | None
    remedy: str | None
    skip_reason: str | None
    started_at: Timestamp | None
    ended_at: Timestamp | None
    review: MemberReviewOutput | None
    to_allow: tuple[DataLossOutput, ...]

    @classmethod
    def of(cls, release: Release, service: str) -> Self:
        """Return the wire form of a member."""
        member, progress = release.member(service), release.progress[service]
        review = newest_review(release, service)
        return cls(
            service=clean_text(service),
            wave=release.wave_of(service),
            needs=clean_texts(member.needs),
            commit=clean_text(member.commit),
            subject=clean_text(member.subject),
            from_=text_or_null(member.from_commit),
            from_unknown=not member.from_commit and member.from_commit is not None,
            state=progress.state,
            stage_runs=stage_runs(progress),
            run=text_or_null(progress.run),
            rollback=text_or_null(progress.rollback),
            held=progress.why,
            cause=text_or_null(progress.cause),
            remedy=text_or_null(progress.remedy),
            skip_reason=text_or_null(progress.reason),
            started_at=timestamp_or_null(progress.started_at),
            ended_at=timestamp_or_null(progress.ended_at),
            review=MemberReviewOutput.of(review) if review else None,
            to_allow=tuple(DataLossOutput.of(each) for each in missing_allowances(release, service)),
        )
