"""What the process of a release does next: decided from the release alone, so that whoever resumes it does the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.core.releases.events import PauseCause, ReleaseOutcome
from promote_tui.core.releases.release import AT_WORK, IN_TROUBLE, MemberState, Release
from promote_tui.core.text import list_first
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import ReleaseSettings


class Start(Value):
    """Start the runs of these members; `purpose` is what they are for."""

    services: tuple[str, ...]
    purpose: Literal["promotion", "rollback"] = "promotion"


class Wait(Value):
    """Wait for the runs that are at work."""


class Pause(Value):
    """Finish, until a person has answered; `services` are those that it is about."""

    why: PauseCause
    words: str
    services: tuple[str, ...] = ()


class Finish(Value):
    """Finish for good."""

    outcome: ReleaseOutcome


NextAction: TypeAlias = Start | Wait | Pause | Finish


def next_action(release: Release, settings: ReleaseSettings) -> NextAction:
    """Return what is next: rollbacks first, and nothing new once it is stopped or while a member is in trouble."""
    at_work, to_roll_back = release.in_state(*AT_WORK), release.in_state(MemberState.TO_ROLL_BACK)
    trouble = release.in_state(*IN_TROUBLE)
    if release.stops:
        return Wait() if at_work else Finish("stopped")
    if to_roll_back:
        return _roll_back(release, to_roll_back, settings)
    if at_work and (trouble or release.rolls_back):
        return Wait()
    if trouble:
        return _pause(trouble)
    if release.rolls_back:
        return Finish("rolled_back")
    return _promote(release, settings)


def _roll_back(release: Release, wanted: tuple[str, ...], settings: ReleaseSettings) -> NextAction:
    """Take back the last wave first, once nothing of the other waves is at work, or left behind in a later one."""
    wave = max(release.wave_of(name) for name in wanted)
    at_work = release.in_state(*AT_WORK)
    behind = tuple(name for name in release.in_state(MemberState.ROLLBACK_FAILED) if release.wave_of(name) > wave)
    if behind:
        return Wait() if at_work else _pause(behind)
    room = settings.parallel - len(at_work)
    others = [name for name in at_work if release.wave_of(name) != wave]
    if others or room <= 0 or release.in_state(MemberState.RUNNING):
        return Wait()
    return Start(tuple(name for name in wanted if release.wave_of(name) == wave)[:room], "rollback")


def _pause(trouble: tuple[str, ...]) -> Pause:
    return Pause("failure", f"in trouble: {list_first(trouble)}", trouble)


def _promote(release: Release, settings: ReleaseSettings) -> NextAction:
    waiting, at_work = release.in_state(MemberState.WAITING), release.in_state(*AT_WORK)
    if not waiting:
        return Wait() if at_work else Finish("done")
    wave = release.wave_of(waiting[0])
    if any(release.wave_of(name) != wave for name in at_work):
        return Wait()
    if settings.between_waves == "ask" and wave > release.go_until:
        return Pause("go", f"wave {wave} waits for its go", waiting)
    ready = tuple(name for name in waiting if release.wave_of(name) == wave)[: settings.parallel - len(at_work)]
    return Start(ready) if ready else Wait()
