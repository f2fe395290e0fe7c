"""What every BucketStore promises, shown on the fake and on the emulator; and how stacks are found by an output."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from promote_tui.adapters.aws.accounts import AwsAccounts
from promote_tui.adapters.aws.buckets import S3Buckets
from promote_tui.adapters.aws.cloudformation.inspector import StackInspection
from promote_tui.adapters.process.system import SystemClock
from promote_tui.adapters.serverless.facts import FACTS
from promote_tui.ports import BucketStore
from tests.support.aws_stacks import REGION, target, use_profiles
from tests.support.fakes.buckets import FakeBuckets

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.demo.emulator import Emulator

MANY = 1_001
"""One more than a call lists, or deletes."""


@dataclass
class World:
    """A store, and what fills its buckets; `client` is None for the fake."""

    store: BucketStore
    account: str
    client: Any = None

    def make(self, name: str, *, versions: bool = False) -> str:
        """Make a bucket, and return its name."""
        called = f"{name}-{self.account}"
        if self.client is None:
            assert isinstance(self.store, FakeBuckets)
            self.store.contents[called] = set()
            return called
        self.client.create_bucket(Bucket=called, CreateBucketConfiguration={"LocationConstraint": REGION})
        if versions:
            self.client.put_bucket_versioning(Bucket=called, VersioningConfiguration={"Status": "Enabled"})
        return called

    def put(self, bucket: str, *keys: str) -> None:
        """Put objects into a bucket."""
        if self.client is None:
            assert isinstance(self.store, FakeBuckets)
            self.store.contents[bucket] |= {*keys}
            return
        for key in keys:
            self.client.put_object(Bucket=bucket, Key=key, Body=b"x")


@pytest.fixture(params=["fake", pytest.param("aws", marks=pytest.mark.aws)])
def world(request: pytest.FixtureRequest, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    if request.param == "fake":
        return World(FakeBuckets(), account)
    emulator: Emulator = request.getfixturevalue("aws")
    use_profiles(tmp_path / "config", emulator.url, monkeypatch, account)
    client = boto3.client(
        "s3", endpoint_url=emulator.url, region_name=REGION, aws_access_key_id=account, aws_secret_access_key="x"
    )
    return World(S3Buckets(AwsAccounts(SystemClock())), account, client)


def test_a_bucket_holds_something_until_it_is_emptied(world: World) -> None:
    bucket, orders = world.make("uploads"), target("orders", world.account)
    assert not world.store.has_contents(orders, bucket)
    world.put(bucket, "a", "b/c", "ü")
    assert world.store.has_contents(orders, bucket)
    world.store.empty(orders, bucket)
    assert not world.store.has_contents(orders, bucket)


def test_old_versions_and_deletions_are_contents_too(world: World) -> None:
    bucket, orders = world.make("versions", versions=True), target("orders", world.account)
    world.put(bucket, "a", "a")
    if world.client is not None:
        world.client.delete_object(Bucket=bucket, Key="a")
    assert world.store.has_contents(orders, bucket)
    world.store.empty(orders, bucket)
    assert not world.store.has_contents(orders, bucket)
    if world.client is not None:
        world.client.delete_bucket(Bucket=bucket)


def test_a_bucket_of_more_than_one_page_is_emptied_as_a_whole(world: World) -> None:
    bucket, orders = world.make("many"), target("orders", world.account)
    world.put(bucket, *(f"k{number}" for number in range(MANY)))
    world.store.empty(orders, bucket)
    assert not world.store.has_contents(orders, bucket)


def test_a_bucket_that_is_gone_holds_nothing_and_is_empty(world: World) -> None:
    orders = target("orders", world.account)
    assert not world.store.has_contents(orders, f"gone-{world.account}")
    world.store.empty(orders, f"gone-{world.account}")


@pytest.mark.aws
def test_stacks_are_found_by_an_output_with_its_value(
    aws: Emulator, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_profiles(tmp_path / "config", aws.url, monkeypatch, account)
    client = boto3.client(
        "cloudformation", endpoint_url=aws.url, region_name=REGION, aws_access_key_id=account, aws_secret_access_key="x"
    )
    topic = {"Topic": {"Type": "AWS::SNS::Topic"}}
    for name, outputs in {"one": {"PreviewBranch": {"Value": "feature/x"}}, "other": {}}.items():
        client.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": topic, "Outputs": outputs}))
    found = StackInspection(AwsAccounts(SystemClock()), FACTS)
    assert found.stacks_with_output(target("orders", account), "PreviewBranch") == {"one": "feature/x"}
