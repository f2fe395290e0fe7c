"""From a wish to an approved plan: Draft (at once), Plan (packaged), ApprovedPlan (confirmed)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import InitVar, dataclass
from typing import TYPE_CHECKING

from promote_tui.core.changes.model import ChangeReview
from promote_tui.core.errors import PlanStale, Refused
from promote_tui.core.gates.blocked_gates import refusal
from promote_tui.core.gates.model import Allowance, GateResult
from promote_tui.core.gates.options import NORMAL, PromotionOptions
from promote_tui.core.model.cells import Cell
from promote_tui.core.model.pipeline import Commit, Confirm, FileChange, Target
from promote_tui.core.package.artifact_diff import Comparison
from promote_tui.core.package.package import Checkout, Package
from promote_tui.core.parameters.listing import PlannedValue
from promote_tui.core.runs.way_back import WayBack
from promote_tui.core.safeguards.model import SafeguardResult
from promote_tui.core.text import list_first
from promote_tui.core.value import Moment, Value, encode_fields, field

if TYPE_CHECKING:
    from datetime import datetime


class Draft(Value):
    """What a promotion would do, as far as it can be told without packaging.

    `brings` are the service commits that the stage would gain, `removes` those it would lose,
    newest first; both are empty where the deployed commit is not known to git. `migrated` are those of the
    files whose change older code cannot take back (`migrations` of the service); `afterwards` is what follows the
    deploy, as (name, words); `values` are those that the deploy is given, by name alone.
    """

    target: Target
    confirm: Confirm
    commit: Commit
    cell: Cell
    deployed: Commit | None
    brings: tuple[Commit, ...]
    removes: tuple[Commit, ...]
    files: tuple[FileChange, ...]
    gates: tuple[GateResult, ...]
    options: PromotionOptions = field(default=NORMAL, name="terms")
    migrated: tuple[str, ...] = ()
    afterwards: tuple[tuple[str, str], ...] = ()
    values: tuple[PlannedValue, ...] = ()

    @property
    def packaging_blockers(self) -> tuple[GateResult, ...]:
        """The blocked gates that do not even allow the commit to be packaged and reviewed."""
        return tuple(gate for gate in self.gates if not gate.passed and not gate.allows_review)


class Fingerprint(Value):
    """Everything that a plan stands on; any difference means that the plan is stale.

    `environment` holds (name, salted digest of the value) of what the child's environment will hold.
    """

    service: str
    stage: str
    account: str
    region: str
    stack_id: str | None
    deployed: str | None
    stack_status: str | None
    last_event_id: str | None
    commit: str
    checkout: str
    package: tuple[tuple[str, str], ...]
    config: str
    environment: tuple[tuple[str, str], ...]

    @property
    def digest(self) -> str:
        """The SHA-256 over all of it, 64 hex."""
        return hashlib.sha256(json.dumps(encode_fields(self), sort_keys=True).encode()).hexdigest()

    def differences(self, now: Fingerprint) -> tuple[str, ...]:
        """Return, in words, what differs now; empty where nothing does."""
        return tuple(
            _difference(name, getattr(self, name), getattr(now, name))
            for name in self.__struct_fields__
            if getattr(self, name) != getattr(now, name)
        )


_WORDS = {
    "stack_id": "the stack was replaced",
    "last_event_id": "the stack had an update of its own",
    "checkout": "the checkout was changed",
    "config": "the configuration was changed",
}


def _difference(name: str, then: object, now: object) -> str:
    if name in _WORDS:
        return _WORDS[name]
    if isinstance(then, tuple) and isinstance(now, tuple):
        names = sorted({str(pair[0]) for pair in {*then} ^ {*now}})
        return f"{name} changed: {list_first(names)}"
    return f"{name.replace('_', ' ')} was {then or 'none'}, is {now or 'none'}"


class Plan(Value):
    """A packaged, reviewed promotion; good for an hour.

    `review` is what it would do to the stack, `artifact` how its code compares with the stage before (None:
    there is nothing to compare), `manifest` the digest of what is on record about that code (empty: nothing),
    `warnings` where the checkout is not what a team has, `safeguards` what those found in the package,
    `way_back` how the stage would get back from it.
    `command` is what will be run, as an argv list; `salt` is the one that the environment's digests were made
    with; `config_path` is what the runner loads the configuration from.
    """

    id: str
    draft: Draft
    checkout: Checkout
    package: Package
    fingerprint: Fingerprint
    salt: str
    gates: tuple[GateResult, ...]
    command: tuple[str, ...]
    config_path: str
    created_at: Moment
    expires_at: Moment
    review: ChangeReview = field(default_factory=ChangeReview)
    artifact: Comparison | None = None
    manifest: str = ""
    warnings: tuple[str, ...] = ()
    safeguards: tuple[SafeguardResult, ...] = ()
    way_back: WayBack | None = None

    @property
    def ready(self) -> bool:
        """Whether every gate passes."""
        return all(gate.passed for gate in self.gates)

    @property
    def missing_allowances(self) -> tuple[Allowance, ...]:
        """What a person has to allow by name before the plan may be run."""
        return tuple(need for gate in self.gates if not gate.passed for need in gate.missing_allowances)

    def blocked_gates(self, given: tuple[Allowance, ...] = ()) -> tuple[GateResult, ...]:
        """Return the gates that stay blocked with these allowances."""
        return tuple(gate for gate in self.gates if not gate.passes_with(given))


class Confirmation(Value):
    """What the person answered: `yes`, what was typed where typing is asked for, what is allowed by name."""

    yes: bool = False
    typed: str | None = None
    reason: str = ""
    allowances: tuple[Allowance, ...] = ()


_SEAL = object()


@dataclass(frozen=True, slots=True)
class ApprovedPlan:
    """A plan that may be executed; made by `approve()` and by nothing else."""

    plan: Plan
    confirmation: Confirmation
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        """Refuse to be made by hand."""
        if seal is not _SEAL:
            msg = "an ApprovedPlan is made by approve()"
            raise TypeError(msg)


def confirmation_phrase(target: Target, release: str = "") -> str:
    """Return what is typed to confirm a deploy to a stage that asks for typing: of a service, or of a whole release."""
    return release_phrase(release, target.stage) if release else f"{target.service} {target.stage}"


def release_phrase(name: str, stage: str) -> str:
    """Return what is typed to confirm a release into a stage that asks for typing."""
    return f"release {name} {stage}"


def is_confirmed(confirm: Confirm, answer: Confirmation, phrase: str) -> bool:
    """Tell whether the answer is enough for a stage that asks so, and for this phrase."""
    if confirm == "none":
        return True
    if confirm == "ask":
        return answer.yes or answer.typed == phrase
    return answer.typed == phrase


def approve(plan: Plan, answer: Confirmation, now: datetime) -> ApprovedPlan:
    """Return the approved plan.

    Raises Refused where a gate is blocked or the confirmation is missing, PlanStale where the plan
    is older than its hour.
    """
    target = plan.draft.target
    closed = plan.blocked_gates(answer.allowances)
    if closed:
        raise refusal(str(target), closed)
    if now >= plan.expires_at:
        raise PlanStale(str(target), "the plan is older than an hour", "plan again")
    phrase, is_sync = confirmation_phrase(target, plan.draft.options.release), plan.draft.options.started_by == "sync"
    if not is_sync and not is_confirmed(plan.draft.confirm, answer, phrase):  # a gate asks what confirms a sync
        raise Refused(str(target), "not confirmed", how_to_confirm(plan.draft.confirm, phrase))
    return ApprovedPlan(plan, answer, _SEAL)


def how_to_confirm(confirm: Confirm, phrase: str) -> str:
    """Return the option that confirms it on the command line."""
    return f'pass --confirm "{phrase}"' if confirm == "type" else "pass --yes"
