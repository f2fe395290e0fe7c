"""What happens in a release, as frozen events; they are the only truth of a release.

People and the process of the release append them, each at the next free place: whoever finds it taken reads on first.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

from promote_tui.core.gates.model import Allowance
from promote_tui.core.gates.options import Override
from promote_tui.core.releases.review import MemberReview
from promote_tui.core.runs.run import Process
from promote_tui.core.text import advice
from promote_tui.core.value import Moment, Value, decode, encode_fields

SCHEMA = 1
"""The version of the events; an event of a newer one is kept as UnknownReleaseEvent."""

MemberOutcome: TypeAlias = Literal[
    "verified", "unchanged", "failed", "rolled_back", "not_submitted", "unknown", "interrupted"
]
"""How a member's run ended.

`unchanged`: the stage ran the commit already when its turn came; `interrupted`: its process died before the run began.
"""
Remains: TypeAlias = Literal["verified", "unproved", "before", "between", "other", "unknown"]
"""What the stack of a member runs, by what the release knows of it.

`verified` and `unproved` are the commit that the release brings, `before` is the one before it. `between`: an update
got stuck between two commits. `other` is what somebody else brought.
"""
RunPurpose: TypeAlias = Literal["promotion", "rollback"]
HoldCause: TypeAlias = Literal["changed", "moved", "blocked"]
"""Why a member was not started: other resources change than planned, the stage was moved, a gate is blocked."""
PauseCause: TypeAlias = Literal["failure", "go", "credentials"]
"""Why a release waits for a person: a member is in trouble, a wave waits for its go, the credentials end too soon."""
AnswerKind: TypeAlias = Literal["go", "retry", "skip", "roll_back", "roll_back_all", "stop"]
ReleaseOutcome: TypeAlias = Literal["done", "stopped", "rolled_back"]


class Member(Value):
    """A service of a release and the commit that it brings, fixed when the release is planned.

    `from_commit` is what the stage ran then: None where nothing ran, empty where its stack did not name it. `needs` are
    the members that have to be verified before it.
    """

    service: str
    commit: str
    subject: str
    from_commit: str | None
    needs: tuple[str, ...] = ()


class LeftOut(Value):
    """A service that is no member of a release, and why; `unchanged`: the stage runs already what it would bring.

    `remedy` is the next step, for the command line; events of older versions have it at the end of `reason`.
    """

    service: str
    reason: str
    unchanged: bool = False
    remedy: str = ""

    @property
    def advice(self) -> str:
        """The reason with its remedy, for the command line."""
        return advice(self.reason, self.remedy)


class ReleasePlanned(Value):
    """The set of commits that goes into `stage`, in waves of service names; `source` is where they were verified.

    `config_digest` is that of the configuration whose rules held, `policy` where it was read from, in words.
    """

    at: Moment
    name: str
    stage: str
    source: str
    members: tuple[Member, ...]
    waves: tuple[tuple[str, ...], ...]
    left_out: tuple[LeftOut, ...]
    who: str
    arn: str
    reason: str = ""
    config_digest: str = ""
    policy: str = ""


class MemberReviewed(Value):
    """What a member's plan said."""

    at: Moment
    service: str
    review: MemberReview


class ReleaseConfirmed(Value):
    """A person has confirmed the release, with what they typed.

    `overrides` and `allowances` are by service. With `starts_at` it waits until then.
    """

    at: Moment
    who: str
    arn: str
    typed: str
    reason: str = ""
    overrides: tuple[tuple[str, Override], ...] = ()
    allowances: tuple[tuple[str, Allowance], ...] = ()
    starts_at: Moment | None = None


class ProcessStarted(Value):
    """A process works on the release from here on: the first one, or one that resumes it."""

    at: Moment
    attempt: str
    host: str
    process: Process


class MemberStarted(Value):
    """The run of a member is about to be started; `run` is in the ledger as soon as it has begun."""

    at: Moment
    service: str
    run: str
    purpose: RunPurpose = "promotion"


