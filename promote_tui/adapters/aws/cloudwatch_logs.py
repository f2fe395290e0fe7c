"""CloudWatch Logs, read only: what log groups hold of a time, with a bound."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from promote_tui.adapters.aws.calls import call_checked
from promote_tui.adapters.aws.refusals import code
from promote_tui.core.model.log_lines import LogLine, LogRead

if TYPE_CHECKING:
    from promote_tui.adapters.aws.accounts import AwsAccounts
    from promote_tui.adapters.aws.session import AwsSession
    from promote_tui.core.model.pipeline import Target

_MOST_PAGES = 10
"""How many calls are made for a group: each answers with at most 1 MB or 10,000 entries, and may be empty."""


class CloudWatchLogs:
    """The LogReader port."""

    def __init__(self, accounts: AwsAccounts) -> None:
        self._accounts = accounts

    def lines(self, target: Target, group: str, since: datetime, until: datetime, most: int) -> LogRead | None:
        """Return the newest entries of a log group in a time, as far as they can be reached."""
        asked = {"logGroupName": group, "startTime": _millis(since), "endTime": _millis(until)}
        return call_checked(self._accounts, target, lambda session: _read(session, asked, most))


def _read(session: AwsSession, asked: dict[str, Any], most: int) -> LogRead | None:
    client, more = session.client("logs"), dict[str, str]()
    newest: deque[LogLine] = deque(maxlen=most)
    for _ in range(_MOST_PAGES):
        try:
            page = client.filter_log_events(**asked, **more)
        except ClientError as error:
            if code(error) == "ResourceNotFoundException":
                return None
            raise
        newest.extend(LogLine(_moment(each["timestamp"]), each["message"].rstrip()) for each in page["events"])
        if not page.get("nextToken"):
            return LogRead(tuple(newest))
        more = {"nextToken": page["nextToken"]}
    return LogRead(tuple(newest), newest[-1].at if newest else _moment(asked["startTime"]))


def _millis(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _moment(millis: int) -> datetime:
    return datetime.fromtimestamp(millis / 1000, UTC)
