"""The beginning of a run: what it is going to do, and a check that everything is as it was reviewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import PlanStale, Refused
from promote_tui.core.gates.blocked_gates import refusal
from promote_tui.core.model.stack_status import ran_before
from promote_tui.core.planning.plan import approve
from promote_tui.core.runs.events import (
    Checked,
    GateRecord,
    OverrideRecord,
    Planned,
)
from promote_tui.core.value import replace
from promote_tui.engine.cells import read_cell
from promote_tui.engine.planning.changes import refresh_exports
from promote_tui.engine.planning.credentials import describe_end
from promote_tui.engine.planning.facts import doubt_by_traffic, gather_facts, require_reachable
from promote_tui.engine.planning.fingerprint import take_fingerprint
from promote_tui.engine.planning.gates import gates_of
from promote_tui.engine.planning.way_back import read_way_back

if TYPE_CHECKING:
    from promote_tui.core.planning.plan import ApprovedPlan
    from promote_tui.engine.context import Context
    from promote_tui.ports import Identity, Job

_LONGEST = 2000


def planned_event(context: Context, approved: ApprovedPlan, run: str, identity: Identity) -> Planned:
    """Return the first event of a run: what it is going to do, and who has confirmed it."""
    plan, seen, target = approved.plan, approved.plan.fingerprint, approved.plan.draft.target
    options = plan.draft.options
    return Planned(
        at=context.clock.now(),
        run=run,
        kind=options.kind,
        service=target.service,
        stage=target.stage,
        key=target.key,
        from_commit=ran_before(seen.deployed, seen.stack_id, seen.stack_status),
        to_commit=plan.draft.commit.sha,
        subject=plan.draft.commit.subject[:200],
        stack_id=seen.stack_id,
        stack_status=seen.stack_status,
        last_event_id=seen.last_event_id,
        fingerprint=seen.digest,
        config_digest=seen.config,
        who=identity.person,
        arn=identity.arn,
        reason=approved.confirmation.reason[:_LONGEST],
        policy=str(context.pipeline.policy or ""),
        release=options.release,
        started_by=options.started_by,
        preview=target.preview,
        overrides=(
            *(OverrideRecord(each.gate, each.reason[:_LONGEST]) for each in options.overrides),
            *([OverrideRecord("ledger", "--break-glass")] if options.break_glass else []),
        ),
    )


def check_again(context: Context, approved: ApprovedPlan, job: Job) -> Checked:
    """Read everything again under the lock and return the event about it; raises PlanStale or Refused."""
    plan, target = approved.plan, approved.plan.draft.target
    stage = context.pipeline.stage(target.stage)
    if plan.draft.confirm != stage.confirm or target != job.target:
        raise PlanStale(str(target), "the plan is not what the configuration asks for now", "plan again")
    cell = require_reachable(read_cell(context, target))
    package = context.deployer.read(job.folder, target, job.commit)
    now = take_fingerprint(context, job, package, cell, plan.salt)
    moved = plan.fingerprint.differences(now)
    if moved:
        raise PlanStale(str(target), f"the plan is stale: {'; '.join(moved)}", "plan again")
    facts = doubt_by_traffic(context, gather_facts(context, target, job.commit, cell, plan.draft.options))
    account = job.credentials.identity.account
    review, given = refresh_exports(context, job, plan.review), approved.confirmation.allowances
    facts = replace(facts, account=account, review=review, allowances=given)
    facts = replace(facts, package=package, artifact=plan.artifact, safeguards=plan.safeguards)  # of this very package
    facts = replace(facts, way_back=read_way_back(context, plan.draft, cell, review))
    gates = gates_of(context, facts, plan.draft.options)
    closed = [gate for gate in gates if not gate.passed]
    if closed:
        raise refusal(str(target), closed)
    approve(plan, approved.confirmation, context.clock.now())
    _require_lasting_credentials(context, job)
    records = tuple(GateRecord(gate.name, gate.passed, gate.reason) for gate in gates)
    return Checked(context.clock.now(), now.digest, records, plan.manifest)


def _require_lasting_credentials(context: Context, job: Job) -> None:
    """Raise Refused for credentials that end before a deploy usually does."""
    cause = describe_end(context, job.target, job.credentials.expires_at)
    if cause:
        raise Refused(str(job.target), cause, "log in again for long enough, then promote again")
