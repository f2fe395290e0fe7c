"""What happens in a run, as frozen events; they are the only truth of a run.

Each event is written to the ledger before its act begins and before anybody else hears of it.
"""

from __future__ import annotations

import contextlib
import json
import re
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

from promote_tui.core.model.halfway import StuckOperation
from promote_tui.core.value import Moment, Value, decode, decode_json, encode_fields

SCHEMA = 1
"""The version of the events; an event of a newer one is kept as UnknownEvent."""

RunKind: TypeAlias = Literal["normal", "hotfix", "rollback", "foreign", "adopted", "removal", "recovery"]
"""`foreign` is an external update; `adopted` says that what runs there was taken for good; a `removal` deletes.

A `recovery` frees a stuck stack: it deploys nothing.
"""
RecoveryAct: TypeAlias = Literal["continue", "roll_back", "delete"]
"""What a recovery does: continue a rollback that failed, roll a failed update back, or delete what never worked."""
StartedBy: TypeAlias = Literal["person", "sync"]
"""Whether a person asked for a run, or `sync` did, by the configuration; either way somebody's credentials did it."""


class GateRecord(Value):
    """What a gate said, as it stood when the run began."""

    name: str
    passed: bool
    reason: str


class OverrideRecord(Value):
    """A gate that was overridden, and why."""

    gate: str
    reason: str


class Planned(Value):
    """What is about to be done, and what the stage looked like when it was planned.

    `from_commit` is None where nothing ran, and empty where the stack did not name what it ran; `to_commit` is empty
    where it is not known what somebody else has deployed.
    `config_digest` is that of the configuration whose rules held, `policy` where it was read from, in words; `release`
    is the name of the release that it is part of, `preview` the branch where the stage is a preview, `recovery` what a
    recovery does.
    """

    at: Moment
    run: str
    kind: RunKind
    service: str
    stage: str
    key: str
    from_commit: str | None
    to_commit: str
    subject: str
    stack_id: str | None
    stack_status: str | None
    last_event_id: str | None
    fingerprint: str
    config_digest: str
    who: str
    arn: str
    reason: str = ""
    overrides: tuple[OverrideRecord, ...] = ()
    policy: str = ""
    release: str = ""
    started_by: StartedBy = "person"
    preview: str = ""
    recovery: RecoveryAct | None = None


class Locked(Value):
    """The stack's lock is held by the run; `pid` and `pid_started` name the runner's process."""

    at: Moment
    fence: int
    host: str
    pid: int
    pid_started: str


class Checked(Value):
    """Everything that the plan stands on was read again, and nothing has moved.

    `artifacts` is the digest of the package's manifest (`core.package.manifest`); empty where none was kept.
    """

    at: Moment
    fingerprint: str
    gates: tuple[GateRecord, ...]
    artifacts: str = ""


class Submitting(Value):
    """The deployer is about to be started; from here on only the stack knows."""

    at: Moment
    command: tuple[str, ...]
    log: str
    credentials_expire: Moment | None = None


class Submitted(Value):
    """The CLI runs as this process group."""

    at: Moment
    pid: int
    pid_started: str


class CancelRequested(Value):
    """Somebody asked to stop: before the deploy, or by cancelling the update."""

    at: Moment
    who: str
    submitted: bool


class Exited(Value):
    """The CLI ended; `code` is None where nobody saw it, `why` says what ended it, `stopped` in words where we did."""

    at: Moment
    code: int | None
    why: Literal["exited", "idle", "timeout", "lost"]
    stopped: str = ""


class Observed(Value):
    """The stack as it was read back afterwards; `updated_at` is the stack's own time of its last update.

    `unread` says why it could not be read: nothing else is known then. Otherwise, without a status, it is not there.
    """

    at: Moment
    stack_id: str | None
    stack_status: str | None
    commit: str | None
    last_event_id: str | None
    updated_at: Moment | None = None
    unread: str = ""


class DeployCompleted(Value):
    """The stack names the commit, its update is complete; a smoke test or a bake of so many seconds follows."""

    at: Moment
    note: str = ""
    smoke: bool = False
    bake: float = 0.0


class SmokeTested(Value):
    """The smoke test has ended; `reason` is what it said in the last of its `tries`."""

    at: Moment
    passed: bool
    reason: str
    tries: int = 1


class AlarmWatchEnded(Value):
    """The alarms were watched for `seconds`, or until one of them went off (`reason`)."""

    at: Moment
    passed: bool
    reason: str
    seconds: float = 0.0


class NotSubmitted(Value):
    """Nothing was deployed; `cancelled` where a person stopped it."""

    at: Moment
    reason: str
    remedy: str = ""
    cancelled: bool = False


class Verified(Value):
    """The stack names the commit and its update is complete."""

    at: Moment
    note: str = ""


