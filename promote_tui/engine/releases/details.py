"""A release with what is not in its record: totals, sign-offs, its process, and the next commands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError
from promote_tui.core.releases.next_commands import NextCommand, is_interrupted, next_commands, sign_off_commands
from promote_tui.core.releases.overview import ReleaseSummary, summarize_release
from promote_tui.core.releases.release import Release
from promote_tui.core.releases.remains import deployed_services, verified_services
from promote_tui.core.releases.sign_offs import ReleaseSignOff
from promote_tui.engine.releases.claim import find_worker, is_worked_on
from promote_tui.engine.releases.record import list_releases, read_release
from promote_tui.engine.releases.rules import ruling_stage
from promote_tui.engine.releases.sign_off_state import read_sign_offs
from promote_tui.ports import Holder

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Stage
    from promote_tui.engine.context import Context
    from promote_tui.engine.governance import Governance


@dataclass(frozen=True, slots=True)
class ReleaseDetails:
    """A release as it stands now; `sign_offs` is None where they could not be read, and `problem` is why.

    `is_interrupted`: its process is gone although it neither ended nor waits for a person.
    """

    release: Release
    summary: ReleaseSummary
    sign_offs: tuple[ReleaseSignOff, ...] | None
    worker: Holder | None
    commands: tuple[NextCommand, ...]
    is_interrupted: bool
    problem: PromoteError | None = None


def read_details(governance: Governance, name: str) -> ReleaseDetails:
    """Return a release as it stands now; raises UsageError where there is none of that name, LedgerError."""
    worker = find_worker(governance.context, name)  # asked first: one that has just ended is not gone
    release = read_release(governance.context.ledger, name)
    stage = ruling_stage(governance, release)
    try:
        signed, problem = read_sign_offs(governance, release), None
    except PromoteError as error:
        signed, problem = None, error
    read = DetailsRead(worker, governance.context.clock.now(), signed, problem)
    return join_details(release, stage, read)


@dataclass(frozen=True, slots=True)
class DetailsRead:
    """What was read beside the record of a release: who works on it, when that was asked, and the sign-offs."""

    worker: Holder | None
    at: datetime
    sign_offs: tuple[ReleaseSignOff, ...] | None
    problem: PromoteError | None = None


def join_details(release: Release, stage: Stage, read: DetailsRead) -> ReleaseDetails:
    """Return the details of a release into this stage."""
    is_at_work = read.worker is not None or release.is_beginning(read.at)
    signing = sign_off_commands(release, read.sign_offs or ())
    commands = (*signing, *next_commands(release, stage.confirm, is_at_work=is_at_work))
    return ReleaseDetails(
        release,
        summarize_release(release, stage),
        read.sign_offs,
        read.worker,
        commands,
        is_interrupted(release, is_at_work=is_at_work),
        read.problem,
    )


@dataclass(frozen=True, slots=True)
class ListedRelease:
    """A release in a list; `is_interrupted`: its process is gone although it neither ended nor waits for a person."""

    release: Release
    is_interrupted: bool

    @property
    def done(self) -> int:
        """How many of its services run what it brought, verified."""
        return len(verified_services(self.release))

    @property
    def unproved(self) -> int:
        """How many of its services run what it brought, and nothing has proved it."""
        return len(deployed_services(self.release)) - self.done


def list_with_workers(context: Context, limit: int) -> tuple[ListedRelease, ...]:
    """Return the project's releases, the last planned first, each with whether its process is gone."""
    return tuple(ListedRelease(each, _lacks_worker(context, each)) for each in list_releases(context.ledger, limit))


def _lacks_worker(context: Context, release: Release) -> bool:
    return is_interrupted(release, is_at_work=False) and not is_worked_on(context, release)
