"""The table of the team's ledger: creating it, its version, and the rights that IAM should give.

The version stands in an item of the table: the number of MIGRATIONS that it has seen, plus one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from promote_tui.adapters.ledger.dynamodb import items
from promote_tui.adapters.ledger.dynamodb.table import ConditionFailedError, NoTableError, Table, pack
from promote_tui.core.errors import LedgerError

if TYPE_CHECKING:
    from promote_tui.ports import Clock

Migration: TypeAlias = Callable[[Table], None]
MIGRATIONS: tuple[Migration, ...] = ()
"""Each brings a table to the next version; it may be begun again where it was interrupted."""
_POLLS = 600
_PAUSE = 0.5
_AGAIN = "wait until it has ended, then try again"


def known_version() -> int:
    """Return the version that this program reads and writes."""
    return len(MIGRATIONS) + 1


def check_version(table: Table) -> None:
    """Raise LedgerError where the table is no ledger, or one of another version."""
    found = _version(table)
    if found is None:
        raise LedgerError(table.subject, "the table is not a ledger yet", "promote-tui ledger init")
    if found > known_version():
        raise LedgerError(table.subject, _newer(found), "upgrade promote-tui")
    if found < known_version():
        cause = f"it is of version {found}, this promote-tui needs {known_version()}"
        raise LedgerError(table.subject, cause, "promote-tui ledger init upgrades it, after a backup")


def initialise(table: Table, clock: Clock) -> tuple[str, ...]:
    """Make the table where it is missing, with point-in-time recovery, and bring it up to date; return what was done.

    Raises LedgerError for a newer table, and for an older one while a run is live.
    """
    done = [*_make(table), *_protect(table, clock)]
    found = _version(table)
    if found is None:
        _set_version(table, None)
        return (*done, f"it is a ledger of version {known_version()}")
    if found > known_version():
        raise LedgerError(table.subject, _newer(found), "upgrade promote-tui")
    if found < known_version():
        done += _migrate(table, found, clock)
    return tuple(done)


def _newer(found: int) -> str:
    return f"a newer promote-tui wrote it (version {found}, this one knows {known_version()})"


def _version(table: Table) -> int | None:
    found = table.get(items.VERSION_KEY)
    return int(found["version"]) if found else None


def _set_version(table: Table, before: int | None) -> None:
    pk, sk = items.VERSION_KEY
    condition = "attribute_not_exists(pk)" if before is None else "#version = :before"
    values = {":now": known_version(), **({":before": before} if before is not None else {})}
    try:
        table.update(
            {
                "Key": pack({"pk": pk, "sk": sk}),
                "ConditionExpression": condition,
                "UpdateExpression": "SET #version = :now",
                "ExpressionAttributeValues": pack(values),
            }
        )
    except (ConditionFailedError, LedgerError):
        if _version(table) != known_version():
            raise LedgerError(
                table.subject, "somebody else is upgrading it right now", "try again in a moment"
            ) from None


def _make(table: Table) -> list[str]:
    table.identity()
    if _exists(table):
        return []
    hashed = {name: [_part(name, "HASH"), _part("sk", "RANGE")] for name in ("pk", items.BY_STAGE, items.BY_MONTH)}
    names = [*hashed, "sk"]
    only_keys = {"ProjectionType": "KEYS_ONLY"}
    table.call(
        "create_table",
        BillingMode="PAY_PER_REQUEST",
        DeletionProtectionEnabled=True,
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=hashed["pk"],
        GlobalSecondaryIndexes=[
            {"IndexName": name, "KeySchema": hashed[name], "Projection": only_keys}
            for name in (items.BY_STAGE, items.BY_MONTH)
        ],
    )
    where = f"{table.place.aws.account} {table.place.aws.region}"
    return [f"created table {table.place.name} in {where}, with on-demand billing and deletion protection"]


def _part(name: str, kind: str) -> dict[str, str]:
    return {"AttributeName": name, "KeyType": kind}


def _exists(table: Table) -> bool:
    try:
        table.call("describe_table")
    except NoTableError:
        return False
    return True


def _protect(table: Table, clock: Clock) -> list[str]:
    """Wait until the table can be used, and switch point-in-time recovery on."""
    for _ in range(_POLLS):
        if table.call("describe_table")["Table"]["TableStatus"] == "ACTIVE":
            break
        clock.sleep(_PAUSE)
    state: Any = table.call("describe_continuous_backups")["ContinuousBackupsDescription"]
    if state.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus") == "ENABLED":
        return []
    wanted = {"PointInTimeRecoveryEnabled": True}
    table.call("update_continuous_backups", PointInTimeRecoverySpecification=wanted)
    return ["point-in-time recovery is on"]


def _migrate(table: Table, found: int, clock: Clock) -> list[str]:
    for lock in table.query(items.LOCKS):
        if lock["state"] == "HELD":
            # Its runner knows only the older items: it could not write down how its deploy went.
            raise LedgerError(table.subject, f"run {lock['run']} of an older promote-tui is still at work", _AGAIN)
    name = f"{table.place.name}-version-{found}-{clock.now():%Y%m%d-%H%M%S}"
    table.call("create_backup", BackupName=name)
    for step in MIGRATIONS[found - 1 :]:
        step(table)
    _set_version(table, found)
    return [f"created the backup {name}", f"upgraded it from version {found} to {known_version()}"]


def policy(table: Table) -> dict[str, Any]:
    """Return the IAM policy for whoever promotes or decides: no one can delete, nor decide as somebody else."""
    arn = table.place.arn
    return {
        "Version": "2012-10-17",
        "Statement": [
            _allow("ReadTheLedger", ["BatchGetItem", "GetItem", "Query"], [arn, f"{arn}/index/*"]),
            _allow("WriteRuns", ["PutItem"], [arn], ["run#*", "stack#*", "months#*", "events#*", "deciders#*"]),
            _allow("WriteReleases", ["PutItem"], [arn], ["release#*", "releases#*"]),
            _allow("HoldLocks", ["UpdateItem"], [arn], ["lock", "run#*"]),
            _allow("DecideAsYourself", ["PutItem"], [arn], ["${aws:userid}#*"]),
        ],
    }


def _allow(sid: str, actions: list[str], resources: list[str], leading: list[str] | None = None) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Sid": sid,
        "Effect": "Allow",
        "Action": [f"dynamodb:{action}" for action in actions],
        "Resource": resources if len(resources) > 1 else resources[0],
    }
    if leading:
        statement["Condition"] = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": leading}}
    return statement
