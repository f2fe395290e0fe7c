"""The three drifts of a service, by what its stacks said: commits, configuration, and what was changed by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.changes.stack_drift import StackDrift
from promote_tui.core.drift import commits, config
from promote_tui.core.drift.commits import CommitDrift
from promote_tui.core.drift.config import ConfigDrift
from promote_tui.core.errors import AwsError, PromoteError
from promote_tui.core.model.cells import Unreachable, commit_of, stack_of
from promote_tui.core.model.pipeline import StackOutput
from promote_tui.core.stacks.cells import describe_unknown
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from promote_tui.core.changes.model import Template
    from promote_tui.core.model.cells import Cell, StackState
    from promote_tui.core.model.pipeline import Pipeline, Service, Target
    from promote_tui.engine.context import Context

POLL_SECONDS = 2.0
LONGEST_SECONDS = 900.0


def commit_drifts(context: Context, service: Service, cells: Mapping[str, Cell]) -> Mapping[str, CommitDrift]:
    """Return for each stage what lies between it and the one before, also that it cannot be told.

    Nothing where one of them never had a deploy.
    """
    found = {stage: CommitDrift(unknown=why) for stage, cell in cells.items() if (why := describe_unknown(stage, cell))}
    for stage, before in _pairs(context.pipeline, cells):
        here, there = commit_of(cells[stage]), commit_of(cells[before])
        why = describe_unknown(before, cells[before])
        if why and stage not in found:
            found[stage] = CommitDrift(unknown=why)
        if here and there:
            try:
                found[stage] = _commits(context, service, here, there)
            except PromoteError as error:
                found[stage] = CommitDrift(unknown=error.cause)
    return found


def _commits(context: Context, service: Service, here: str, there: str) -> CommitDrift:
    graph = context.graph
    waits, own = graph.between(service, here, there), graph.between(service, there, here)
    bodies = graph.bodies(service, [commit.sha for commit in (*waits, *own)])
    return commits.explain_commit_drift(waits, own, bodies)


def _pairs(pipeline: Pipeline, cells: Mapping[str, Cell]) -> Iterable[tuple[str, str]]:
    return [(one.name, one.after) for one in pipeline.stages if one.after and {one.name, one.after} <= cells.keys()]


def config_drifts(context: Context, service: Service, cells: Mapping[str, Cell]) -> Mapping[str, ConfigDrift]:
    """Return for each stage what its template has differently from the one before; nothing where one has no stack.

    Each template is read once.
    """
    read: dict[str, Template | str] = {}
    found: dict[str, ConfigDrift] = {}
    for stage, before in _pairs(context.pipeline, cells):
        for each in (stage, before):
            stack = stack_of(cells[each])
            if stack is not None and each not in read:
                read[each] = _template(context, cells[each].target, stack)
        lost = next((each for each in (stage, before) if isinstance(cells[each], Unreachable)), None)
        if lost is not None:
            found[stage] = ConfigDrift(unknown=describe_unknown(lost, cells[lost]))
        elif {stage, before} <= read.keys():
            found[stage] = _config(service, cells, read, stage, before)
    return found


def _config(
    service: Service, cells: Mapping[str, Cell], read: Mapping[str, Template | str], stage: str, before: str
) -> ConfigDrift:
    source = service.commit_source
    ignored = frozenset(source.names if isinstance(source, StackOutput) else ())
    sides: list[config.StageTemplate] = []
    for each in (stage, before):
        template = read[each]
        if isinstance(template, str):
            return ConfigDrift(unknown=f"the template of {each}: {template}")
        sides.append(config.StageTemplate(template, cells[each].target, ignored))
    return ConfigDrift(config.compare(*sides))


def _template(context: Context, target: Target, stack: StackState) -> Template | str:
    """Return what the stack was deployed with, or why that cannot be read."""
    try:
        return context.inspector.template(target, stack.id)
    except AwsError as error:
        return error.cause


def stack_drift(context: Context, target: Target, stack_id: str) -> StackDrift:
    """Return what the last detection found; what cannot be asked is said in it, never raised."""
    try:
        at = context.inspector.last_detection(target, stack_id)
        return StackDrift(context.inspector.drifts(target, stack_id) if at else (), at)
    except AwsError as error:
        return StackDrift(unknown=error.cause)


def detect_drift(context: Context, target: Target, stack_id: str, on_wait: Callable[[float], None]) -> StackDrift:
    """Let CloudFormation look for drift, and return what it found; `on_wait` hears the seconds, and may raise."""
    clock, inspector = context.clock, context.inspector
    begun = clock.monotonic()
    try:
        detection = inspector.detect_drift(target, stack_id)
        while (now := inspector.detection(target, detection)).status == "detecting":
            waited = clock.monotonic() - begun
            if waited >= LONGEST_SECONDS:
                return StackDrift(unknown=f"CloudFormation did not finish within {LONGEST_SECONDS / 60:.0f} minutes")
            on_wait(waited)
            clock.sleep(POLL_SECONDS)
        found = StackDrift(inspector.drifts(target, stack_id), now.at or clock.now())
    except AwsError as error:
        return StackDrift(unknown=error.cause)
    return found if now.status == "complete" else replace(found, unknown=now.reason or "the detection failed")
