"""Who changed a stack, as CloudTrail's LookupEvents tells it (CloudTrail API reference, and its record contents)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.aws.accounts import AwsAccounts
from promote_tui.adapters.aws.cloudtrail import CloudTrail
from promote_tui.adapters.aws.session import Limits
from promote_tui.adapters.process.system import SystemClock
from promote_tui.core.errors import AwsError
from promote_tui.core.runs.external import Actor
from tests.support.aws_stacks import target, use_profiles
from tests.support.faults import Call, Faults, Forward, Reply, fault_proxy, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from promote_tui.demo.emulator import Emulator

pytestmark = pytest.mark.aws

QUICK = Limits(connect=30, read=60, attempts=1, patience=0.3)
AT = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
SSO = "arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/eve@example.com"


@pytest.fixture
def faults(aws: Emulator, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Faults]:
    with fault_proxy(aws.url) as proxy:
        use_profiles(tmp_path / "config", proxy.url, monkeypatch, account)
        yield proxy


def event(name: str, **record: object) -> dict[str, object]:
    """An event as LookupEvents has it; the record is JSON text in it."""
    told = {"EventId": "1", "EventName": name, "EventTime": AT.timestamp(), "Username": "eve"}
    return {**told, "CloudTrailEvent": json.dumps(record)}


def answer(*events: dict[str, object]) -> object:
    def reply(_: Call, __: Forward) -> Reply:
        body = json.dumps({"Events": list(events)}).encode()
        return Reply(200, body, (("Content-Type", "application/x-amz-json-1.1"),))

    return reply


def actors(account: str) -> tuple[tuple[datetime, Actor], ...]:
    trail = CloudTrail(AwsAccounts(SystemClock(), QUICK))
    return trail.actors(target("orders", account), AT - timedelta(minutes=2), AT + timedelta(minutes=2))


def test_a_person_is_told_with_what_they_used(faults: Faults, account: str) -> None:
    by = {"userIdentity": {"type": "AssumedRole", "arn": SSO}, "userAgent": "aws-cli/2.15.30 Python/3.11"}
    faults.spoil("LookupEvents", answer(event("DescribeStacks", **by), event("ExecuteChangeSet", **by)))  # type: ignore[arg-type]
    ((at, found),) = actors(account)
    assert at == AT
    assert found == Actor("eve@example.com", SSO, "ExecuteChangeSet by aws-cli/2.15.30")


@pytest.mark.parametrize("record", [{}, {"userIdentity": {}}, {"userIdentity": {"type": "Root"}, "userAgent": None}])
def test_a_record_that_says_less_is_enough(faults: Faults, account: str, record: dict[str, object]) -> None:
    faults.spoil("LookupEvents", answer(event("UpdateStack", **record)))  # type: ignore[arg-type]
    ((_, found),) = actors(account)
    assert found == Actor("eve", "", "UpdateStack")


def test_what_it_has_forgotten_is_nothing(faults: Faults, account: str) -> None:
    assert faults.url
    assert actors(account) == ()


def test_a_missing_right_is_named(faults: Faults, account: str) -> None:
    faults.spoil(
        "LookupEvents", refuse("AccessDeniedException", 400, "not authorized to perform: cloudtrail:LookupEvents")
    )
    with pytest.raises(AwsError, match="cloudtrail:LookupEvents"):
        actors(account)
