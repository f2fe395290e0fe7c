"""The gates on where a promotion lands: the stack, the account, the resolved target, the reported commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates.gate import Gate
from promote_tui.core.model.cells import InProgress, Unreachable
from promote_tui.core.model.stack_status import Phase
from promote_tui.core.next_steps import NextStep
from promote_tui.core.text import plural, short

if TYPE_CHECKING:
    from promote_tui.core.gates.facts import PromotionFacts
    from promote_tui.core.gates.gate import GateContext
    from promote_tui.core.gates.model import GateResult, Opener
    from promote_tui.core.model.cells import StackState


class StackGate(Gate):
    """The stack can take an update."""

    name = "stack"

    def check(self, context: GateContext) -> GateResult:
        """Return whether the stack is there and at rest."""
        cell, target = context.promotion.cell, context.promotion.target
        if isinstance(cell, Unreachable):
            step = NextStep("login") if cell.login else NextStep("again")
            return self.block(cell.reason, cell.remedy, step=step)
        if cell.stack is None:
            return self.allow(f"{target.stack} does not exist yet; it will be created")
        return self._state(cell.stack, at_work=isinstance(cell, InProgress))

    def _state(self, stack: StackState, *, at_work: bool) -> GateResult:
        reason = f"{stack.name} is {stack.status_name}"
        if stack.status.deployable and not at_work:
            return self.allow(reason)
        moving = stack.status.phase is Phase.MOVING
        opener: Opener = "time" if moving or at_work else "person"
        step = None if moving else NextStep("console")
        return self.block(reason, stack.status.remedy, step=step, opened_by=opener)


class AccountGate(Gate):
    """The credentials are for the stage's account."""

    name = "account"

    def check(self, context: GateContext) -> GateResult:
        """Return whether STS names the account that the configuration does."""
        facts = context.promotion
        expected = facts.target.aws.account
        if facts.account is None:
            reason = facts.account_problem or "the account could not be checked"
            return self.block(reason, "log in, then try again", step=NextStep("login"))
        problem = (
            f"the credentials are for account {facts.account}, {facts.stage.name} is {expected}"
            if facts.account != expected
            else _elsewhere(facts)
        )
        if problem:
            return self.block(problem, "fix the stage's profile")
        return self.allow(f"{expected} in {facts.target.aws.region}")


class CredentialsGate(Gate):
    """The credentials last for as long as a deploy usually takes."""

    name = "credentials"
    allows_review = True

    def check(self, context: GateContext) -> GateResult | None:
        """Return that they end too soon; None where they last."""
        why = context.promotion.expiry
        return self.block(why, "log in again for long enough", step=NextStep("login")) if why else None


def _elsewhere(facts: PromotionFacts) -> str:
    """Return why the stack's account is wrong; empty where it is that of the credentials."""
    if isinstance(facts.cell, Unreachable) or facts.cell.stack is None:
        return ""
    seen = facts.cell.stack.account
    return "" if seen == facts.target.aws.account else f"the stack is in account {seen or 'unknown'}"


class TargetGate(Gate):
    """What the deployer resolved is what the configuration says."""

    name = "target"

    def check(self, context: GateContext) -> GateResult | None:
        """Return whether the package is for the stack, stage and region of the target; None for a draft."""
        package, target, deployer = context.promotion.package, context.promotion.target, context.promotion.deployer
        if package is None:
            return None
        resolved = package.resolved
        pairs = (
            ("stack", resolved.stack, target.stack),
            ("stage", resolved.stage, target.serverless_stage),
            ("region", resolved.region, target.aws.region),
        )
        wrong = [f"{what} {got}, not {want}" for what, got, want in pairs if got != want]
        if wrong:
            reason = f"the {deployer.name} would deploy to {'; '.join(wrong)}"
            return self.block(reason, f"fix {deployer.configuration} or the configuration")
        return self.allow(f"the CLI resolves to {resolved.stack} in {resolved.region}")


class CommitOutputGate(Gate):
    """The package makes the stack name the commit."""

    name = "commit output"

    def check(self, context: GateContext) -> GateResult | None:
        """Return whether the stack will say what it runs; None for a draft."""
        package = context.promotion.package
        if package is None:
            return None
        if not package.reports_commit:
            return self.block("the package would not report its commit", "see `output` in the configuration")
        count = plural(len(package.files), "file")
        remark = f"; {package.remark}" if package.remark else ""
        return self.allow(f"the package of {count} reports {short(context.commit)}{remark}")


GATES = (StackGate(), AccountGate(), CredentialsGate(), TargetGate(), CommitOutputGate())
