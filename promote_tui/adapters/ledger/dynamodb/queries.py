"""The runs, events and decisions of the team's ledger: each function is one query or one change of the table.

Whatever a gate needs is read from the table itself, which is as of now: a stack's runs, events and
decisions. The indexes, which may lag behind a little, only find runs for lists.
"""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from promote_tui.adapters.ledger import rules
from promote_tui.adapters.ledger.dynamodb import items
from promote_tui.adapters.ledger.dynamodb import lock as locks
from promote_tui.adapters.ledger.dynamodb.table import pack
from promote_tui.core.runs.events import Planned, name
from promote_tui.core.runs.fold import fold
from promote_tui.ports import Recorded, RunPage

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from promote_tui.adapters.ledger.dynamodb.table import Item, Table
    from promote_tui.adapters.ledger.lease import Claim
    from promote_tui.core.gates.decisions import Decision
    from promote_tui.core.runs.run import Run
    from promote_tui.ports import RunFilter

_CHUNK = 100
_AT_ONCE = 8
"""How many stacks or services are asked about at the same time."""
_LAST = "\U0010ffff"
_T = TypeVar("_T")
IMPORTED = "imported"
"""The user id of decisions that came with an import."""


def events(table: Table, run: str, after: int = 0) -> tuple[Recorded, ...]:
    """Return a run's events with a seq above `after`, in order."""
    pk, low = items.event_key(run, after + 1)
    found = table.query(pk, low, _LAST)
    return tuple(Recorded(int(str(item["sk"])), rules.decode_event(run, str(item["body"]))) for item in found)


def is_written(table: Table, claim: Claim, seq: int, body: str) -> bool:
    """Tell whether this event is in its place."""
    found = table.get(items.event_key(claim.run, seq))
    return found is not None and (found["body"], found["fence"]) == (body, claim.fence)


def append(table: Table, claim: Claim, recorded: Recorded, body: str, of: tuple[str, Run | None]) -> None:
    """Write an event as the holder of the lock, with what the run, of a project, has become by it.

    Raises ConditionFailed where the lock is not the writer's, or the event's place is taken.
    """
    event, (project, run) = recorded.event, of
    pk, sk = items.event_key(claim.run, recorded.seq)
    row: Item = {
        "pk": pk,
        "sk": sk,
        "at": items.moment(event.at),
        "name": name(event),
        "fence": claim.fence,
        "body": body,
    }
    changes: list[dict[str, Any]] = [_new(row)]
    phase = {"phase": name(event)}
    if run:
        changes.append({"Put": {"Item": pack(items.header(project, run))}})
        if isinstance(event, Planned):
            phase["who"] = items.to_storable(event.who)
            changes += _planned(project, run)
    locks.journal(table, claim, phase, changes)


def _new(item: Item) -> dict[str, Any]:
    return {"Put": {"Item": pack(item), "ConditionExpression": "attribute_not_exists(pk)"}}


def _planned(project: str, run: Run) -> list[dict[str, Any]]:
    pk, sk = items.run_key(run.id)
    month, of = items.months_key(project, run)
    return [
        {
            "Update": {
                "Key": pack({"pk": pk, "sk": sk}),
                "UpdateExpression": "SET #place = :place",
                "ExpressionAttributeValues": pack({":place": items.place_of(run)}),
            }
        },
        {"Put": {"Item": pack({"pk": month, "sk": of})}},
    ]


def key_of(table: Table, run: str) -> str | None:
    """Return the key of the stack that a run is or was about; None for an unknown one."""
    found = table.get(items.run_key(run))
    return str(found["key"]) if found else None


def runs(table: Table, project: str, wanted: RunFilter, cursor: str | None, limit: int) -> RunPage:
    """Return a page of runs, newest first; the cursor names the last one seen, so that new runs move nothing."""
    before = rules.check_cursor(cursor) if cursor is not None else None
    live = _live(table) if wanted.live is not None else frozenset()
    if wanted.live:
        own = (item for item in _headers(table, live) if _is_of(item, project, wanted))
        found = iter(sorted(own, key=_place, reverse=True))
    else:
        found = _listed(table, project, wanted, before)
    page: list[Run] = []
    for run in (_run(table, item) for item in found if before is None or _place(item) < before):
        if run and rules.fits(run, wanted, live=run.id in live):
            if len(page) == limit:
                return RunPage(tuple(page), items.place_of(page[-1]))
            page.append(run)
    return RunPage(tuple(page))


def _is_of(item: Item, project: str, wanted: RunFilter) -> bool:
    return wanted.any_project or wanted.key is not None or item["project"] == project


def _place(item: Item) -> str:
    return str(item["sk"])


def _run(table: Table, item: Item) -> Run | None:
    found = items.read_run(item)
    return found or fold(recorded.event for recorded in events(table, str(item["run"])))


def _live(table: Table) -> frozenset[str]:
    return frozenset(str(item["run"]) for item in table.query(items.LOCKS) if item["state"] == "HELD")


def _headers(table: Table, ids: frozenset[str]) -> Sequence[Item]:
    """Return the headers of runs that are planned."""
    named = table.get_many([items.run_key(run) for run in ids]).values()
    keys = [(f"stack#{items.to_storable(str(each['key']))}", str(each["place"])) for each in named if "place" in each]
    return tuple(table.get_many(keys).values())


