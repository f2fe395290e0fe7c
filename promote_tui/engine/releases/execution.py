"""The process of a release: claims it, then does what is next until it ends or waits for a person.

It keeps nothing that is not in the ledger. Whoever claims the release after it has died goes on with what is missing.
"""

from __future__ import annotations

import socket
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial
from typing import TYPE_CHECKING

from promote_tui.core.errors import LedgerError, Refused
from promote_tui.core.model.pipeline import ReleaseSettings
from promote_tui.core.releases.events import (
    MemberEnded,
    MemberStarted,
    ProcessStarted,
    ReleaseEnded,
    ReleasePaused,
)
from promote_tui.core.releases.notices import release_left, release_started
from promote_tui.core.releases.release import AT_WORK, MemberState
from promote_tui.core.releases.schedule import Finish, Pause, Start, Wait, next_action
from promote_tui.engine.notify import Delivery
from promote_tui.engine.patience import Patience
from promote_tui.engine.process_log import log
from promote_tui.engine.releases.claim import claim_release
from promote_tui.engine.releases.credentials import find_expiring
from promote_tui.engine.releases.member import MemberRun
from promote_tui.engine.releases.record import ReleaseRecord
from promote_tui.engine.releases.rules import known_targets, ruling_stage
from promote_tui.engine.runs.followed_run import goes_on

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.releases.events import MemberHeld, ReleaseEvent, RunPurpose
    from promote_tui.core.releases.release import Release
    from promote_tui.core.releases.schedule import NextAction
    from promote_tui.core.runs.notices import Notice
    from promote_tui.core.runs.run import Process
    from promote_tui.engine.context import Context
    from promote_tui.engine.governance import Governance

_POLL_SECONDS = 1.0
_WAIT_SECONDS = 5.0
"""How often a release that waits for its time looks whether it was stopped."""
_PLACES = 64
_FORTH: RunPurpose = "promotion"
_BACK: RunPurpose = "rollback"


