"""A cell is described part by part: what cannot be read says so, and the rest stands."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.description.function_logs import MOST_FUNCTIONS
from promote_tui.core.errors import AwsError, LedgerError, UsageError
from promote_tui.core.model.cells import Deployed, Never, Unreachable
from promote_tui.core.model.deploy_values import SsmValue
from promote_tui.core.model.stack_resources import StackResource
from promote_tui.core.runs.external import Actor
from promote_tui.core.traffic.model import AliasRouting
from promote_tui.core.value import replace
from tests.support.fakes.deployer import function_resources
from tests.support.fakes.inspector import FakeInspector
from tests.support.fakes.ledger import MemoryLedger
from tests.support.fakes.stacks import STACK_TYPE, FakeStacks

if TYPE_CHECKING:
    from promote_tui.core.description.model import Description
    from promote_tui.core.model.cells import Why
    from promote_tui.core.model.pipeline import Target
    from tests.support.engine_world import World

HELLO = StackResource("HelloLambdaFunction", "AWS::Lambda::Function", "orders-dev-hello", "CREATE_COMPLETE")
TABLE = StackResource("Table", "AWS::DynamoDB::Table", "orders-dev", "UPDATE_FAILED", "no such key")
EVE = Actor("eve", "arn:aws:iam::111111111111:user/eve", "UpdateStack by aws-cli/2.15")
DENIED = AwsError("orders/dev", "no permission for ListStackResources", "ask for that permission")
GROUP = "/aws/lambda/orders-dev-hello"


@pytest.fixture
def world(world: World) -> World:
    """CloudFormation goes by the clock that runs go by; dev has a table and a function."""
    world.stacks = FakeStacks(clock=world.clock)
    world.inspector.described[world.target("dev").key] = (TABLE, HELLO)
    return world


def describe(world: World, *, logs: bool = False) -> Description:
    found = world.engine.descriptions.describe("orders", "dev")
    return world.engine.descriptions.with_logs(found) if logs else found


def fail_by_hand(world: World, reason: str = "no such key") -> None:
    """Somebody's update fails at a table and is rolled back."""
    target = world.target("dev")
    world.stacks.begin(target)
    world.trail.known.append((world.clock.now(), EVE))
    world.stacks.fail(target, reason)


def parts(found: Description) -> list[str]:
    return [each.part for each in found.unread]


def test_a_deployed_stage_has_outputs_resources_and_who_deployed_it(world: World) -> None:
    sha = world.commit("one")
    run = world.promote("dev")
    world.stacks.deploy(world.target("dev"), sha, {"Bucket": "b", "Api": "https://api.example.com"})
    found = describe(world)
    assert isinstance(found.cell, Deployed)
    assert found.outputs[0].name == "Api"
    assert [each.logical_id for each in found.resources] == ["Table", "HelloLambdaFunction"]
    assert [each.id for each in found.deployments] == [run.id]
    assert (found.failure, found.logs, found.unread, found.has_older) == (None, None, (), False)
    assert found.functions == ("orders-dev-hello",)