def _listed(table: Table, project: str, wanted: RunFilter, before: str | None) -> Iterator[Item]:
    """Yield headers that may be wanted, newest first."""
    low = items.moment(wanted.since) if wanted.since else ""
    until = f"{items.moment(wanted.until)}|{_LAST}" if wanted.until else _LAST
    high = min(until, before or until)
    if wanted.key is not None:
        yield from table.query(f"stack#{items.to_storable(wanted.key)}", low, high, newest=True)
    elif wanted.service is not None and wanted.stage is not None:
        pk = items.to_storable(f"{project}#{wanted.service}#{wanted.stage}")
        yield from _whole(table, table.query(pk, low, high, index=items.BY_STAGE, newest=True))
    else:
        for month in table.query(f"months#{project}", low[:7], high[:7], newest=True):
            pk = f"{project}#{month['sk']}"
            yield from _whole(table, table.query(pk, low, high, index=items.BY_MONTH, newest=True))


def newest_runs(table: Table, keys: Collection[str], until: datetime, limit: int) -> Mapping[str, tuple[Run, ...]]:
    """Return the runs of each of these stacks that had begun by then, at most `limit` of each, newest first."""
    high = f"{items.moment(until)}|{_LAST}"
    return _by_stack(table, keys, limit, lambda pk: table.query(pk, "", high, newest=True, limit=limit))


def oldest_runs(table: Table, keys: Collection[str], since: datetime, limit: int) -> Mapping[str, tuple[Run, ...]]:
    """Return the runs of each of these stacks that began then or later, at most `limit` of each, oldest first."""
    low = items.moment(since)
    return _by_stack(table, keys, limit, lambda pk: table.query(pk, low, _LAST, limit=limit))


def _by_stack(
    table: Table, keys: Collection[str], limit: int, listed: Callable[[str], Iterator[Item]]
) -> Mapping[str, tuple[Run, ...]]:
    def read(key: str) -> tuple[Run, ...]:
        headers = listed(f"stack#{items.to_storable(key)}")
        return tuple(islice((run for item in headers if (run := _run(table, item))), limit))

    return _for_each(keys, read)


def _for_each(names: Collection[str], read: Callable[[str], tuple[_T, ...]]) -> Mapping[str, tuple[_T, ...]]:
    """Return what is read of each name, several at a time; one of which there is nothing is left out."""
    wanted = tuple(dict.fromkeys(names))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = zip(wanted, pool.map(read, wanted), strict=True)
        return {name: each for name, each in found if each}


def _whole(table: Table, found: Iterator[Item]) -> Iterator[Item]:
    """Yield the items that an index names, as they are now and in the same order."""
    while chunk := [(str(item["pk"]), str(item["sk"])) for item in islice(found, _CHUNK)]:
        now = table.get_many(chunk)
        yield from (now[key] for key in chunk if key in now)


def add_decision(table: Table, user_id: str, project: str, decision: Decision) -> None:
    """Write a person's decision under their user id, and that they have decided about the service."""
    pk, sk = items.decision_key(user_id, project, decision)
    body = items.encode_decision(decision)
    who = {"pk": items.deciders_key(project, decision.service), "sk": user_id}
    row: Item = {"pk": pk, "sk": sk, "body": body, **items.listing_keys(project, decision)}
    changes = [{"Put": {"Item": pack(row)}}, {"Put": {"Item": pack(who)}}]
    table.write(changes, str(uuid.uuid4()))


def standing_decisions(table: Table, project: str) -> tuple[Decision, ...]:
    """Return every hold, lift and veto of a project, oldest first; forged ones count for nothing, as in `decisions`."""
    found: list[Decision] = []
    for item in _whole(table, table.query(items.standing_index_key(project), index=items.BY_STAGE)):
        user_id = str(item["pk"]).partition("#")[0]
        decision = rules.decode_decision(project, str(item["body"]))
        if user_id == IMPORTED or items.is_by(user_id, decision.arn):
            found.append(decision)
    return tuple(found)


def decisions(table: Table, project: str, service: str, stage: str | None, commit: str | None) -> tuple[Decision, ...]:
    """Return the decisions that concern a service (and a stage, and a commit), oldest first, as of now.

    One that names somebody else than whom it was written by counts for nothing.
    """
    found: list[tuple[str, Decision]] = []
    for person in table.query(items.deciders_key(project, service)):
        user_id = str(person["sk"])
        for item in table.query(items.decisions_key(user_id, project, service)):
            decision = rules.decode_decision(service, str(item["body"]))
            if user_id == IMPORTED or items.is_by(user_id, decision.arn):
                found.append((str(item["sk"]), decision))
    inorder = (decision for _, decision in sorted(found, key=lambda each: each[0]))
    return tuple(each for each in inorder if rules.concerns(each, service, stage, commit))


def decisions_by_service(table: Table, project: str, services: Collection[str]) -> Mapping[str, tuple[Decision, ...]]:
    """Return every decision about each of these services, oldest first, as of now."""
    return _for_each(services, lambda service: decisions(table, project, service, None, None))
