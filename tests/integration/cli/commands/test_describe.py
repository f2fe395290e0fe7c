"""`describe` on the command line: its sections, its JSON, and what it says of what cannot be read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.cli.errors import run_guarded
from promote_tui.cli.main import run
from promote_tui.core.errors import AwsError
from promote_tui.core.model.stack_resources import StackResource
from promote_tui.core.runs.external import Actor
from tests.integration.cli.conftest import Answer
from tests.support.engine_world import World
from tests.support.fakes.stacks import FakeStacks
from tests.support.json_outputs import hold_to_schema

if TYPE_CHECKING:
    from pathlib import Path

HELLO = StackResource("HelloLambdaFunction", "AWS::Lambda::Function", "orders-dev-hello", "CREATE_COMPLETE")
TABLE = StackResource("OrdersTable", "AWS::DynamoDB::Table", "orders-dev", "UPDATE_FAILED", "no such key")
EVE = Actor("eve", "arn:aws:iam::111111111111:user/eve", "UpdateStack by aws-cli/2.15")
NOT_LOGGED = "orders-dev-hello  has never logged: there is no log group /aws/lambda/orders-dev-hello"


class Describe:
    """The command on an engine with everything in memory."""

    def __init__(self, world: World, capsys: pytest.CaptureFixture[str]) -> None:
        self.world, self._capsys = world, capsys

    def __call__(self, *words: str) -> Answer:
        self._capsys.readouterr()
        code = run_guarded(lambda: run(["describe", *words], lambda _: self.world.engine))
        said = self._capsys.readouterr()
        hold_to_schema(("describe", *words), said.out)
        return Answer(code, said.out, said.err)

    def fail(self, reason: str) -> None:
        """Let an update by eve fail."""
        self.world.stacks.begin(self.world.target("dev"))
        self.world.trail.known.append((self.world.clock.now(), EVE))
        self.world.stacks.fail(self.world.target("dev"), reason)


@pytest.fixture
def describe(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Describe:
    """A function and a table in dev, with an address."""
    world = World(tmp_path)
    world.stacks = FakeStacks(clock=world.clock)
    world.inspector.described[world.target("dev").key] = (TABLE, HELLO)
    world.commit("Add hello")
    world.promote("dev")
    world.stacks.report(world.target("dev"), "a" * 40)
    world.stacks._stacks[world.target("dev").key].outputs["Api"] = "https://api.example.com/dev"  # noqa: SLF001
    return Describe(world, capsys)


def test_every_part_has_its_section(describe: Describe) -> None:
    describe.fail("no such key")
    answer = describe("orders", "dev", "--logs")
    assert (answer.code, answer.err) == (0, "")
    found = answer.out.splitlines()
    assert found[0] == "orders/dev · runs aaaaaaa"
    assert found[1].startswith("UPDATE_ROLLBACK_COMPLETE, updated ")
    sections = [line for line in found if line and not line.startswith(" ")][3:]
    titles = ["Outputs", "Last update failed", "Resources (2 resources, 1 failed)", "Deployments"]
    assert sections[:4] == titles
    assert sections[4].startswith("Logs (2026-03-20 ")
    assert "  Api             https://api.example.com/dev" in found
    assert f"by eve outside of promote-tui: {EVE.how}" in answer.out
    assert "  root cause: OrdersTable (AWS::DynamoDB::Table) UPDATE_FAILED: no such key" in found
    assert f"  {NOT_LOGGED}" in found


def test_its_json_holds_every_part(describe: Describe) -> None:
    describe.fail("no such key")
    found = describe("orders", "dev", "--json").json
    assert (found["short"], found["unknown"], found["logs"], found["not_read"]) == ("aaaaaaa", None, None, [])
    assert found["stack"]["succeeded"] is False
    assert [(each["name"], each["url"]) for each in found["outputs"]] == [("Api", True), ("DeployedCommit", False)]
    assert [each["logical_id"] for each in found["resources"]] == ["OrdersTable", "HelloLambdaFunction"]
    failed = found["failed_update"]
    assert (failed["who"], failed["external"], failed["run"], failed["unknown"]) == ("eve", True, None, None)
    assert (failed["cause"]["logical_id"], [each["reason"] for each in failed["events"]]) == (
        "OrdersTable",
        ["no such key"],
    )
    (deployment,) = found["deployments"]
    assert (deployment["status"], deployment["subject"], deployment["cause"]) == ("succeeded", "Add hello", None)


def test_errors_come_before_all_lines_and_nothing_acts_on_a_terminal(describe: Describe) -> None:
    now = describe.world.clock.now()
    describe.world.logs.write(
        "/aws/lambda/orders-dev-hello", now, "START", "ERROR \x1b]52;c;x\x07 token=hunter2hunter2"
    )
    found = describe("orders", "dev", "--logs").out
    section = found.partition("Logs")[2].splitlines()[1:]
    assert [line.strip().partition("  ")[2] or line.strip() for line in section] == [
        "orders-dev-hello",
        "last errors",
        "ERROR \N{REPLACEMENT CHARACTER}]52;c;x\N{REPLACEMENT CHARACTER} token=[masked]",
        "all lines",
        "START",
        "ERROR \N{REPLACEMENT CHARACTER}]52;c;x\N{REPLACEMENT CHARACTER} token=[masked]",
    ]
    (log,) = describe("orders", "dev", "--logs", "--json").json["logs"]["functions"]
    assert [line["text"] for line in log["errors"]] == [section[2].strip().partition("  ")[2]]


def test_what_cannot_be_read_says_so_with_what_would_help(describe: Describe) -> None:
    world = describe.world
    world.inspector.errors["describe_resources"] = AwsError("orders/dev", "no permission for X", "ask for it")
    found = describe("orders", "dev").out.splitlines()
    at = found.index("Not read")
    assert found[at + 1 :] == ["  !  resources: no permission for X", "     next: ask for it"]
    world.stacks.unreachable(world.target("dev"), "the session has expired", "aws sso login")
    answer = describe("orders", "dev", "--json")
    assert answer.code == 0
    assert (answer.json["stack"], answer.json["not_read"]) == (
        None,
        [{"part": "stack", "reason": "the session has expired", "remedy": "aws sso login"}],
    )
    assert len(answer.json["deployments"]) == 1


def test_a_log_that_may_not_be_read_names_the_right(describe: Describe) -> None:
    describe.world.logs.fails = {"/aws/lambda/orders-dev-hello": "no permission for FilterLogEvents"}
    found = describe("orders", "dev", "--logs").out
    assert "orders-dev-hello  not read: no permission for FilterLogEvents" in found
    assert "next: ask for that permission" in found


def test_a_log_that_is_quiet_says_so(describe: Describe) -> None:
    describe.world.logs.write("/aws/lambda/orders-dev-hello", describe.world.clock.now() - timedelta(days=1), "old")
    assert "orders-dev-hello  logged nothing" in describe("orders", "dev", "--logs").out


def test_a_stage_without_a_stack_says_that_it_was_never_deployed(describe: Describe) -> None:
    answer = describe("orders", "prod")
    assert (answer.code, answer.out) == (0, "orders/prod · was never deployed\n")


def test_unknown_names_are_refused(describe: Describe) -> None:
    assert describe("orders", "nowhere").code == 2
