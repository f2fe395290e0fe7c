"""Gates: pure functions that say whether a promotion may go on, and why not, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from promote_tui.core.changes.model import ChangeReview
from promote_tui.core.git.branches import is_allowed
from promote_tui.core.model.pipeline import Cell, InProgress, Stage, Target, Unreachable
from promote_tui.core.model.stack_status import Phase
from promote_tui.core.next_steps import NextStep
from promote_tui.core.package.artifact_diff import Comparison
from promote_tui.core.package.package import Package
from promote_tui.core.runs.verification import NotVerified, Observed, Verification, VerifiedBy
from promote_tui.core.text import plural, short

Opener: TypeAlias = Literal["another commit", "person", "time"]


@dataclass(frozen=True, slots=True)
class Allowance:
    """A person's word, by its logical id, that a resource which holds data may be replaced or removed."""

    kind: Literal["replace", "remove"]
    logical_id: str

    def __str__(self) -> str:
        """Return it as the command line takes it."""
        return f"--allow-{self.kind} {self.logical_id}"


@dataclass(frozen=True, slots=True)
class GateResult:
    """What a gate says; the same words in footer, dialog, command line and JSON.

    `needs` are the allowances that are missing: a closed gate that has some opens when a person gives them.
    `warns` says that an open gate has found what a person should know. `opens_at`: when a closed one opens by itself.
    `later` says that people or time open it: the package can be reviewed meanwhile. `overridden` is a person's
    reason to go on although it is closed. `step` is what a person can do about it, of which `remedy` are the words.
    `opened_by` is what opens a closed one: somebody's deed, time alone, or nothing but another commit in its place.
    """

    name: str
    passed: bool
    reason: str
    remedy: str = ""
    overridable: bool = False
    needs: tuple[Allowance, ...] = ()
    warns: bool = False
    opens_at: datetime | None = None
    later: bool = False
    overridden: str = ""
    step: NextStep | None = None
    opened_by: Opener = "person"

    def open_with(self, given: tuple[Allowance, ...]) -> bool:
        """Tell whether the gate is open once these allowances are given."""
        return self.passed or (bool(self.needs) and set(self.needs) <= set(given))


@dataclass(frozen=True, slots=True)
class Facts:
    """What the gates are asked about, gathered by the engine.

    `containing` are the branches that hold the commit, `account` is what STS says with the very
    credentials that the deploy will use (None: STS could not be asked, `account_problem` says why).
    `package`, `review` and `artifact` are None for a draft; `allowances` are those that a person has given.
    """

    target: Target
    stage: Stage
    commit: str
    before: str | None
    verification: Verification | None
    containing: tuple[str, ...]
    cell: Cell
    account: str | None = None
    account_problem: str = ""
    package: Package | None = None
    review: ChangeReview | None = None
    artifact: Comparison | None = None
    allowances: tuple[Allowance, ...] = ()


def evaluate(facts: Facts) -> tuple[GateResult, ...]:
    """Return every gate's result, in the order in which people think of them."""
    early = (stage_order(facts), branch_policy(facts), stack_stable(facts), account_matches(facts))
    late = (target_matches(facts), reports_commit(facts)) if facts.package else ()
    review = facts.review
    reviewed = (*taken(review), *data_kept(review, facts.allowances), *exports_free(review)) if review else ()
    return (*early, *late, *reviewed, *same_artifact(facts))


def stage_order(facts: Facts) -> GateResult:
    """The commit, or one with the same service tree, is verified in the stage before."""
    name = "stage order"
    match facts.verification:
        case None:
            return GateResult(name, passed=True, reason=f"{facts.stage.name} is the first stage")
        case VerifiedBy(run=run, commit=commit):
            same = "" if commit == facts.commit else f" as {short(commit)}, the same code"
            return GateResult(name, passed=True, reason=f"verified in {facts.before} by run {run}{same}")
        case Observed(commit=commit):
            same = "" if commit == facts.commit else f" as {short(commit)}, the same code"
            return GateResult(name, passed=True, reason=f"observed in {facts.before}{same}")
        case NotVerified(reason=reason):
            step = NextStep("promote", (facts.before,)) if facts.before else None
            return GateResult(
                name, passed=False, reason=reason, remedy=f"promote it to {facts.before} first", step=step
            )


