"""Runs a stage's checks on a commit, when somebody asks for it: in its checkout, without an account, on record."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.core.decisions import Decision
from promote_tui.core.errors import DeployError, UsageError
from promote_tui.core.rule_gates import command_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.model import Service, Stage
    from promote_tui.core.package import Checkout
    from promote_tui.engine.outside import Outside


@dataclass(frozen=True, slots=True)
class CheckEnd:
    """How a check ended: the decision that is on record, and where its output is on this machine."""

    decision: Decision
    log: Path


def run_checks(  # noqa: PLR0913, PLR0917 - what is checked, and who watches
    outside: Outside,
    service: Service,
    stage: Stage,
    revision: str,
    on_step: Callable[[str], None],
    on_end: Callable[[CheckEnd], None],
) -> tuple[CheckEnd, ...]:
    """Run each check of the stage on a commit, write down how it ended, and return all of that.

    The rest is run where one fails. Raises UsageError where the stage has no checks, GitError, AwsError, LedgerError,
    DeployError where the checkout cannot be prepared; what stops one (Ctrl-C) leaves it off the record.
    """
    subject = f"{service.name}/{stage.name}"
    if not stage.rules.checks:
        raise UsageError(subject, "the stage asks for no checks", "list them in the configuration: gates.checks")
    commit = outside.graph.resolve(service, revision)
    identity = outside.identity(service.target(stage.name))
    owner = outside.new_id()
    folder = outside.folders.make(outside.folders.checks)
    ended: list[CheckEnd] = []
    on_step(f"checking out {commit[:7]} and its dependencies")
    try:
        checkout = outside.checkouts.prepare(service, stage.name, commit, owner, folder / f"{owner}.checkout.log")
        with outside.checkouts.alone(checkout, owner, lambda: None):
            for argv in stage.rules.checks:
                on_step(f"running {command_key(argv)}")
                passed, reason, log = _run(outside, service, stage, argv, checkout, folder / f"{owner}.log")
                made = Decision(
                    at=outside.clock.now(),
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
                outside.ledger.append_decision(made)
                ended.append(CheckEnd(made, log))
                on_end(ended[-1])
    finally:
        outside.checkouts.release(owner)
        (folder / f"{owner}.checkout.log").unlink(missing_ok=True)
    return tuple(ended)


def _run(  # noqa: PLR0913, PLR0917 - what runs where
    outside: Outside, service: Service, stage: Stage, argv: tuple[str, ...], checkout: Checkout, log: Path
) -> tuple[bool, str, Path]:
    """Run one and return whether it passed, why not, and its output under the digest of what it said."""
    log.unlink(missing_ok=True)
    passed, reason = True, ""
    try:
        outside.checkouts.run(service, stage.name, argv, checkout, log)
    except DeployError as error:
        passed, reason = False, error.cause[:_LONGEST]
    except BaseException:
        log.unlink(missing_ok=True)
        raise
    log.touch(mode=0o600)
    kept = log.with_name(f"{hashlib.sha256(log.read_bytes()).hexdigest()}.log")
    return passed, reason, log.replace(kept)


_LONGEST = 500