class Failed(Value):
    """The deploy did not do what was asked; `still_on` is what the stage runs now (None: not known, or nothing).

    `rollback` is the run that brings the stage back by itself, where that was confirmed beforehand. `deployed`: the
    update is complete and the stack names the commit; what failed is the rest of the deploy, or its proof. `halfway` is
    what a stack that got stuck stands between: it runs neither commit. `unattended` is why a stage that goes back by
    itself did not.
    """

    at: Moment
    cause: str
    still_on: str | None
    remedy: str = ""
    rollback: str = ""
    deployed: bool = False
    halfway: StuckOperation | None = None
    unattended: str = ""


class RolledBack(Value):
    """CloudFormation undid the update; `still_on` is what the stage runs now."""

    at: Moment
    cause: str
    still_on: str | None
    remedy: str = ""
    cancelled: bool = False


class OutcomeUnknown(Value):
    """What happened cannot be told yet; it blocks the stage until somebody reconciles it."""

    at: Moment
    reason: str
    remedy: str


class Recovering(Value):
    """The runner was gone and this process finishes its work under a new fence."""

    at: Moment
    fence: int
    host: str
    pid: int
    pid_started: str


class NotifyFailed(Value):
    """Others could not be told of the run by a channel; that changes nothing about it."""

    at: Moment
    channel: str
    reason: str


class Released(Value):
    """The lock is free again."""

    at: Moment
    fence: int


class UnknownEvent(Value):
    """An event of a newer version, kept as it came; after SUBMITTING it blocks conclusions."""

    raw: str
    at: Moment


Verdict: TypeAlias = NotSubmitted | Verified | Failed | RolledBack | OutcomeUnknown
Event: TypeAlias = (
    Planned
    | Locked
    | Checked
    | Submitting
    | Submitted
    | CancelRequested
    | Exited
    | Observed
    | DeployCompleted
    | SmokeTested
    | AlarmWatchEnded
    | Verdict
    | Recovering
    | NotifyFailed
    | Released
    | UnknownEvent
)

_NAMES: dict[str, type] = {
    "planned": Planned,
    "locked": Locked,
    "checked": Checked,
    "submitting": Submitting,
    "submitted": Submitted,
    "cancel_requested": CancelRequested,
    "exited": Exited,
    "observed": Observed,
    "landed": DeployCompleted,
    "smoked": SmokeTested,
    "baked": AlarmWatchEnded,
    "not_submitted": NotSubmitted,
    "verified": Verified,
    "failed": Failed,
    "rolled_back": RolledBack,
    "unknown": OutcomeUnknown,
    "recovering": Recovering,
    "unnotified": NotifyFailed,
    "released": Released,
}
KIND_NAMES = {cls: name for name, cls in _NAMES.items()}
"""Every kind of event that this version knows, with the word that the ledger and JSON use for it."""
_HEAD = re.compile(rf'\{{"event":"(\w+)","schema":{SCHEMA},')
"""How the JSON of an event begins that this version wrote."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def name(event: Event) -> str:
    """Return the word that the ledger and JSON use for this kind of event."""
    return "unrecognised" if isinstance(event, UnknownEvent) else KIND_NAMES[type(event)]


def to_dict(event: Event) -> dict[str, Any]:
    """Return a JSON value: `{"event": NAME, "schema": 1, fields...}`; times as ISO 8601."""
    if isinstance(event, UnknownEvent):
        raw: dict[str, Any] = json.loads(event.raw)
        return raw
    found = encode_fields(event)
    for key in ("halfway", "recovery"):
        if found.get(key, ...) is None:
            del found[key]  # so that earlier versions can read every failure but those that they know nothing of
    for key in ("release", "preview"):
        if found.get(key, ...) == "":
            del found[key]
    if found.get("started_by", ...) == "person":
        del found["started_by"]
    return {"event": KIND_NAMES[type(event)], "schema": SCHEMA, **found}


def from_dict(raw: dict[str, Any]) -> Event:
    """Return the event; what this version does not know becomes an UnknownEvent."""
    cls = _NAMES.get(str(raw.get("event")))
    try:
        if cls is not None and raw.get("schema") == SCHEMA:
            event: Event = decode(cls, {key: value for key, value in raw.items() if key != "type"})
            return event
    except ValueError:
        pass  # a known name in a form that is not ours: as unknown as a new name
    return _unknown(raw)


def from_json(body: str) -> Event:
    """Return the event of a JSON text as `to_dict` has it, read at once; raises ValueError where it is no JSON."""
    head = _HEAD.match(body)
    cls = _NAMES.get(head[1]) if head else None
    if cls is not None:
        with contextlib.suppress(ValueError):  # one that only `from_dict` can judge
            event: Event = decode_json(cls, body.encode())
            return event
    raw: dict[str, Any] = json.loads(body)
    return from_dict(raw)


def _unknown(raw: dict[str, Any]) -> UnknownEvent:
    try:
        at = datetime.fromisoformat(str(raw.get("at")))
    except ValueError:
        at = _EPOCH
    return UnknownEvent(json.dumps(raw, sort_keys=True), at if at.tzinfo else at.replace(tzinfo=UTC))
