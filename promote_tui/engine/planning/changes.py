"""What a package would do to its stack: asked of CloudFormation, or told from the templates where it cannot be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from promote_tui.core.changes.changeset import from_change_set, predict, removed_exports
from promote_tui.core.changes.model import ChangeReview, RemovedExport
from promote_tui.core.changes.template_limits import exceeded_limits
from promote_tui.core.errors import AwsError, TemplateError
from promote_tui.core.model.pipeline import Unreachable
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from promote_tui.core.changes.model import Template
    from promote_tui.core.model.pipeline import Cell, Pipeline, StackState
    from promote_tui.core.package.package import Submission
    from promote_tui.engine.context import Context
    from promote_tui.ports import Job


def review_changes(context: Context, job: Job, cell: Cell, plan_id: str) -> ChangeReview:
    """Return what deploying the package would change; what cannot be asked is said in it, never raised.

    A change set is made where the stack is there and may be written to; else it is predicted. What CloudFormation
    refuses, or is known to refuse, is said as `refused`.
    """
    submission = context.deployer.submission(job.folder, job.target)
    packaged: Template = json.loads(submission.template)
    over = exceeded_limits(packaged)
    found = _reviewed(context, job, cell, plan_id, submission, packaged, over)
    return replace(found, refused=f"the template has {over}") if over else found


def _reviewed(  # noqa: PLR0913, PLR0917 - all that it is made from
    context: Context,
    job: Job,
    cell: Cell,
    plan_id: str,
    submission: Submission,
    packaged: Template,
    over: str,
) -> ChangeReview:
    stack = None if isinstance(cell, Unreachable) else cell.stack
    if stack is None:
        return predict({}, packaged, "the stack does not exist yet")
    try:
        deployed = context.inspector.template(job.target, stack.id)
    except AwsError as error:
        return ChangeReview(unknown=f"the changes are unknown: the deployed template: {error.cause}")
    why, refused = _why_not(context.pipeline, over), ""
    if not why:
        try:
            rows = context.inspector.change_set(job.target, stack.id, submission, f"promote-tui-{plan_id}")
            found = from_change_set(rows, deployed, packaged)
        except TemplateError as error:
            why, refused = "CloudFormation refuses the template", error.cause
        except AwsError as error:
            why = f"no change set: {error.cause}"
    if why:
        found = replace(predict(deployed, packaged, why), refused=refused)
    return _with_exports(context, job, stack, found, deployed, packaged)


def _why_not(pipeline: Pipeline, over: str) -> str:
    if pipeline.read_only:
        return "promote-tui was started with --read-only"
    return f"the template has {over}" if over else ""


def _with_exports(  # noqa: PLR0913, PLR0917 - the review and what it was made from
    context: Context, job: Job, stack: StackState, found: ChangeReview, deployed: Template, packaged: Template
) -> ChangeReview:
    if not any(isinstance(each, dict) and each.get("Export") for each in (deployed.get("Outputs") or {}).values()):
        return found
    try:
        exports = context.inspector.exports(job.target, stack.id)
    except AwsError as error:
        return replace(found, warnings=(*found.warnings, f"exports could not be read: {error.cause}"))
    gone = removed_exports(exports, deployed, packaged)
    return replace(found, exports=tuple(removed_export(context, job, name) for name in gone))


def removed_export(context: Context, job: Job, name: str) -> RemovedExport:
    """Return an export that goes away, with who imports it now."""
    try:
        return RemovedExport(name, context.inspector.importers(job.target, name))
    except AwsError:
        return RemovedExport(name, None)


def refresh_exports(context: Context, job: Job, found: ChangeReview) -> ChangeReview:
    """Return the review with the exports asked about again: others may have begun to import them meanwhile."""
    return replace(found, exports=tuple(removed_export(context, job, each.name) for each in found.exports))
