"""CloudWatch alarms as the emulator and the fake tell them: the same words for the same states."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest

from promote_tui.adapters.aws.accounts import AwsAccounts
from promote_tui.adapters.aws.cloudwatch import CloudWatchAlarms
from promote_tui.adapters.aws.session import Limits
from promote_tui.adapters.process.system import SystemClock
from promote_tui.core.errors import AwsError
from promote_tui.core.model.alarms import Alarm
from tests.support.aws_stacks import REGION, target, use_profiles
from tests.support.fakes.alarms import FakeAlarms
from tests.support.faults import fault_proxy, refuse

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.demo.emulator import Emulator
    from promote_tui.ports import AlarmReader

pytestmark = pytest.mark.aws

QUICK = Limits(connect=30, read=60, attempts=2, patience=0.3)
STATES = {"errors": "OK", "latency": "ALARM", "traffic": "INSUFFICIENT_DATA"}


def made(aws: Emulator, account: str) -> None:
    """Make the alarms, and more than one page of others."""
    keys = {"aws_access_key_id": account, "aws_secret_access_key": "x", "region_name": REGION}
    cloudwatch = boto3.client("cloudwatch", endpoint_url=aws.url, **keys)  # type: ignore[call-overload]
    for name, state in STATES.items():
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/Lambda",
            MetricName="Errors",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )
        cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="test")


@pytest.mark.parametrize("kind", ["cloudwatch", "fake"])
def test_every_alarm_is_told_in_the_order_of_its_name_and_one_that_is_not_there_says_so(
    kind: str, aws: Emulator, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_profiles(tmp_path / "config", aws.url, monkeypatch, account)
    reader: AlarmReader = FakeAlarms(dict(STATES))
    if kind == "cloudwatch":
        made(aws, account)
        reader = CloudWatchAlarms(AwsAccounts(SystemClock(), QUICK))
    others = [f"other-{number}" for number in range(120)]
    found = reader.states(target("orders", account), ["traffic", *others, "errors", "latency"])
    missing = f"there is no such alarm in account {account}, {REGION}"
    assert found == (
        Alarm("traffic", "INSUFFICIENT_DATA"),
        *(Alarm(name, None, missing) for name in others),
        Alarm("errors", "OK"),
        Alarm("latency", "ALARM"),
    )


def test_a_missing_right_is_named(aws: Emulator, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with fault_proxy(aws.url) as faults:
        use_profiles(tmp_path / "config", faults.url, monkeypatch, account)
        faults.spoil(
            "DescribeAlarms", refuse("AccessDenied", 403, "not authorized to perform: cloudwatch:DescribeAlarms")
        )
        with pytest.raises(AwsError, match="cloudwatch:DescribeAlarms"):
            CloudWatchAlarms(AwsAccounts(SystemClock(), QUICK)).states(target("orders", account), ["errors"])
