"""Removing a service of a preview: what is going to be removed, and the proof that it is a preview's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import Refused
from promote_tui.core.model.pipeline import Target
from promote_tui.core.previews.names import MARK, marked_branch, preview_name
from promote_tui.core.value import Moment, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from promote_tui.core.model.cells import StackState
    from promote_tui.core.model.pipeline import Pipeline
    from promote_tui.core.runs.run import Run


class Removal(Value):
    """A service of a preview that a person wants removed: the very stack that they saw.

    `commit` is whose configuration of the deployer it is removed by, `deployed` what the stack names (empty: nothing).
    `emptied` are buckets whose contents go with it.
    """

    id: str
    target: Target
    commit: str
    deployed: str
    stack_id: str
    stack_status: str
    last_event_id: str | None
    config_path: str
    config: str
    created_at: Moment
    reason: str = ""
    emptied: tuple[str, ...] = ()


def require_preview(target: Target, stack: StackState, runs: Iterable[Run], pipelines: Iterable[Pipeline]) -> None:
    """Raise Refused unless the stack is a preview's: by its name, its place, and by its own word or that of a run.

    No stage of a configuration is a preview, whatever its stack says: `pipelines` are as they are configured.
    """
    subject = str(target)
    for pipeline in pipelines:
        _refuse_configured(target, pipeline)
    if not target.preview or target.stage != preview_name(target.preview) or target.stage not in target.stack:
        raise Refused(subject, "its name is not that of a preview", "see `promote-tui preview list`")
    if (stack.name, stack.account) != (target.stack, target.aws.account):
        cause = f"the stack is {stack.name} in account {stack.account or 'unknown'}, not {target.stack}"
        raise Refused(subject, cause, "see `previews` in the configuration")
    require_mark(target, stack, runs)


def require_mark(target: Target, stack: StackState, runs: Iterable[Run]) -> None:
    """Raise Refused unless a stack is the preview of the target's branch: it says so, or a run does."""
    subject = str(target)
    said = marked_branch(stack.outputs)
    if said is not None and said != target.preview:
        raise Refused(subject, f"the stack says that it is the preview of {said}", "see `promote-tui preview list`")
    if said is None and not any(_made_it(run, target) for run in runs):
        cause = f"nothing says that {stack.name} is a preview: it has no output {MARK}, and no run on record made it"
        raise Refused(subject, cause, "remove it by hand, if it has to go")


def _made_it(run: Run, target: Target) -> bool:
    return run.planned.preview == target.preview and run.planned.key == target.key and run.submitted


def _refuse_configured(target: Target, pipeline: Pipeline) -> None:
    configured = [each for service in pipeline.services for each in service.targets]
    names = {each.stage: each.stage for each in configured} | {each.serverless_stage: each.stage for each in configured}
    found = names.get(target.stage) or next((each.stage for each in configured if each.key == target.key), None)
    if found is not None:
        cause = f"{found} is a stage of the configuration, and such a stage is never removed"
        raise Refused(str(target), cause, "see `promote-tui preview list`")
