"""The releases of the team's ledger: each function is one query or one change of the table, which is as of now."""

from __future__ import annotations

import secrets
import uuid
from itertools import islice
from typing import TYPE_CHECKING, Any

from promote_tui.adapters.ledger import rules
from promote_tui.adapters.ledger.dynamodb import items
from promote_tui.adapters.ledger.dynamodb.table import ConditionFailedError, pack
from promote_tui.core.errors import LedgerError
from promote_tui.ports import RecordedRelease

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.adapters.ledger.dynamodb.table import Item, Table

_LAST = "\U0010ffff"


def append(table: Table, project: str, release: str, recorded: RecordedRelease, body: str) -> bool:
    """Write an event in its place, a plan with its release; False where the place is taken.

    Raises LedgerError where it would leave a gap. No event is ever deleted, so one that was there stays there.
    """
    before = items.release_event_key(project, release, recorded.seq - 1)
    if recorded.seq != 1 and table.get(before) is None:
        raise rules.release_gap(release, recorded.seq)
    word = secrets.token_hex(8)
    try:
        table.write(_changes(project, release, recorded, body, word), str(uuid.uuid4()))
    except ConditionFailedError:
        return _is_ours(table, project, release, recorded.seq, word)
    except LedgerError:
        if not _is_ours(table, project, release, recorded.seq, word):
            raise
    return True


def _changes(project: str, release: str, recorded: RecordedRelease, body: str, word: str) -> list[dict[str, Any]]:
    """Return what writes an event; `word` tells its writer from another one who wants the place."""
    pk, sk = items.release_event_key(project, release, recorded.seq)
    at = recorded.event.at
    row: Item = {"pk": pk, "sk": sk, "at": items.moment(at), "word": word, "body": body}
    changes = [{"Put": {"Item": pack(row), "ConditionExpression": "attribute_not_exists(pk)"}}]
    if recorded.seq == 1:
        pk, sk = items.release_key(project, release, at)
        changes.append({"Put": {"Item": pack({"pk": pk, "sk": sk})}})
    return changes


def _is_ours(table: Table, project: str, release: str, seq: int, word: str) -> bool:
    """Tell whether the event in a place is the one that this call wrote: a lost reply is not a lost event."""
    found = table.get(items.release_event_key(project, release, seq))
    return found is not None and found.get("word") == word


def events(table: Table, project: str, release: str, after: int = 0) -> tuple[RecordedRelease, ...]:
    """Return the events of a project's release with a seq above `after`, in order."""
    found = table.query(*items.release_event_key(project, release, after + 1), _LAST)
    return tuple(
        RecordedRelease(int(str(item["sk"])), rules.decode_release_event(release, str(item["body"]))) for item in found
    )


def names(table: Table, project: str, limit: int) -> tuple[str, ...]:
    """Return the names of a project's releases, the last planned first."""
    found = table.query(items.releases_key(project), newest=True)
    return tuple(str(item["sk"]).partition("|")[2] for item in islice(found, limit))


def bodies(found: Sequence[Item], project: str) -> dict[str, tuple[str, ...]]:
    """Return every event of a project's releases as it is stored, by release, of all items in their order."""
    by_name: dict[str, tuple[str, ...]] = {}
    start = items.release_event_key(project, "", 0)[0]
    for item in found:
        if (pk := str(item["pk"])).startswith(start):
            name = pk.removeprefix(start)
            by_name[name] = (*by_name.get(name, ()), str(item["body"]))
    return by_name


def add(table: Table, project: str, release: str, given: tuple[str, ...]) -> None:
    """Write what is missing of a release of another ledger; raises LedgerError where it has other events here.

    An import that was interrupted can be begun again.
    """
    stored = rules.decode_release(release, given)
    here = tuple(str(item["body"]) for item in table.query(*items.release_event_key(project, release, 0), _LAST))
    rules.check_beginning(release, here, given)
    for seq in range(len(here) + 1, len(given) + 1):
        if not append(table, project, release, RecordedRelease(seq, stored[seq - 1]), given[seq - 1]):
            raise rules.release_moved(release)
