"""What people decide about a release: confirming it, and answering it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from promote_tui.core.errors import Refused, UsageError
from promote_tui.core.gates.model import Allowance
from promote_tui.core.gates.options import Override
from promote_tui.core.planning.plan import Confirmation, how_to_confirm, is_confirmed, release_phrase
from promote_tui.core.releases.events import Answered, AnswerKind, ReleaseConfirmed, ReleaseEnded
from promote_tui.core.releases.release import (
    AT_WORK,
    IN_TROUBLE,
    UNTYPED,
    MemberState,
    Release,
)
from promote_tui.core.releases.remains import services_to_take_back
from promote_tui.core.text import list_first
from promote_tui.engine.releases.claim import find_worker
from promote_tui.engine.releases.record import append, read_release
from promote_tui.engine.releases.rules import has_stage, known_targets, ruling_stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.releases.events import ReleaseEvent
    from promote_tui.engine.governance import Governance
    from promote_tui.ports import Identity


@dataclass(frozen=True, slots=True)
class ReleaseConfirmation:
    """How a person confirms a release: with its phrase, or with `yes` where that is enough.

    `overrides` and `allowances` are by service. With `starts_at` the release waits until then.
    """

    typed: str
    reason: str = ""
    overrides: tuple[tuple[str, Override], ...] = ()
    allowances: tuple[tuple[str, Allowance], ...] = ()
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReleaseAnswer:
    """What a person wants to be done next with these services; the rest is as in a confirmation."""

    answer: AnswerKind
    services: tuple[str, ...] = ()
    reason: str = ""
    typed: str = ""
    overrides: tuple[tuple[str, Override], ...] = ()
    allowances: tuple[tuple[str, Allowance], ...] = ()


def confirm_release(governance: Governance, name: str, given: ReleaseConfirmation) -> Release:
    """Record that a person has confirmed a release; raises Refused where the stage asks for another confirmation.

    Raises UsageError where there is no such release, or where it was confirmed before.
    """
    context, release = governance.context, read_release(governance.context.ledger, name)
    require_confirmation(governance, release, given.typed)
    _require_members(release, (*given.overrides, *given.allowances))
    who = identity_for(governance, release)

    def make(now: Release) -> ReleaseEvent:
        if now.confirmed is not None or now.ended is not None:
            by = f", confirmed by {now.confirmed.who}" if now.confirmed else ""
            cause = f"it is {now.status.value}{by}"
            raise UsageError(f"release {name}", cause, f"see `promote-tui release show {name}`")
        if now.unreviewed:
            cause = f"nobody has seen what {list_first(now.unreviewed)} would change: the planning was interrupted"
            raise Refused(f"release {name}", cause, f"review the rest: promote-tui release run {name}")
        at, (typed, reason) = context.clock.now(), (given.typed, given.reason)
        more = given.overrides, given.allowances, given.starts_at
        return ReleaseConfirmed(at, who.person, who.arn, typed, reason, *more)

    return append(context, name, make)


def require_confirmation(governance: Governance, release: Release, typed: str) -> None:
    """Raise Refused where this is not what the release's stage wants to have typed."""
    confirm = ruling_stage(governance, release).confirm
    phrase = release_phrase(release.name, release.stage)
    if not is_confirmed(confirm, Confirmation(yes=typed in {"yes", phrase}, typed=typed), phrase):
        raise Refused(f"release {release.name}", "not confirmed", how_to_confirm(confirm, phrase))


def answer_release(governance: Governance, name: str, given: ReleaseAnswer) -> Release:
    """Write down what a person wants to be done next; whoever asked resumes the release then.

    Raises UsageError where the release is not in need of that, Refused without the confirmation that its stage wants.
    """
    context, release = governance.context, read_release(governance.context.ledger, name)
    if given.answer not in UNTYPED:
        require_confirmation(governance, release, given.typed)
    elif given.overrides or given.allowances:
        cause = f"{given.answer} is not confirmed, so it can neither override a gate nor allow anything"
        raise UsageError(f"release {name}", cause, "give overrides and allowances when you retry, or confirm a wave")
    _require_members(release, (*given.overrides, *given.allowances))
    find_identity = _identity_anywhere if given.answer == "stop" else identity_for
    who = find_identity(governance, release)

    def make(now: Release) -> ReleaseEvent:
        chosen = _chosen(now, given.answer, given.services)
        at, words = context.clock.now(), (given.reason, given.typed)
        return Answered(at, who.person, who.arn, given.answer, chosen, *words, given.overrides, given.allowances)

    answered = append(context, name, make)
    return _end_unstarted(governance, answered) if given.answer == "stop" else answered


