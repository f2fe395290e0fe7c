"""The team's ledger as a whole: creating, permitting, exporting and importing it (`core.runs.dump`)."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from promote_tui.adapters.ledger import rules
from promote_tui.adapters.ledger.dynamodb import items, releases
from promote_tui.adapters.ledger.dynamodb import schema as tables
from promote_tui.adapters.ledger.dynamodb.queries import IMPORTED
from promote_tui.adapters.ledger.dynamodb.table import ConditionFailedError, pack
from promote_tui.core.errors import LedgerError
from promote_tui.core.runs.dump import Contents, StoredEvent
from promote_tui.core.runs.events import name as kind

if TYPE_CHECKING:
    from promote_tui.adapters.ledger.dynamodb.table import Item, Table
    from promote_tui.core.runs.events import Event
    from promote_tui.core.runs.run import Run
    from promote_tui.ports import Clock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AT_ONCE = 25
_LAST = "\U0010ffff"
_LATER = "wait until it has ended, then import again"


class DynamoAdmin:
    """A project's part of the team's ledger."""

    def __init__(self, table: Table, project: str, clock: Clock) -> None:
        self._table = table
        self._project = project
        self._clock = clock

    def initialise(self) -> tuple[str, ...]:
        """Create the table where it is missing, migrate an older one; return what was done."""
        return tables.initialise(self._table, self._clock)

    def policy(self) -> dict[str, Any]:
        """Return the IAM policy for whoever promotes or decides."""
        return tables.policy(self._table)

    def contents(self) -> Contents:
        """Return all that the table holds of the project, and every stack's fence."""
        tables.check_version(self._table)
        found = sorted(self._table.scan(), key=lambda item: (str(item["pk"]), str(item["sk"])))
        ours = {str(item["pk"])[4:] for item in found if self._is_run(item)}
        runs: dict[str, list[StoredEvent]] = defaultdict(list)
        for item in found:
            run = str(item["pk"])[7:]
            if str(item["pk"]).startswith("events#") and run in ours:
                runs[run].append(StoredEvent(int(item["fence"]), str(item["body"])))
        locks = [items.read_lock(item) for item in found if item["pk"] == items.LOCKS]
        return Contents(
            {run: tuple(stored) for run, stored in runs.items()},
            self._decisions(found),
            {lock.key: lock.fence for lock in locks},
            {lock.key: lock.run for lock in locks if lock.held},
            self._project,
            releases.bodies(found, self._project),
        )

    def _is_run(self, item: Item) -> bool:
        return str(item["pk"]).startswith("run#") and item.get("project") == self._project and "place" in item

    def _decisions(self, found: list[Item]) -> tuple[str, ...]:
        people = [(str(item["sk"]), str(item["pk"])[len("deciders#") :]) for item in found if _names_decider(item)]
        ours = {f"{user}#{about}" for user, about in people if about.startswith(f"{self._project}#")}
        decided = [item for item in found if item["pk"] in ours]
        return tuple(str(item["body"]) for item in sorted(decided, key=lambda item: str(item["sk"])))

    def import_contents(self, more: Contents) -> None:
        """Add what is not here yet, run by run; an interrupted import can be repeated."""
        parsed = {run: rules.decode_run(run, stored) for run, stored in more.runs.items()}
        for key, fence in more.fences.items():
            self._raise_fence(key, fence)
        for id_, (run, events) in parsed.items():
            if not self._is_there(id_, more.runs[id_]):
                self._put_events(id_, more.runs[id_], events)
                self._put_run(run)
        for body in more.decisions:
            self._put_decision(body)
        for name, bodies in more.releases.items():
            releases.add(self._table, self._project, name, bodies)

    def _is_there(self, run: str, stored: tuple[StoredEvent, ...]) -> bool:
        """Tell whether another project brought the very run along; raises LedgerError where it is another one.

        What was written before projects were told apart is in the export of each of them.
        """
        if self._table.get(items.run_key(run)) is None:
            return False
        found = self._table.query(*items.event_key(run, 0), _LAST)
        if tuple(StoredEvent(int(item["fence"]), str(item["body"])) for item in found) == stored:
            return True
        raise self._used(run)

    def _used(self, run: str) -> LedgerError:
        cause = f"the id of run {run} was used meanwhile, here or in another project"
        return LedgerError(self._table.subject, cause, "import again to see which")

    def _put_events(self, run: str, stored: tuple[StoredEvent, ...], events: list[Event]) -> None:
        puts = []
        for seq, (each, event) in enumerate(zip(stored, events, strict=True), start=1):
            pk, sk = items.event_key(run, seq)
            item: Item = {"pk": pk, "sk": sk, "at": items.moment(event.at), "name": kind(event)}
            puts.append({"Put": {"Item": pack({**item, "fence": each.fence, "body": each.body})}})
        for begin in range(0, len(puts), _AT_ONCE):
            self._table.write(puts[begin : begin + _AT_ONCE], str(uuid.uuid4()))

    def _put_run(self, run: Run) -> None:
        pk, sk = items.run_key(run.id)
        month, of = items.months_key(self._project, run)
        place = items.place_of(run)
        own = {"pk": pk, "sk": sk, "key": items.to_storable(run.planned.key), "project": self._project, "place": place}
        puts: list[Item] = [{"pk": month, "sk": of}, items.header(self._project, run)]
        new = {"Item": pack(own), "ConditionExpression": "attribute_not_exists(pk)"}
        try:
            self._table.write([{"Put": new}, *({"Put": {"Item": pack(each)}} for each in puts)], str(uuid.uuid4()))
        except ConditionFailedError:
            raise self._used(run.id) from None

    def _put_decision(self, body: str) -> None:
        decision = rules.decode_decision("import", body)
        pk, sk = items.decision_key(IMPORTED, self._project, decision)
        who = {"pk": items.deciders_key(self._project, decision.service), "sk": IMPORTED}
        puts = [{"pk": pk, "sk": sk, "body": body}, who]
        self._table.write([{"Put": {"Item": pack(each)}} for each in puts], str(uuid.uuid4()))

    def _raise_fence(self, key: str, fence: int) -> None:
        values: Item = {"fence": fence, "free": "FREE", "none": "", "since": items.moment(_EPOCH)}
        try:
            self._table.update(
                {
                    "Key": pack({"pk": items.LOCKS, "sk": items.to_storable(key)}),
                    "ConditionExpression": "attribute_not_exists(pk) OR (#state = :free AND #fence < :fence)",
                    "UpdateExpression": "SET #fence = :fence, #state = :free, #since = :since,"
                    " #run = :none, #rvn = :none, #host = :none, #place = :none",
                    "ExpressionAttributeValues": pack({f":{word}": value for word, value in values.items()}),
                }
            )
        except ConditionFailedError:
            lock = self._table.get((items.LOCKS, items.to_storable(key)))
            if lock and lock["state"] == "HELD":
                raise LedgerError(self._table.subject, f"run {lock['run']} holds the lock of {key}", _LATER) from None


def _names_decider(item: Item) -> bool:
    return str(item["pk"]).startswith("deciders#")
