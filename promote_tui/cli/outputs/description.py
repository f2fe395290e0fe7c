"""`describe SERVICE STAGE --json`: what was deployed to a stage, part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from promote_tui.cli.outputs.base import Output, Timestamp, clean_text, clean_texts, text_or_null, timestamp_or_null
from promote_tui.cli.outputs.runs import DeploymentOutput
from promote_tui.cli.outputs.traffic import TrafficOutput
from promote_tui.core.description.model import DescriptionPart
from promote_tui.core.durations import timestamp
from promote_tui.core.model.cells import commit_of, stack_of
from promote_tui.core.stacks.cells import unknown_words
from promote_tui.core.text import short

if TYPE_CHECKING:
    from promote_tui.core.description.failed_update import FailedUpdate
    from promote_tui.core.description.function_logs import FunctionLog, FunctionLogs
    from promote_tui.core.description.model import DescribedOutput, Description, Unread
    from promote_tui.core.model.cells import StackState
    from promote_tui.core.model.log_lines import LogLine
    from promote_tui.core.model.stack_resources import StackResource
    from promote_tui.core.model.stack_status import RootCause, StackEvent


class DescribedStack(Output, frozen=True):
    """The stack itself; `succeeded` is how its last attempt ended, null while it moves or where there was none."""

    id: str
    name: str
    status: str
    succeeded: bool | None
    remedy: str | None
    updated_at: Timestamp | None

    @classmethod
    def of(cls, stack: StackState) -> Self:
        """Return the wire form of a stack."""
        status = stack.status
        return cls(
            clean_text(stack.id),
            clean_text(stack.name),
            clean_text(stack.status_name),
            status.succeeded,
            text_or_null(status.remedy),
            timestamp_or_null(stack.updated_at),
        )


class StackOutputOutput(Output, frozen=True):
    """An output of the stack; `url` says that a browser can open it."""

    name: str
    value: str
    url: bool

    @classmethod
    def of(cls, found: DescribedOutput) -> Self:
        """Return the wire form of an output."""
        return cls(clean_text(found.name), clean_text(found.value), found.is_url)


class ResourceOutput(Output, frozen=True):
    """A resource of the stack with its status; `nested_in` is the nested stack that it is in, null for its own."""

    logical_id: str
    nested_in: str | None
    type: str
    physical_id: str | None
    status: str
    reason: str | None
    updated_at: Timestamp | None

    @classmethod
    def of(cls, found: StackResource) -> Self:
        """Return the wire form of a resource."""
        return cls(
            clean_text(found.logical_id),
            text_or_null(found.nested_in),
            clean_text(found.resource_type),
            text_or_null(found.physical_id),
            clean_text(found.status),
            text_or_null(found.reason),
            timestamp_or_null(found.updated_at),
        )


class RootCauseOutput(Output, frozen=True):
    """The resource that failed first, also in a nested stack, and what AWS said."""

    logical_id: str
    type: str
    status: str
    reason: str | None

    @classmethod
    def of(cls, found: RootCause) -> Self:
        """Return the wire form of a root cause."""
        return cls(
            clean_text(found.logical_id),
            clean_text(found.resource_type),
            clean_text(found.status),
            text_or_null(found.reason),
        )


class FailedEventOutput(RootCauseOutput, frozen=True):
    """An event of the stack that tells of a failure."""

    at: Timestamp

    @classmethod
    def of_event(cls, found: StackEvent) -> Self:
        """Return the wire form of an event."""
        return cls(
            clean_text(found.logical_id),
            clean_text(found.resource_type),
            clean_text(found.status),
            text_or_null(found.reason),
            timestamp(found.at),
        )


class FailedUpdateOutput(Output, frozen=True):
    """The last attempt to change the stack, which failed; `who` is null where `unknown` says why.

    `run` is null where none on record made it.
    """

    status: str
    began_at: Timestamp
    ended_at: Timestamp
    who: str | None
    arn: str | None
    reason: str | None
    unknown: str | None
    external: bool
    run: str | None
    cause: RootCauseOutput | None
    events: tuple[FailedEventOutput, ...]
    remedy: str | None

    @classmethod
    def of(cls, found: FailedUpdate) -> Self:
        """Return the wire form of a failed attempt."""
        actor = found.actor
        return cls(
            status=clean_text(found.status),
            began_at=timestamp(found.began_at),
            ended_at=timestamp(found.ended_at),
            who=None if actor.problem else text_or_null(actor.who),
            arn=text_or_null(actor.arn),
            reason=text_or_null(actor.how),
            unknown=text_or_null(actor.problem),
            external=found.is_external,
            run=text_or_null(found.run),
            cause=RootCauseOutput.of(found.cause) if found.cause else None,
            events=tuple(FailedEventOutput.of_event(event) for event in found.events),
            remedy=text_or_null(found.remedy),
        )


class LogLineOutput(Output, frozen=True):
    """A line of a log, cleaned and masked."""

    at: Timestamp
    text: str

    @classmethod
    def of(cls, line: LogLine) -> Self:
        """Return the wire form of a line."""
        return cls(timestamp(line.at), clean_text(line.text))


class FunctionLogOutput(Output, frozen=True):
    """What one function logged; `read_until` is where reading stopped because there was too much, else null.

    `group_exists` is false where it has never logged anything; `not_read` is why its group could not be read.
    """

    function: str
    group: str
    group_exists: bool
    errors: tuple[LogLineOutput, ...]
    lines: tuple[LogLineOutput, ...]
    read_until: Timestamp | None
    not_read: str | None

    @classmethod
    def of(cls, found: FunctionLog) -> Self:
        """Return the wire form of a function's log."""
        return cls(
            clean_text(found.function),
            clean_text(found.group),
            found.has_group,
            tuple(LogLineOutput.of(line) for line in found.errors),
            tuple(LogLineOutput.of(line) for line in found.lines),
            timestamp_or_null(found.read_until),
            text_or_null(found.cause),
        )


