"""Removes what nobody needs any more: expired plans, the folders of old runs, package records, checkouts."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from promote_tui.core.text import plural
from promote_tui.engine.checks import KEEP_UNFINISHED, prune_checks
from promote_tui.engine.manifest_store import prune_manifests
from promote_tui.engine.planning.planner import PLAN_LIFE, discard_plan
from promote_tui.engine.runs.reconcile import PLAN_FILE
from promote_tui.ports import RunFilter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from promote_tui.engine.context import Context

KEEP_RUNS = timedelta(days=90)
"""How long a run's log is kept; its events stay in the ledger for ever."""


def prune(context: Context) -> tuple[str, ...]:
    """Remove all of that and return what went, in words; nothing of a run that still holds its lock."""
    now = context.clock.now()
    live = {run.id for run in context.ledger.runs(RunFilter(live=True, any_project=True), limit=500).runs}
    plans = prune_plans(context, now, live)
    old = [folder for folder in _folders(context.folders.state / "runs", now - KEEP_RUNS) if folder.name not in live]
    for folder in (*old, *_folders(context.folders.state / "logs", now - KEEP_RUNS)):
        shutil.rmtree(folder, ignore_errors=True)
    checks = prune_checks(context, KEEP_RUNS, finished=True)
    prune_checks(context, KEEP_UNFINISHED, finished=False)
    records = prune_manifests(context, now, KEEP_RUNS)
    gone = [plural(plans, "expired plan")] if plans else []
    gone += [f"{plural(len(old), 'run folder')} older than {KEEP_RUNS.days} days"] if old else []
    gone += [f"the output of {plural(checks, 'check')} older than {KEEP_RUNS.days} days"] if checks else []
    gone += [f"{plural(records, 'package record')} that no recent run names"] if records else []
    return (*gone, *context.checkouts.prune(now))


def prune_plans(context: Context, now: datetime, live: set[str]) -> int:
    """Remove the plans that are past their hour and belong to no live run; return how many."""
    used = {_plan_of(context.folders.run(run)) for run in live}
    expired = [
        folder for folder in _folders(context.folders.state / "plans", now - PLAN_LIFE) if folder.name not in used
    ]
    for folder in expired:
        discard_plan(context, folder.name)
    return len(expired)


def _folders(parent: Path, before: datetime) -> Iterator[Path]:
    """Yield the folders that were last changed before a moment; a link is never followed."""
    if not parent.is_dir():
        return
    for folder in sorted(parent.iterdir()):
        changed = datetime.fromtimestamp(folder.lstat().st_mtime, UTC)
        if folder.is_dir() and not folder.is_symlink() and changed < before:
            yield folder


def _plan_of(run_folder: Path) -> str:
    try:
        return (run_folder / PLAN_FILE).read_text(encoding="utf-8")
    except OSError:
        return ""
