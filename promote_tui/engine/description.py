"""Describes a cell: reads what was deployed there, each part by itself, so that none that fails hides the others."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.description.failed_update import (
    FailedUpdate,
    actor_of,
    failed_events,
    last_attempt,
    mask_cause,
    newest_verified_event,
    run_of_attempt,
)
from promote_tui.core.description.function_logs import (
    LOOKS_BACK,
    MOST_FUNCTIONS,
    MOST_LINES,
    FunctionLog,
    FunctionLogs,
    default_group,
    function_log,
)
from promote_tui.core.description.model import Description, Unread
from promote_tui.core.description.ordering import list_outputs, list_resources
from promote_tui.core.errors import AwsError, LedgerError
from promote_tui.core.model.cells import Deployed, Unreachable, stack_of
from promote_tui.core.model.pipeline import Target
from promote_tui.core.runs.unsettled_runs import with_known_outcome
from promote_tui.core.value import replace
from promote_tui.engine.cells import read_cell
from promote_tui.engine.context import Context
from promote_tui.engine.deploy_values import find_secrets
from promote_tui.engine.stack_attempts import find_actor, find_root_cause
from promote_tui.engine.takeover import is_runner_alive
from promote_tui.ports import RunFilter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from promote_tui.core.model.cells import StackState
    from promote_tui.core.model.stack_resources import StackResource
    from promote_tui.core.runs.run import Run
    from promote_tui.engine.code_drift import CodeDrift

_DEPLOYMENTS = 20
_MOST_NESTED = 20
"""How many nested stacks are looked into."""
_AT_ONCE = 4
"""How many log groups are read at once: AWS allows few calls a second."""


def describe(context: Context, target: Target, code: CodeDrift) -> Description:
    """Return what was deployed to a target, all but its logs; what cannot be read is said in its place."""
    cell = read_cell(context, target)
    found = Description(target, context.clock.now(), cell)
    if isinstance(cell, Unreachable):
        found = _without(found, Unread("stack", cell.reason, cell.remedy))
    found = _with_deployments(context, found)
    stack = stack_of(cell)
    if stack is not None:
        found = replace(found, outputs=list_outputs(stack.outputs))
        found = _with_failure(context, found, stack)
    if isinstance(cell, Deployed):
        found = _with_traffic(context, found, cell, code)
    return _with_resources(context, found)


def _without(found: Description, missing: Unread) -> Description:
    return replace(found, unread=(*found.unread, missing))


def _with_deployments(context: Context, found: Description) -> Description:
    try:
        page = context.ledger.runs(RunFilter(key=found.target.key), limit=_DEPLOYMENTS)
        runs = tuple(_with_outcome(context, run) for run in page.runs)
    except LedgerError as error:
        return _without(found, Unread("deployments", error.cause, error.remedy))
    return replace(found, deployments=runs, has_older=page.cursor is not None)


def _with_outcome(context: Context, run: Run) -> Run:
    return with_known_outcome(run, alive=is_runner_alive(context, run)) if run.live else run


def _with_failure(context: Context, found: Description, stack: StackState) -> Description:
    """Add the last attempt where the stack says that it failed; no event is read where it did not."""
    if stack.status.succeeded is not False:
        return found
    try:
        return replace(found, failure=_failure(context, found.target, stack, found.deployments))
    except AwsError as error:
        return _without(found, Unread("last update", error.cause, error.remedy))


def _with_traffic(context: Context, found: Description, cell: Deployed, code: CodeDrift) -> Description:
    """Add which code serves the requests: what a stack says of its commit is no proof of that."""
    try:
        traffic = code.read_traffic(context, cell)
    except LedgerError as error:
        return _without(found, Unread("traffic", error.cause, error.remedy))
    found = replace(found, traffic=traffic)
    unread = traffic.unread if traffic is not None else ""
    return _without(found, Unread("traffic", unread)) if unread else found


def _secrets(context: Context, target: Target) -> tuple[str, ...]:
    """Return the secrets that the deploy is given, which nobody may read in what AWS or a function says."""
    return find_secrets(context, context.pipeline.service(target.service), target.stage)


def _failure(context: Context, target: Target, stack: StackState, runs: Sequence[Run]) -> FailedUpdate | None:
    attempt = last_attempt(context.stacks.events(target, stack.id, after=newest_verified_event(runs, stack)))
    if not attempt:
        return None
    run, secrets = run_of_attempt(runs, attempt), _secrets(context, target)
    return FailedUpdate(
        status=stack.status_name,
        began_at=attempt[0].at,
        ended_at=attempt[-1].at,
        actor=actor_of(run) if run is not None else find_actor(context, target, attempt[0].at),
        run=run.id if run is not None else "",
        is_external=run is None or run.is_external_update,
        cause=mask_cause(find_root_cause(context, target, attempt), secrets),
        events=failed_events(attempt, secrets),
        remedy=stack.status.remedy,
    )


def _with_resources(context: Context, found: Description) -> Description:
    """Add the resources; where only the stack may not be described, they are asked for by its name."""
    stack = stack_of(found.cell)
    is_denied = isinstance(found.cell, Unreachable) and found.cell.why == "denied"
    name = stack.id if stack is not None else found.target.stack if is_denied else ""
    read: list[StackResource] = []
    try:
        read += _resources(context, found.target, name) if name else ()
        for nested in _nested(read):
            inner = _resources(context, found.target, nested.physical_id)
            read += (replace(each, nested_in=nested.path) for each in inner)
    except AwsError as error:
        found = _without(found, Unread("resources", error.cause, error.remedy))
    secrets = _secrets(context, found.target) if any(each.reason for each in read) else ()
    return replace(found, resources=list_resources(read, secrets))


def _resources(context: Context, target: Target, stack: str) -> tuple[StackResource, ...]:
    return context.inspector.describe_resources(target, stack)


def _nested(read: Sequence[StackResource]) -> Iterator[StackResource]:
    """Yield the first nested stacks, also those that are found in one while they are read."""
    return itertools.islice((each for each in read if each.is_nested_stack), _MOST_NESTED)


def with_logs(context: Context, found: Description) -> Description:
    """Return a description with what its functions logged lately; what cannot be read is said in its place."""
    until = context.clock.now()
    wanted, left_out = found.functions[:MOST_FUNCTIONS], found.functions[MOST_FUNCTIONS:]
    logs = FunctionLogs(until - LOOKS_BACK, until, left_out=left_out)
    found = replace(found, logs=logs, unread=tuple(each for each in found.unread if each.part != "log groups"))
    if not wanted:
        return found
    found, groups = _groups(context, found)
    work = _LogWork(context, found.target, logs, groups, _secrets(context, found.target))
    with ThreadPoolExecutor(min(_AT_ONCE, len(wanted)), "logs") as pool:
        read = pool.map(work.read, wanted)
        return replace(found, logs=replace(logs, functions=tuple(read)))


def _groups(context: Context, found: Description) -> tuple[Description, Mapping[str, str]]:
    """Return the log groups that functions name; where they may not be read, their usual groups are taken."""
    try:
        return found, context.ports.functions.log_groups(found.target)
    except AwsError as error:
        cause = f"{error.cause}; each function's usual log group was read"
        return _without(found, Unread("log groups", cause, error.remedy)), {}


@dataclass(frozen=True, slots=True)
class _LogWork:
    """What is needed to read the log of any function of a stage."""

    context: Context
    target: Target
    logs: FunctionLogs
    groups: Mapping[str, str]
    secrets: tuple[str, ...]

    def read(self, name: str) -> FunctionLog:
        """Return what a function logged; that it cannot be read is said in it."""
        group, logs = self.groups.get(name) or default_group(name), self.logs
        try:
            found = self.context.ports.logs.lines(self.target, group, logs.since, logs.until, MOST_LINES)
        except AwsError as error:
            return FunctionLog(name, group, cause=error.cause, remedy=error.remedy)
        return function_log(name, group, found, self.secrets)
