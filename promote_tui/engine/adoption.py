"""Lets what runs in a stage count as verified there: on a person's word, or because its package proves it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.errors import PlanStale, PromoteError, UsageError
from promote_tui.core.git.branches import is_allowed
from promote_tui.core.model.cells import Cell, Deployed, StackState
from promote_tui.core.model.pipeline import Commit, Target
from promote_tui.core.package.artifact_diff import Comparison, deployed_code
from promote_tui.core.runs.adoption import (
    AdoptionProof,
    adopted_commit,
    check_adoptable,
    checked_package,
    compare_running,
    judge_adoption,
    require_ground,
)
from promote_tui.core.runs.events import Observed, Planned
from promote_tui.core.text import short
from promote_tui.engine.cells import read_cell
from promote_tui.engine.context import Context
from promote_tui.engine.deploy_values import resolve_service
from promote_tui.engine.planning import artifacts
from promote_tui.engine.planning.planner import discard_plan
from promote_tui.engine.runs.external import record_external_updates, record_finished_run
from promote_tui.engine.runs.reconcile import read_run
from promote_tui.ports import CheckoutRequest, Job

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.changes.model import Template
    from promote_tui.core.model.pipeline import Service
    from promote_tui.core.package.manifest import Manifest
    from promote_tui.core.runs.events import Event
    from promote_tui.core.runs.run import Run


def adopt(
    context: Context,
    target: Target,
    reason: str,
    revision: str | None = None,
    on_step: Callable[[str], None] = lambda _step: None,
) -> Run:
    """Let what runs in a stage count as verified there, on the word of who AWS says that we are.

    `revision` says what runs on a stack that names no commit: it is packaged and compared, and where that proves
    nothing a reason is needed. What others did before is written down first. Raises UsageError where no commit is known
    to run there, or the stack is not at rest, Refused without proof or reason, PlanStale where the stack moves
    meanwhile, GitError, LockHeld, AwsError, LedgerError.
    """
    record_external_updates(context, target)
    cell = read_cell(context, target)
    service = context.pipeline.service(target.service)
    commit, stack = _adoptable(context, service, cell, revision)
    proof = None
    if not isinstance(cell, Deployed):
        proof = _prove(_Adoption(context, target, stack, commit), on_step)
    require_ground(target, commit.sha, reason, proof)
    run = context.new_id()
    events = _events(_Adoption(context, target, stack, commit), run, reason, proof)
    if context.stacks.stack(target) != stack:
        raise PlanStale(str(target), "the stack was updated meanwhile", "adopt it again")
    record_finished_run(context, target, run, events)
    return read_run(context, run)


@dataclass(frozen=True, slots=True)
class _Adoption:
    """A commit that is said to run in a stack."""

    context: Context
    target: Target
    stack: StackState
    commit: Commit


def _adoptable(context: Context, service: Service, cell: Cell, revision: str | None) -> tuple[Commit, StackState]:
    """Return what is adopted, and the stack that runs it.

    Raises UsageError where the stack says otherwise, or no commit is known to run there.
    """
    found = check_adoptable(cell, named=revision is not None)
    sha = adopted_commit(found, context.graph.resolve(service, revision) if revision is not None else "")
    commit = context.graph.commits(service, {sha}).get(sha)
    if commit is None:
        raise UsageError(str(cell.target), f"{short(sha)} is not in this clone", "git fetch, then adopt it")
    return commit, found.stack


def _prove(adoption: _Adoption, on_step: Callable[[str], None]) -> AdoptionProof:
    """Return whether the commit's package is what the stack runs; why it cannot be told is said, never raised."""
    context, target, commit = adoption.context, adoption.target, adoption.commit
    service, stage = context.pipeline.service(target.service), context.pipeline.stage(target.stage)
    if not any(is_allowed(stage, branch) for branch in context.graph.branches_containing(service, commit.sha)):
        cause = f"{commit.short} is on no branch that {stage.name} allows, so it is not packaged for it"
        return AdoptionProof(Comparison("unknown", cause))
    name = context.new_id()
    try:
        ours, packaged, digest = _package(adoption, resolve_service(context, service, stage.name), name, on_step)
        on_step(f"comparing it with what runs in {target.stage}")
        deployed = context.inspector.template(target, adoption.stack.id)
        found = compare_running(ours, packaged, deployed, _running(adoption, deployed), target.stage)
        return AdoptionProof(found, digest)
    except PromoteError as error:
        return AdoptionProof(Comparison("unknown", error.cause, remedy=error.remedy))
    finally:
        discard_plan(context, name)


