"""The table of the team's ledger: calls with retries, failed conditions as values, trouble as LedgerError."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from botocore.exceptions import ClientError

from promote_tui.adapters.aws.errors import NoPermissionError
from promote_tui.adapters.aws.refusals import code, is_throttled
from promote_tui.core.errors import AwsError, CredentialsError, LedgerError
from promote_tui.core.model.pipeline import Aws, Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from promote_tui.adapters.aws.accounts import AwsAccounts
    from promote_tui.core.value import Json
    from promote_tui.ports import Identity

Item: TypeAlias = "dict[str, str | int]"
Key: TypeAlias = tuple[str, str]
_REFUSED = "ConditionalCheckFailed"
_PASSING = {"None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
_BUSY = {"TransactionConflictException", "TransactionInProgressException"}
_WORD = re.compile(r"#\w+")
_PARTITIONS = (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"))
_CHANCE = random.SystemRandom()
_PAUSE = 0.05
_LEAST_ONE_READS = 100


class NoTableError(LedgerError):
    """There is no such table, which `ledger init` would make."""


class LedgerCredentialsError(CredentialsError, LedgerError):
    """The ledger cannot be reached before somebody logs in."""


class ConditionFailedError(Exception):
    """A condition of the call does not hold; the call changed nothing."""


@dataclass(frozen=True, slots=True)
class TableLocation:
    """Where the table is."""

    name: str
    aws: Aws

    @property
    def arn(self) -> str:
        """The table's ARN."""
        partition = next((name for start, name in _PARTITIONS if self.aws.region.startswith(start)), "aws")
        return f"arn:{partition}:dynamodb:{self.aws.region}:{self.aws.account}:table/{self.name}"

    @property
    def target(self) -> Target:
        """The table as a target: what accounts and their messages name."""
        return Target("ledger", self.name, self.name, "", self.aws)


