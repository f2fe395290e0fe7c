"""A plan on disk: what a face hands to the runner, in a folder that only the user can read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from promote_tui.core.errors import PlanStale
from promote_tui.core.planning.plan import Confirmation, Plan
from promote_tui.core.previews.removal import Removal
from promote_tui.core.recovery.recovery import Recovery
from promote_tui.core.value import decode, encode_json
from promote_tui.engine.state_dir import write_private

if TYPE_CHECKING:
    from pathlib import Path

_PLAN = "plan.json"
_REMOVAL = "removal.json"
_RECOVERY = "recovery.json"
_ANSWER = "confirmation.json"


def write_plan(folder: Path, plan: Plan) -> None:
    """Write the plan; raises LedgerError where the disk refuses."""
    write_private(folder / _PLAN, encode_json(plan))


def write_confirmation(folder: Path, answer: Confirmation) -> None:
    """Write what the person answered; raises LedgerError where the disk refuses."""
    write_private(folder / _ANSWER, encode_json(answer))


def write_removal(folder: Path, removal: Removal) -> None:
    """Write what is going to be removed; raises LedgerError where the disk refuses."""
    write_private(folder / _REMOVAL, encode_json(removal))


def read_removal(folder: Path) -> Removal | None:
    """Return what is going to be removed; None where the folder holds a plan. Raises PlanStale where it is broken."""
    path = folder / _REMOVAL
    if not path.exists():
        return None
    try:
        return decode(Removal, json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        cause = f"the removal cannot be read ({type(error).__name__})"
        raise PlanStale(folder.name, cause, "remove it again") from error


def write_recovery(folder: Path, recovery: Recovery) -> None:
    """Write what is going to be recovered; raises LedgerError where the disk refuses."""
    write_private(folder / _RECOVERY, encode_json(recovery))


def read_recovery(folder: Path) -> Recovery | None:
    """Return what is going to be recovered; None where the folder holds none. Raises PlanStale where it is broken."""
    path = folder / _RECOVERY
    if not path.exists():
        return None
    try:
        return decode(Recovery, json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        cause = f"the recovery cannot be read ({type(error).__name__})"
        raise PlanStale(folder.name, cause, "recover it again") from error


def read_plan(folder: Path) -> tuple[Plan, Confirmation]:
    """Return the plan and the answer; raises PlanStale where they are gone or cannot be read."""
    try:
        plan = decode(Plan, json.loads((folder / _PLAN).read_text(encoding="utf-8")))
        answer = decode(Confirmation, json.loads((folder / _ANSWER).read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise PlanStale(folder.name, f"the plan cannot be read ({type(error).__name__})", "plan again") from error
    return plan, answer
