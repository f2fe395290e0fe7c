"""CloudTrail, read only: who asked CloudFormation to change a stack, for as long as it remembers (90 days)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from promote_tui.adapters.aws.calls import call_checked
from promote_tui.adapters.aws.session import person
from promote_tui.core.runs.external import Actor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from promote_tui.adapters.aws.accounts import AwsAccounts
    from promote_tui.adapters.aws.session import AwsSession
    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.value import Json

_CALLS = frozenset(
    {
        *("CreateStack", "UpdateStack", "ExecuteChangeSet", "DeleteStack"),
        *("RollbackStack", "ContinueUpdateRollback", "CancelUpdateStack"),
    }
)
_MOST = 200


class CloudTrail:
    """The Trail port."""

    def __init__(self, accounts: AwsAccounts) -> None:
        self._accounts = accounts

    def actors(self, target: Target, since: datetime, until: datetime) -> tuple[tuple[datetime, Actor], ...]:
        """Return who changed the target's stack in a period, with the time of each request."""
        return call_checked(self._accounts, target, lambda session: tuple(_found(session, target.stack, since, until)))


def _found(session: AwsSession, stack: str, since: datetime, until: datetime) -> Iterator[tuple[datetime, Actor]]:
    pages = session.client("cloudtrail").get_paginator("lookup_events")
    asked = [{"AttributeKey": "ResourceName", "AttributeValue": stack}]
    limits = {"MaxItems": _MOST, "PageSize": 50}
    for page in pages.paginate(LookupAttributes=asked, StartTime=since, EndTime=until, PaginationConfig=limits):
        for event in page["Events"]:
            if event.get("EventName") in _CALLS:
                yield event["EventTime"], _actor(event)


def _actor(event: Json) -> Actor:
    """Return the actor of an event; its record is JSON text whose form depends on the kind of actor."""
    try:
        told = json.loads(event.get("CloudTrailEvent") or "{}")
        arn = str(told.get("userIdentity", {}).get("arn") or "")
        agent = str(told.get("userAgent") or "").partition(" ")[0]
    except (ValueError, AttributeError):
        arn, agent = "", ""
    who = person(arn) if arn else str(event.get("Username") or "somebody")
    return Actor(who, arn, f"{event['EventName']} by {agent}" if agent else str(event["EventName"]))
