"""What every OrganizationReader promises, shown on the fake and on the emulator's organization."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import boto3
import pytest

from promote_tui.adapters.aws.accounts import AwsAccounts
from promote_tui.adapters.aws.organization import AwsOrganization
from promote_tui.adapters.aws.session import Limits
from promote_tui.adapters.process.system import SystemClock
from promote_tui.core.errors import AwsError
from promote_tui.core.model.organization import MemberAccount
from promote_tui.core.model.pipeline import Aws
from promote_tui.ports import OrganizationReader
from tests.support.aws_stacks import REGION, use_profiles
from tests.support.fakes.organization import READERS, FakeOrganization
from tests.support.faults import Faults, Reply, fault_proxy, refuse
from tests.support.iam_document import rights

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from promote_tui.demo.emulator import Emulator
    from tests.support.faults import Call, Forward

QUICK = Limits(connect=30, read=60, attempts=2, patience=0.3)


class Moves(Protocol):
    def add(self, name: str, number: str = "", **tags: str) -> str: ...
    def close(self, number: str) -> None: ...
    def leave(self) -> None: ...
    def deny(self, method: str, operation: str) -> None: ...


@dataclass
class AwsOrganizations:
    """The same moves that the fake has, made on the emulator; refusals come from the proxy in front of it."""

    client: Any
    faults: Faults

    def add(self, name: str, number: str = "", **tags: str) -> str:
        assert not number, "AWS chooses it"
        asked = [{"Key": key, "Value": value} for key, value in tags.items()]
        made = self.client.create_account(Email=f"{name}@example.com", AccountName=name, Tags=asked)
        found: str = made["CreateAccountStatus"]["AccountId"]
        return found

    def close(self, number: str) -> None:
        self.client.close_account(AccountId=number)

    def leave(self) -> None:
        code = "AWSOrganizationsNotInUseException"
        self.faults.spoil("ListAccounts", refuse(code, 400, "Your account is not a member of an organization."))

    def deny(self, method: str, operation: str) -> None:
        assert method
        self.faults.spoil(operation, refuse("AccessDeniedException", 400))


@dataclass
class World:
    """A reader, and the organization that it reads."""

    reader: OrganizationReader
    moves: Moves


@pytest.fixture
def proxy(aws: Emulator) -> Iterator[Faults]:
    """A proxy in front of the emulator."""
    with fault_proxy(aws.url) as found:
        yield found


@pytest.fixture
def real(
    proxy: Faults, aws: Emulator, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[AwsOrganization, AwsOrganizations]:
    """The adapter on the emulator, through the proxy."""
    use_profiles(tmp_path / "config", proxy.url, monkeypatch, account)
    keys: dict[str, Any] = {"aws_access_key_id": account, "aws_secret_access_key": "x", "region_name": REGION}
    moves = AwsOrganizations(boto3.client("organizations", endpoint_url=aws.url, **keys), proxy)
    return AwsOrganization(AwsAccounts(SystemClock(), QUICK), Aws(REGION, account, f"p{account}")), moves


@pytest.fixture(params=["fake", pytest.param("aws", marks=pytest.mark.aws)])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "fake":
        fake = FakeOrganization()
        return World(fake, fake)
    return World(*request.getfixturevalue("real"))


def test_every_account_is_listed_with_its_state_and_without_its_tags(world: World) -> None:
    prod, old = world.moves.add("acme-prod", stage="prod"), world.moves.add("acme-old")
    world.moves.close(old)
    found = world.reader.members()
    assert MemberAccount(prod, "acme-prod", "active") in found
    assert MemberAccount(old, "acme-old", "suspended") in found
    assert Counter(account.id for account in found).most_common(1)[0][1] == 1


def test_tags_are_read_by_account(world: World) -> None:
    prod, plain = world.moves.add("acme-prod", stage="prod", team="shop"), world.moves.add("acme-dev")
    found = world.reader.tags([plain, prod])
    assert {number: dict(tags) for number, tags in found.items()} == {
        plain: {},
        prod: {"stage": "prod", "team": "shop"},
    }
    assert world.reader.tags([]) == {}


def test_an_account_in_no_organization_says_so(world: World) -> None:
    world.moves.leave()
    with pytest.raises(AwsError) as caught:
        world.reader.members()
    assert (caught.value.cause, caught.value.remedy) == ("its account is in no organization", READERS)


@pytest.mark.parametrize(("method", "operation"), [("members", "ListAccounts"), ("tags", "ListTagsForResource")])
def test_what_may_not_be_read_is_an_error_that_says_who_may(world: World, method: str, operation: str) -> None:
    number = world.moves.add("acme-prod")
    world.moves.deny(method, operation)
    with pytest.raises(AwsError) as caught:
        world.reader.members() if method == "members" else world.reader.tags([number])
    assert caught.value.cause == f"no permission for {operation}: refused by the test"
    assert caught.value.remedy == READERS


def _page(names: list[tuple[str, str, dict[str, str]]], following: str | None) -> Reply:
    accounts = [{"Id": number, "Name": name, **more} for number, name, more in names]
    body = json.dumps({"Accounts": accounts, **({"NextToken": following} if following else {})})
    return Reply(200, body.encode(), (("Content-Type", "application/x-amz-json-1.1"),))


@pytest.mark.aws
def test_all_pages_are_read_with_the_state_that_takes_the_place_of_status(
    real: tuple[AwsOrganization, AwsOrganizations], proxy: Faults
) -> None:
    pages = [
        _page([("1" * 12, "a", {"Status": "ACTIVE"})], "more"),
        _page([], "more of it"),  # AWS may send a page with nothing on it
        _page([("2" * 12, "b", {"Status": "SUSPENDED", "State": "PENDING_CLOSURE"})], None),
    ]

    def answer(_call: Call, _forward: Forward) -> Reply:
        return pages.pop(0)

    proxy.spoil("ListAccounts", answer)
    found = real[0].members()
    assert found == (MemberAccount("1" * 12, "a", "active"), MemberAccount("2" * 12, "b", "pending closure"))


@pytest.mark.aws
def test_throttled_calls_are_repeated(real: tuple[AwsOrganization, AwsOrganizations], proxy: Faults) -> None:
    number = real[1].add("acme-prod", stage="prod")
    for action in ("ListAccounts", "ListTagsForResource"):
        proxy.spoil(action, refuse("TooManyRequestsException"), times=1)
    assert number in {account.id for account in real[0].members()}
    assert real[0].tags([number]) == {number: (("stage", "prod"),)}


@pytest.mark.aws
def test_it_is_not_read_in_another_account_than_the_configuration_says(
    real: tuple[AwsOrganization, AwsOrganizations], account: str
) -> None:
    adapter = AwsOrganization(AwsAccounts(SystemClock(), QUICK), Aws(REGION, "123123123123", f"p{account}"))
    said = f"the credentials are for account {account}, organization is 123123123123"
    with pytest.raises(AwsError, match=said):
        adapter.members()
    assert real[0].members()


@pytest.mark.aws
def test_the_calls_are_those_of_the_policy(real: tuple[AwsOrganization, AwsOrganizations], proxy: Faults) -> None:
    real[0].tags([account.id for account in real[0].members()])
    assert set(proxy.actions) - {"sts:GetCallerIdentity"} == rights("To read the organization")