class FunctionLogsOutput(Output, frozen=True):
    """What the functions logged in a time; `left_out` are those that were not read, because there are too many."""

    since: Timestamp
    until: Timestamp
    functions: tuple[FunctionLogOutput, ...]
    left_out: tuple[str, ...]

    @classmethod
    def of(cls, found: FunctionLogs) -> Self:
        """Return the wire form of the logs."""
        functions = tuple(FunctionLogOutput.of(each) for each in found.functions)
        return cls(timestamp(found.since), timestamp(found.until), functions, clean_texts(found.left_out))


class UnreadOutput(Output, frozen=True):
    """A part that could not be read, why, and what would help; what it would hold is empty or null."""

    part: DescriptionPart
    reason: str
    remedy: str | None

    @classmethod
    def of(cls, found: Unread) -> Self:
        """Return the wire form of what could not be read."""
        return cls(found.part, clean_text(found.cause), text_or_null(found.remedy))


class DescribeOutput(Output, frozen=True):
    """What was deployed to a stage; `unknown` is why there is no commit, `logs` is null without `--logs`.

    `deployments` are the newest runs on record; `more`: there are older ones.
    """

    service: str
    stage: str
    at: Timestamp
    commit: str | None
    short: str | None
    unknown: str | None
    stack: DescribedStack | None
    traffic: TrafficOutput | None
    outputs: tuple[StackOutputOutput, ...]
    resources: tuple[ResourceOutput, ...]
    failed_update: FailedUpdateOutput | None
    deployments: tuple[DeploymentOutput, ...]
    more: bool
    logs: FunctionLogsOutput | None
    not_read: tuple[UnreadOutput, ...]

    @classmethod
    def of(cls, found: Description) -> Self:
        """Return the wire form of a description."""
        commit, stack = commit_of(found.cell), stack_of(found.cell)
        return cls(
            service=clean_text(found.target.service),
            stage=clean_text(found.target.stage),
            at=timestamp(found.at),
            commit=text_or_null(commit),
            short=clean_text(short(commit)) if commit else None,
            unknown=text_or_null(unknown_words(found.cell)),
            stack=DescribedStack.of(stack) if stack else None,
            traffic=TrafficOutput.of(found.traffic) if found.traffic else None,
            outputs=tuple(StackOutputOutput.of(each) for each in found.outputs),
            resources=tuple(ResourceOutput.of(each) for each in found.resources),
            failed_update=FailedUpdateOutput.of(found.failure) if found.failure else None,
            deployments=tuple(DeploymentOutput.of(run) for run in found.deployments),
            more=found.has_older,
            logs=FunctionLogsOutput.of(found.logs) if found.logs else None,
            not_read=tuple(UnreadOutput.of(each) for each in found.unread),
        )