def _end_unstarted(governance: Governance, release: Release) -> Release:
    """End a stopped release that no process works on: nothing of it is at work, or its stage is gone.

    No process could see to the runs in a stage that is gone; they end by themselves.
    """
    context, lasting = governance.context, AT_WORK if has_stage(governance, release) else ()
    if find_worker(context, release.name) is not None:
        return release

    def make(now: Release) -> ReleaseEvent | None:
        is_over = now.ended is not None or now.attempts > release.attempts or now.in_state(*lasting)
        return None if is_over else ReleaseEnded(context.clock.now(), "stopped")

    return append(context, release.name, make)


def identity_for(governance: Governance, release: Release) -> Identity:
    """Return who we are in the release's stage; raises UsageError where the configuration has none of its members."""
    for target in known_targets(governance, release):
        return governance.context.identity(target)
    cause = f"none of its services is in {release.stage} of this configuration"
    raise UsageError(f"release {release.name}", cause, "use the configuration that it was planned with")


def _identity_anywhere(governance: Governance, release: Release) -> Identity:
    """Return who we are: in the release's stage, else where else its members land, else where any service does."""
    members = {member.service for member in release.members}
    services = sorted(governance.pipeline.services, key=lambda service: service.name not in members)
    for target in (*known_targets(governance, release), *(each for service in services for each in service.targets)):
        return governance.context.identity(target)
    return identity_for(governance, release)


def _chosen(release: Release, answer: AnswerKind, services: Sequence[str]) -> tuple[str, ...]:
    """Return the services that an answer is about; raises UsageError where it is about none."""
    if answer == "roll_back_all":
        return _require_way_back(release)
    if release.ended is not None:
        raise ended_error(release)
    if answer == "stop":
        return ()
    if answer == "go":
        if release.paused is None or release.paused.why != "go":
            cause = f"it waits for no go: it is {release.status.value}"
            raise UsageError(f"release {release.name}", cause, f"see `promote-tui release show {release.name}`")
        return ()
    return _members_for(release, answer, services)


def _require_way_back(release: Release) -> tuple[str, ...]:
    """Return nothing; raise UsageError where no member has been, or is being, promoted: there is nothing to undo."""
    if not services_to_take_back(release) and not release.in_state(*AT_WORK):
        cause = f"it is {release.status.value}, and there is nothing to roll back"
        raise UsageError(f"release {release.name}", cause, f"see `promote-tui release show {release.name}`")
    return ()


def _require_members(release: Release, given: Sequence[tuple[str, object]]) -> None:
    """Raise UsageError where an override or an allowance is for a service that is no member."""
    for service, _ in given:
        if service not in release.progress:
            raise _no_member_error(release, service)


def _no_member_error(release: Release, service: str) -> UsageError:
    members = ", ".join(release.progress)
    return UsageError(f"service {service}", f"it is not part of release {release.name}", f"one of: {members}")


def ended_error(release: Release) -> UsageError:
    """Return the refusal to go on with a release that has ended."""
    cause = f"it has ended: {release.status.value}"
    return UsageError(f"release {release.name}", cause, "plan another release for what is left")


def _members_for(release: Release, answer: AnswerKind, services: Sequence[str]) -> tuple[str, ...]:
    for name in services:
        if name not in release.progress:
            raise _no_member_error(release, name)
    fitting = release.in_state(*_STATES_FOR[answer])
    chosen = tuple(services) or (fitting if answer == "retry" else ())
    wrong = [name for name in chosen if name not in fitting]
    if wrong or not chosen:
        cause = f"{wrong[0]} is {release.progress[wrong[0]].state.value}" if wrong else "no service was named for it"
        can = f"it can be: {', '.join(fitting)}" if fitting else "no service is in need of it"
        raise UsageError(f"release {release.name}", cause, can)
    if answer == "roll_back":
        _require_free_way_back(release, chosen)
    return chosen


def _require_free_way_back(release: Release, chosen: tuple[str, ...]) -> None:
    """Raise UsageError where what needs one of these services would stay on it."""
    brought = {*services_to_take_back(release), *release.in_state(*AT_WORK)} - {*chosen}
    for name in chosen:
        left = [each for each in release.dependants(name) if each in brought]
        if left:
            cause = f"{list_first(left)} needs {name}" if len(left) == 1 else f"{list_first(left)} need {name}"
            raise UsageError(f"release {release.name}", cause, "roll that back with it, or roll all of it back")


_STATES_FOR: dict[AnswerKind, frozenset[MemberState]] = {
    "retry": IN_TROUBLE,
    "skip": IN_TROUBLE | {MemberState.WAITING},
    "roll_back": frozenset({MemberState.VERIFIED, MemberState.FAILED}),
}
