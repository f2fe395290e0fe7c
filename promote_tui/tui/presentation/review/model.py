"""A promotion as far as it is known, and what its steps have come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.gates.blocked_gates import (
    gates_to_resolve,
    next_steps,
    put_blocked_gates_first,
    sort_blocked_gates,
)
from promote_tui.core.gates.package import SameArtifactGate
from promote_tui.core.gates.sign_off import ApprovalsGate
from promote_tui.core.gates.waiting import may_open_unaided
from promote_tui.core.keymap import DEFAULTS
from promote_tui.tui.presentation.review.facts import Standing, artifact_standing, is_unknown_base, needs_attention

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from promote_tui.core.changes.model import ChangeReview
    from promote_tui.core.errors import PromoteError
    from promote_tui.core.gates.model import Allowance, GateResult
    from promote_tui.core.matrix import CellView
    from promote_tui.core.model.deployer import DeployerFacts
    from promote_tui.core.model.pipeline import Confirm, Target
    from promote_tui.core.next_steps import NextStep
    from promote_tui.core.package.artifact_diff import Comparison
    from promote_tui.core.planning.plan import Draft, Plan
    from promote_tui.tui.presentation.glyphs import Glyphs


_FIRST = ("fail", "attention")


@dataclass(frozen=True, slots=True)
class ReviewKeys:
    """The keys that the screen's own words name, as a person has chosen them."""

    again: str = "r"
    copy: str = "y"
    deploy: str = "p"
    diff: str = "d"
    login: str = "L"
    onward: str = "tab"
    of: Callable[[str], str] = DEFAULTS.__getitem__
    """Returns the key of any action."""

    @classmethod
    def read(cls, key_of: Callable[[str], str]) -> ReviewKeys:
        """Return the keys as they are set."""
        again, deploy, diff, onward = (key_of(f"promote.{name}") for name in ("again", "deploy", "diff", "next"))
        return cls(again, key_of("app.copy"), deploy, diff, key_of("app.login"), onward, key_of)


