"""Everything that a plan stands on, as it is at this moment."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from promote_tui.core.model.cells import Unreachable, commit_of
from promote_tui.core.planning.plan import Fingerprint

if TYPE_CHECKING:
    from promote_tui.core.model.cells import Cell
    from promote_tui.core.package.package import Package
    from promote_tui.engine.context import Context
    from promote_tui.ports import Job


def take_fingerprint(context: Context, job: Job, package: Package, cell: Cell, salt: str) -> Fingerprint:
    """Return everything that a plan stands on, as it is now."""
    state = None if isinstance(cell, Unreachable) else cell.stack
    last = context.stacks.last_event(job.target, state.id) if state else None
    return Fingerprint(
        service=job.target.service,
        stage=job.target.stage,
        account=job.credentials.identity.account,
        region=job.target.aws.region,
        stack_id=state.id if state else None,
        deployed=commit_of(cell),
        stack_status=state.status_name if state else None,
        last_event_id=last.id if last else None,
        commit=job.commit,
        checkout=context.checkouts.digest(job.checkout),
        package=package.files,
        config=context.pipeline.digest,
        environment=_environment(context, job, salt),
    )


def _environment(context: Context, job: Job, salt: str) -> tuple[tuple[str, str], ...]:
    """Return the child's variables with salted digests; of those that name a private file, the name alone."""
    lent = job.credentials.environment
    return tuple(
        (name, "" if name in lent else hashlib.sha256(f"{salt}{value}".encode()).hexdigest())
        for name, value in sorted(context.deployer.environment(job).items())
    )
