"""CloudFormation in memory: tests move its stacks through statuses and events.

stacks = FakeStacks()
stacks.deploy(target, sha)              created, or updated: complete
stacks.begin(target)                    at work (CREATE_ or UPDATE_IN_PROGRESS) ...
stacks.finish(target, sha)              ... and complete
stacks.fail(target, "no such key")      the attempt fails at a resource and is rolled back
stacks.unreachable(target, "expired")   every read fails, until reachable(target)

Each step writes the events that CloudFormation would. A first attempt that fails leaves
ROLLBACK_COMPLETE. After cancel_update, `settle(target)` ends the roll back.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from promote_tui.adapters.serverless.facts import FACTS
from promote_tui.core.errors import AwsError, CredentialsError, OutOfReachError
from promote_tui.core.model.cells import StackState, Unreachable
from promote_tui.core.model.pipeline import StackOutput
from promote_tui.core.model.stack_status import Phase, StackEvent, status
from promote_tui.core.stacks.cells import cell_of, commit_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from promote_tui.core.model.cells import Cell
    from promote_tui.core.model.pipeline import CommitSource, Target
    from promote_tui.ports import Clock

STACK_TYPE = "AWS::CloudFormation::Stack"
RESOURCE = ("OrdersTable", "AWS::DynamoDB::Table")
_BEGAN = datetime(2026, 1, 30, 12, 0, tzinfo=UTC)


@dataclass
class _Stack:
    id: str
    name: str
    status: str
    at: datetime
    outputs: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


class FakeStacks:
    """The ports StackReader and StackRecoverer; without a clock, each event is a second later than the one before."""

    def __init__(self, sources: Mapping[Target, CommitSource] | None = None, clock: Clock | None = None) -> None:
        self.cancelled: list[str] = []
        self.recovered: list[tuple[str, ...]] = []
        self.reads = 0
        self._sources = sources or {}
        self.clock = clock
        self.bucket_output = FACTS.bucket_output
        self._stacks: dict[str, _Stack] = {}
        self._events: dict[str, list[StackEvent]] = {}
        self._errors: dict[Target, AwsError] = {}
        self._count = 0
        self._lock = threading.RLock()

    def forget(self) -> None:
        """Let there be no stack any more; what happened stays."""
        self._stacks.clear()

    def deploy(self, target: Target, commit: str, outputs: Mapping[str, str] | None = None) -> None:
        """Create or update the stack, successfully."""
        with self._lock:
            self.begin(target)
            self.finish(target, commit, outputs)

    def begin(self, target: Target) -> None:
        """Begin to create or to update the stack."""
        with self._lock:
            stack = self._stacks.get(target.key)
            if stack is None or status(stack.status).phase is Phase.GONE:
                self._count += 1
                arn = f"arn:aws:cloudformation:{target.aws.region}:{target.aws.account}:stack/{target.stack}"
                stack = self._stacks[target.key] = _Stack(f"{arn}/{self._count}", target.stack, "", _BEGAN)
            verb = "UPDATE" if stack.status else "CREATE"
            self.set_status(target, f"{verb}_IN_PROGRESS", "User Initiated")
            self.add_event(target, *RESOURCE, f"{verb}_IN_PROGRESS")

    def finish(self, target: Target, commit: str | None, outputs: Mapping[str, str] | None = None) -> None:
        """Complete what was begun; `commit` None leaves the outputs as they are."""
        with self._lock:
            stack = self._stacks[target.key]
            verb = stack.status.partition("_")[0]
            self.add_event(target, *RESOURCE, f"{verb}_COMPLETE")
            if commit is not None:
                self.report(target, commit)
            stack.outputs |= outputs or {}
            self.set_status(target, f"{verb}_COMPLETE")

    def fail(self, target: Target, reason: str, resource: tuple[str, str] = RESOURCE) -> None:
        """Let the attempt fail (begun now, if it was not yet) and be rolled back."""
        with self._lock:
            stack = self._stacks.get(target.key)
            if stack is None or not stack.status.endswith("_IN_PROGRESS"):
                self.begin(target)
            verb = self._stacks[target.key].status.partition("_")[0]
            self.add_event(target, *resource, f"{verb}_FAILED", reason)
            rollback = "ROLLBACK" if verb == "CREATE" else "UPDATE_ROLLBACK"
            failed = f"The following resource(s) failed to {verb.lower()}: [{resource[0]}]. "
            self.set_status(target, f"{rollback}_IN_PROGRESS", failed)
            self.set_status(target, f"{rollback}_COMPLETE")

    def settle(self, target: Target) -> None:
        """End a cancelled update's roll back."""
        self.set_status(target, "UPDATE_ROLLBACK_COMPLETE")

    def delete(self, target: Target, stack_id: str = "") -> None:
        """Delete the stack."""
        with self._lock:
            self._read(target)
            self.recovered += [("delete", stack_id)] if stack_id else []
            self.set_status(target, "DELETE_IN_PROGRESS", "User Initiated")
            self.set_status(target, "DELETE_COMPLETE")

    def report(self, target: Target, text: str | None) -> None:
        """Let the stack's output or tag say this; None removes it. Writes no event."""
        source = self._source(target)
        stack = self._stacks[target.key]
        held = stack.outputs if isinstance(source, StackOutput) else stack.tags
        name = source.name.replace("*", "X")
        held.pop(name, None)
        if text is not None:
            held[name] = text

    def set_status(self, target: Target, name: str, reason: str = "") -> None:
        """Put the stack into any status, with the event that tells of it."""
        with self._lock:
            stack = self._stacks[target.key]
            event = self.add_event(target, stack.name, STACK_TYPE, name, reason, physical_id=stack.id)
            stack.status, stack.at = name, event.at

    def add_event(
        self,
        target: Target,
        logical_id: str,
        resource_type: str,
        event_status: str,
        reason: str = "",
        *,
        physical_id: str = "",
        stack_id: str | None = None,
    ) -> StackEvent:
        """Add one event to the stack, or to the nested stack with the id `stack_id`."""
        with self._lock:
            self._count += 1
            at = self.clock.now() if self.clock else _BEGAN + timedelta(seconds=self._count)
            owner = stack_id or self._stacks[target.key].id
            physical = physical_id or f"{logical_id}-1"
            name = f"event-{self._count}"
            event = StackEvent(name, at, owner, logical_id, physical, resource_type, event_status, reason)
            self._events.setdefault(owner, []).append(event)
            return event

    def replace_stack(self, target: Target, account: str) -> None:
        """Let the stack's ARN name another account."""
        stack = self._stacks[target.key]
        self._stacks[target.key] = replace(stack, id=stack.id.replace(target.aws.account, account))

    def unreachable(self, target: Target, reason: str, remedy: str = "log in", *, login: bool = True) -> None:
        """Let every read of this target fail: with `login` new credentials would help, else AWS does not answer."""
        kind = CredentialsError if login else OutOfReachError
        self._errors[target] = kind(str(target), reason, remedy)

    def reachable(self, target: Target) -> None:
        """Let this target be read again."""
        self._errors.pop(target, None)

    def cells(
        self, targets: Collection[Target], on_cell: Callable[[Cell], None] | None = None
    ) -> Mapping[Target, Cell]:
        """Return a cell for every target."""
        found = {}
        for target in targets:
            found[target] = self.cell(target)
            if on_cell is not None:
                on_cell(found[target])
        return found

    def cell(self, target: Target) -> Cell:
        """Read one target."""
        try:
            return cell_of(target, self.stack(target), self._source(target), self.bucket_output)
        except AwsError as error:
            return Unreachable(target, error.cause, error.remedy, isinstance(error, CredentialsError))

    def stack(self, target: Target) -> StackState | None:
        """Read one stack; None where it does not exist."""
        with self._lock:
            self._read(target)
            stack = self._stacks.get(target.key)
            if stack is None or status(stack.status).phase is Phase.GONE:
                return None
            outputs = tuple(stack.outputs.items())
            commit = commit_text(self._source(target), outputs, stack.tags.items(), self.bucket_output)
            return StackState(stack.id, stack.name, status(stack.status), stack.status, commit, stack.at, outputs)

    def events(self, target: Target, stack_id: str, *, after: str | None = None) -> tuple[StackEvent, ...]:
        """Return the events after the one with the id `after`, oldest first."""
        with self._lock:
            self._read(target)
            found = self._events_of(target, stack_id)
            names = [event.id for event in found]
            return tuple(found[names.index(after) + 1 :] if after in names else found)

    def last_event(self, target: Target, stack_id: str) -> StackEvent | None:
        """Return the newest event."""
        found = self.events(target, stack_id)
        return found[-1] if found else None

    def cancel_update(self, target: Target, stack_id: str) -> None:
        """Begin to roll the running update back."""
        with self._lock:
            self._read(target)
            self._events_of(target, stack_id)
            now = self._stacks[target.key].status
            if now in {"UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"}:
                return
            if now != "UPDATE_IN_PROGRESS":
                cause = f"the stack is {now}; only a running update can be cancelled"
                raise AwsError(str(target), cause, "refresh")
            self.cancelled.append(stack_id)
            self.set_status(target, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated")

    def continue_rollback(self, target: Target, stack_id: str, skip: Sequence[str]) -> None:
        """Continue the rollback, which ends at once; the resources that are skipped are on record."""
        with self._lock:
            self._refuse_unless(target, "ContinueUpdateRollback", "UPDATE_ROLLBACK_FAILED")
            self.recovered.append(("continue", stack_id, *skip))
            self.set_status(target, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated")
            self.set_status(target, "UPDATE_ROLLBACK_COMPLETE")

    def roll_back(self, target: Target, stack_id: str) -> None:
        """Roll the failed update back, which ends at once."""
        with self._lock:
            self._refuse_unless(target, "RollbackStack", "UPDATE_FAILED", "CREATE_FAILED")
            self.recovered.append(("roll_back", stack_id))
            self.set_status(target, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated")
            self.set_status(target, "UPDATE_ROLLBACK_COMPLETE")

    def _refuse_unless(self, target: Target, call: str, *statuses: str) -> None:
        self._read(target)
        if self._stacks[target.key].status not in statuses:
            raise AwsError(str(target), f"{call} cannot be called from current stack status")

    def _events_of(self, target: Target, stack_id: str) -> list[StackEvent]:
        if stack_id not in self._events:
            raise AwsError(str(target), f"DescribeStackEvents: Stack [{stack_id}] does not exist")
        return self._events[stack_id]

    def _read(self, target: Target) -> None:
        self.reads += 1
        if target in self._errors:
            raise self._errors[target]

    def _source(self, target: Target) -> CommitSource:
        return self._sources.get(target, StackOutput())
