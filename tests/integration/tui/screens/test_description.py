"""The screen beside a cell: what was deployed there, part by part, and what its functions log on demand."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.core.description.failed_update import FailedUpdate
from promote_tui.core.description.function_logs import FunctionLog, FunctionLogs
from promote_tui.core.description.model import DescribedOutput, Description, Unread
from promote_tui.core.errors import CredentialsError
from promote_tui.core.model.cells import Deployed
from promote_tui.core.model.log_lines import LogLine
from promote_tui.core.model.stack_resources import StackResource
from promote_tui.core.model.stack_status import RootCause, StackEvent
from promote_tui.core.runs.events import Planned, RolledBack, Verified
from promote_tui.core.runs.external import Actor
from promote_tui.core.runs.fold import fold
from promote_tui.core.value import replace
from promote_tui.tui.actions import clipboard
from promote_tui.tui.widgets.grouped_list import GroupedList
from tests.support.driver import driving
from tests.support.fakes import world
from tests.support.golden import golden_at_both_sizes

if TYPE_CHECKING:
    import pytest

    from promote_tui.core.runs.events import RunKind
    from promote_tui.core.runs.run import Run
    from tests.support.driver import Driver
    from tests.support.fakes.engine import FakeEngine

MINUTE = timedelta(minutes=1)
TARGET = world.target("orders", "prod")
STACK = world.stack(TARGET, world.sha("8d20b6e"), "UPDATE_ROLLBACK_COMPLETE", 0.5)
URL = "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod"
TABLE = "AWS::DynamoDB::Table"
FAILED = "OrdersTable", "t", TABLE, "CREATE_FAILED", "orders already exists"
HELLO = StackResource("HelloLambdaFunction", "AWS::Lambda::Function", "orders-prod-hello", "UPDATE_COMPLETE")


def ran(name: str, to: str, hours: float, end: Verified | RolledBack, reason: str, who: str = "ana") -> Run:
    """A run that ended."""
    kind: RunKind = "normal" if who == "ana" else "foreign"
    planned = Planned(
        world.NOW - timedelta(hours=hours), name, kind, "orders", "prod", TARGET.key, world.sha("2c7e914"),
        world.sha(to), "Retry refunds on 409", STACK.id, "UPDATE_COMPLETE", "e1", "f" * 64, "c" * 64, who,
        f"arn:aws:iam::333333333333:user/{who}", reason,
    )  # fmt: skip
    found = fold((planned, end))
    assert found is not None
    return found


DEPLOYMENTS = (
    ran("g3", "e90b113", 3, RolledBack(world.NOW, "OrdersTable CREATE_FAILED", world.sha("8d20b6e")), "weekly release"),
    ran("g2", "8d20b6e", 30, Verified(world.NOW), "weekly release"),
    ran("f1", "2c7e914", 200, Verified(world.NOW), "UpdateStack by aws-cli/2.15", "bob"),
)
FAILURE = FailedUpdate(
    "UPDATE_ROLLBACK_COMPLETE",
    world.NOW - 32 * MINUTE,
    world.NOW - 30 * MINUTE,
    Actor("eve", "arn:aws:iam::333333333333:user/eve", "UpdateStack by aws-cli/2.15"),
    "",
    is_external=True,
    cause=RootCause("OrdersTable", TABLE, "CREATE_FAILED", "orders already exists"),
    events=(StackEvent("e7", world.NOW - 31 * MINUTE, STACK.id, *FAILED),),
)  # fmt: skip
WHOLE = Description(
    TARGET,
    world.NOW,
    Deployed(TARGET, STACK, world.sha("8d20b6e")),
    (DescribedOutput("ServiceEndpoint", URL ), DescribedOutput("DeployedCommit", world.sha("8d20b6e"))),
    (
        StackResource("OrdersTable", TABLE, "", "CREATE_FAILED", "orders already exists"),
        HELLO,
        StackResource("HelloLogGroup", "AWS::Logs::LogGroup", "/aws/lambda/orders-prod-hello", "CREATE_COMPLETE"),
    ),
    FAILURE,
    DEPLOYMENTS,
    has_older=True,
)  # fmt: skip
PART = replace(
    WHOLE,
    failure=None,
    resources=(HELLO,),
    unread=(Unread("last update", "no permission for DescribeStackEvents", "ask for that permission"),),
)
LINES = (
    LogLine(world.NOW - 2 * MINUTE, "START RequestId: 8c1f Version: 41"),
    LogLine(
        world.NOW - MINUTE, "ERROR Invoke Error: Cannot read properties of undefined, reading 'id': token=[masked]"
    ),
)
LOGS = FunctionLogs(
    world.NOW - 15 * MINUTE,
    world.NOW,
    (
        FunctionLog("orders-prod-hello", "/aws/lambda/orders-prod-hello", LINES, LINES[1:]),
        FunctionLog("orders-prod-other", "/acme/other", cause="no permission for FilterLogEvents", remedy="ask for it"),
    ),
)


async def opened(it: Driver, *words: str) -> None:
    """Go to the cell of orders in prod, and open its description."""
    await it.press("slash", *"service:orders", "enter")
    await it.press("right", "right", "D")
    await it.shows("DescriptionScreen")
    await it.sees(*words)


async def test_what_was_deployed_looks_so(engine: FakeEngine) -> None:
    engine.script.descriptions["orders", "prod"] = WHOLE
    async with driving(engine) as it:
        await opened(it, "LAST UPDATE FAILED", "OUTPUTS")
        await golden_at_both_sizes(it, "description")


async def test_logs_come_on_demand_with_the_cursor_on_them(engine: FakeEngine) -> None:
    engine.script.descriptions["orders", "prod"] = PART
    engine.script.function_logs = LOGS
    async with driving(engine) as it:
        await opened(it, "NOT READ")
        assert engine.called("descriptions.with_logs") == []
        await it.press("l")
        await it.sees("LOG orders-prod-hello", "token=[masked]")
        assert engine.called("descriptions.describe") == [("orders", "prod")]
        await golden_at_both_sizes(it, "description-logs")
        await it.press("r")
        await it.until(lambda: len(engine.called("descriptions.with_logs")) == 2)
        assert len(engine.called("descriptions.describe")) == 2


async def test_logs_that_hold_nothing_say_so_under_the_cursor(engine: FakeEngine) -> None:
    engine.script.descriptions["orders", "prod"] = replace(PART, deployments=())
    engine.script.function_logs = replace(LOGS, functions=(FunctionLog("orders-prod-hello", "g"),))
    async with driving(engine) as it:
        await opened(it, "no deployment of it is on record")
        await it.press("l")
        await it.sees("logged nothing")
        rows = it.app.screen.query_one(GroupedList)
        await it.until(lambda: rows.at is not None and rows.at.key == ("log", "orders-prod-hello"))


async def test_an_output_is_copied_and_its_address_opened(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipboard, "has_browser", lambda: False)
    engine.script.descriptions["orders", "prod"] = PART
    async with driving(engine) as it:
        await opened(it, "OUTPUTS")
        await it.press("down", "y")
        await it.sees("Copy", "ServiceEndpoint", "stack id")
        await it.press("enter")
        await it.until(lambda: it.app.clipboard == URL)
        await it.press("o")
        await it.until(lambda: any("no browser here; copied the address of the output" in each for each in it.toasts))


async def test_enter_opens_the_run_of_a_deployment(engine: FakeEngine) -> None:
    engine.script.descriptions["orders", "prod"] = replace(PART, unread=(), outputs=())
    async with driving(engine) as it:
        await opened(it, "DEPLOYMENTS", "weekly release")
        await it.press("enter")
        await it.shows("RunScreen")
        await it.press("escape")
        await it.shows("DescriptionScreen")


async def test_a_stage_without_a_stack_has_nothing_to_read_the_logs_of(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await opened(it, "was never deployed", "nothing was deployed")
        await it.press("l")
        await it.until(lambda: "no function is known to read the logs of" in it.toasts)
        await it.press("D")
        await it.until(lambda: "this is what was deployed" in it.toasts)
        await it.press("escape")
        await it.shows("PipelineScreen")


async def test_what_fails_as_a_whole_says_why_and_is_read_again(engine: FakeEngine) -> None:
    engine.script.errors["descriptions.describe"] = CredentialsError("orders/prod", "the session has expired", "log in")
    async with driving(engine) as it:
        await opened(it, "the session has expired")
        del engine.script.errors["descriptions.describe"]
        engine.script.descriptions["orders", "prod"] = PART
        await it.press("r")
        await it.sees("OUTPUTS")


async def test_logs_that_are_being_read_say_so_and_are_read_once(engine: FakeEngine) -> None:
    engine.script.descriptions["orders", "prod"] = PART
    engine.script.function_logs = LOGS
    engine.script.holds["descriptions.with_logs"] = held = threading.Event()
    async with driving(engine) as it:
        await opened(it, "OUTPUTS")
        await it.press("l")
        await it.sees("reading what the functions log")
        await it.press("l")
        held.set()
        await it.sees("LOG orders-prod-hello")
        assert len(engine.called("descriptions.with_logs")) == 1


async def test_it_is_opened_beside_a_services_commits(engine: FakeEngine) -> None:
    engine.script.descriptions["orders", "prod"] = PART
    async with driving(engine) as it:
        await it.press("slash", *"service:orders", "enter")
        await it.press("right", "right", "enter")
        await it.shows("ServiceScreen")
        await it.press("D")
        await it.shows("DescriptionScreen")
        await it.sees("OUTPUTS")
