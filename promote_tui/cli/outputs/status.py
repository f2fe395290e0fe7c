"""`status --json`: the matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

import msgspec

from promote_tui.cli import cell_words
from promote_tui.cli.outputs.base import Output, Timestamp, clean_text, clean_texts, text_or_null, timestamp_or_null
from promote_tui.cli.outputs.traffic import TrafficOutput
from promote_tui.core.durations import timestamp
from promote_tui.core.git import relation
from promote_tui.core.model.cells import Deployed, Halfway, commit_of, stack_of
from promote_tui.core.text import short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.gates.decisions import Decision
    from promote_tui.core.matrix import CellView, Snapshot
    from promote_tui.core.model.halfway import StuckOperation
    from promote_tui.core.model.pipeline import Pipeline, Service
    from promote_tui.core.runs.back_merge import MergeBack


class BetweenOutput(Output, frozen=True):
    """What a stuck stack stands between; null means unknown, or nothing in `from`."""

    from_: str | None = msgspec.field(name="from")
    to: str | None
    updated: tuple[str, ...] | None
    failed: tuple[str, ...] | None

    @classmethod
    def of(cls, told: StuckOperation) -> Self:
        """Return the wire form of what a stuck stack stands between."""
        updated, failed = (clean_texts(names) if names is not None else None for names in (told.updated, told.failed))
        return cls(text_or_null(told.was), text_or_null(told.to), updated, failed)


class DecisionOutput(Output, frozen=True):
    """A hold or a veto: whose it is, since when, and when it ends by itself."""

    who: str
    since: Timestamp
    until: Timestamp | None
    reason: str

    @classmethod
    def of(cls, found: Decision) -> Self:
        """Return the wire form of a hold or a veto."""
        return cls(
            clean_text(found.who), timestamp(found.at), timestamp_or_null(found.expires_at), clean_text(found.reason)
        )


class RelationOutput(Output, frozen=True):
    """How the deployed commit stands to that of the stage before, which is named `against`."""

    against: str | None
    relation: relation.RelationName
    ahead: int | None
    behind: int | None


class LockOutput(Output, frozen=True):
    """The run that holds the stack's lock; its status is unknown where nobody works on it any more."""

    run: str
    status: Literal["running", "unknown"]


class CellOutput(Output, frozen=True):
    """One service in one stage."""

    state: cell_words.CellKind
    commit: str | None
    short: str | None
    adopted: str | None
    named: str | None
    subject: str | None
    stack: str
    stack_status: str | None
    between: BetweenOutput | None
    last_attempt: Literal["succeeded", "failed"] | None
    updated_at: Timestamp | None
    verified: Literal["verified", "observed", "no"]
    drift: RelationOutput
    altered: tuple[str, ...] | None
    traffic: TrafficOutput | None
    lock: LockOutput | None
    hold: DecisionOutput | None
    veto: DecisionOutput | None
    foreign: str | None
    reason: str | None
    remedy: str | None

    @classmethod
    def of(cls, view: CellView) -> Self:
        """Return the wire form of a cell."""
        found, stack, commit = view.cell, stack_of(view.cell), commit_of(view.cell)
        reason, remedy = cell_words.reason_and_remedy(view)
        return cls(
            state=cell_words.cell_kind(found),
            commit=text_or_null(commit),
            short=clean_text(short(commit)) if commit else None,
            adopted=text_or_null(found.adopted) if isinstance(found, Deployed) else None,
            named=text_or_null(cell_words.stack_commit_name(found)),
            subject=clean_text(view.commit.subject) if view.commit else None,
            stack=clean_text(found.target.stack),
            stack_status=clean_text(stack.status_name) if stack else None,
            between=BetweenOutput.of(found.between) if isinstance(found, Halfway) else None,
            last_attempt="failed" if view.unproved else cell_words.last_attempt(found),
            updated_at=timestamp_or_null(stack.updated_at) if stack else None,
            verified=cell_words.verification_word(view.verification),
            drift=RelationOutput(view.against, relation.name(view.relation), *relation.counts(view.relation)),
            altered=None if view.altered is None else clean_texts(view.altered),
            traffic=TrafficOutput.of(view.traffic) if view.traffic else None,
            lock=LockOutput(view.run, "unknown" if view.unsettled else "running") if view.run else None,
            hold=DecisionOutput.of(view.hold) if view.hold else None,
            veto=DecisionOutput.of(view.veto) if view.veto else None,
            foreign=text_or_null(view.external_update),
            reason=text_or_null(reason),
            remedy=text_or_null(remedy),
        )


class ServiceOutput(Output, frozen=True):
    """A service with its cell in each stage."""

    name: str
    owner: str | None
    stages: dict[str, CellOutput]


class MergeBackOutput(Output, frozen=True):
    """A hotfix that the trunk lacks."""

    service: str
    stage: str
    run: str
    commit: str
    branch: str
    since: Timestamp

    @classmethod
    def of(cls, service: str, stage: str, found: MergeBack) -> Self:
        """Return the wire form of a hotfix that has to come back."""
        return cls(service, stage, found.run, found.commit, clean_text(found.branch), timestamp(found.since))


class StatusOutput(Output, frozen=True):
    """The matrix: what runs where, and how it differs from the stage before."""

    project: str
    taken_at: Timestamp
    unrecorded: str | None
    stages: tuple[str, ...]
    services: tuple[ServiceOutput, ...]
    merge_back: tuple[MergeBackOutput, ...]

    @classmethod
    def of(cls, pipeline: Pipeline, services: Sequence[Service], snapshot: Snapshot) -> Self:
        """Return the wire form of these services' rows."""
        names = tuple(stage.name for stage in pipeline.stages)
        return cls(
            project=clean_text(pipeline.project),
            taken_at=timestamp(snapshot.taken_at),
            unrecorded=text_or_null(snapshot.unrecorded),
            stages=names,
            services=tuple(
                ServiceOutput(each.name, text_or_null(each.owner), _row(snapshot, each.name, names))
                for each in services
            ),
            merge_back=tuple(
                MergeBackOutput.of(service, stage, view.merge_back)
                for (service, stage), view in snapshot.cells.items()
                if view.merge_back is not None
            ),
        )


def _row(snapshot: Snapshot, service: str, stages: Sequence[str]) -> dict[str, CellOutput]:
    views = {stage: snapshot.cells.get((service, stage)) for stage in stages}
    return {stage: CellOutput.of(view) for stage, view in views.items() if view is not None}
