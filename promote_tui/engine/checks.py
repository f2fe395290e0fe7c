"""Runs a stage's checks on a commit: in its checkout, without AWS credentials, on record."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.core.errors import DeployError, UsageError
from promote_tui.core.gates.decisions import Decision
from promote_tui.core.gates.sign_off import command_key
from promote_tui.core.model.pipeline import Service
from promote_tui.core.package.package import Checkout
from promote_tui.core.text import short
from promote_tui.ports import CheckoutRequest, ProjectCommand

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Stage
    from promote_tui.engine.context import Context


@dataclass(frozen=True, slots=True)
class CheckEnd:
    """How a check ended: the decision that is on record, and where its output is on this machine."""

    decision: Decision
    log: Path


@dataclass(frozen=True, slots=True)
class CheckWatch:
    """Who watches checks: hears of each step and of each end; what `on_poll` raises stops them."""

    on_step: Callable[[str], None] = lambda _step: None
    on_end: Callable[[CheckEnd], None] = lambda _end: None
    on_poll: Callable[[], None] = lambda: None


def run_checks(
    context: Context, service: Service, stage: Stage, revision: str, watch: CheckWatch
) -> tuple[CheckEnd, ...]:
    """Run each check of the stage on a commit, record how each ended, and return the results.

    One that fails does not stop the others. Raises UsageError where the stage has no checks, GitError, AwsError,
    LedgerError, DeployError where the checkout cannot be prepared; what stops one (Ctrl-C, or what `watch.on_poll`
    raises, called about once a second) leaves it off the record. Any commit can be checked, one that the stage would
    not take, too: so a check gets no value that AWS keeps.
    """
    service = service.at(stage.name).without_kept_values()
    subject = f"{service.name}/{stage.name}"
    if not stage.rules.checks:
        raise UsageError(subject, "the stage asks for no checks", "list them in the configuration: gates.checks")
    commit = context.graph.resolve(service, revision)
    identity = context.identity(service.target(stage.name))
    owner = context.new_id()
    folder = context.folders.make(context.folders.checks)
    prune_checks(context, KEEP_UNFINISHED, finished=False)
    preparing = folder / f"{owner}.checkout.log"
    ended: list[CheckEnd] = []
    watch.on_step(f"checking out {short(commit)} and its dependencies")
    try:
        checkout = context.checkouts.prepare(CheckoutRequest(service, stage.name, commit, owner, preparing, apart=True))
        preparing.unlink(missing_ok=True)  # where that failed it is named
        with context.checkouts.alone(checkout, owner, watch.on_poll):
            run = partial(_run, context, _CheckSetup(service, stage.name, checkout, watch.on_poll))
            for argv in stage.rules.checks:
                watch.on_step(f"running {command_key(argv)}")
                passed, reason, log = _kept(folder / f"{owner}.log", subject, partial(run, argv))
                made = Decision(
                    at=context.clock.now(),
                    kind="tested",
                    service=service.name,
                    stage=None,  # a command ends the same way whatever stage asks for it
                    commit=commit,
                    who=identity.person,
                    arn=identity.arn,
                    reason=reason,
                    item=command_key(argv),
                    passed=passed,
                    evidence=log.stem,
                )
                context.ledger.append_decision(made)
                ended.append(CheckEnd(made, log))
                watch.on_end(ended[-1])
    finally:
        context.checkouts.release(owner)
    return tuple(ended)


@dataclass(frozen=True, slots=True)
class _CheckSetup:
    """The service, stage and checkout that checks run in."""

    service: Service
    stage: str
    checkout: Checkout
    on_poll: Callable[[], None]


def _run(context: Context, setup: _CheckSetup, argv: tuple[str, ...], log: Path) -> None:
    context.checkouts.run(ProjectCommand(setup.service, setup.stage, argv, setup.checkout, log), on_poll=setup.on_poll)


def _kept(log: Path, subject: str, run: Callable[[Path], None]) -> tuple[bool, str, Path]:
    """Run one check and return whether it passed, why not, and its output, named by its digest."""
    log.unlink(missing_ok=True)
    log.touch(mode=0o600)  # a disk that does not take it is no failure of the check's
    passed, reason = True, ""
    try:
        run(log)
    except DeployError as error:
        passed, reason = False, _why(error, subject)[:_LONGEST]
    except BaseException:
        log.unlink(missing_ok=True)
        raise
    kept = log.with_name(f"{hashlib.sha256(log.read_bytes()).hexdigest()}.log")
    return passed, reason, log.replace(kept)


def _why(error: DeployError, subject: str) -> str:
    """Return why a check failed; a program that could not be started is what the error is about."""
    return error.cause if error.subject == subject else str(error)


def prune_checks(context: Context, age: timedelta, *, finished: bool) -> int:
    """Remove the output of old checks, or that of killed ones; return how many files.

    The output of a killed check is not masked yet.
    """
    gone, before = 0, context.clock.now() - age
    for path in tuple(context.folders.checks.glob("*")):
        with contextlib.suppress(FileNotFoundError):  # a check that has ended renames its own
            old = datetime.fromtimestamp(path.lstat().st_mtime, UTC) < before
            if old and bool(_FINISHED.fullmatch(path.name)) == finished:
                path.unlink()
                gone += 1
    return gone


KEEP_UNFINISHED = timedelta(days=1)
"""How long after its last word a check may still run, or the log of a checkout that failed is looked at."""
_FINISHED = re.compile(r"[0-9a-f]{64}\.log")
_LONGEST = 500
