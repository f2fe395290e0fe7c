"""Which calls are made, and what becomes of them when AWS is slow, busy, closed or gone."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import boto3
import pytest

from promote_tui.adapters.aws.accounts import AwsAccounts
from promote_tui.adapters.aws.cloudformation.stacks import CloudFormation
from promote_tui.adapters.aws.session import CONNECTIONS, Limits
from promote_tui.adapters.process.system import SystemClock
from promote_tui.core.errors import AwsError
from promote_tui.core.model.cells import Cell, Deployed, Never, Unreachable
from promote_tui.core.model.stack_status import NESTED_STACK, has_completed
from promote_tui.demo.emulator import free_port
from tests.support.aws_stacks import REGION, AwsStacks, client, target, template, use_profiles
from tests.support.faults import (
    Call,
    Fault,
    Faults,
    Forward,
    Reply,
    answer,
    drop_reply,
    drop_request,
    fault_proxy,
    refuse,
    unconnectable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from promote_tui.core.model.pipeline import Target
    from promote_tui.demo.emulator import Emulator

pytestmark = pytest.mark.aws
SHA = "a" * 40
QUICK = Limits(connect=30, read=60, attempts=2, patience=0.3)
HASTY = Limits(connect=0.3, read=0.3, attempts=2)


@pytest.fixture
def faults(aws: Emulator) -> Iterator[Faults]:
    with fault_proxy(aws.url) as proxy:
        yield proxy


@pytest.fixture
def targets(
    aws: Emulator, faults: Faults, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> list[Target]:
    """Three targets of one account, each with a stack, read through the proxy."""
    use_profiles(tmp_path / "config", faults.url, monkeypatch, account)
    made = [target(name, account) for name in ("orders", "billing", "emails")]
    for each in made:
        AwsStacks(aws.url, {}).deploy(each, SHA)
    return made


def reader(limits: Limits | None = None) -> CloudFormation:
    return CloudFormation(AwsAccounts(SystemClock(), limits), {})


def listing(call: Call) -> bool:
    """Whether all stacks are asked for."""
    return call.action == "DescribeStacks" and "StackName" not in call.parameters


def by_name(call: Call) -> bool:
    return call.action == "DescribeStacks" and "StackName" in call.parameters


def count(faults: Faults, kind: str) -> int:
    wanted = {"listing": listing, "by name": by_name}[kind]
    return sum(wanted(call) for call in faults.calls)


def paged(size: int, items: str) -> Fault:
    """Cut an answer into small pages; AWS cuts by a measure of its own, too."""
    whole = b""

    def fault(call: Call, forward: Forward) -> Reply:
        nonlocal whole
        token = call.parameters.get("NextToken")
        whole = whole if token else forward().body
        root = ET.fromstring(whole)  # noqa: S314 - our own emulator's
        result = next(node for node in root if node.tag.endswith("Result"))
        held = next(node for node in result if node.tag.endswith(items))
        start, members = int(token or 0), list(held)
        for member in members[:start] + members[start + size :]:
            held.remove(member)
        if start + size < len(members):
            ET.SubElement(result, f"{result.tag.rpartition('}')[0]}}}NextToken").text = str(start + size)
        return Reply(200, ET.tostring(root), (("Content-Type", "text/xml"),))

    return fault


# Which calls are made


def test_one_list_serves_all_stacks_of_an_account(faults: Faults, targets: list[Target]) -> None:
    cells = reader().cells(targets)
    assert all(isinstance(cell, Deployed) for cell in cells.values())
    assert faults.actions == ["sts:GetCallerIdentity", "cloudformation:DescribeStacks"]
    assert count(faults, "listing") == 1


def test_a_single_stack_is_asked_for_by_name(faults: Faults, targets: list[Target]) -> None:
    reader().cells(targets[:1])
    assert (count(faults, "listing"), count(faults, "by name")) == (0, 1)


def test_a_page_that_shows_all_stacks_proves_that_one_was_never_deployed(
    faults: Faults, targets: list[Target], account: str
) -> None:
    absent = target("absent", account)
    assert reader().cells([*targets, absent])[absent] == Never(absent)
    assert (count(faults, "listing"), count(faults, "by name")) == (1, 0)


def test_the_list_is_read_no_further_than_to_the_last_stack_that_is_wanted(
    aws: Emulator, faults: Faults, targets: list[Target], account: str
) -> None:
    AwsStacks(aws.url, {}).deploy(target("later", account), SHA)
    faults.spoil("DescribeStacks", paged(1, "Stacks"), when=listing)
    cells = reader().cells(targets)
    assert all(isinstance(cell, Deployed) for cell in cells.values())
    assert (count(faults, "listing"), count(faults, "by name")) == (3, 0)


def test_what_a_list_of_several_pages_does_not_show_is_asked_for_by_name(
    faults: Faults, targets: list[Target], account: str
) -> None:
    absent = target("absent", account)
    faults.spoil("DescribeStacks", paged(2, "Stacks"), when=listing)
    cells = reader().cells([*targets, absent])
    assert cells[absent] == Never(absent)
    assert (count(faults, "listing"), count(faults, "by name")) == (2, 1)


def test_strangers_stacks_make_single_calls_cheaper_and_that_is_remembered(
    aws: Emulator, faults: Faults, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_profiles(tmp_path / "config", faults.url, monkeypatch, account)
    stacks = AwsStacks(aws.url, {})
    for name in ("stranger1", "stranger2", "stranger3", "orders", "billing"):
        stacks.deploy(target(name, account), SHA)
    faults.spoil("DescribeStacks", paged(1, "Stacks"), when=listing)
    wanted = [target("orders", account), target("billing", account)]
    stack_reader = reader()
    for listings, names in ((2, 2), (0, 2)):
        faults.forget()
        assert all(isinstance(cell, Deployed) for cell in stack_reader.cells(wanted).values())
        assert (count(faults, "listing"), count(faults, "by name")) == (listings, names)


def test_without_permission_for_the_list_each_stack_is_read_by_name(faults: Faults, targets: list[Target]) -> None:
    faults.spoil("DescribeStacks", refuse("AccessDenied", 403), when=listing)
    stack_reader = reader()
    for listings in (1, 0):
        faults.forget()
        assert all(isinstance(cell, Deployed) for cell in stack_reader.cells(targets).values())
        assert (count(faults, "listing"), count(faults, "by name")) == (listings, 3)


def test_only_reading_actions_are_called(faults: Faults, targets: list[Target]) -> None:
    stack_reader = reader()
    stack_reader.cells(targets)
    stack = stack_reader.stack(targets[0])
    assert stack
    stack_reader.events(targets[0], stack.id)
    stack_reader.last_event(targets[0], stack.id)
    assert set(faults.actions) == {
        "sts:GetCallerIdentity",
        "cloudformation:DescribeStacks",
        "cloudformation:DescribeStackEvents",
    }


def test_parameter_values_are_not_kept(aws: Emulator, faults: Faults, targets: list[Target], account: str) -> None:
    body = json.loads(template("1", {"DeployedCommit": SHA}))
    body["Parameters"] = {"Token": {"Type": "String"}}
    secret = target("secret", account)
    client(aws.url, account).create_stack(
        StackName=secret.stack,
        TemplateBody=json.dumps(body),
        Parameters=[{"ParameterKey": "Token", "ParameterValue": "canary-parameter"}],
    )
    assert "canary-parameter" not in repr(reader().cells([*targets, secret]))


def test_events_are_read_page_by_page_back_to_the_one_that_is_known(
    aws: Emulator, faults: Faults, targets: list[Target]
) -> None:
    stack_reader = reader()
    stack = stack_reader.stack(targets[0])
    assert stack
    whole = stack_reader.events(targets[0], stack.id)
    faults.spoil("DescribeStackEvents", paged(1, "StackEvents"))
    faults.forget()
    assert stack_reader.events(targets[0], stack.id) == whole
    assert faults.actions == ["cloudformation:DescribeStackEvents"] * len(whole)
    faults.forget()
    assert stack_reader.events(targets[0], stack.id, after=whole[-3].id) == whole[-2:]
    assert len(faults.actions) == 3


def test_a_nested_stacks_events_are_read_by_its_id(aws: Emulator, targets: list[Target], account: str) -> None:
    outer = targets[0]
    inner = {"Type": NESTED_STACK, "Properties": {"TemplateURL": _put_template(aws.url, account, template("1", {}))}}
    body = template("1", {"DeployedCommit": SHA}, Inner=inner)
    client(aws.url, account).update_stack(StackName=outer.stack, TemplateBody=body)
    AwsStacks(aws.url, {}).until(outer, "UPDATE_COMPLETE")
    stack_reader = reader()
    stack = stack_reader.stack(outer)
    assert stack
    of_inner = [event for event in stack_reader.events(outer, stack.id) if event.logical_id == "Inner"]
    assert of_inner[-1].resource_type == NESTED_STACK
    nested = stack_reader.events(outer, of_inner[-1].physical_id)
    assert {event.stack_id for event in nested} == {of_inner[-1].physical_id}
    assert has_completed(nested)


def _put_template(url: str, account: str, body: str) -> str:
    """Put a template where CloudFormation reads it, and return its URL."""
    s3: Any = boto3.client(
        "s3", region_name=REGION, endpoint_url=url, aws_access_key_id=account, aws_secret_access_key="x"
    )
    bucket = f"templates-{account}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=bucket, Key="inner.json", Body=body.encode())
    return f"https://s3.{REGION}.amazonaws.com/{bucket}/inner.json"


# Trouble


def test_throttling_is_waited_out(faults: Faults, targets: list[Target]) -> None:
    faults.spoil("DescribeStacks", refuse("Throttling"), times=2)
    assert all(isinstance(cell, Deployed) for cell in reader(Limits(attempts=1)).cells(targets).values())


def test_throttling_without_end_is_given_up(faults: Faults, targets: list[Target]) -> None:
    faults.spoil("DescribeStacks", refuse("Throttling"))
    cells = reader(Limits(attempts=1, patience=0.1)).cells(targets)
    assert {_trouble(cell) for cell in cells.values()} == {
        ("AWS throttles DescribeStacks", "wait a minute, then refresh", False)
    }


@pytest.mark.parametrize(
    "fault",
    [answer(503), refuse("InternalFailure", 500), drop_request, drop_reply],
    ids=["503", "InternalFailure", "dropped request", "dropped reply"],
)
def test_a_passing_failure_is_not_noticed(faults: Faults, targets: list[Target], fault: Fault) -> None:
    faults.spoil("DescribeStacks", fault, times=1)
    assert isinstance(reader(QUICK).cell(targets[0]), Deployed)


def test_a_failure_that_stays_is_named(faults: Faults, targets: list[Target]) -> None:
    faults.spoil("DescribeStacks", answer(503))
    assert _trouble(reader(QUICK).cell(targets[0])) == (
        "AWS answered 503 to DescribeStacks",
        "wait a minute, then refresh",
        False,
    )


def test_a_black_hole_is_left_within_the_limits(faults: Faults, targets: list[Target]) -> None:
    faults.spoil("*", faults.black_hole)
    began = time.monotonic()
    cells = reader(HASTY).cells(targets)
    assert time.monotonic() - began < 20
    host = faults.url.removeprefix("http://")
    assert {_trouble(cell) for cell in cells.values()} == {
        (f"no answer from {host}", "check the network, VPN and proxy, then refresh", False)
    }


def test_a_host_that_takes_no_connection_is_left_within_the_limits(
    account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unconnectable() as url:
        use_profiles(tmp_path / "config", url, monkeypatch, account)
        began = time.monotonic()
        cell = reader(HASTY).cell(target("orders", account))
    assert time.monotonic() - began < 20
    assert _trouble(cell)[0] == f"no connection to {url.removeprefix('http://')}"


def test_a_closed_port_is_named(account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    use_profiles(tmp_path / "config", url, monkeypatch, account)
    assert (
        _trouble(reader(QUICK).cell(target("orders", account)))[0] == f"no connection to {url.removeprefix('http://')}"
    )


def test_one_stack_that_may_not_be_read_does_not_hide_the_others(faults: Faults, targets: list[Target]) -> None:
    orders, *others = targets
    faults.spoil("DescribeStacks", refuse("AccessDenied", 403, "not authorized"), when=listing)
    forbidden = refuse("AccessDenied", 403, "not authorized")
    faults.spoil("DescribeStacks", forbidden, when=lambda call: call.parameters.get("StackName") == orders.stack)
    cells = reader().cells(targets)
    assert _trouble(cells[orders]) == (
        "no permission for DescribeStacks: not authorized",
        "ask for that permission, or fix the stage's profile",
        False,
    )
    assert all(isinstance(cells[other], Deployed) for other in others)


def test_once_aws_is_out_of_reach_the_rest_of_the_account_is_not_asked(
    faults: Faults, targets: list[Target], account: str
) -> None:
    many = [*targets, *(target(f"more{number}", account) for number in range(60))]
    faults.spoil("DescribeStacks", refuse("AccessDenied", 403), when=listing)
    faults.spoil("DescribeStacks", answer(503), when=by_name)
    cells = reader(Limits(attempts=1)).cells(many)
    assert all(isinstance(cell, Unreachable) for cell in cells.values())
    assert count(faults, "by name") <= 2 * CONNECTIONS


def test_an_account_that_is_slow_does_not_hold_up_the_others(
    faults: Faults, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = str(int(account) + 100_000)
    use_profiles(tmp_path / "config", faults.url, monkeypatch, account, slow)
    heard: list[Cell] = []
    other_came = threading.Event()

    def wait(_: Call, forward: Forward) -> Reply:
        other_came.wait(120)
        return forward()

    def hear(cell: Cell) -> None:
        heard.append(cell)
        other_came.set()

    faults.spoil("DescribeStacks", wait, when=lambda call: call.access_key == slow)
    reader(Limits(read=30)).cells([target("orders", slow), target("orders", account)], hear)
    assert [cell.target.aws.account for cell in heard] == [account, slow]


def test_one_stage_without_credentials_does_not_hide_the_others(faults: Faults, targets: list[Target]) -> None:
    lost = target("orders", "999999999999", profile="nobody")
    cells = reader().cells([*targets, lost])
    assert _trouble(cells[lost]) == ("there is no AWS profile nobody", "aws configure --profile nobody", True)
    assert all(isinstance(cells[each], Deployed) for each in targets)


def test_another_account_than_the_stages_is_named_before_anything_of_it_is_read(
    faults: Faults, targets: list[Target], account: str
) -> None:
    mistaken = target("orders", "222222222222", profile=f"p{account}")
    cell = reader().cell(mistaken)
    assert _trouble(cell) == (
        f"the credentials are for account {account}, prod is 222222222222",
        "fix the stage's profile",
        False,
    )
    with pytest.raises(AwsError, match=f"account {account}"):
        reader().stack(mistaken)
    assert {call.service for call in faults.calls} == {"sts"}


def test_a_cancel_whose_reply_is_lost_is_no_error(
    aws: Emulator, faults: Faults, targets: list[Target], account: str
) -> None:
    orders, stacks = targets[0], AwsStacks(aws.url, {})
    stacks.begin(orders)
    stack_reader = reader(QUICK)
    stack = stack_reader.stack(orders)
    assert stack
    faults.spoil("CancelUpdateStack", drop_reply, times=1)
    stack_reader.cancel_update(orders, stack.id)
    stacks.settle(orders)
    assert faults.actions.count("cloudformation:CancelUpdateStack") == 2


def test_a_cancel_that_is_refused_because_the_stack_rolls_back_already_is_no_error(
    aws: Emulator, faults: Faults, targets: list[Target]
) -> None:
    orders = targets[0]
    AwsStacks(aws.url, {}).fail(orders, "no such key")
    stack_reader = reader(QUICK)
    stack = stack_reader.stack(orders)
    assert stack
    faults.spoil("CancelUpdateStack", refuse("ValidationError", 400, "cannot be called from current stack status"))
    stack_reader.cancel_update(orders, stack.id)


def _trouble(cell: Cell) -> tuple[str, str, bool]:
    assert isinstance(cell, Unreachable), cell
    return cell.reason, cell.remedy, cell.login
