"""The facts that gates decide on, gathered by the engine: the promotion, and what a stage's rules need."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal, TypeAlias

from promote_tui.core.changes.model import ChangeReview
from promote_tui.core.durations import on_utc_clock
from promote_tui.core.gates.decisions import Decision
from promote_tui.core.gates.model import Allowance
from promote_tui.core.model.alarms import Alarm
from promote_tui.core.model.cells import Cell
from promote_tui.core.model.ci import CiReading
from promote_tui.core.model.deployer import DeployerFacts
from promote_tui.core.model.pipeline import Stage, Target
from promote_tui.core.model.policy_source import PolicyOrigin
from promote_tui.core.package.artifact_diff import Comparison
from promote_tui.core.package.package import Package
from promote_tui.core.runs.verification import Verification
from promote_tui.core.runs.way_back import WayBack
from promote_tui.core.safeguards.model import SafeguardResult
from promote_tui.core.value import Moment, Value

SignatureStatus: TypeAlias = Literal["good", "unknown", "bad", "none"]


class PromotionFacts(Value):
    """What would be promoted, where to, and what is there now.

    `containing` are the branches that hold the commit, `account` is what STS says with the very
    credentials that the deploy will use (None: STS could not be asked, `account_problem` says why).
    `package`, `review` and `artifact` are None for a draft; `allowances` are those that a person has given.
    `deployer` is what would deploy it, `safeguards` what those have found that the stage asks for. `expiry` is why the
    credentials end before the deploy usually has (empty: they last, or it is not known). `way_back` is how the stage
    would get back from it (None for a draft).
    """

    target: Target
    stage: Stage
    commit: str
    before: str | None
    verification: Verification | None
    containing: tuple[str, ...]
    cell: Cell
    deployer: DeployerFacts
    account: str | None = None
    account_problem: str = ""
    package: Package | None = None
    review: ChangeReview | None = None
    artifact: Comparison | None = None
    allowances: tuple[Allowance, ...] = ()
    safeguards: tuple[SafeguardResult, ...] = ()
    expiry: str = ""
    way_back: WayBack | None = None


class Signature(Value):
    """What git says of a commit's signature; `problem` is why it could not be checked."""

    status: SignatureStatus
    signer: str = ""
    problem: str = ""


class GateFacts(Value):
    """What a stage's rules need to know besides the commit and the stack; what no rule asks for is left out.

    `decisions` are those about this service, this stage and this code, oldest first; `problem` is why they could not
    be read. `ci` is what is known of the commit's builds (None: no rule asks). `promoter` is the ARN of who promotes
    (None: not known), `trusted` are the roles whose session names are people. `local` puts a moment on the clock of
    who reads. `remote` tells whether the repository has one, `tracks` whether its branches are that remote's.
    `policy` is where these rules are from. In words, each empty where it is not so: `remote_advanced`, the remote has
    gone on since; `default_branch_changed`, its default branch is another; `remote_unavailable`, it could not be
    asked; `external_update`, what somebody else did to the stack.
    """

    now: Moment
    decisions: tuple[Decision, ...] = ()
    problem: str = ""
    promoter: str | None = None
    trusted: tuple[str, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    signature: Signature | None = None
    ci: CiReading | None = None
    remote: bool = True
    tracks: bool = True
    policy: PolicyOrigin | None = None
    remote_advanced: str = ""
    default_branch_changed: str = ""
    remote_unavailable: str = ""
    external_update: str = ""
    local: Callable[[datetime], datetime] = on_utc_clock