class MemberEnded(Value):
    """The run of a member has ended, or never began (`run` is empty, or not in the ledger).

    `remains` is what its stack runs then; None where an older version wrote the event, or where no run has begun.
    """

    at: Moment
    service: str
    run: str
    outcome: MemberOutcome
    cause: str = ""
    remedy: str = ""
    purpose: RunPurpose = "promotion"
    remains: Remains | None = None


class MemberHeld(Value):
    """A member was not started, because things are not as they were planned.

    `review` is what its plan says now; of one that was `moved`, `found` is what the stage runs now, as in `Member`.
    `losses` are the resources that may lose their data by it, which nobody has allowed by name.
    """

    at: Moment
    service: str
    why: HoldCause
    cause: str
    remedy: str = ""
    review: MemberReview | None = None
    found: str | None = None
    losses: tuple[Allowance, ...] = ()


class ReleasePaused(Value):
    """The process has ended, and the release waits for a person's answer."""

    at: Moment
    why: PauseCause
    words: str
    services: tuple[str, ...] = ()


class Answered(Value):
    """What a person wants to be done next; `typed` is their confirmation where the stage asks for one.

    `overrides` and `allowances` are by service, in addition to those given before.
    """

    at: Moment
    who: str
    arn: str
    answer: AnswerKind
    services: tuple[str, ...] = ()
    reason: str = ""
    typed: str = ""
    overrides: tuple[tuple[str, Override], ...] = ()
    allowances: tuple[tuple[str, Allowance], ...] = ()

    def takes_back(self, service: str) -> bool:
        """Tell whether it has a service rolled back."""
        return self.answer == "roll_back_all" or (self.answer == "roll_back" and service in self.services)


class ReleaseEnded(Value):
    """Nothing more happens in this release, unless a person has it rolled back."""

    at: Moment
    outcome: ReleaseOutcome


class UnknownReleaseEvent(Value):
    """An event of a newer version, kept as it came; the release can be read, and not be gone on with."""

    raw: str
    at: Moment


ReleaseEvent: TypeAlias = (
    ReleasePlanned
    | MemberReviewed
    | ReleaseConfirmed
    | ProcessStarted
    | MemberStarted
    | MemberEnded
    | MemberHeld
    | ReleasePaused
    | Answered
    | ReleaseEnded
    | UnknownReleaseEvent
)

_NAMES: dict[str, type] = {
    "planned": ReleasePlanned,
    "reviewed": MemberReviewed,
    "confirmed": ReleaseConfirmed,
    "process_started": ProcessStarted,
    "member_started": MemberStarted,
    "member_ended": MemberEnded,
    "member_held": MemberHeld,
    "paused": ReleasePaused,
    "answered": Answered,
    "ended": ReleaseEnded,
}
KIND_NAMES = {cls: name for name, cls in _NAMES.items()}
"""Every kind of event that this version knows, with the word that the ledger and JSON use for it."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_dict(event: ReleaseEvent) -> dict[str, Any]:
    """Return a JSON value: `{"event": NAME, "schema": 1, fields...}`; times as ISO 8601."""
    if isinstance(event, UnknownReleaseEvent):
        raw: dict[str, Any] = json.loads(event.raw)
        return raw
    return {"event": KIND_NAMES[type(event)], "schema": SCHEMA, **encode_fields(event)}


def from_dict(raw: dict[str, Any]) -> ReleaseEvent:
    """Return the event; what this version does not know becomes an UnknownReleaseEvent."""
    cls = _NAMES.get(str(raw.get("event")))
    try:
        if cls is not None and raw.get("schema") == SCHEMA:
            event: ReleaseEvent = decode(cls, {key: value for key, value in raw.items() if key != "type"})
            return event
    except ValueError:
        pass  # a known name in a form that is not ours: as unknown as a new name
    return _unknown(raw)


def _unknown(raw: dict[str, Any]) -> UnknownReleaseEvent:
    try:
        at = datetime.fromisoformat(str(raw.get("at")))
    except ValueError:
        at = _EPOCH
    return UnknownReleaseEvent(json.dumps(raw, sort_keys=True), at if at.tzinfo else at.replace(tzinfo=UTC))
