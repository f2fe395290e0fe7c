"""Holds a package to what its stage asks of it: the built-in safeguards, and the team's own commands."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.core.errors import DeployError
from promote_tui.core.model.placeholders import fill_placeholders
from promote_tui.core.safeguards.model import Finding, PackagedStack, SafeguardResult
from promote_tui.core.safeguards.registry import check_package
from promote_tui.ports import ProjectCommand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from promote_tui.core.model.team_rules import Rules, SafeguardCommand
    from promote_tui.engine.context import Context
    from promote_tui.ports import Job

COMMANDS = "safeguard_commands"
"""The name of the gate that says what the commands found."""
_LONGEST = 300


def examine_package(context: Context, job: Job, on_step: Callable[[str], None]) -> tuple[SafeguardResult, ...]:
    """Return what the safeguards of the job's stage find in its package; a command that fails is a finding.

    Nobody else should be in the checkout (`Checkouts.alone`).
    """
    rules = context.pipeline.stage(job.target.stage).rules
    return (*_built_in(context, job, rules), *_commands(context, job, rules, on_step))


def _built_in(context: Context, job: Job, rules: Rules) -> tuple[SafeguardResult, ...]:
    if not rules.safeguards:
        return ()
    submission = context.deployer.submission(job.folder, job.target)
    stack = PackagedStack(
        template=json.loads(submission.template),
        service=job.service.name,
        stage=job.target.serverless_stage,
        region=job.target.aws.region,
        tags=tuple(key for key, _ in submission.tags),
        role_arn=submission.role_arn,
    )
    return check_package(stack, rules.safeguards)


def _commands(context: Context, job: Job, rules: Rules, on_step: Callable[[str], None]) -> Iterator[SafeguardResult]:
    for command in rules.safeguard_commands:
        on_step(f"running {command.name}")
        why = _run(context, job, command)
        yield SafeguardResult(COMMANDS, command.level, (Finding(command.name, why),) if why else ())


def _run(context: Context, job: Job, command: SafeguardCommand) -> str:
    """Run a command on the package, without AWS credentials, and return why it failed; empty where it ended well."""
    values = {"package": str(job.folder), "stage": job.target.serverless_stage, "service": job.service.name}
    argv = tuple(fill_placeholders(word, values | {"region": job.target.aws.region}) for word in command.argv)
    log, service = Path(job.log).with_name("safeguards.log"), job.service.without_kept_values()
    try:
        context.checkouts.run(
            ProjectCommand(service, job.target.stage, argv, job.checkout, log, hidden=context.deployer.secrets(job))
        )
    except DeployError as error:
        words = error.cause if error.subject == str(job.target) else str(error)
        return words.replace(shlex.join(argv), argv[0])[:_LONGEST]
    return ""
