"""What a package would do to its stack: from a change set of CloudFormation, or predicted from the templates."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.changes.changeset import from_change_set, predict, removed_exports
from promote_tui.core.changes.model import ChangeReview, RemovedExport, Template
from promote_tui.core.changes.template_limits import exceeded_limits
from promote_tui.core.errors import AwsError, TemplateError
from promote_tui.core.model.cells import Unreachable
from promote_tui.core.package.package import Submission
from promote_tui.core.value import replace
from promote_tui.ports import Job

if TYPE_CHECKING:
    from promote_tui.core.model.cells import Cell, StackState
    from promote_tui.core.model.pipeline import Pipeline
    from promote_tui.engine.context import Context


def review_changes(context: Context, job: Job, cell: Cell, plan_id: str) -> ChangeReview:
    """Return what deploying the package would change; what cannot be asked is said in it, never raised.

    A change set is made where the stack is there and may be written to; else it is predicted. What CloudFormation
    refuses, or is known to refuse, is said as `refused`.
    """
    submission = context.deployer.submission(job.folder, job.target)
    packaged: Template = json.loads(submission.template)
    over = exceeded_limits(packaged)
    asked = _Asked(job, f"promote-tui-{plan_id}", submission, packaged, over)
    found = _reviewed(context, asked, None if isinstance(cell, Unreachable) else cell.stack)
    return replace(found, refused=f"the template has {over}") if over else found


@dataclass(frozen=True, slots=True)
class _Asked:
    """A job's package, as it would be submitted; `over` says which limits it exceeds."""

    job: Job
    change_set: str
    submission: Submission
    packaged: Template
    over: str


def _reviewed(context: Context, asked: _Asked, stack: StackState | None) -> ChangeReview:
    bucket = context.deployer.facts.bucket
    if stack is None:
        return predict({}, asked.packaged, "the stack does not exist yet", bucket)
    target = asked.job.target
    try:
        deployed = context.inspector.template(target, stack.id)
    except AwsError as error:
        return ChangeReview(unknown=f"the changes are unknown: the deployed template: {error.cause}")
    why, refused = _why_not(context.pipeline, asked.over), ""
    if not why:
        try:
            rows = context.inspector.change_set(target, stack.id, asked.submission, asked.change_set)
            found = from_change_set(rows, deployed, asked.packaged, bucket)
        except TemplateError as error:
            why, refused = "CloudFormation refuses the template", error.cause
        except AwsError as error:
            why = f"no change set: {error.cause}"
    if why:
        found = replace(predict(deployed, asked.packaged, why, bucket), refused=refused)
    if not any(isinstance(each, dict) and each.get("Export") for each in (deployed.get("Outputs") or {}).values()):
        return found
    try:
        exports = context.inspector.exports(target, stack.id)
    except AwsError as error:
        return replace(found, warnings=(*found.warnings, f"exports could not be read: {error.cause}"))
    gone = removed_exports(exports, deployed, asked.packaged)
    return replace(found, exports=tuple(removed_export(context, asked.job, name) for name in gone))


def _why_not(pipeline: Pipeline, over: str) -> str:
    if pipeline.read_only:
        return "promote-tui was started with --read-only"
    return f"the template has {over}" if over else ""


def removed_export(context: Context, job: Job, name: str) -> RemovedExport:
    """Return an export that would be removed, with its importers."""
    try:
        return RemovedExport(name, context.inspector.importers(job.target, name))
    except AwsError:
        return RemovedExport(name, None)


def refresh_exports(context: Context, job: Job, found: ChangeReview) -> ChangeReview:
    """Return the review with the importers read again: others may have begun to import an export meanwhile."""
    return replace(found, exports=tuple(removed_export(context, job, each.name) for each in found.exports))