@dataclass(frozen=True, slots=True)
class Review:
    """A promotion as far as it is known; `doing` is what goes on now, for so many `seconds`.

    `error` is why there is no draft, no plan, or no run; `view` is the cell as the matrix has it; `named` is
    what stands in the field for the resources that hold data.
    """

    target: Target
    confirm: Confirm
    now: datetime
    glyphs: Glyphs
    draft: Draft | None = None
    plan: Plan | None = None
    activity: str = ""
    seconds: float | None = None
    error: PromoteError | None = None
    view: CellView | None = None
    shared: Sequence[str] = ()
    read_only: bool = False
    is_starting: bool = False
    frame: int = 0
    keys: ReviewKeys = ReviewKeys()
    typed_names: str = ""
    is_rollback: bool = False
    deployer: DeployerFacts | None = None

    @property
    def gates(self) -> Sequence[GateResult]:
        """The gates of the plan, but for those that a newer draft has asked again; of the draft while there is none."""
        if self.plan is None or self.draft is None:
            return self.draft.gates if self.draft else ()
        if self.draft == self.plan.draft:
            return self.plan.gates
        newer = {gate.name: gate for gate in self.draft.gates}
        early, planned = ({gate.name for gate in gates} for gates in (self.plan.draft.gates, self.plan.gates))
        stay = (gate for gate in self.plan.gates if gate.name in newer or gate.name not in early)
        come = (gate for gate in self.draft.gates if gate.name not in planned)
        return (*(newer.get(gate.name, gate) for gate in stay), *come)

    @property
    def required_allowances(self) -> tuple[Allowance, ...]:
        """What a person has to allow by its name."""
        return tuple(need for gate in self.gates if not gate.passed for need in gate.missing_allowances)

    @property
    def granted_allowances(self) -> tuple[Allowance, ...]:
        """What is allowed by the names that are typed: all that is needed, or nothing."""
        words, wanted = self.typed_names.split(), {need.logical_id for need in self.required_allowances}
        return self.required_allowances if len(words) == len(wanted) and {*words} == wanted else ()

    @property
    def closed_gates(self) -> list[GateResult]:
        """The gates that block the promotion, whatever is typed."""
        return [gate for gate in sort_blocked_gates(self.gates) if not gate.passes_with(self.required_allowances)]

    @property
    def overridable_gates(self) -> list[GateResult]:
        """The closed gates that a person may override, with a reason; none where only another commit helps."""
        return [gate for gate in gates_to_resolve(self.closed_gates) if gate.overridable]

    @property
    def can_override(self) -> bool:
        """Whether a person may override something; nobody overrides what keeps a stage from going back."""
        return bool(self.overridable_gates) and not self.is_rollback

    @property
    def next_steps(self) -> list[NextStep]:
        """What can be done about what is in the way, each once: about the closed gates, or about why it stopped."""
        if self.error is not None:
            return [self.error.step] if self.error.step else []
        return next_steps(self.closed_gates)

    @property
    def failing_gates(self) -> list[GateResult]:
        """The gates that are not open now: those that stay closed, and those whose names are not typed yet."""
        return [gate for gate in self.gates if not gate.passes_with(self.granted_allowances)]

    @property
    def is_typed(self) -> bool:
        """Whether it is confirmed by typing."""
        return self.confirm == "type" or bool(self.required_allowances)

    @property
    def resources(self) -> ChangeReview | None:
        """What it would do to the stack; None before there is a plan."""
        return self.plan.review if self.plan else None

    @property
    def gate_standings(self) -> list[tuple[GateResult, Standing]]:
        """Each gate with how it stands: the failing ones first, then what wants attention."""
        found = [(gate, self._judge(gate)) for gate in put_blocked_gates_first(self.gates)]
        return sorted(found, key=lambda pair: _FIRST.index(pair[1]) if pair[1] in _FIRST else len(_FIRST))

    def _judge(self, gate: GateResult) -> Standing:
        if not gate.passed:
            return "attention" if gate.passes_with(self.granted_allowances) else "fail"
        if gate.overridden:
            return "attention"
        found = self.plan.artifact if self.plan else None
        return artifact_standing(found) if gate.name == SameArtifactGate.name and found else "pass"

    @property
    def ungated_comparison(self) -> Comparison | None:
        """How the artifact compares with that of the stage before, where no gate says so."""
        found = self.plan.artifact if self.plan else None
        return None if any(gate.name == SameArtifactGate.name for gate in self.gates) else found

    @property
    def approval_gates(self) -> list[GateResult]:
        """The gates that are about people's approval."""
        return [gate for gate in self.gates if gate.name == ApprovalsGate.name]

    @property
    def is_expired(self) -> bool:
        """Whether the plan is too old to be run."""
        return self.plan is not None and self.now >= self.plan.expires_at

    @property
    def is_ready(self) -> bool:
        """Whether a person may be asked."""
        open_ = self.plan is not None and not self.closed_gates and self.error is None and not self.is_expired
        open_ = open_ and self.plan is not None and not self.plan.blocked_gates(self.required_allowances)
        return open_ and not self.is_starting and not self.read_only

    @property
    def is_in_progress(self) -> bool:
        """Whether what a person may confirm is still being made."""
        return self.plan is None and not self.closed_gates and self.error is None

    @property
    def is_settled(self) -> bool:
        """Whether the work is done: there is something to confirm, or a reason why not."""
        return not self.is_in_progress and not self.is_starting

    @property
    def may_open_unaided(self) -> bool:
        """Whether the blocked gates may open without action here: time passes, a run ends, others decide."""
        cell = self.draft.cell if self.draft else None
        return bool(self.closed_gates) and all(may_open_unaided(gate, cell) for gate in self.closed_gates)

    @property
    def is_redeploy(self) -> bool:
        """Whether the code that already runs there would be deployed again."""
        draft = self.draft
        return draft is not None and not (is_unknown_base(draft) or draft.brings or draft.removes or draft.files)

    @property
    def standings(self) -> tuple[Standing, Standing, Standing, Standing]:
        """What the steps before the last have come to."""
        return self._commit(), self._changes(), self._gates(), self._approvals()

    def _commit(self) -> Standing:
        if self.draft is None:
            return "fail" if self.error else "pending"
        return "attention" if is_unknown_base(self.draft) or self.draft.removes else "pass"

    def _changes(self) -> Standing:
        if self.plan is None and self.error is not None:
            return "fail"
        if self.draft is None or self.plan is None:
            return "todo" if self.closed_gates else "pending"
        found = self.plan.review
        if any(change.loses_data for change in found.changes):
            return "danger"
        odd = (
            self.plan.warnings or found.unknown or found.warnings or any(each.importers != () for each in found.exports)
        )
        return "attention" if odd or any(needs_attention(change) for change in found.changes) else "pass"

    def _gates(self) -> Standing:
        if self.failing_gates:
            return "fail"
        if any(standing == "attention" for _gate, standing in self.gate_standings):
            return "attention"
        return "pass" if self.plan is not None else "fail" if self.error else "pending"

    def _approvals(self) -> Standing:
        if any(not gate.passed for gate in self.approval_gates):
            return "fail"
        return "pass" if self.draft is not None else "fail" if self.error else "pending"
