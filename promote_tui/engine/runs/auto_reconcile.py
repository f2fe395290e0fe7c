"""Reconciles runs whose end is not known, by itself, once AWS answers again."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError
from promote_tui.core.model.cells import InProgress, Unreachable
from promote_tui.core.runs.events import OutcomeUnknown
from promote_tui.core.runs.proof import needs_proof
from promote_tui.core.runs.verdict import StillRunning, judge
from promote_tui.engine.runs.reconcile import read_run, reconcile, verdict_request
from promote_tui.engine.runs.verdict import read_evidence
from promote_tui.engine.takeover import ran_here, refuse_elsewhere

if TYPE_CHECKING:
    from promote_tui.core.matrix import CellView, Snapshot
    from promote_tui.core.runs.run import Process, Run
    from promote_tui.engine.context import Context
    from promote_tui.engine.governance import Governance


def reconcile_abandoned_runs(governance: Governance, snapshot: Snapshot, me: Process) -> tuple[Run, ...]:
    """Reconcile the abandoned runs of a snapshot whose stacks answer; return those that have ended.

    Whatever takes time, or is uncertain, is left to a person: a stack at work, a deployer that lives, a
    smoke test or a bake that would follow, another machine's run. Nothing is raised.
    """
    found: list[Run] = []
    for view in snapshot.cells.values():
        if view.run is None or not view.unsettled or isinstance(view.cell, Unreachable | InProgress):
            continue
        with contextlib.suppress(PromoteError):
            run = read_run(governance.context, view.run)
            context = governance.of_run(run)
            if _at_once(context, run, view):
                settled = reconcile(context, run.id, me, lambda _note: None, patient=False)
                found += [settled] if settled.released else []
    return tuple(found)


def _at_once(context: Context, run: Run, view: CellView) -> bool:
    """Tell whether a run can be given its verdict now; raises where another machine has to."""
    if run.released or run.planned.key != view.cell.target.key:
        return False
    if run.has_verdict or not run.submitted:
        return True
    refuse_elsewhere(context, run, gone=False)
    if run.child is not None and ran_here(context, run) and context.deployer.alive(run.child):
        return False
    if needs_proof(context.pipeline.service(run.service), context.pipeline.stage(run.stage)):
        return False
    seen, _ = read_evidence(context, verdict_request(context, run))
    return not isinstance(judge(seen, context.clock.now()), StillRunning | OutcomeUnknown)
