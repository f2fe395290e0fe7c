"""The process that owns one run; it survives the terminal that started it.

Started by adapters/process/launcher.py with a run's id and a plan's folder. Everything that it needs is
imported before the lock is taken, so that an upgrade of the program underneath cannot hurt a run.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.adapters.process.launcher import read_handed_over
from promote_tui.bootstrap import open_engine
from promote_tui.core.errors import PromoteError
from promote_tui.core.planning.plan import approve
from promote_tui.core.runs.events import OutcomeUnknown
from promote_tui.engine.plan_store import read_plan, read_recovery, read_removal
from promote_tui.engine.process_log import log
from promote_tui.engine.runs.control import REFUSAL_FILE, encode_refusal
from promote_tui.engine.runs.execute import RunExecution
from promote_tui.engine.runs.reconcile import clean_up, read_run
from promote_tui.engine.runs.recovery import RecoveryExecution
from promote_tui.engine.runs.removal import RemovalExecution
from promote_tui.engine.state_dir import Folders, write_private
from promote_tui.paths import state_folder

if TYPE_CHECKING:
    from promote_tui.core.previews.removal import Removal
    from promote_tui.core.recovery.recovery import Recovery


def main(argv: list[str]) -> int:
    """Execute the plan; what cannot be told through the ledger is written beside the run's log."""
    run, plan_folder = argv
    os.umask(0o077)
    handed = read_handed_over()
    for unheard in (signal.SIGHUP, signal.SIGINT):
        signal.signal(unheard, lambda *_: None)  # not SIG_IGN: the deployer would inherit that
    try:
        _execute(run, Path(plan_folder), handed)
    except PromoteError as error:
        log(str(error))
        write_private(Folders(state_folder()).run(run) / REFUSAL_FILE, encode_refusal(error))
        return error.exit_code
    return 0


def _execute(run: str, plan_folder: Path, handed: bytes) -> None:
    removal, recovery = read_removal(plan_folder), read_recovery(plan_folder)
    if removal is not None:
        _remove(run, removal, handed)
    elif recovery is not None:
        _recover(run, recovery, handed)
    else:
        _deploy(run, plan_folder, handed)


def _remove(run: str, removal: Removal, handed: bytes) -> None:
    engine = open_engine(Path(removal.config_path))
    engine.context.accounts.take_over(handed)
    context = engine.governance.with_preview(removal.target.preview).context
    verdict = RemovalExecution(context, removal, run, engine.governance.configured).execute(engine.me)
    if not isinstance(verdict, OutcomeUnknown):
        clean_up(context, read_run(context, run))


def _recover(run: str, recovery: Recovery, handed: bytes) -> None:
    engine = open_engine(Path(recovery.config_path))
    engine.context.accounts.take_over(handed)
    context = engine.governance.ruling(recovery.target.service, recovery.target.stage)
    verdict = RecoveryExecution(context, recovery, run).execute(engine.me)
    if not isinstance(verdict, OutcomeUnknown):
        clean_up(context, read_run(context, run))


def _deploy(run: str, plan_folder: Path, handed: bytes) -> None:
    plan, answer = read_plan(plan_folder)
    engine = open_engine(Path(plan.config_path), break_glass=plan.draft.options.break_glass)
    context = engine.context
    context.accounts.take_over(handed)
    approved = approve(plan, answer, context.clock.now())
    target = plan.draft.target
    governance = engine.governance.with_preview(target.preview) if target.preview else engine.governance
    ruling = governance.ruling(target.service, target.stage)
    promotion = RunExecution(ruling, approved, run)
    verdict = promotion.execute(engine.me)
    if not isinstance(verdict, OutcomeUnknown):
        clean_up(ruling, read_run(ruling, run))
    if promotion.back.approved:
        engine.runs.start(promotion.back.approved, promotion.back.run)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