def branch_policy(facts: Facts) -> GateResult:
    """The commit is on a branch that the stage allows."""
    name = "branch"
    fitting = [branch for branch in facts.containing if is_allowed(facts.stage, branch)]
    if fitting:
        return GateResult(name, passed=True, reason=f"on {fitting[0]}, which {facts.stage.name} allows")
    where = f"only on {', '.join(facts.containing[:3])}" if facts.containing else "on no branch"
    reason = f"{short(facts.commit)} is {where}; {facts.stage.name} allows {', '.join(facts.stage.branches)}"
    remedy = f"merge it into {' or '.join(facts.stage.branches)} first"
    return GateResult(name, passed=False, reason=reason, remedy=remedy, step=NextStep("choose"))


def stack_stable(facts: Facts) -> GateResult:
    """The stack can take an update."""
    name = "stack"
    cell = facts.cell
    if isinstance(cell, Unreachable):
        login = NextStep("login") if cell.login else NextStep("again")
        return GateResult(name, passed=False, reason=cell.reason, remedy=cell.remedy, step=login)
    if cell.stack is None:
        return GateResult(name, passed=True, reason=f"{facts.target.stack} does not exist yet; it will be created")
    state = cell.stack
    if state.status.deployable and not isinstance(cell, InProgress):
        return GateResult(name, passed=True, reason=f"{state.name} is {state.status_name}")
    reason, moving = f"{state.name} is {state.status_name}", state.status.phase is Phase.MOVING
    step = None if moving else NextStep("console")
    opener: Opener = "time" if moving or isinstance(cell, InProgress) else "person"
    return GateResult(name, passed=False, reason=reason, remedy=state.status.remedy, step=step, opened_by=opener)


def account_matches(facts: Facts) -> GateResult:
    """The credentials are for the stage's account."""
    name = "account"
    expected = facts.target.aws.account
    if facts.account is None:
        reason = facts.account_problem or "the account could not be checked"
        return GateResult(name, passed=False, reason=reason, remedy="log in, then try again", step=NextStep("login"))
    if facts.account != expected:
        reason = f"the credentials are for account {facts.account}, {facts.stage.name} is {expected}"
        return GateResult(name, passed=False, reason=reason, remedy="fix the stage's profile")
    elsewhere = _elsewhere(facts)
    if elsewhere:
        return GateResult(name, passed=False, reason=elsewhere, remedy="fix the stage's profile")
    return GateResult(name, passed=True, reason=f"{expected} in {facts.target.aws.region}")


def _elsewhere(facts: Facts) -> str:
    """Say so where the stack that was read lives in another account than the credentials claim."""
    if isinstance(facts.cell, Unreachable) or facts.cell.stack is None:
        return ""
    seen = facts.cell.stack.account
    return "" if seen == facts.target.aws.account else f"the stack is in account {seen or 'unknown'}"


def target_matches(facts: Facts) -> GateResult:
    """What the Serverless CLI resolved is what the configuration says."""
    name = "target"
    if facts.package is None:
        return GateResult(name, passed=False, reason="not packaged yet")
    resolved, target = facts.package.resolved, facts.target
    pairs = (
        ("stack", resolved.stack, target.stack),
        ("stage", resolved.stage, target.serverless_stage),
        ("region", resolved.region, target.aws.region),
    )
    wrong = [f"{what} {got}, not {want}" for what, got, want in pairs if got != want]
    if wrong:
        reason = f"the Serverless CLI would deploy to {'; '.join(wrong)}"
        return GateResult(name, passed=False, reason=reason, remedy="fix serverless.yml or the configuration")
    return GateResult(name, passed=True, reason=f"the CLI resolves to {resolved.stack} in {resolved.region}")