def test_a_stack_whose_last_update_went_well_is_asked_for_no_events(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.stacks.deploy(world.target("dev"), world.commit("one"))

    def never(*_: object, **__: object) -> None:
        pytest.fail("no event is wanted")

    monkeypatch.setattr(world.stacks, "events", never)
    assert describe(world).failure is None


def test_a_failed_update_of_others_names_them_and_its_root_cause(world: World) -> None:
    world.commit("one")
    world.promote("dev")
    fail_by_hand(world)
    failed = describe(world).failure
    assert failed is not None
    assert (failed.status, failed.is_external, failed.run, failed.actor) == ("UPDATE_ROLLBACK_COMPLETE", True, "", EVE)
    assert str(failed.cause) == "OrdersTable (AWS::DynamoDB::Table) UPDATE_FAILED: no such key"
    assert [event.logical_id for event in failed.events] == ["OrdersTable"]


def test_it_is_the_last_of_several_that_failed(world: World) -> None:
    world.stacks.deploy(world.target("dev"), world.commit("one"))
    for reason in ("the first", "the second"):
        fail_by_hand(world, reason)
    failed = describe(world).failure
    assert failed is not None
    assert [event.reason for event in failed.events] == ["the second"]


def test_where_cloudtrail_may_not_be_read_the_rest_of_the_failure_stands(world: World) -> None:
    world.stacks.deploy(world.target("dev"), world.commit("one"))
    fail_by_hand(world)
    world.trail.fails = "no permission for LookupEvents"
    failed = describe(world).failure
    assert failed is not None
    assert failed.actor.problem == "unknown who did it: no permission for LookupEvents"
    assert failed.cause is not None


def test_a_run_that_failed_is_named_with_its_reason(world: World) -> None:
    world.commit("one")
    world.promote("dev")
    world.commit("two")
    target = world.target("dev")

    def fails(*_: object) -> int:
        world.stacks.fail(target, "no such key")
        return 1

    world.deployer.ship = fails
    run = world.promote("dev")
    failed = describe(world).failure
    assert failed is not None
    assert (failed.run, failed.is_external, failed.actor.who) == (run.id, False, run.planned.who)
    assert failed.cause is not None
    assert run.cause.startswith(str(failed.cause))


def test_an_update_from_outside_that_is_on_record_is_told_by_the_record(world: World) -> None:
    world.commit("one")
    world.promote("dev")
    fail_by_hand(world)
    (run,) = world.engine.runs.record_external("orders", "dev")
    world.trail.fails = "no permission for LookupEvents"
    failed = describe(world).failure
    assert failed is not None
    assert (failed.run, failed.is_external, failed.actor) == (run.id, True, EVE)


def test_the_root_cause_is_followed_into_a_nested_stack(world: World) -> None:
    target = world.target("dev")
    world.stacks.deploy(target, world.commit("one"))
    world.stacks.begin(target)
    world.stacks.add_event(target, "Inner", STACK_TYPE, "UPDATE_FAILED", "inner failed", physical_id="arn:inner")
    world.stacks.add_event(target, "Queue", "AWS::SQS::Queue", "UPDATE_FAILED", "too long a name", stack_id="arn:inner")
    world.stacks.set_status(target, "UPDATE_ROLLBACK_FAILED")
    failed = describe(world).failure
    assert failed is not None
    assert failed.cause is not None
    assert (failed.cause.logical_id, failed.remedy != "") == ("Queue", True)


def test_a_first_attempt_that_failed_is_described(world: World) -> None:
    world.stacks.fail(world.target("dev"), "no such key")
    found = describe(world)
    assert isinstance(found.cell, Never)
    assert found.failure is not None
    assert found.resources


def test_where_nothing_was_ever_deployed_there_is_nothing_and_nothing_is_missing(world: World) -> None:
    found = describe(world, logs=True)
    assert (found.cell, found.outputs, found.resources, found.unread) == (Never(world.target("dev")), (), (), ())
    assert found.logs is not None
    assert found.logs.functions == ()


def test_each_part_that_cannot_be_read_says_so_and_hides_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.stacks.deploy(world.target("dev"), world.commit("one"), {"Api": "https://api.example.com"})
    fail_by_hand(world)
    whole = describe(world)

    world.inspector.errors["describe_resources"] = DENIED
    found = describe(world)
    assert (parts(found), found.unread[0].cause, found.unread[0].remedy) == (["resources"], DENIED.cause, DENIED.remedy)
    assert (found.outputs, found.failure) == (whole.outputs, whole.failure)

    def silent(*_: object, **__: object) -> None:
        raise LedgerError("ledger", "out of reach")

    monkeypatch.setattr(MemoryLedger, "runs", silent)
    assert parts(describe(world)) == ["deployments", "traffic", "resources"]

    def denied(*_: object, **__: object) -> None:
        raise AwsError("orders/dev", "no permission for DescribeStackEvents")

    monkeypatch.setattr(world.stacks, "events", denied)
    found = describe(world)
    assert parts(found) == ["deployments", "last update", "traffic", "resources"]
    assert found.outputs == whole.outputs


def test_resources_and_functions_of_nested_stacks_are_described(world: World) -> None:
    target = world.target("dev")
    world.stacks.deploy(target, world.commit("one"))
    outer, inner = (StackResource(name, STACK_TYPE, f"arn:{name}", "CREATE_COMPLETE") for name in ("Api", "More"))
    gone = StackResource("Gone", STACK_TYPE, "", "DELETE_COMPLETE")
    world.inspector.described |= {target.key: (TABLE, outer, gone), "arn:Api": (inner,), "arn:More": (HELLO,)}
    found = describe(world)
    assert [each.path for each in found.resources] == [
        "Table",
        "Api/More/HelloLambdaFunction",
        "Api",
        "Api/More",
        "Gone",
    ]
    assert (found.functions, found.unread) == (("orders-dev-hello",), ())


def test_a_nested_stack_that_cannot_be_read_hides_none_of_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, whole = world.target("dev"), FakeInspector.describe_resources
    world.stacks.deploy(target, world.commit("one"))
    nested = StackResource("Api", STACK_TYPE, "arn:Api", "CREATE_COMPLETE")
    world.inspector.described[target.key] = (HELLO, nested)

    def partly(inspector: FakeInspector, where: Target, stack_id: str) -> tuple[StackResource, ...]:
        if stack_id == "arn:Api":
            raise DENIED
        return whole(inspector, where, stack_id)

    monkeypatch.setattr(FakeInspector, "describe_resources", partly)
    found = describe(world)
    assert (parts(found), [each.path for each in found.resources]) == (["resources"], ["HelloLambdaFunction", "Api"])


@pytest.mark.parametrize(("why", "resources"), [("denied", True), ("network", False)])
def test_a_stack_that_may_not_be_described_still_lists_its_resources(
    world: World, monkeypatch: pytest.MonkeyPatch, why: Why, *, resources: bool
) -> None:
    world.commit("one")
    world.promote("dev")
    unreachable = Unreachable(world.target("dev"), "no permission for DescribeStacks", "ask for it")
    monkeypatch.setattr(world.stacks, "cell", lambda _: replace(unreachable, why=why))
    found = describe(world)
    assert parts(found) == ["stack"]
    assert (bool(found.resources), len(found.deployments)) == (resources, 1)


def test_logs_are_of_the_last_quarter_of_an_hour_with_errors_first_and_masked(world: World) -> None:
    world.stacks.deploy(world.target("dev"), world.commit("one"))
    now = world.clock.now()
    world.logs.write(GROUP, now - timedelta(minutes=16), "long ago")
    world.logs.write(GROUP, now - timedelta(minutes=14), "START", "ERROR password=hunter2", "END")
    found = describe(world, logs=True).logs
    assert found is not None
    assert found.until - found.since == timedelta(minutes=15)
    (log,) = found.functions
    assert (log.function, log.group) == ("orders-dev-hello", GROUP)
    assert [line.text for line in log.lines] == ["START", "ERROR password=[masked]", "END"]
    assert [line.text for line in log.errors] == ["ERROR password=[masked]"]


def test_a_function_logs_to_the_group_that_it_names(world: World) -> None:
    world.stacks.deploy(world.target("dev"), world.commit("one"))
    world.functions.groups = {"orders-dev-hello": "/acme/orders"}
    world.logs.write("/acme/orders", world.clock.now(), "here")
    found = describe(world, logs=True)
    assert found.logs is not None
    assert (found.logs.functions[0].group, len(found.logs.functions[0].lines)) == ("/acme/orders", 1)


def test_where_functions_may_not_be_listed_their_usual_groups_are_read_and_that_is_said(world: World) -> None:
    world.stacks.deploy(world.target("dev"), world.commit("one"))
    world.functions.error = AwsError("orders/dev", "no permission for ListFunctions", "ask for it")
    world.logs.write(GROUP, world.clock.now(), "here")
    found = describe(world, logs=True)
    assert [(each.part, each.cause) for each in found.unread] == [
        ("log groups", "no permission for ListFunctions; each function's usual log group was read")
    ]
    assert found.logs is not None
    assert found.logs.functions[0].lines
    again = world.engine.descriptions.with_logs(found)
    assert parts(again) == ["log groups"]


def test_a_group_that_may_not_be_read_hides_no_other_function(world: World) -> None:
    target = world.target("dev")
    world.stacks.deploy(target, world.commit("one"))
    other = replace(HELLO, logical_id="Other", physical_id="orders-dev-other")
    new = replace(HELLO, logical_id="New", physical_id="orders-dev-new")
    world.inspector.described[target.key] = (HELLO, new, other)
    world.logs.fails = {GROUP: "no permission for FilterLogEvents"}
    world.logs.write("/aws/lambda/orders-dev-other", world.clock.now(), "here")
    found = describe(world, logs=True).logs
    assert found is not None
    assert [(log.cause, log.has_group, len(log.lines)) for log in found.functions] == [
        ("no permission for FilterLogEvents", True, 0),
        ("", False, 0),
        ("", True, 1),
    ]


def test_of_many_functions_some_are_left_out_by_name(world: World) -> None:
    target = world.target("dev")
    world.stacks.deploy(target, world.commit("one"))
    many = [replace(HELLO, logical_id=f"F{number:02}", physical_id=f"f{number:02}") for number in range(22)]
    world.inspector.described[target.key] = tuple(many)
    found = describe(world, logs=True).logs
    assert found is not None
    assert (len(found.functions), found.left_out) == (MOST_FUNCTIONS, ("f20", "f21"))
    assert len(world.logs.asked) == MOST_FUNCTIONS


@pytest.fixture
def aliased(world: World) -> World:
    """A function in dev with an alias that was set back by hand for most requests."""
    resources = function_resources("hello", "orders-dev-hello", "key", "new")
    live = {"FunctionName": {"Ref": "HelloLambdaFunction"}, "Name": "live"}
    world.inspector.templates[world.target("dev").key] = {
        "Resources": {**resources, "Live": {"Type": "AWS::Lambda::Alias", "Properties": live}}
    }
    world.functions.versions = {("orders-dev-hello", "41"): "old", ("orders-dev-hello", "42"): "new"}
    world.functions.routings = {"orders-dev-hello": (AliasRouting("live", (("42", 0.1), ("41", 0.9))),)}
    world.stacks.deploy(world.target("dev"), world.commit("one"))
    return world


def test_other_code_that_serves_requests_is_described(aliased: World) -> None:
    found = describe(aliased)
    assert found.traffic is not None
    assert (found.traffic.agrees, found.traffic.headline, parts(found)) == (False, "traffic 90 % on other code", [])


def test_traffic_that_may_not_be_read_is_said_and_never_fine(aliased: World) -> None:
    aliased.functions.denied = AwsError("orders/dev", "not allowed to call ListAliases")
    found = describe(aliased)
    assert [(each.part, each.cause) for each in found.unread] == [
        ("traffic", "the aliases of orders-dev-hello: not allowed to call ListAliases")
    ]


def test_no_secret_that_the_deploy_is_given_is_shown_of_what_aws_and_functions_say(world: World) -> None:
    canary, target = "s3cr3t-canary", world.target("dev")
    world.values.kept[target.aws.account, "/a"] = canary
    service = world.pipeline.service("orders")
    given = replace(service, deploy=replace(service.deploy, params=(("a", SsmValue("/a")),)))
    world.pipeline = replace(world.pipeline, services=(given,))
    said = f"Value '{canary}' at 'environment' failed to satisfy constraint"
    world.inspector.described[target.key] = (replace(TABLE, reason=said), HELLO)
    world.stacks.deploy(target, world.commit("one"))
    fail_by_hand(world, said)
    world.logs.write(GROUP, world.clock.now(), f"connecting as {canary}", "x" * 4_090 + canary)
    found = describe(world, logs=True)
    assert found.failure is not None
    assert "Value '[masked]' at" in str(found.failure.cause)
    assert "Value '[masked]' at" in found.failure.events[0].reason
    assert "Value '[masked]' at" in found.resources[0].reason
    assert canary[:4] not in repr(found)


def test_a_service_without_kept_values_asks_for_none(world: World) -> None:
    world.stacks.deploy(world.target("dev"), world.commit("one"))
    fail_by_hand(world)
    describe(world, logs=True)
    assert world.values.asked == []


def test_unknown_names_are_refused(world: World) -> None:
    with pytest.raises(UsageError):
        world.engine.descriptions.describe("nothing", "dev")
    with pytest.raises(UsageError):
        world.engine.descriptions.describe("orders", "nowhere")
