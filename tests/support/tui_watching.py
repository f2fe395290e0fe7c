"""Runs at work in literals: the stack's events, the log and the usual times that a run's screen shows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.core.model.stack_status import StackEvent
from promote_tui.core.runs.events import Exited, Observed, Planned, Released, RolledBack
from promote_tui.core.runs.typical_duration import TypicalDuration
from tests.support.fakes import world
from tests.support.fakes.engine import opening, planned

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.core.runs.events import Event
    from tests.support.fakes.engine import FakeEngine

RUN = "h3k9pq"
STACK = "arn:aws:cloudformation:eu-west-1:333333333333:stack/orders-prod/1"
USUAL = TypicalDuration(185, {"lock": 0, "check again": 3, "deploy": 130, "read back": 2, "record": 1}, 5)
_NAMES = ("Log", "Role", "Queue", "Function", "Version", "Permission", "Resource", "Method", "Alarm")
_DONE = tuple(f"Orders{name}{number}" for number in (1, 2) for name in _NAMES)
REASON = (
    "Specified ReservedConcurrentExecutions for function decreases account's"
    " UnreservedConcurrentExecution below its minimum value of [10]."
)
FUNCTION, TABLE = ("OrdersWorkerFunction", "AWS::Lambda::Function"), ("OrdersTable", "AWS::DynamoDB::Table")
CAUSE = f"{FUNCTION[0]} ({FUNCTION[1]}) UPDATE_FAILED: {REASON}"
_MADE_ANEW = "Requested update requires the creation of a new physical resource; hence creating one."


class Story:
    """A run to prod that is written step by step; seconds count from its beginning."""

    def __init__(self, engine: FakeEngine, folder: Path) -> None:
        self.engine = engine
        self.log = folder / f"{RUN}.log"
        engine.append(RUN, planned(RUN, world.plan(world.draft()), engine.time.now()))
        self.first: Planned = engine.planned(RUN)
        self._events = engine.script.stack_events.setdefault(RUN, [])

    def begins(self) -> None:
        """Let the CLI run, with 18 resources done and three at work, 1m14s in."""
        self.engine.append(RUN, *opening(self.first))
        self.stack(8, "UPDATE_IN_PROGRESS")
        for number, name in enumerate(_DONE):
            self.resource(9 + number, name, "AWS::X::Y", "CREATE_IN_PROGRESS")
            self.resource(10 + number * 2, name, "AWS::X::Y", "CREATE_COMPLETE")
        self.resource(20, *TABLE, "UPDATE_IN_PROGRESS", _MADE_ANEW)
        self.resource(61, "ApiGatewayDeployment", "AWS::ApiGateway::Deployment", "CREATE_IN_PROGRESS")
        self.resource(70, *FUNCTION, "UPDATE_IN_PROGRESS")
        self.engine.time.forward(74)
        self.engine.script.usual = USUAL

    def works(self) -> None:
        """Let what is at work be done, and the stack with it."""
        for name in (TABLE[0], "ApiGatewayDeployment", FUNCTION[0]):
            self.resource(88, name, "AWS::X::Y", "UPDATE_COMPLETE")
        self.stack(90, "UPDATE_COMPLETE")

    def fails(self) -> None:
        """Let a resource fail, and AWS take all of it back."""
        self.resource(80, *FUNCTION, "UPDATE_FAILED", REASON)
        self.resource(81, *TABLE, "UPDATE_FAILED", "Resource update cancelled")
        self.stack(82, "UPDATE_ROLLBACK_IN_PROGRESS")

    def ends(self) -> None:
        """Let the way back end, and the run with it."""
        for number, name in enumerate(_DONE):
            self.resource(90 + number, name, "AWS::X::Y", "DELETE_COMPLETE")
        self.stack(150, "UPDATE_ROLLBACK_COMPLETE")
        self.engine.append(RUN, *self._end())
        self.engine.time.forward(90)

    def _end(self) -> tuple[Event, ...]:
        at = [self.first.at + timedelta(seconds=second) for second in (152, 153, 154, 155)]
        before = self.first.from_commit
        return (
            Exited(at[0], 1, "exited"),
            Observed(at[1], STACK, "UPDATE_ROLLBACK_COMPLETE", before, self._events[-1].id),
            RolledBack(at[2], CAUSE, before, "fix the cause, then promote again"),
            Released(at[3], 41),
        )

    def stack(self, second: int, status: str) -> None:
        """Add an event of the stack itself."""
        self._add(second, "orders-prod", "AWS::CloudFormation::Stack", status, physical=STACK)

    def resource(self, second: int, name: str, kind: str, status: str, reason: str = "") -> None:
        """Add an event of a resource."""
        self._add(second, name, kind, status, reason)

    def _add(self, second: int, name: str, kind: str, status: str, reason: str = "", physical: str = "") -> None:
        at = self.first.at + timedelta(seconds=second)
        number = len(self._events)
        self._events.append(StackEvent(f"e{number}", at, STACK, name, physical or f"{name}-1", kind, status, reason))

    def writes(self) -> None:
        """Write the CLI's log as far as the stack has come."""
        lines = [f"  {event.status} - {event.resource_type} - {event.logical_id}" for event in self._events]
        head = ["Packaging orders for stage prod (eu-west-1)", "\x1b[33mUpdating CloudFormation stack\x1b[0m"]
        self.log.write_text("\n".join([*head, *lines]) + "\n", encoding="utf-8")
