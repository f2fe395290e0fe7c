"""From a wish to a plan: the draft at once, the plan after packaging.

Nothing is decided here: facts are gathered through the ports, the gates and the fingerprint are the
core's. The runner gathers the same facts again under the lock, with the same functions.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.core.changes.secrets import hide_secrets
from promote_tui.core.errors import DeployError, GitError, PlanStale
from promote_tui.core.gates.blocked_gates import refusal
from promote_tui.core.gates.options import NORMAL
from promote_tui.core.model.cells import Never, commit_of
from promote_tui.core.next_steps import NextStep
from promote_tui.core.parameters.listing import list_values
from promote_tui.core.planning.plan import Draft, Plan
from promote_tui.core.planning.post_deploy import post_deploy_steps
from promote_tui.core.planning.rollback_risks import migration_paths
from promote_tui.core.text import short
from promote_tui.core.value import replace
from promote_tui.engine.cells import read_cell
from promote_tui.engine.deploy_values import resolve_service
from promote_tui.engine.plan_store import write_plan
from promote_tui.engine.planning import artifacts
from promote_tui.engine.planning.changes import review_changes
from promote_tui.engine.planning.credentials import describe_end, read_end
from promote_tui.engine.planning.facts import doubt_by_traffic, gather_facts, read_account, require_reachable
from promote_tui.engine.planning.fingerprint import take_fingerprint
from promote_tui.engine.planning.gates import gates_of
from promote_tui.engine.planning.origins import with_manual_changes, with_origins
from promote_tui.engine.planning.parameters import require_parameters
from promote_tui.engine.planning.promotion_checks import run_missing_checks
from promote_tui.engine.planning.safeguards import examine_package
from promote_tui.engine.planning.untracked_files import find_untracked
from promote_tui.engine.planning.way_back import read_way_back
from promote_tui.engine.proposed_commits import default_commit
from promote_tui.ports import CheckoutRequest, Job

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.gates.options import PromotionOptions
    from promote_tui.core.model.cells import Cell
    from promote_tui.core.model.pipeline import Commit, FileChange, Service, Stage
    from promote_tui.core.package.package import Package
    from promote_tui.engine.context import Context
    from promote_tui.ports import ChildCredentials

PLAN_LIFE = timedelta(hours=1)
_LISTED = 500


def make_draft(
    context: Context, service: Service, stage: Stage, revision: str | None, options: PromotionOptions = NORMAL
) -> Draft:
    """Return what a promotion would do, as far as it can be told without packaging.

    Raises UsageError, GitError; a stage that cannot be read is a blocked gate.
    """
    target = service.target(stage.name)
    sha = default_commit(context, service, stage) if revision is None else context.graph.resolve(service, revision)
    commit = _commit(context, service, sha)
    cell = read_cell(context, target)
    account, problem = read_account(context, target)
    facts = gather_facts(context, target, sha, cell, options)
    deployed = commit_of(cell)
    known = context.graph.commits(service, {deployed}).get(deployed) if deployed else None
    brings, removes, files = _difference(context, service, cell, known, commit)
    gates = gates_of(context, replace(facts, account=account, account_problem=problem), options)
    return Draft(
        target,
        stage.confirm,
        commit,
        cell,
        known,
        brings,
        removes,
        files,
        gates,
        options,
        migrated=migration_paths(files, service.migrations),
        afterwards=post_deploy_steps(service, stage, options.kind),
        values=list_values(service, stage.name, facts.before),
    )


def _commit(context: Context, service: Service, sha: str) -> Commit:
    found = context.graph.commits(service, {sha}).get(sha)
    if found is None:
        raise GitError(service.name, f"{short(sha)} is not in this clone", "run `git fetch` in the repository").by(
            NextStep("fetch")
        )
    return found


def _difference(
    context: Context, service: Service, cell: Cell, known: Commit | None, commit: Commit
) -> tuple[tuple[Commit, ...], tuple[Commit, ...], tuple[FileChange, ...]]:
    if known is None and not isinstance(cell, Never):
        return (), (), ()  # what changes cannot be told from what is not known here
    base = known.sha if known else None
    graph = context.graph
    brings = graph.between(service, base, commit.sha, limit=_LISTED)
    removes = graph.between(service, commit.sha, base, limit=_LISTED) if base else ()
    return brings, removes, graph.changed_files(service, base, commit.sha)


def make_plan(context: Context, draft: Draft, on_step: Callable[[str], None], *, runs_checks: bool = True) -> Plan:
    """Package the commit and return the plan; raises Refused where a gate of the draft forbids it.

    Without `runs_checks` the stage's checks do not run, whatever it asks: they leave a record.

    Packaging runs the commit's code with the stage's credentials: a commit that may not go there is
    never packaged for it. Whatever fails, nothing of the plan is left behind.
    """
    closed = draft.packaging_blockers
    if closed:
        raise refusal(str(draft.target), closed)
    if runs_checks:
        run_missing_checks(context, draft, on_step)
    plan_id = context.new_id()
    context.folders.make(context.folders.plan(plan_id))
    try:
        return _packaged(context, draft, plan_id, on_step)
    except BaseException:
        discard_plan(context, plan_id)
        raise


def _packaged(context: Context, draft: Draft, plan_id: str, on_step: Callable[[str], None]) -> Plan:
    target = draft.target
    service = resolve_service(context, context.pipeline.service(target.service), target.stage)
    require_parameters(context, service, target, draft.commit.sha)
    folder = context.folders.plan(plan_id)
    log = context.folders.make(context.folders.state / "logs" / plan_id) / "package.log"
    on_step(f"checking out {draft.commit.short} and its dependencies")
    checkout = context.checkouts.prepare(CheckoutRequest(service, target.stage, draft.commit.sha, plan_id, log))
    on_step(f"dependencies: {checkout.dependencies}")
    lacking = find_untracked(context, service, target, checkout)
    with context.accounts.lend(target, folder / "aws") as credentials:
        job = Job(service, target, checkout, credentials, folder / "package", log)
        with context.checkouts.alone(checkout, plan_id, _waiting(on_step)):
            on_step(f"packaging for {target.stage}")
            package = _package(context, job, lacking)
            safeguards = examine_package(context, job, on_step)
        on_step("asking CloudFormation what would change")
        cell = require_reachable(read_cell(context, target))
        changes = hide_secrets(review_changes(context, job, cell, plan_id), context.deployer.secrets(job))
        changes = with_origins(context, service, draft, with_manual_changes(context, cell, changes))
        on_step("checking gates")
        salt = secrets.token_hex(16)
        cell = require_reachable(read_cell(context, target))
        facts = doubt_by_traffic(context, gather_facts(context, target, draft.commit.sha, cell, draft.options))
        manifest, code = artifacts.save_manifest(context, job)
        artifact = artifacts.compare_with_stage_before(context, facts, code)
        facts = replace(facts, account=credentials.identity.account, package=package, artifact=artifact, review=changes)
        expiry = describe_end(context, target, credentials.expires_at)
        way_back = read_way_back(context, draft, cell, changes)
        facts = replace(facts, safeguards=safeguards, expiry=expiry, way_back=way_back)
        gates = gates_of(context, facts, draft.options)
        fingerprint = take_fingerprint(context, job, package, cell, salt)
        command = context.deployer.command(job)
    now = context.clock.now()
    plan = Plan(
        id=plan_id,
        draft=draft,
        checkout=checkout,
        package=package,
        fingerprint=fingerprint,
        salt=salt,
        gates=gates,
        command=command,
        config_path=context.pipeline.path,
        created_at=now,
        expires_at=now + PLAN_LIFE,
        review=changes,
        artifact=artifact,
        manifest=manifest,
        warnings=(*checkout.warnings, *lacking),
        safeguards=safeguards,
        way_back=way_back,
    )
    write_plan(folder, plan)
    return plan


def _package(context: Context, job: Job, lacking: tuple[str, ...]) -> Package:
    """Package the commit; where that fails, name what the checkout lacks first."""
    try:
        return context.deployer.package(job)
    except DeployError as error:
        raise DeployError(error.subject, error.cause, "; ".join((*lacking, error.remedy))) from error


def reconsider(context: Context, plan: Plan, draft: Draft) -> Plan:
    """Return the plan with every gate asked again, for a newer draft of the same commit; nothing is packaged.

    People may have decided something since, and the draft may have other options. Raises PlanStale where the draft is
    of another commit or another stack, AwsError, GitError, LedgerError.
    """
    target = plan.draft.target
    if (draft.target, draft.commit.sha) != (target, plan.draft.commit.sha):
        raise PlanStale(str(target), f"the plan is of {plan.draft.commit.short}", "plan again")
    cell = require_reachable(read_cell(context, target))
    account, problem = read_account(context, target)
    facts = doubt_by_traffic(context, gather_facts(context, target, draft.commit.sha, cell, draft.options))
    facts = replace(facts, account=account, account_problem=problem)
    facts = replace(facts, package=plan.package, review=plan.review)
    expiry = read_end(context, target, context.folders.plan(plan.id) / "aws")
    way_back = read_way_back(context, draft, cell, plan.review)
    facts = replace(facts, artifact=plan.artifact, safeguards=plan.safeguards, expiry=expiry, way_back=way_back)
    found = replace(plan, draft=draft, gates=gates_of(context, facts, draft.options), way_back=way_back)
    write_plan(context.folders.plan(plan.id), found)
    return found


def _waiting(on_step: Callable[[str], None]) -> Callable[[], None]:
    """Return a function that says, once, that somebody else is at work in the checkout."""
    said: list[str] = []

    def say() -> None:
        if not said:
            said.append("waiting for another stage's plan or run in the same checkout")
            on_step(said[0])

    return say


def job_of(context: Context, plan: Plan, credentials: ChildCredentials, run: str) -> Job:
    """Return the job that ships a plan's package; raises DeployError where a value that it is given is missing."""
    target = plan.draft.target
    return Job(
        resolve_service(context, context.pipeline.service(target.service), target.stage),
        context.pipeline.service(target.service).target(target.stage),
        plan.checkout,
        credentials,
        context.folders.plan(plan.id) / "package",
        context.folders.log(run),
    )


def discard_plan(context: Context, plan_id: str) -> None:
    """Delete a plan with its package and give its checkout back; what is gone already is fine."""
    shutil.rmtree(context.folders.plan(plan_id), ignore_errors=True)
    with contextlib.suppress(GitError):
        context.checkouts.release(plan_id)
