"""A release as its events tell of it: `Release = fold_release(events)`, see `core.releases.fold`."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

from promote_tui.core.gates.model import Allowance
from promote_tui.core.releases.events import (
    Answered,
    AnswerKind,
    HoldCause,
    Member,
    ReleaseConfirmed,
    ReleaseEnded,
    ReleasePaused,
    ReleasePlanned,
    Remains,
    RunPurpose,
)
from promote_tui.core.releases.events import ProcessStarted as Worker
from promote_tui.core.releases.review import MemberReview
from promote_tui.core.value import Moment, Value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from promote_tui.core.gates.options import Override


class ReleaseStatus(Enum):
    """How a release stands, in the words of `release list --json`."""

    PLANNED = "planned"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"
    ROLLED_BACK = "rolled_back"


class MemberState(Enum):
    """How a member stands, in the words of `release show --json`."""

    WAITING = "waiting"
    RUNNING = "running"
    VERIFIED = "verified"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    HELD = "held"
    SKIPPED = "skipped"
    TO_ROLL_BACK = "to_roll_back"
    ROLLING_BACK = "rolling_back"
    ROLLED_BACK = "rolled_back"
    ROLLBACK_FAILED = "rollback_failed"


AT_WORK = frozenset({MemberState.RUNNING, MemberState.ROLLING_BACK})
IN_TROUBLE = frozenset({MemberState.FAILED, MemberState.HELD, MemberState.ROLLBACK_FAILED})
"""What a person has to answer before anything new is started."""
UNTYPED: frozenset[AnswerKind] = frozenset({"skip", "stop"})
"""The answers that need no typing: nothing is deployed by them."""


_BEGINNING = timedelta(minutes=1)
"""How long a process takes at most, from its start until it is heard of."""


class MemberProgress(Value):
    """How far a member is.

    - `run` is its promotion, `rollback` the run that takes it back.
    - `cause` and `remedy` say what is wrong, `why` says why it was not started.
    - `now` is what its plan says now, where that differs from the review. `accepted` is the last such plan that a
      person has agreed to.
    - `found` is what the stage was found to run after somebody moved it. `agreed` are the commits on which a person has
      agreed to promote it.
    - `losses` are the resources that nobody has allowed to lose their data: because of them it was not started.
    - `reason` is why it was skipped.
    - `remains` is what its stack ran when its last run was over: see `core.releases.remains`.
    """

    state: MemberState = MemberState.WAITING
    run: str = ""
    rollback: str = ""
    cause: str = ""
    remedy: str = ""
    why: HoldCause | None = None
    now: MemberReview | None = None
    accepted: MemberReview | None = None
    found: str | None = None
    agreed: tuple[str | None, ...] = ()
    losses: tuple[Allowance, ...] = ()
    reason: str = ""
    started_at: Moment | None = None
    ended_at: Moment | None = None
    remains: Remains = "before"


class Release(Value):
    """Several services that go into a stage as one.

    `go_until` is the last wave that a person has let begin. `attempts` is how many processes have worked on it;
    `is_left` says that the last one has ended on purpose, so that nobody works on it. `waited_seconds` is how long it
    has waited for a person, but for a pause that goes on.
    `unknown_events` were written by a newer version: the release can be read, and not be gone on with.
    """

    planned: ReleasePlanned
    reviews: dict[str, MemberReview]
    progress: dict[str, MemberProgress]
    confirmed: ReleaseConfirmed | None = None
    worker: Worker | None = None
    paused: ReleasePaused | None = None
    answers: tuple[Answered, ...] = ()
    ended: ReleaseEnded | None = None
    go_until: int = 1
    rolls_back: bool = False
    stops: bool = False
    attempts: int = 0
    is_left: bool = True
    waited_seconds: float = 0.0
    unknown_events: int = 0

    @property
    def name(self) -> str:
        """Its name, unique in the project."""
        return self.planned.name

    @property
    def stage(self) -> str:
        """The stage that the services go into."""
        return self.planned.stage

    @property
    def members(self) -> tuple[Member, ...]:
        """The services, in the order of the configuration."""
        return self.planned.members

    @property
    def begun_at(self) -> datetime | None:
        """When it began, or begins: confirmed, and not before the time that was asked for; None before that."""
        if self.confirmed is None:
            return None
        return max(self.confirmed.at, self.confirmed.starts_at or self.confirmed.at)

    def member(self, service: str) -> Member:
        """Return the member of that name; raises KeyError."""
        for member in self.members:
            if member.service == service:
                return member
        raise KeyError(service)

    def in_state(self, *states: MemberState) -> tuple[str, ...]:
        """Return the members in one of the states, in the order of the waves."""
        return tuple(name for name in self._in_order() if self.progress[name].state in states)

    def wave_of(self, service: str) -> int:
        """Return the number of a member's wave, from 1."""
        return next(number for number, wave in enumerate(self.planned.waves, 1) if service in wave)

    def dependants(self, service: str) -> tuple[str, ...]:
        """Return the members that need this one, directly or through others, in the order of the waves."""
        found = {service}
        for name in self._in_order():
            if found & {*self.member(name).needs}:
                found.add(name)
        return tuple(name for name in self._in_order() if name in found - {service})

    @property
    def overrides(self) -> tuple[tuple[str, Override], ...]:
        """The overrides that were given with the confirmation and with confirmed answers, by service."""
        given = self.confirmed.overrides if self.confirmed else ()
        return (*given, *(each for answer in self._confirmed_answers for each in answer.overrides))

    def allowances_for(self, service: str, purpose: RunPurpose) -> tuple[Allowance, ...]:
        """Return what was allowed by name for such a run of a member: what its promotion may lose, no rollback may."""
        given, answers = self.confirmed.allowances if self.confirmed else (), self._confirmed_answers
        back = next((at for at, answer in enumerate(answers) if answer.takes_back(service)), len(answers))
        chosen = answers[back:] if purpose == "rollback" else answers[:back]
        said = [each for answer in chosen for each in answer.allowances]
        return tuple(each for name, each in (*(given if purpose == "promotion" else ()), *said) if name == service)

    @property
    def typed(self) -> tuple[str, ...]:
        """What was typed to confirm it, and to confirm the answers that deploy something."""
        answers = (answer.typed for answer in self._confirmed_answers)
        return (*([self.confirmed.typed] if self.confirmed else []), *answers)

    @property
    def _confirmed_answers(self) -> tuple[Answered, ...]:
        return tuple(answer for answer in self.answers if answer.answer not in UNTYPED)

    @property
    def unreviewed(self) -> tuple[str, ...]:
        """The members that are to be promoted and whose plan nobody has seen yet, in the order of the waves."""
        return tuple(name for name in self.in_state(MemberState.WAITING) if name not in self.reviews)

    def is_beginning(self, now: datetime) -> bool:
        """Tell whether a process for it may still be on its way: a person has asked for one a moment ago."""
        if not self.is_left or self.status not in {ReleaseStatus.RUNNING, ReleaseStatus.SCHEDULED}:
            return False
        return abs(now - max(each.at for each in (self.confirmed, *self.answers) if each is not None)) < _BEGINNING

    @property
    def status(self) -> ReleaseStatus:
        """How it stands."""
        if self.ended is not None:
            return ReleaseStatus(self.ended.outcome)
        if self.paused is not None:
            return ReleaseStatus.PAUSED
        if self.confirmed is None:
            return ReleaseStatus.PLANNED
        is_waiting = self.confirmed.starts_at is not None and not any(each.run for each in self.progress.values())
        return ReleaseStatus.SCHEDULED if is_waiting else ReleaseStatus.RUNNING

    def _in_order(self) -> Iterator[str]:
        for wave in self.planned.waves:
            yield from wave
