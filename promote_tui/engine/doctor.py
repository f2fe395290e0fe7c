"""Finds out whether everything is there that a promotion needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError, UsageError
from promote_tui.core.gates import allowed
from promote_tui.engine.planning import discard
from promote_tui.engine.untracked import untracked
from promote_tui.ports import Job, ToolCheck

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.core.model import Pipeline, Service, Stage, Target
    from promote_tui.engine.outside import Outside


def examine(outside: Outside, pipeline: Pipeline) -> Iterator[ToolCheck]:
    """Yield each check as it is made: tools, ledger, each stage's account, each service's targets."""
    yield from outside.tools.check()
    yield _ledger(outside)
    for stage in pipeline.stages:
        yield _account(outside, stage, pipeline)
    for service in pipeline.services:
        yield from _service(outside, pipeline, service)
    for note in pipeline.notes:
        yield ToolCheck("configuration", None, note)


def _ledger(outside: Outside) -> ToolCheck:
    try:
        outside.ledger.holder("doctor")
    except PromoteError as error:
        return _trouble("ledger", error)
    return ToolCheck("ledger", ok=True, found=f"readable; {outside.ledger.describe()}")


def _account(outside: Outside, stage: Stage, pipeline: Pipeline) -> ToolCheck:
    name = f"account of {stage.name}"
    target = pipeline.services[0].target(stage.name)
    try:
        identity = outside.accounts.identity(target)
    except PromoteError as error:
        return _trouble(name, error)
    if identity.account != target.aws.account:
        found = f"{identity.account} instead of {target.aws.account}"
        return ToolCheck(name, ok=False, found=found, remedy="mend the stage's profile")
    return ToolCheck(name, ok=True, found=f"{identity.account} as {identity.person}")


def _service(outside: Outside, pipeline: Pipeline, service: Service) -> Iterator[ToolCheck]:
    said: set[str] = set()
    for target in service.targets:
        name = f"target of {target}"
        owner = outside.new_id()
        try:
            stack, warnings = _resolved(outside, pipeline.stage(target.stage), service, target, owner)
            yield ToolCheck(name, ok=True, found=f"{stack} in {target.aws.account} {target.aws.region}")
            yield from (ToolCheck(f"files of {target}", None, words) for words in warnings if words not in said)
            said |= {*warnings}
        except PromoteError as error:
            yield _trouble(name, error)
        finally:
            discard(outside, owner)


def _resolved(
    outside: Outside, stage: Stage, service: Service, target: Target, owner: str
) -> tuple[str, tuple[str, ...]]:
    """Return the stack that the CLI resolves at the newest commit that the stage allows, and its warnings."""
    tips = [branch.tip.sha for branch in outside.graph.branches(service) if allowed(stage, branch.name)]
    if not tips:
        return f"{target.stack} (not resolved: no branch that {stage.name} allows)", ()
    folder = outside.folders.make(outside.folders.plan(owner))
    checkout = outside.checkouts.prepare(service, stage.name, tips[0], owner, folder / "prepare.log")
    warnings = (*checkout.warnings, *untracked(outside, service, target, checkout))
    alone = outside.checkouts.alone(checkout, owner, lambda: None)
    with alone, outside.accounts.lend(target, folder / "aws") as credentials:
        job = Job(service.at(stage.name), target, checkout, credentials, folder / "package", folder / "resolve.log")
        resolved = outside.deployer.resolve(job)
    if resolved.stack != target.stack:
        cause = f"the CLI resolves to {resolved.stack}, the configuration says {target.stack}"
        raise UsageError(str(target), cause, "mend serverless.yml, or set the stack in the configuration")
    return resolved.stack, warnings


def _trouble(name: str, error: PromoteError) -> ToolCheck:
    return ToolCheck(name, ok=False, found=error.cause, remedy=error.remedy)
