"""Starting the process that works on a release, and waiting until it has begun."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.core.errors import LedgerError, Refused
from promote_tui.core.releases.release import ReleaseStatus
from promote_tui.engine.releases.claim import at_work_error, find_worker, free_silent_claim
from promote_tui.engine.releases.control import ended_error
from promote_tui.engine.releases.record import read_release
from promote_tui.engine.releases.rules import known_targets
from promote_tui.engine.runs.control import REFUSAL_FILE, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.releases.release import Release
    from promote_tui.engine.context import Context
    from promote_tui.engine.governance import Governance

_POLL_SECONDS = 0.1
_RESUME = "then promote-tui release resume {name}"
_LAST_MOMENTS = 100
"""How often a process is looked for that has left the release and is about to end."""


def launch_release(governance: Governance, name: str, say: Callable[[str], None] | None = None) -> Release:
    """Start the process that works on a release, and return the release once it has begun.

    With `say` it waits until a process on another machine is known to live or to be gone, and says so. Raises Refused
    where another process works on it, or where the new one would not begin, DeployError where it died.
    """
    context = governance.context
    release = read_release(context.ledger, name)
    _require_work(context, release, say)
    folder = context.folders.make(context.folders.release(name))
    with contextlib.suppress(OSError):
        (folder / REFUSAL_FILE).unlink()
    ledger = context.ledger.target()
    known = {target.service for target in known_targets(governance, release)}
    targets = [target for service in sorted(known) for target in governance.service(service).targets]
    handed = context.accounts.hand_over([*targets, *([ledger] if ledger else [])])
    log = folder / "release.log"
    ended = context.ports.launcher.launch_release(name, Path(context.pipeline.path), log, handed)
    return _begun(context, release, folder, ended)


def _require_work(context: Context, release: Release, say: Callable[[str], None] | None) -> None:
    """Raise Refused or UsageError where a process would have nothing to do."""
    if release.status is ReleaseStatus.PLANNED:
        raise Refused(f"release {release.name}", "nobody has confirmed it", f"promote-tui release run {release.name}")
    if release.ended is not None:
        raise ended_error(release)
    free_silent_claim(context, release.name, say)
    worker = find_worker(context, release.name)
    for _ in range(_LAST_MOMENTS if release.is_left else 0):
        if worker is None:
            return
        context.clock.sleep(_POLL_SECONDS)
        worker = find_worker(context, release.name)
    if worker is not None:
        raise at_work_error(release.name, worker)


def _begun(context: Context, before: Release, folder: Path, ended: Callable[[], bool]) -> Release:
    while True:
        over = ended()  # asked before the ledger is read, so that its last words are not missed
        release = _read_if_there(context, before)
        if release.attempts > before.attempts:
            return release
        if over:
            raise refusal(
                folder / REFUSAL_FILE,
                f"release {before.name}",
                folder / "release.log",
                _RESUME.format(name=before.name),
            )
        context.clock.sleep(_POLL_SECONDS)


def _read_if_there(context: Context, before: Release) -> Release:
    """Return the release as it is now, or as it was where the ledger fails: its process goes on."""
    try:
        return read_release(context.ledger, before.name)
    except LedgerError:
        return before
