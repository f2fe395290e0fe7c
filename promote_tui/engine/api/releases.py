"""Releases: several services that go into a stage as one."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.errors import UsageError
from promote_tui.core.releases.names import free_name
from promote_tui.engine.governance import Governance
from promote_tui.engine.patience import Patience
from promote_tui.engine.process_log import log
from promote_tui.engine.releases.claim import find_worker
from promote_tui.engine.releases.control import answer_release, confirm_release
from promote_tui.engine.releases.details import list_with_workers, read_details
from promote_tui.engine.releases.follow import follow_release
from promote_tui.engine.releases.launch import launch_release
from promote_tui.engine.releases.planning import PlanWatch, plan_release, review_rest
from promote_tui.engine.releases.record import list_releases, read_release
from promote_tui.engine.releases.rules import ruling_stage
from promote_tui.engine.releases.sign_off import SignOff, sign_off_release
from promote_tui.engine.releases.sign_off_state import read_sign_offs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from promote_tui.core.model.pipeline import Stage
    from promote_tui.core.releases.release import Release
    from promote_tui.core.releases.sign_offs import ReleaseSignOff
    from promote_tui.engine.decision_batch import DecisionBatch
    from promote_tui.engine.releases.control import ReleaseAnswer, ReleaseConfirmation
    from promote_tui.engine.releases.details import ListedRelease, ReleaseDetails
    from promote_tui.engine.releases.planning import ReleaseRequest
    from promote_tui.ports import Holder, RecordedRelease

_NAMES = 1_000
"""Among how many of the newest releases a name is looked for."""


@dataclass(frozen=True, slots=True)
class Releases:
    """Releases: planning, confirming, answering and resuming them, and what the record says."""

    governance: Governance

    def plan(self, wanted: ReleaseRequest, watch: PlanWatch | None = None) -> Release:
        """Plan a release and return it, with each member reviewed.

        Raises UsageError, Refused under --read-only, AwsError, LedgerError; see `plan_release`.
        """
        self.governance.require_writable(f"release {wanted.name}")
        return plan_release(self.governance, wanted, watch or PlanWatch())

    def review(self, name: str, watch: PlanWatch | None = None) -> Release:
        """Review what is not reviewed yet of a planned release, and return it.

        Raises UsageError, Refused under --read-only, GitError, LedgerError; see `review_rest`.
        """
        self.governance.require_writable(f"release {name}")
        return review_rest(self.governance, name, watch or PlanWatch())

    def free_name(self) -> str:
        """Return what a release planned today is called where nobody says so: the day, on the clock of who reads."""
        context = self.governance.context
        return free_name(context.clock.local(context.clock.now()).date(), context.ledger.releases(_NAMES))

    def names(self) -> tuple[str, ...]:
        """Return the names of the newest releases: none of them can be given again."""
        return tuple(self.governance.context.ledger.releases(_NAMES))

    def find(self, name: str) -> Release:
        """Return a release; raises UsageError where there is none of that name."""
        return read_release(self.governance.context.ledger, name)

    def find_all(self, names: Iterable[str]) -> Mapping[str, Release]:
        """Return those of these releases that are on record, by name; raises LedgerError."""
        found: dict[str, Release] = {}
        for name in {*names} - {""}:
            with contextlib.suppress(UsageError):
                found[name] = self.find(name)
        return found

    def details(self, name: str) -> ReleaseDetails:
        """Return a release with what it comes to, its sign-offs, who works on it, and what can be done next.

        Raises UsageError where there is none of that name, LedgerError.
        """
        return read_details(self.governance, name)

    def newest(self, limit: int = 50) -> tuple[Release, ...]:
        """Return the project's releases, the last planned first."""
        return list_releases(self.governance.context.ledger, limit)

    def list_newest(self, limit: int = 50) -> tuple[ListedRelease, ...]:
        """Return the project's releases, the last planned first, each with whether its process is gone."""
        return list_with_workers(self.governance.context, limit)

    def stage(self, release: Release) -> Stage:
        """Return the stage that a release goes into, with the rules that hold; raises UsageError where it is gone."""
        return ruling_stage(self.governance, release)

    def worker(self, name: str) -> Holder | None:
        """Return the process that works on a release; None where none does, so that it has to be resumed."""
        return find_worker(self.governance.context, name)

    def start(self, name: str, given: ReleaseConfirmation) -> Release:
        """Confirm a release and start its process; return it once that has begun.

        Raises Refused where it is not confirmed as its stage asks for, UsageError, LedgerError, DeployError.
        """
        self.governance.require_writable(f"release {name}")
        confirm_release(self.governance, name, given)
        return launch_release(self.governance, name)

    def answer(self, name: str, given: ReleaseAnswer) -> Release:
        """Write down what a person wants to be done next, and resume a confirmed release where no process works on it.

        Raises UsageError, Refused; see `answer_release`.
        """
        self.governance.require_writable(f"release {name}")
        release = answer_release(self.governance, name, given)
        if release.confirmed is None or release.ended is not None:
            return release
        if self.worker(name) is not None and not release.is_left:
            return release
        return launch_release(self.governance, name)

    def resume(self, name: str, say: Callable[[str], None] | None = None) -> Release:
        """Start a process that goes on with exactly what is missing; raises Refused where one works on it already.

        With `say` one of another machine that may be gone is waited for, see `launch_release`.
        """
        self.governance.require_writable(f"release {name}")
        return launch_release(self.governance, name, say)

    def approve(self, name: str, reason: str = "") -> DecisionBatch:
        """Approve a whole release: each member's commit for its stage, but where we have approved it already.

        Raises UsageError, Refused under --read-only, AwsError, LedgerError; see `sign_off_release`.
        """
        return self._sign_off(name, SignOff("approve", reason))

    def check(
        self, name: str, item: str, reason: str = "", *, evidence: str = "", on_behalf: str = ""
    ) -> DecisionBatch:
        """Tick an item of the stage's checklist for each member; raises as `approve` does."""
        return self._sign_off(name, SignOff("check", reason, item, evidence, on_behalf))

    def withdraw(self, name: str, reason: str = "", item: str = "") -> DecisionBatch:
        """Withdraw one's approval of each member, or a tick of the checklist; raises as `approve` does."""
        return self._sign_off(name, SignOff("withdraw", reason, item))

    def sign_offs(self, release: Release) -> tuple[ReleaseSignOff, ...]:
        """Return what is signed off for a release by now, and what is missing; raises LedgerError, GitError."""
        return read_sign_offs(self.governance, release)

    def events(self, name: str) -> tuple[RecordedRelease, ...]:
        """Return what has happened in a release so far; raises UsageError where there is none of that name."""
        self.find(name)
        return self.governance.context.ledger.release_events(name)

    def follow(self, name: str, after: int = 0, say: Callable[[str], None] = log) -> Iterator[RecordedRelease]:
        """Yield what happens in a release, until it ends, waits for a person, or its process is gone.

        That the ledger does not answer is told and borne for a quarter of an hour; raises LedgerError then.
        """
        context = self.governance.context
        return follow_release(context, name, after, Patience(context.clock, say))

    def log_file(self, name: str) -> Path:
        """Return where the log of the release's process is, whether or not it exists yet."""
        return self.governance.context.folders.release(name) / "release.log"

    def _sign_off(self, name: str, given: SignOff) -> DecisionBatch:
        self.governance.require_writable(f"release {name}")
        return sign_off_release(self.governance, name, given)