def _package(
    adoption: _Adoption, service: Service, name: str, on_step: Callable[[str], None]
) -> tuple[Manifest, Template, str]:
    """Return what the commit's package holds: its code, its template, and the digest that the code is kept by."""
    context, target, commit = adoption.context, adoption.target, adoption.commit
    folder = context.folders.make(context.folders.plan(name))
    log = context.folders.make(context.folders.state / "logs" / name) / "package.log"
    on_step(f"checking out {commit.short} and its dependencies")
    checkout = context.checkouts.prepare(CheckoutRequest(service, target.stage, commit.sha, name, log))
    with context.accounts.lend(target, folder / "aws") as credentials:
        if credentials.identity.account != target.aws.account:
            cause = f"the credentials are for account {credentials.identity.account}"
            raise UsageError(str(target), cause, "fix the stage's profile")
        job = Job(service, target, checkout, credentials, folder / "package", log)
        with context.checkouts.alone(checkout, name, lambda: None):
            on_step(f"packaging for {target.stage}")
            resolved = context.deployer.package(job).resolved
        if resolved.stack != target.stack:
            deployer = context.deployer.facts
            cause = f"the {deployer.name} would deploy to {resolved.stack}"
            raise UsageError(str(target), cause, f"fix {deployer.configuration} or the configuration")
        digest, manifest = artifacts.save_manifest(context, job)
        template = json.loads(context.deployer.submission(job.folder, target).template)
    if manifest is None:
        raise UsageError(str(target), "what was packaged could not be read", "see the log")
    return manifest, template, digest


def _running(adoption: _Adoption, deployed: Template) -> dict[str, str]:
    """Return CodeSha256 of what the stack's functions run, by their logical ids; raises AwsError."""
    context, target = adoption.context, adoption.target
    found = deployed_code(deployed)
    functions = {*found.code, *found.unknown}
    if not functions:
        return {}
    names = {**found.names}
    if not functions <= names.keys():
        names = {**context.inspector.resources(target, adoption.stack.id), **names}
    code = context.ports.functions.code(target)
    return {each: code[names[each]] for each in functions if each in names and names[each] in code}


def _events(adoption: _Adoption, run: str, reason: str, proof: AdoptionProof | None) -> tuple[Event, ...]:
    context, target, stack, commit = adoption.context, adoption.target, adoption.stack, adoption.commit
    identity, now = context.identity(target), context.clock.now()
    last = context.stacks.last_event(target, stack.id)
    event = last.id if last else None
    planned = Planned(
        at=now,
        run=run,
        kind="adopted",
        service=target.service,
        stage=target.stage,
        key=target.key,
        from_commit=commit.sha if proof is None else "",
        to_commit=commit.sha,
        subject=commit.subject[:200],
        stack_id=stack.id,
        stack_status=stack.status_name,
        last_event_id=event,
        fingerprint="",
        config_digest=context.pipeline.digest,
        who=identity.person,
        arn=identity.arn,
        reason=reason,
        policy=str(context.pipeline.policy or ""),
    )
    seen = Observed(now, stack.id, stack.status_name, stack.commit, event, stack.updated_at)
    checked = (checked_package(now, proof),) if proof else ()
    return (planned, *checked, seen, judge_adoption(now, identity.person, proof))
