"""What a gate is: a name, where it applies, and a check that says whether a promotion may go on, and why not."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, TypedDict

from promote_tui.core.gates.facts import GateFacts, PromotionFacts
from promote_tui.core.gates.model import Allowance, GateResult, Opener
from promote_tui.core.gates.options import NORMAL, PromotionOptions, config_name
from promote_tui.core.model.team_rules import Approvals, Rules
from promote_tui.core.runs.verification import RollbackVerification
from promote_tui.core.text import short
from promote_tui.core.value import Value, replace

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Unpack

    from promote_tui.core.next_steps import NextStep
    from promote_tui.core.runs.events import RunKind

EVERY_KIND: frozenset[RunKind] = frozenset({"normal", "hotfix", "rollback"})
FORWARD: frozenset[RunKind] = frozenset({"normal", "hotfix"})
"""The kinds of promotion that bring new code; a rollback need not prove what only new code must."""


class GateContext(Value):
    """All that a gate decides on; `rollback_verification` says whether a rollback's code ran well in the stage."""

    promotion: PromotionFacts
    facts: GateFacts
    options: PromotionOptions = NORMAL
    rollback_verification: RollbackVerification | None = None

    @property
    def rules(self) -> Rules:
        """The stage's rules for this promotion: a hotfix needs one more approval."""
        rules = self.promotion.stage.rules
        if self.options.kind != "hotfix":
            return rules
        asked = rules.approvals or Approvals(0)
        return replace(rules, approvals=replace(asked, count=asked.count + 1))

    @property
    def service(self) -> str:
        """The service that is promoted."""
        return self.promotion.target.service

    @property
    def stage(self) -> str:
        """The stage that it is promoted to."""
        return self.promotion.stage.name

    @property
    def commit(self) -> str:
        """The commit that is promoted."""
        return self.promotion.commit

    @property
    def decision_arguments(self) -> str:
        """The arguments of a decision about this promotion on the command line."""
        return f"{self.service} --to {self.stage} --commit {short(self.commit)}"


class BlockDetails(TypedDict, total=False):
    """What unblocks a gate, besides its remedy in words."""

    step: NextStep | None
    opens_at: datetime | None
    opened_by: Opener
    missing_allowances: tuple[Allowance, ...]


class Gate(ABC):
    """One condition of a promotion; its docstring states what holds where it passes."""

    name: ClassVar[str]
    overridable: ClassVar[bool] = False
    """Whether a stage may list it in `overridable`."""
    kinds: ClassVar[frozenset[RunKind]] = EVERY_KIND
    """The kinds of promotion that ask for it."""
    lenient_in: ClassVar[frozenset[RunKind]] = frozenset()
    """The kinds of promotion in which it only warns."""
    allows_review: ClassVar[bool] = False
    """Whether people may package the commit and read the plan while it is blocked."""
    on_record: ClassVar[bool] = False
    """Whether it needs what only the team's ledger knows."""

    @classmethod
    def config_name(cls) -> str:
        """Return how the configuration and `--override` write its name."""
        return config_name(cls.name)

    @abstractmethod
    def check(self, context: GateContext) -> GateResult | None:
        """Return what the gate says; None where nobody asks for it, or there is nothing to say."""

    def allow(self, reason: str, *, warns: bool = False) -> GateResult:
        """Return that the gate passes."""
        return GateResult(self.name, passed=True, reason=reason, warns=warns)

    def block(self, reason: str, remedy: str, **details: Unpack[BlockDetails]) -> GateResult:
        """Return that the gate is blocked, and what unblocks it."""
        return GateResult(self.name, passed=False, reason=reason, remedy=remedy, **details)


class TeamGate(Gate):
    """A gate that a stage or a decision asks for: people or time unblock it, so the plan can be read meanwhile."""

    allows_review = True