class Table:
    """The table as its items; may be used from several threads.

    Everything raises LedgerError where AWS cannot be asked, LedgerCredentialsError where a log-in would help.
    """

    def __init__(self, accounts: AwsAccounts, place: TableLocation) -> None:
        self.place = place
        self._accounts = accounts

    def identity(self) -> Identity:
        """Return who we are in the table's account; raises LedgerError where it is another account."""
        try:
            found = self._accounts.identity(self.place.target)
        except AwsError as error:
            raise self._trouble(error) from error
        if found.account != self.place.aws.account:
            cause = f"the credentials are for account {found.account}, the table is in {self.place.aws.account}"
            raise LedgerError(self.subject, cause, "fix the profile of ledger.aws")
        return found

    @property
    def subject(self) -> str:
        """What messages are about."""
        return f"ledger {self.place.name}"

    def get(self, key: Key) -> Item | None:
        """Return an item as it is now."""
        found = self.call("get_item", Key=_key(key), ConsistentRead=True).get("Item")
        return unpack(found) if found else None

    def get_many(self, keys: Sequence[Key]) -> dict[Key, Item]:
        """Return those of the items that exist, as they are now."""
        found: dict[Key, Item] = {}
        left = [_key(key) for key in keys]
        while left:
            asked, left = left[:_LEAST_ONE_READS], left[_LEAST_ONE_READS:]
            request = {self.place.name: {"Keys": asked, "ConsistentRead": True}}
            answer = self.call("batch_get_item", table=False, RequestItems=request)
            items = [unpack(raw) for raw in answer["Responses"].get(self.place.name, ())]
            found |= {(str(item["pk"]), str(item["sk"])): item for item in items}
            left += answer.get("UnprocessedKeys", {}).get(self.place.name, {}).get("Keys", [])
        return found

    def query(  # noqa: PLR0913 - what a query of DynamoDB takes
        self, pk: str, low: str = "", high: str = "", *, index: str = "", newest: bool = False, limit: int = 0
    ) -> Iterator[Item]:
        """Yield the items of a partition with a sort key from `low` to `high`, both included, in its order.

        An index may lag behind; the table itself does not. `limit`: so many are read at a time.
        """
        if high and high < low:
            return
        name = index or "pk"
        condition, values = f"{name} = :pk", {":pk": {"S": pk}}
        if low or high:
            condition += " AND sk BETWEEN :low AND :high"
            values |= {":low": {"S": low or " "}, ":high": {"S": high or "\U0010ffff"}}
        where: dict[str, Json] = {"IndexName": index} if index else {"ConsistentRead": True}
        if limit:
            where["Limit"] = limit
        yield from self._pages(
            "query",
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            ScanIndexForward=not newest,
            **where,
        )

    def scan(self) -> Iterator[Item]:
        """Yield every item of the table."""
        yield from self._pages("scan", ConsistentRead=True)

    def _pages(self, operation: str, **arguments: Json) -> Iterator[Item]:
        while True:
            answer = self.call(operation, **arguments)
            yield from (unpack(raw) for raw in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            arguments["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def update(self, change: Mapping[str, Any]) -> None:
        """Change one item; raises ConditionFailed. `#name` stands for the attribute `name` in its expressions."""
        self.call("update_item", **_named(change))

    def write(self, changes: Sequence[Mapping[str, Any]], token: str) -> None:
        """Do all of these changes or none; raises ConditionFailed. A token that was used already changes nothing."""
        here = {"TableName": self.place.name}
        items = [{kind: {**here, **_named(each)} for kind, each in change.items()} for change in changes]
        self.call("transact_write_items", table=False, TransactItems=items, ClientRequestToken=token)

    def call(self, operation: str, *, table: bool = True, **arguments: Json) -> Json:
        """Make a call of DynamoDB about the table; raises ConditionFailed too."""
        named = {"TableName": self.place.name} if table else {}
        self.identity()
        try:
            with self._accounts.session(self.place.target) as session:
                return self._patiently(getattr(session.client("dynamodb"), operation), {**named, **arguments})
        except AwsError as error:
            raise self._trouble(error) from error

    def _patiently(self, call: Json, arguments: Mapping[str, Json]) -> Json:
        clock, pause = self._accounts.clock, _PAUSE
        deadline = clock.monotonic() + self._accounts.limits.patience
        while True:
            try:
                return call(**arguments)
            except ClientError as error:
                if _refused(error):
                    raise ConditionFailedError from error
                if code(error) == "ResourceNotFoundException":
                    raise self._missing() from error
                if not _passing(error) or clock.monotonic() >= deadline:
                    raise
            clock.sleep(_CHANCE.uniform(0.5, 1.5) * pause)
            pause = min(pause * 2, 1.0)

    def _missing(self) -> NoTableError:
        where = f"{self.place.aws.account} {self.place.aws.region}"
        return NoTableError(self.subject, f"there is no such table in {where}", "promote-tui ledger init")

    def _trouble(self, error: AwsError) -> LedgerError:
        if isinstance(error, CredentialsError):
            return LedgerCredentialsError(self.subject, error.cause, error.remedy)
        if isinstance(error, NoPermissionError):
            return LedgerError(self.subject, error.cause, "ask for the rights that `promote-tui ledger policy` prints")
        return LedgerError(self.subject, error.cause, error.remedy or "try again in a moment")


def pack(item: Mapping[str, str | int]) -> dict[str, Any]:
    """Return an item as DynamoDB's API takes it."""
    return {name: {"N": str(value)} if isinstance(value, int) else {"S": value} for name, value in item.items()}


def unpack(raw: Mapping[str, Mapping[str, str]]) -> Item:
    """Return an item that `packed` made; what is of another kind is left out."""
    texts: Item = {name: value["S"] for name, value in raw.items() if "S" in value}
    numbers: Item = {name: int(value["N"]) for name, value in raw.items() if "N" in value}
    return texts | numbers


def _named(change: Mapping[str, Any]) -> dict[str, Any]:
    """Return the change with its attributes' names, of which many are words of DynamoDB's own."""
    said = " ".join(str(text) for name, text in change.items() if name.endswith("Expression"))
    names = {word: word[1:] for word in _WORD.findall(said)}
    return {**change, **({"ExpressionAttributeNames": names} if names else {})}


def _key(key: Key) -> dict[str, Any]:
    return pack({"pk": key[0], "sk": key[1]})


def _reasons(error: ClientError) -> set[str]:
    answer: Mapping[str, Any] = error.response
    return {str(reason.get("Code", "None")) for reason in answer.get("CancellationReasons", ())}


def _refused(error: ClientError) -> bool:
    if code(error) == "TransactionCanceledException":
        return _REFUSED in _reasons(error)
    return code(error) == f"{_REFUSED}Exception"


def _passing(error: ClientError) -> bool:
    """Tell whether the same call may succeed in a moment."""
    if code(error) == "TransactionCanceledException":
        return _reasons(error) <= _PASSING
    return is_throttled(error) or code(error) in _BUSY
