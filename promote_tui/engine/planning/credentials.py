"""Whether credentials last for as long as a deploy usually takes, by what the record knows of that."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError, LedgerError
from promote_tui.core.planning.credentials import describe_expiry
from promote_tui.core.runs.run import Run, RunStatus
from promote_tui.core.runs.typical_duration import LAST, TypicalDuration, typical_duration
from promote_tui.ports import RunFilter

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from promote_tui.core.model.pipeline import Stage, Target
    from promote_tui.engine.context import Context

_RECENT = 200


def typical_duration_of_target(context: Context, target: Target) -> TypicalDuration | None:
    """Return the typical duration on a target's stack, by its last runs that ended well; None without any."""
    return typical_duration(
        context.ledger.runs(RunFilter(key=target.key, status=RunStatus.SUCCEEDED), limit=2 * LAST).runs
    )


def describe_end(context: Context, target: Target, ends: datetime | None) -> str:
    """Return why credentials that end then end too soon for a deploy; empty where they last, or it is not known."""
    if ends is None:
        return ""
    try:
        usual = typical_duration_of_target(context, target)
    except LedgerError:
        usual = None
    return _describe(context, context.pipeline.stage(target.stage), ends, usual)


def read_end(context: Context, target: Target, folder: Path) -> str:
    """Return the same of credentials as they are now; where there are none, another gate says so."""
    try:
        with context.accounts.lend(target, folder) as credentials:
            return describe_end(context, target, credentials.expires_at)
    except AwsError:
        return ""


def describe_end_for_stage(context: Context, stage: Stage, ends: datetime) -> str:
    """Return why they end too soon for the service whose deploy to the stage usually takes longest."""
    by_stack: dict[str, list[Run]] = defaultdict(list)
    try:
        for run in context.ledger.runs(RunFilter(stage=stage.name, status=RunStatus.SUCCEEDED), limit=_RECENT).runs:
            by_stack[run.planned.key].append(run)
    except LedgerError:
        by_stack.clear()
    found = [usual for runs in by_stack.values() if (usual := typical_duration(runs)) is not None]
    return _describe(context, stage, ends, max(found, key=lambda usual: usual.total, default=None))


def _describe(context: Context, stage: Stage, ends: datetime, usual: TypicalDuration | None) -> str:
    return describe_expiry((ends - context.clock.now()).total_seconds(), usual, stage.rules.bake_seconds)
