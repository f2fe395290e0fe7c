"""CloudWatch, read only: the states of the alarms that a stage names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.adapters.aws.calls import call_checked
from promote_tui.core.model.alarms import Alarm

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from promote_tui.adapters.aws.accounts import AwsAccounts
    from promote_tui.adapters.aws.session import AwsSession
    from promote_tui.core.model.pipeline import Target

_AT_ONCE = 100
"""How many names DescribeAlarms takes."""


class CloudWatchAlarms:
    """The AlarmReader port."""

    def __init__(self, accounts: AwsAccounts) -> None:
        self._accounts = accounts

    def states(self, target: Target, names: Sequence[str]) -> tuple[Alarm, ...]:
        """Return each alarm's state in the target's account and region, in the order of the names."""
        found = call_checked(self._accounts, target, lambda session: dict(_read(session, names)))
        where = f"account {target.aws.account}, {target.aws.region}"
        missing = f"there is no such alarm in {where}"
        return tuple(Alarm(name, found.get(name), "" if name in found else missing) for name in names)


def _read(session: AwsSession, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    paginator = session.client("cloudwatch").get_paginator("describe_alarms")
    for start in range(0, len(names), _AT_ONCE):
        some = list(names[start : start + _AT_ONCE])
        for page in paginator.paginate(AlarmNames=some, AlarmTypes=["MetricAlarm", "CompositeAlarm"]):
            for each in (*page.get("MetricAlarms", ()), *page.get("CompositeAlarms", ())):
                yield each["AlarmName"], each["StateValue"]
