"""Whether a commit is what a stack runs that does not name its commit: told from its package, never guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.changes.changeset import predict
from promote_tui.core.package.artifact_diff import Comparison, deployed_code
from promote_tui.core.text import advice, plural

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from promote_tui.core.changes.model import Template
    from promote_tui.core.model.pipeline import Target, Unreported
    from promote_tui.core.package.manifest import Manifest
    from promote_tui.core.runs.run import Run

_LISTED = 3


def compare_running(
    ours: Manifest, packaged: Template, deployed: Template, running: Mapping[str, str], stage: str
) -> Comparison:
    """Return whether a package is what a stage runs; only `equal` proves it.

    Each function runs the package's bytes, by CodeSha256 (`running`, by logical id), none has more functions, and the
    deployed template differs in nothing but what every deploy changes.
    """
    unseen = _unseen(ours, deployed, running)
    if unseen:
        return Comparison("unknown", unseen)
    code = {each.function: each.code for each in ours.artifacts}
    other = sorted(name for name in code.keys() | running.keys() if code.get(name) != running.get(name))
    if other:
        return Comparison("different", f"other code than {stage} runs: {_listed(other)}", tuple(other))
    changes = [each.logical_id for each in predict(deployed, packaged, "compared by the templates").changes]
    if changes:
        return Comparison("different", f"the same code, but other resources than in {stage}: {_listed(changes)}")
    size = plural(len(code), "function")
    return Comparison("equal", f"its package is what {stage} runs: {size} by CodeSha256, no resource differs")


def adopt_command(target: Target) -> str:
    """Return the command that says what runs in a stage whose stack names no commit."""
    return f"promote-tui adopt {target.service} {target.stage} --commit REV"


def unnamed_next_steps(cell: Unreported) -> str:
    """Return the next steps for a stage that names no commit, each by the stage's name."""
    remedy = cell.remedy.replace("promote to it once", f"promote to {cell.target.stage} once")
    return advice(remedy, f"or say what runs there: {adopt_command(cell.target)}")


def basis(run: Run) -> str:
    """Return what an adoption stands on: the package that was compared, or a person's word."""
    proved = bool(run.gates) and all(gate.passed for gate in run.gates)
    return "proved by its package" if proved else f"on the word of {run.planned.who}"


def _unseen(ours: Manifest, deployed: Template, running: Mapping[str, str]) -> str:
    """Return why the code cannot be compared; empty where all of it can."""
    found = deployed_code(deployed)
    unread = sorted({*found.code, *found.untold} - running.keys())
    if unread:
        return f"what {_listed(unread)} runs could not be read"
    if ours.elsewhere:
        return f"the code of {_listed(ours.elsewhere)} is not in the package"
    return "Lambda does not report the code of layers" if ours.layers else ""


def _listed(names: Collection[str]) -> str:
    first, more = [*names][:_LISTED], len(names) - _LISTED
    return ", ".join(first) + (f" and {more} more" if more > 0 else "")
