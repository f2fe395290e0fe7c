"""`sync --json`: what is due in each stage, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from promote_tui.cli.outputs.base import Output, Timestamp, clean_text, text_or_null, timestamp_or_null
from promote_tui.core.sync.decision import DecisionName, Deploy, Failure, Superseded, Waiting, name, remedy_of
from promote_tui.core.sync.item import Trigger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.sync.item import SyncItem


class SyncItemOutput(Output, frozen=True):
    """One service in one stage; `source` is the branch, or the stage before, that its commit comes from.

    `run` is the run that deployed it, or failed to, `lock_of` the one that holds the stack's lock.
    """

    service: str
    stage: str
    trigger: Trigger
    source: str
    commit: str | None
    subject: str | None
    deployed: str | None
    decision: DecisionName
    reason: str
    remedy: str | None
    gates: tuple[str, ...]
    opens_at: Timestamp | None
    lock_of: str | None
    superseded_by: str | None
    run: str | None

    @classmethod
    def of(cls, item: SyncItem) -> Self:
        """Return the wire form of an item."""
        found = item.decision
        waiting = found if isinstance(found, Waiting) else None
        return cls(
            service=clean_text(item.service),
            stage=clean_text(item.stage),
            trigger=item.trigger,
            source=clean_text(item.source),
            commit=item.commit.sha if item.commit else None,
            subject=text_or_null(item.commit.subject if item.commit else None),
            deployed=text_or_null(item.deployed),
            decision=name(found),
            reason=clean_text(found.reason),
            remedy=text_or_null(remedy_of(found)),
            gates=waiting.gates if waiting else (),
            opens_at=timestamp_or_null(waiting.opens_at if waiting else None),
            lock_of=text_or_null(waiting.lock_of if waiting else None),
            superseded_by=found.by if isinstance(found, Superseded) else None,
            run=text_or_null(found.run if isinstance(found, Deploy | Failure) else None),
        )


class SyncOutput(Output, frozen=True):
    """What a sync did, or with --check would do, stage by stage."""

    project: str
    check: bool
    items: tuple[SyncItemOutput, ...]

    @classmethod
    def of(cls, project: str, items: Sequence[SyncItem], *, check: bool) -> Self:
        """Return the wire form of a sync."""
        return cls(clean_text(project), check, tuple(SyncItemOutput.of(item) for item in items))
