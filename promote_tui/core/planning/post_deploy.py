"""What follows a deploy, in the words that a person confirms: its proof, and what is done where that fails."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.core.durations import span
from promote_tui.core.model.smoke import SmokeCommand
from promote_tui.core.runs.consequences import after_failed_proof

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Service, Stage
    from promote_tui.core.runs.events import RunKind

_FAILS = {
    "ask": "the code stays, unproved, and the run asks",
    "stop": "the code stays, unproved, and the stage is put on hold",
    "rollback": "the stage rolls back automatically, unless data or migrations prevent it",
}


def post_deploy_steps(service: Service, stage: Stage, kind: RunKind) -> tuple[tuple[str, str], ...]:
    """Return (name, words) of each thing that follows; what nobody asks for is not there."""
    found: list[tuple[str, str]] = []
    if service.smoke is not None:
        asked = service.smoke
        words = " ".join(asked.argv) if isinstance(asked, SmokeCommand) else f"{asked.url} answers {asked.status}"
        found.append(("smoke test", words))
    bake = stage.rules.bake_seconds
    if bake:
        found.append(("bake", f"{', '.join(stage.rules.alarms)} stay OK for {span(timedelta(seconds=bake))}"))
    if found:
        found.append(("where it fails", _FAILS[after_failed_proof(stage.rules, kind)]))
    if kind == "rollback":
        found.append(("then", f"{stage.name} is on hold until somebody lifts it"))
    return tuple(found)
