"""The form of the items of the team's ledger: keys and attributes; nothing here calls AWS.

| what | pk | sk |
|---|---|---|
| version | `ledger` | `version` |
| lock | `lock` | the stack's key |
| id of a run | `run#RUN` | `run` |
| run | `stack#KEY` | `TIME|RUN` |
| months with runs | `months#PROJECT` | `2026-03` |
| event | `events#RUN` | its seq, ten digits |
| decision | `USER_ID#PROJECT#SERVICE` | `TIME|DIGEST` |
| who has decided | `deciders#PROJECT#SERVICE` | the user id |
| event of a release | `release#PROJECT#NAME` | its seq, ten digits |
| releases of a project | `releases#PROJECT` | `TIME|NAME` of the plan |
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from promote_tui import __version__
from promote_tui.adapters.ledger.rules import STANDING_KINDS
from promote_tui.core.errors import LedgerError
from promote_tui.core.runs.run import Run
from promote_tui.core.value import decode, encode_fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.adapters.ledger.dynamodb.table import Item, Key
    from promote_tui.core.gates.decisions import Decision

BY_STAGE, BY_MONTH = "by_stage", "by_month"
"""The indexes; each is named like the attribute that it stands on."""
VERSION_KEY: Key = ("ledger", "version")
LOCKS = "lock"
_BODY_LIMIT = 32 * 1024


@dataclass(frozen=True, slots=True)
class Owner:
    """Who takes a lock: `place` is a kernel and a folder on it, or a machine's name where those are not known."""

    arn: str
    person: str
    host: str
    place: str


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock as its item has it; a free one names who held it last."""

    key: str
    held: bool
    fence: int
    run: str
    rvn: str
    host: str
    place: str
    since: datetime
    who: str
    phase: str = ""


def moment(at: datetime) -> str:
    """Return UTC text of one width, so that the order of texts is the order of times."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def to_storable(text: str) -> str:
    """Return the text as DynamoDB takes it, with question marks for what is not UTF-8."""
    return text.encode("utf-8", "replace").decode()


def read_lock(item: Item) -> Lock:
    """Return the lock of an item; raises LedgerError on damage."""
    try:
        return Lock(
            key=str(item["sk"]),
            held=item["state"] == "HELD",
            fence=int(item["fence"]),
            run=str(item["run"]),
            rvn=str(item["rvn"]),
            host=str(item["host"]),
            place=str(item["place"]),
            since=datetime.fromisoformat(str(item["since"])),
            who=str(item.get("who", "")),
            phase=str(item.get("phase", "")),
        )
    except (KeyError, ValueError) as error:
        raise LedgerError(str(item.get("sk")), "its lock is damaged", "restore the ledger from a backup") from error


def run_key(run: str) -> Key:
    """The key of the item that reserves the id of a run."""
    return f"run#{run}", "run"


def event_key(run: str, seq: int) -> Key:
    """The key of an event of a run."""
    return f"events#{run}", f"{seq:010d}"


def release_event_key(project: str, release: str, seq: int) -> Key:
    """The key of an event of a project's release."""
    return f"release#{project}#{to_storable(release)}", f"{seq:010d}"


def release_key(project: str, release: str, planned_at: datetime) -> Key:
    """The key of the item that lists a release, in the order of time."""
    return releases_key(project), f"{moment(planned_at)}|{to_storable(release)}"


def releases_key(project: str) -> str:
    """The partition that lists the releases of a project."""
    return f"releases#{project}"


def place_of(run: Run) -> str:
    """Return a run's place in time."""
    return f"{moment(run.started_at)}|{run.id}"


def header(project: str, run: Run) -> Item:
    """Return the item that stands for a run in lists; its body is left out where it grew beyond 32 KB."""
    plan = run.planned
    month = moment(run.started_at)[:7]
    body = json.dumps(encode_fields(run), separators=(",", ":"))
    fits = len(body) <= _BODY_LIMIT
    return {
        "pk": f"stack#{to_storable(plan.key)}",
        "sk": place_of(run),
        "run": run.id,
        "project": project,
        "status": run.status.value,
        BY_STAGE: to_storable(f"{project}#{plan.service}#{plan.stage}"),
        BY_MONTH: f"{project}#{month}",
        **({"body": body, "written_by": __version__} if fits else {}),
    }


def months_key(project: str, run: Run) -> Key:
    """The key of the item that lists the months in which a project has runs."""
    return f"months#{project}", moment(run.started_at)[:7]


def read_run(item: Mapping[str, Any]) -> Run | None:
    """Return the run of a header; None where its events must tell, as another version folded them."""
    if item.get("written_by") != __version__:
        return None
    try:
        return decode(Run, json.loads(str(item["body"])))
    except (ValueError, KeyError):
        return None


def encode_decision(decision: Decision) -> str:
    """Return a decision as it is stored, plain ASCII."""
    return json.dumps(encode_fields(decision), separators=(",", ":"))


def decision_key(user_id: str, project: str, decision: Decision) -> Key:
    """Where a decision is; it begins with who made it, as AWS knows them, so that IAM can see to it."""
    digest = hashlib.sha256(encode_decision(decision).encode()).hexdigest()[:16]
    return decisions_key(user_id, project, decision.service), f"{moment(decision.at)}|{digest}"


def listing_keys(project: str, decision: Decision) -> Item:
    """Return the index attributes of a decision that lists show; none for all others."""
    return {BY_STAGE: standing_index_key(project)} if decision.kind in STANDING_KINDS else {}


def standing_index_key(project: str) -> str:
    """The index key of a project's holds, lifts and vetoes: no stage has an empty service."""
    return f"{project}##standing"


def decisions_key(user_id: str, project: str, service: str) -> str:
    """The partition of a person's decisions about a service."""
    return f"{user_id}#{project}#{to_storable(service)}"


def deciders_key(project: str, service: str) -> str:
    """The key of the item that lists who has decided about a service."""
    return f"deciders#{project}#{to_storable(service)}"


def is_by(user_id: str, arn: str) -> bool:
    """Tell whether an ARN may be that of a user id: a session's name stands in both."""
    _, colon, session = user_id.partition(":")
    return not colon or ":assumed-role/" not in arn or arn.rpartition("/")[2] == session
