"""What every LogReader promises, shown on the fake and on the emulator's log groups."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import boto3
import pytest

from promote_tui.adapters.aws.accounts import AwsAccounts
from promote_tui.adapters.aws.cloudwatch_logs import CloudWatchLogs
from promote_tui.adapters.aws.lambda_functions import LambdaFunctions
from promote_tui.adapters.aws.session import Limits
from promote_tui.adapters.process.system import SystemClock
from promote_tui.core.errors import AwsError
from promote_tui.core.model.log_lines import LogLine, LogRead
from promote_tui.core.model.pipeline import Target
from promote_tui.ports import LogReader
from tests.support.aws_stacks import REGION, target, use_profiles
from tests.support.fakes.logs import FakeLogs
from tests.support.faults import Faults, Reply, fault_proxy, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from promote_tui.demo.emulator import Emulator
    from tests.support.faults import Call, Forward

QUICK = Limits(connect=30, read=60, attempts=2, patience=0.3)
GROUP = "/aws/lambda/orders-prod-hello"
NOW = datetime.now(UTC).replace(microsecond=0)
SINCE = NOW - timedelta(minutes=15)


@dataclass
class AwsGroups:
    """The same moves that the fake has, made on the emulator."""

    client: Any

    def write(self, group: str, at: datetime, *texts: str) -> None:
        """Log these lines at a moment, in a stream of their own."""
        stream = f"stream-{at.timestamp()}"
        known = self.client.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        if not known:
            self.client.create_log_group(logGroupName=group)
        self.client.create_log_stream(logGroupName=group, logStreamName=stream)
        events = [{"timestamp": int(at.timestamp() * 1000), "message": text} for text in texts]
        self.client.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)


@dataclass
class World:
    """A reader, the groups that it reads, and the stage that they are of."""

    reader: LogReader
    groups: AwsGroups | FakeLogs
    target: Target

    def read(self, most: int = 100) -> LogRead | None:
        """Read the last quarter of an hour."""
        return self.reader.lines(self.target, GROUP, SINCE, NOW, most)


@pytest.fixture
def proxy(aws: Emulator) -> Iterator[Faults]:
    """A proxy in front of the emulator."""
    with fault_proxy(aws.url) as found:
        yield found


@pytest.fixture
def real(proxy: Faults, aws: Emulator, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """The adapter on the emulator, through the proxy."""
    use_profiles(tmp_path / "config", proxy.url, monkeypatch, account)
    keys: dict[str, Any] = {"aws_access_key_id": account, "aws_secret_access_key": "x", "region_name": REGION}
    groups = AwsGroups(boto3.client("logs", endpoint_url=aws.url, **keys))
    return World(CloudWatchLogs(AwsAccounts(SystemClock(), QUICK)), groups, target("orders", account))


@pytest.fixture(params=["fake", pytest.param("aws", marks=pytest.mark.aws)])
def world(request: pytest.FixtureRequest, account: str) -> World:
    if request.param == "fake":
        fake = FakeLogs()
        return World(fake, fake, target("orders", account))
    found: World = request.getfixturevalue("real")
    return found


def test_a_group_that_is_not_there_is_none(world: World) -> None:
    assert world.read() is None


def test_the_lines_of_the_time_are_read_oldest_first(world: World) -> None:
    minute = timedelta(minutes=1)
    world.groups.write(GROUP, SINCE - minute, "before")
    world.groups.write(GROUP, NOW - 2 * minute, "second")
    world.groups.write(GROUP, NOW - 3 * minute, "first")
    assert world.read() == LogRead((LogLine(NOW - 3 * minute, "first"), LogLine(NOW - 2 * minute, "second")))


def test_of_many_lines_the_newest_are_kept(world: World) -> None:
    world.groups.write(GROUP, NOW, *(f"line {number}" for number in range(50)))
    found = world.read(most=2)
    assert found is not None
    assert [line.text for line in found.lines] == ["line 48", "line 49"]


def answer(*texts: str, more: str = "") -> Reply:
    """A page of entries, a second apart."""
    moment = int(SINCE.timestamp() * 1000)
    events = [{"timestamp": moment + number * 1000, "message": text} for number, text in enumerate(texts)]
    body = json.dumps({"events": events, **({"nextToken": more} if more else {})})
    return Reply(200, body.encode(), (("Content-Type", "application/x-amz-json-1.1"),))


@pytest.mark.aws
def test_all_pages_are_read_also_behind_an_empty_one(real: World, proxy: Faults) -> None:
    pages = [answer("one\n", more="a"), answer(more="b"), answer("two", "three")]

    def in_turn(_call: Call, _forward: Forward) -> Reply:
        return pages.pop(0)

    proxy.spoil("FilterLogEvents", in_turn)
    found = real.read()
    assert found is not None
    assert ([line.text for line in found.lines], found.read_until) == (["one", "two", "three"], None)


@pytest.mark.aws
@pytest.mark.parametrize(("texts", "until"), [(("one", "two"), SINCE + timedelta(seconds=1)), ((), SINCE)])
def test_a_group_that_holds_too_much_is_read_up_to_a_bound_and_says_how_far(
    real: World, proxy: Faults, texts: tuple[str, ...], until: datetime
) -> None:
    def endless(_call: Call, _forward: Forward) -> Reply:
        return answer(*texts, more="on and on")

    proxy.spoil("FilterLogEvents", endless)
    found = real.read(most=2)
    assert found is not None
    assert ([line.text for line in found.lines], found.read_until) == ([*texts], until)
    assert proxy.actions.count("logs:FilterLogEvents") == 10


@pytest.mark.aws
def test_a_missing_right_is_named(real: World, proxy: Faults) -> None:
    proxy.spoil(
        "FilterLogEvents", refuse("AccessDeniedException", 400, "not authorized to perform: logs:FilterLogEvents")
    )
    with pytest.raises(AwsError, match="no permission for FilterLogEvents"):
        real.read()


@pytest.mark.aws
def test_functions_that_name_their_log_group_are_found(
    aws: Emulator, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_profiles(tmp_path / "config", aws.url, monkeypatch, account)
    keys: dict[str, Any] = {"aws_access_key_id": account, "aws_secret_access_key": "x", "region_name": REGION}
    client = boto3.client("lambda", endpoint_url=aws.url, **keys)
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("i.js", "")
    role = f"arn:aws:iam::{account}:role/r"
    made = {"Runtime": "nodejs20.x", "Role": role, "Handler": "i.h", "Code": {"ZipFile": packed.getvalue()}}
    client.create_function(FunctionName="own", LoggingConfig={"LogGroup": "/acme/orders"}, **made)
    found = LambdaFunctions(AwsAccounts(SystemClock(), QUICK)).log_groups(target("orders", account))
    assert found["own"] == "/acme/orders"
