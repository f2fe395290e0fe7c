"""Runs a stage's checks where a promotion finds that they have not run on its code, and the stage wants that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates.decisions import checks_by_command
from promote_tui.core.gates.sign_off import ChecksGate, command_key
from promote_tui.engine.checks import CheckWatch, run_checks
from promote_tui.engine.planning.gates import decisions_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.planning.plan import Draft
    from promote_tui.engine.context import Context


def run_missing_checks(context: Context, draft: Draft, on_step: Callable[[str], None]) -> None:
    """Run the checks of the draft's stage on its commit, if one of them never ran on this code.

    A check that has failed is not run again by itself. Raises GitError, AwsError, LedgerError, DeployError.
    """
    stage = context.pipeline.stage(draft.target.stage)
    gate = next((each for each in draft.gates if each.name == ChecksGate.name), None)
    if stage.rules.run_checks != "on_promote" or gate is None or gate.passed or context.pipeline.read_only:
        return
    service = context.pipeline.service(draft.target.service)
    ended = checks_by_command(decisions_for(context, service, stage.name, draft.commit.sha))
    if any(command_key(argv) not in ended for argv in stage.rules.checks):
        run_checks(context, service, stage, draft.commit.sha, CheckWatch(on_step))
