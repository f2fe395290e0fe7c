"""The process of a release: claims it, then does what is next until it ends or waits for a person.

It keeps nothing that is not in the ledger. Whoever claims the release after it has died goes on with what is missing.
"""

from __future__ import annotations

import socket
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from promote_tui.core.errors import Refused
from promote_tui.core.releases.events import (
    MemberEnded,
    MemberStarted,
    ProcessStarted,
    ReleaseEnded,
    ReleasePaused,
)
from promote_tui.core.releases.release import MemberState
from promote_tui.core.releases.schedule import Finish, Pause, Start, Wait, next_action
from promote_tui.engine.releases.claim import claim_release
from promote_tui.engine.releases.credentials import find_expiring
from promote_tui.engine.releases.member import MemberRun
from promote_tui.engine.releases.record import append, read_release

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import ReleaseSettings
    from promote_tui.core.releases.events import MemberHeld, ReleaseEvent, RunPurpose
    from promote_tui.core.releases.release import Release
    from promote_tui.core.runs.run import Process
    from promote_tui.engine.context import Context
    from promote_tui.engine.governance import Governance

_POLL_SECONDS = 1.0


class ReleaseExecution:
    """One process that works on a release."""

    def __init__(self, governance: Governance, name: str, me: Process) -> None:
        self._governance = governance
        self._name = name
        self._me = me
        self._attempt = governance.context.new_id()
        self._work: dict[Future[MemberEnded | MemberHeld], str] = {}

    def execute(self) -> Release:
        """Work on the release until it ends or waits for a person, and return it as it is then.

        Raises Refused where another process works on it, or where nobody has confirmed it, UsageError, LedgerError.
        """
        release = read_release(self._context.ledger, self._name)
        if release.confirmed is None or release.ended is not None:
            cause = "nobody has confirmed it" if release.confirmed is None else "it has ended"
            raise Refused(f"release {self._name}", cause, f"see `promote-tui release show {self._name}`")
        with claim_release(self._context, release, self._attempt):
            now = self._context.clock.now()
            release = self._append(ProcessStarted(now, self._attempt, socket.gethostname(), self._me))
            self._wait_for_time(release)
            expiring = find_expiring(self._governance, release)
            if expiring:
                return self._append(ReleasePaused(self._context.clock.now(), "credentials", expiring))
            with ThreadPoolExecutor(max_workers=32, thread_name_prefix="member") as pool:
                return self._work_on(release, pool)

    @property
    def _context(self) -> Context:
        return self._governance.context

    def _wait_for_time(self, release: Release) -> None:
        """Wait until the time that the release was confirmed for, or until somebody stops it."""
        starts_at = release.confirmed.starts_at if release.confirmed else None
        while starts_at is not None and self._context.clock.now() < starts_at and not release.stops:
            left = (starts_at - self._context.clock.now()).total_seconds()
            self._context.clock.sleep(min(left, _POLL_SECONDS))
            release = read_release(self._context.ledger, self._name)

    def _work_on(self, release: Release, pool: ThreadPoolExecutor) -> Release:
        self._go_on(release, pool)
        settings = self._governance.stage(release.stage).release
        while True:
            self._write_ends()
            release = read_release(self._context.ledger, self._name)
            match next_action(release, settings):
                case Start(services=services, purpose=purpose):
                    self._start(services, purpose, pool)
                case Wait():
                    wait(self._work, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)
                case Pause() | Finish() as last:
                    release = self._leave(last, settings)
                    if release.is_left:
                        return release

    def _leave(self, last: Pause | Finish, settings: ReleaseSettings) -> Release:
        """Write that nothing more is done for now, unless somebody has answered meanwhile."""
        now = self._context.clock.now()
        if isinstance(last, Finish):
            event: ReleaseEvent = ReleaseEnded(now, last.outcome)
        else:
            event = ReleasePaused(now, last.why, last.words, last.services)
        return append(self._context, self._name, lambda found: event if next_action(found, settings) == last else None)

    def _go_on(self, release: Release, pool: ThreadPoolExecutor) -> None:
        """Take over the runs that an earlier process has started."""
        for service in release.in_state(MemberState.RUNNING, MemberState.ROLLING_BACK):
            progress = release.progress[service]
            is_back = progress.state is MemberState.ROLLING_BACK
            purpose: RunPurpose = "rollback" if is_back else "promotion"
            run = progress.rollback if is_back else progress.run
            member = MemberRun(self._governance, self._me, release, service, run, purpose)
            self._work[pool.submit(member.go_on)] = service

    def _start(self, services: tuple[str, ...], purpose: RunPurpose, pool: ThreadPoolExecutor) -> None:
        for service in services:
            run = self._context.new_id()
            release = self._append(MemberStarted(self._context.clock.now(), service, run, purpose))
            member = MemberRun(self._governance, self._me, release, service, run, purpose)
            self._work[pool.submit(member.execute)] = service

    def _write_ends(self) -> None:
        for done in [each for each in self._work if each.done()]:
            del self._work[done]
            self._append(done.result())

    def _append(self, event: ReleaseEvent) -> Release:
        return append(self._context, self._name, lambda _release: event)