def reports_commit(facts: Facts) -> GateResult:
    """The package makes the stack name the commit."""
    name = "commit output"
    if facts.package is not None and facts.package.reports_commit:
        count = plural(len(facts.package.files), "file")
        remark = f"; {facts.package.remark}" if facts.package.remark else ""
        return GateResult(name, passed=True, reason=f"the package of {count} reports {short(facts.commit)}{remark}")
    return GateResult(
        name,
        passed=False,
        reason="the package would not report its commit",
        remedy="see `output` in the configuration",
    )


def taken(review: ChangeReview) -> tuple[GateResult, ...]:
    """CloudFormation takes the template; nothing is said where it did not say otherwise."""
    if not review.refused:
        return ()
    reason, remedy = f"CloudFormation refuses it: {review.refused}", "correct the service's template, then plan again"
    return (GateResult("template", passed=False, reason=reason, remedy=remedy),)


def data_kept(review: ChangeReview, allowances: tuple[Allowance, ...]) -> tuple[GateResult, ...]:
    """No resource that holds data is replaced or removed, unless a person allows it by its name."""
    name = "data"
    wanted = (
        *(Allowance("replace", each) for each in review.replaced),
        *(Allowance("remove", each) for each in review.removed),
    )
    if not wanted:
        what = "cannot be told" if review.unknown else "nothing that holds data is replaced or removed"
        return (GateResult(name, passed=not review.unknown, reason=review.unknown or what, remedy=_REVIEW),)
    missing = tuple(each for each in wanted if each not in allowances)
    if not missing:
        return (GateResult(name, passed=True, reason=f"allowed by name: {', '.join(map(str, wanted))}"),)
    told = [_lost(review, each) for each in missing]
    remedy = f"type its name, or pass {' '.join(map(str, missing))}"
    return (GateResult(name, passed=False, reason="; ".join(told), remedy=remedy, needs=missing),)


_REVIEW = "fix what keeps the changes from being told, then plan again"


def _lost(review: ChangeReview, allowance: Allowance) -> str:
    found = next(each for each in review.changes if each.logical_id == allowance.logical_id)
    may = "may be" if found.replacement == "conditional" and allowance.kind == "replace" else "would be"
    after = "it stays in the account, out of the stack" if found.kept else "what it holds is lost"
    done = "replaced" if allowance.kind == "replace" else "removed"
    return f"{found.logical_id} ({found.resource_type}) {may} {done}: {after}"


def exports_free(review: ChangeReview) -> tuple[GateResult, ...]:
    """No export goes away that another stack imports."""
    name = "exports"
    if not review.exports:
        return ()
    used = [each for each in review.exports if each.importers]
    if used:
        told = "; ".join(f"{each.name} is imported by {', '.join(each.importers or ())}" for each in used)
        remedy = "keep the export until nothing imports it; CloudFormation would refuse the update"
        return (GateResult(name, passed=False, reason=f"it would go away, and {told}", remedy=remedy),)
    unasked = [each.name for each in review.exports if each.importers is None]
    if unasked:
        told = f"{', '.join(unasked)} would go away, and who imports it could not be asked"
        return (
            GateResult(name, passed=False, reason=told, remedy="allow cloudformation:ListImports, then plan again"),
        )
    gone = ", ".join(each.name for each in review.exports)
    return (GateResult(name, passed=True, reason=f"{gone} goes away; no stack imports it"),)


def same_artifact(facts: Facts) -> tuple[GateResult, ...]:
    """Where the stage requires it, the artifact is the one that was verified in the stage before."""
    name, found = "same artifact", facts.artifact
    if found is None or facts.before is None:
        return ()
    if found.verdict == "equal" or facts.stage.same_artifact == "warn":
        return (GateResult(name, passed=True, reason=found.reason, warns=found.verdict != "equal"),)
    remedy = found.remedy or f"promote this commit to {facts.before} again, then here"
    return (GateResult(name, passed=False, reason=found.reason, remedy=remedy),)
