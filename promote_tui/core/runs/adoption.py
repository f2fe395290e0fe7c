"""Whether what a stack runs may be adopted, and whether a commit is that: proved by its package, never guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.changes.changeset import predict
from promote_tui.core.errors import NotProved, Refused, UsageError
from promote_tui.core.model.cells import Deployed, Unreported
from promote_tui.core.package.artifact_diff import Comparison, deployed_code
from promote_tui.core.runs.events import Checked, GateRecord, Verified
from promote_tui.core.text import advice, list_first, plural, short
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from promote_tui.core.changes.model import Template
    from promote_tui.core.model.cells import Cell
    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.package.manifest import Manifest
    from promote_tui.core.runs.run import Run


_SAY_WHY = "give the reason with --reason"


class AdoptionProof(Value):
    """What was found out about a commit that is said to run somewhere; `artifacts` is its package's digest."""

    found: Comparison
    artifacts: str = ""

    @property
    def holds(self) -> bool:
        """Whether it is proved that the commit runs there."""
        return self.found.sameness == "equal"


def check_adoptable(cell: Cell, *, named: bool) -> Deployed | Unreported:
    """Return the cell of a stack whose commit can be adopted; `named`: a person says which one it is.

    Raises UsageError where no commit is known to run there, or its last update failed.
    """
    subject = str(cell.target)
    if not isinstance(cell, Deployed | Unreported):
        raise UsageError(subject, "no commit is known to run there", "promote to it instead")
    if not cell.stack.status.succeeded:
        raise UsageError(subject, "its last update did not succeed", "promote to it instead")
    if isinstance(cell, Unreported) and not named:
        says = cell.stack.commit_name
        cause = f"the stack names {says}, which is not a commit here" if says else "the stack names no commit"
        raise UsageError(subject, cause, f"name it: {adopt_command(cell.target)}; or promote to it")
    return cell


def adopted_commit(cell: Deployed | Unreported, named: str) -> str:
    """Return the commit to adopt; raises UsageError where `named` is not what the stack runs."""
    if isinstance(cell, Unreported):
        return named
    if named and named != cell.commit:
        cause = f"it runs {short(cell.commit)}, not {short(named)}"
        raise UsageError(str(cell.target), cause, f"promote {short(named)} to it, or adopt what runs there")
    return cell.commit


def require_ground(target: Target, commit: str, reason: str, proof: AdoptionProof | None) -> None:
    """Refuse an adoption with neither a proof nor a reason: without a proof it rests on a person's word."""
    if reason.strip() or (proof and proof.holds):
        return
    if proof is None:
        raise Refused(str(target), "no reason is given", _SAY_WHY)
    raise NotProved(str(target), f"not proved that {short(commit)} runs there: {proof.found.reason}", _SAY_WHY)


def judge_adoption(at: datetime, who: str, proof: AdoptionProof | None) -> Verified:
    """Return the verdict of an adoption: who adopted it, and what was found."""
    if proof and proof.holds:
        return Verified(at, f"adopted by {who}; {proof.found.reason}")
    return Verified(at, f"adopted on the word of {who}" + (f"; not proved: {proof.found.reason}" if proof else ""))


def checked_package(at: datetime, proof: AdoptionProof) -> Checked:
    """Return that the package was compared; later stages compare theirs with one that is proved to run here."""
    record = GateRecord("runs this package", proof.holds, proof.found.reason)
    return Checked(at, "", (record,), proof.artifacts if proof.holds else "")


def compare_running(
    ours: Manifest, packaged: Template, deployed: Template, running: Mapping[str, str], stage: str
) -> Comparison:
    """Return whether a package is what a stage runs; only `equal` proves it.

    Two facts are needed. Each function runs the package's bytes, by CodeSha256 (`running`, by logical id), and there
    are no more functions. The deployed template differs only in what every deploy changes.
    """
    unseen = _unseen(ours, deployed, running)
    if unseen:
        return Comparison("unknown", unseen)
    code = {each.function: each.code for each in ours.artifacts}
    other = sorted(name for name in code.keys() | running.keys() if code.get(name) != running.get(name))
    if other:
        return Comparison("different", f"other code than {stage} runs: {list_first(other)}", tuple(other))
    changes = [each.logical_id for each in predict(deployed, packaged, "compared by the templates").changes]
    if changes:
        return Comparison("different", f"the same code, but other resources than in {stage}: {list_first(changes)}")
    size = plural(len(code), "function")
    return Comparison("equal", f"its package is what {stage} runs: {size} by CodeSha256, no resource differs")


def adopt_command(target: Target) -> str:
    """Return the command that says what runs in a stage whose stack names no commit."""
    return f"promote-tui adopt {target.service} {target.stage} --commit REV"


def unnamed_next_steps(cell: Unreported) -> str:
    """Return the next steps for a stage that names no commit, each by the stage's name."""
    remedy = cell.remedy.replace("promote to it once", f"promote to {cell.target.stage} once")
    return advice(remedy, f"or say what runs there: {adopt_command(cell.target)}")


def describe_basis(run: Run) -> str:
    """Return what an adoption stands on: the package that was compared, or a person's word."""
    proved = bool(run.gates) and all(gate.passed for gate in run.gates)
    return "proved by its package" if proved else f"on the word of {run.planned.who}"


def _unseen(ours: Manifest, deployed: Template, running: Mapping[str, str]) -> str:
    """Return why the code cannot be compared; empty where all of it can."""
    found = deployed_code(deployed)
    unread = sorted({*found.code, *found.unknown} - running.keys())
    if unread:
        return f"what {list_first(unread)} runs could not be read"
    if ours.elsewhere:
        return f"the code of {list_first(ours.elsewhere)} is not in the package"
    return "Lambda does not report the code of layers" if ours.layers else ""