class ReleaseExecution:
    """One process that works on a release."""

    def __init__(self, governance: Governance, name: str, me: Process) -> None:
        self._governance = governance
        self._me = me
        self._attempt = governance.context.new_id()
        self._record = ReleaseRecord(governance.context.ledger, name)
        self._patience = Patience(governance.context.clock)
        self._work: dict[Future[MemberEnded | MemberHeld], str] = {}
        self._telling: list[Delivery] = []
        self._settings = ReleaseSettings()
        self._lasting = False  # whether the credentials are known to last

    def execute(self) -> Release:
        """Work on the release until it ends or waits for a person, and return it as it is then.

        Raises Refused where another process works on it, now or later on, and where nobody has confirmed it or it has
        ended; UsageError; LedgerError where the ledger fails for long.
        """
        release = _require_work(self._record.read())
        self._settings = ruling_stage(self._governance, release).release
        with claim_release(self._context, release, self._attempt):
            self._record.append(self._begun)
            with ThreadPoolExecutor(_PLACES, "member") as pool:
                release = self._work_on(pool)
        self._end_telling()
        return release

    @property
    def _context(self) -> Context:
        return self._governance.context

    def _begun(self, release: Release) -> ReleaseEvent:
        _require_work(release)
        return ProcessStarted(self._context.clock.now(), self._attempt, socket.gethostname(), self._me)

    def _work_on(self, pool: ThreadPoolExecutor) -> Release:
        while True:
            try:
                left = self._step(pool)
            except LedgerError as error:
                self._patience.bear(error)
                continue
            self._patience.renew()
            if left is not None:
                return left

    def _step(self, pool: ThreadPoolExecutor) -> Release | None:
        """Do what is next; return the release once nothing more is done for now."""
        self._write_ends()
        release = self._require_ours(self._record.read())
        if release.is_left:
            return release  # by an event whose answer was lost
        self._follow_started(release, pool)
        match self._next(release):
            case Start(services=services, purpose=purpose):
                self._tell_start(release)
                self._start(services, purpose, pool)
            case Wait():
                wait(self._work, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)
            case Pause() | Finish() as last:
                now = self._leave(last, release)
                if now.is_left:
                    self._tell(now, release_left(now))
                    return now
        return None

    def _next(self, release: Release) -> NextAction:
        """Return what is next; before the first start, the credentials have to last and the time has to come."""
        action = next_action(release, self._settings)
        if not isinstance(action, Start) or (self._lasting and not self._seconds_left(release)):
            return action
        if self._work:
            return Wait()
        why = "" if self._lasting else find_expiring(self._governance, release)
        if why:
            return Pause("credentials", why)
        left = self._seconds_left(release)
        self._context.clock.sleep(min(left, _WAIT_SECONDS))
        self._lasting = not left or left > _WAIT_SECONDS  # asked for again when the time has come
        return Wait() if left else action

    def _tell_start(self, release: Release) -> None:
        """Tell that the release has begun, unless a process before this one has."""
        if not self._telling and all(not each.run for each in release.progress.values()):
            self._tell(release, release_started(release))

    def _tell(self, release: Release, notice: Notice | None) -> None:
        """Notify the channels; at the end of the release's work, wait for those that were told anything."""
        for target in known_targets(self._governance, release)[:1]:
            self._telling.append(Delivery(self._context, target, notice))

    def _end_telling(self) -> None:
        for channel, reason in [problem for telling in self._telling for problem in telling.end()]:
            log(f"{channel}: {reason}")

    def _seconds_left(self, release: Release) -> float:
        """Return how long the release still waits for the time that it was confirmed for."""
        starts_at = release.confirmed.starts_at if release.confirmed else None
        return max(0.0, (starts_at - self._context.clock.now()).total_seconds()) if starts_at else 0.0

    def _leave(self, last: Pause | Finish, decided: Release) -> Release:
        """Write that nothing more is done for now, unless somebody has answered since that was decided."""
        now, then = self._context.clock.now(), next_action(decided, self._settings)
        if isinstance(last, Finish):
            event: ReleaseEvent = ReleaseEnded(now, last.outcome)
        else:
            event = ReleasePaused(now, last.why, last.words, last.services)
        return self._append(event, lambda found: next_action(found, self._settings) == then)

    def _follow_started(self, release: Release, pool: ThreadPoolExecutor) -> None:
        """Go on with what was started and is not followed here: an earlier process has begun it."""
        for service in release.in_state(*AT_WORK):
            if service not in self._work.values():
                progress = release.progress[service]
                is_back = progress.state is MemberState.ROLLING_BACK
                run, purpose = (progress.rollback, _BACK) if is_back else (progress.run, _FORTH)
                member = MemberRun(self._governance, self._me, release, service, run, purpose)
                self._work[pool.submit(member.go_on)] = service

    def _start(self, services: tuple[str, ...], purpose: RunPurpose, pool: ThreadPoolExecutor) -> None:
        for service in services:
            before = self._record.read().progress[service]
            known = before.rollback if purpose == _BACK else before.run
            run = known if goes_on(self._context, known) else self._context.new_id()
            event = MemberStarted(self._context.clock.now(), service, run, purpose)
            release = self._append(event, partial(self._starts, service, purpose))
            if run in {release.progress[service].run, release.progress[service].rollback}:
                member = MemberRun(self._governance, self._me, release, service, run, purpose)
                self._work[pool.submit(member.execute)] = service

    def _starts(self, service: str, purpose: RunPurpose, found: Release) -> bool:
        """Tell whether starting the member is still what is next."""
        action = next_action(found, self._settings)
        return isinstance(action, Start) and service in action.services and action.purpose == purpose

    def _write_ends(self) -> None:
        for done in [each for each in self._work if each.done()]:
            service = self._work[done]
            self._append(done.result(), partial(_is_at_work, service))
            del self._work[done]

    def _append(self, event: ReleaseEvent, still: Callable[[Release], bool]) -> Release:
        """Append the event if it is still true of the release as it is then, and return the release."""
        return self._record.append(lambda found: event if still(self._require_ours(found)) else None)

    def _require_ours(self, release: Release) -> Release:
        """Return the release; raise Refused where another process has taken it over: this one was silent for long."""
        if release.worker is None or release.worker.attempt == self._attempt:
            return release
        cause = f"a process on {release.worker.host} has taken it over"
        raise Refused(f"release {release.name}", cause, f"see `promote-tui release show {release.name}`")


def _is_at_work(service: str, found: Release) -> bool:
    return found.progress[service].state in AT_WORK


def _require_work(release: Release) -> Release:
    """Return the release; raise Refused where nothing can be done for it."""
    if release.confirmed is not None and release.ended is None:
        return release
    cause = "nobody has confirmed it" if release.confirmed is None else "it has ended"
    raise Refused(f"release {release.name}", cause, f"see `promote-tui release show {release.name}`")
