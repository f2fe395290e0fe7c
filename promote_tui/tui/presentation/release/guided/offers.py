"""Which keys make sense for a release as it stands, and why one of them cannot be used now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.releases.release import IN_TROUBLE, MemberState, ReleaseStatus
from promote_tui.core.releases.remains import services_to_take_back

if TYPE_CHECKING:
    from promote_tui.core.releases.release import MemberProgress
    from promote_tui.tui.presentation.release.guided.ask import Ask
    from promote_tui.tui.presentation.release.guided.model import GuidedRelease

CAN_GO_BACK = frozenset({MemberState.VERIFIED, MemberState.FAILED})
"""The members that can be rolled back one by one."""
CAN_BE_SKIPPED = IN_TROUBLE | {MemberState.WAITING}
_LIVE = frozenset({ReleaseStatus.RUNNING, ReleaseStatus.SCHEDULED})
_READ_ONLY = "promote-tui was started with --read-only"
_DEPLOYS = frozenset({"go", "retry", "roll_back_all", "resume", "skip", "stop", "approve", "tick", "override"})


def offered_actions(guided: GuidedRelease, ask: Ask | None) -> dict[str, bool]:
    """Return which actions make sense now; what is not in it always does."""
    release, status = guided.release, guided.status
    is_open = release is not None and release.ended is None
    is_planned = status is ReleaseStatus.PLANNED
    waits = status is ReleaseStatus.PAUSED
    asks_credentials = release is not None and release.paused is not None and release.paused.why == "credentials"
    return {
        "go": ask is not None,
        "at": ask is not None and ask.answer is None,
        "notes": release is not None,
        "retry": waits and bool(guided.in_trouble),
        "skip": is_open and (is_planned or waits),
        "roll_back_all": not guided.is_unconfirmed and bool(_taken(guided)),
        "resume": guided.is_orphaned or asks_credentials,
        "approve": is_planned and bool(guided.missing_sign_offs("approvals")),
        "tick": is_planned and bool(guided.missing_sign_offs("item")),
        "override": is_planned and bool(guided.overridable()),
        "stop": is_open and not is_planned,
        "leave_running": status in _LIVE,
        "back": status not in _LIVE,
    }


def _taken(guided: GuidedRelease) -> tuple[str, ...]:
    """Return the members that could be taken back."""
    return services_to_take_back(guided.release) if guided.release is not None else ()


def next_actions(guided: GuidedRelease, ask: Ask | None) -> list[str]:
    """Return the ids of the bindings that are the next step: they come first in the footer."""
    offered = offered_actions(guided, ask)
    wanted = ("go", "resume", "retry", "approve", "tick", "override", "skip", "stop")
    found = [f"release.{name}" for name in wanted if offered[name]]
    if guided.release is not None and guided.release.ended is not None:
        found += ["app.copy", "release.notes"]
    return found


def why_not(guided: GuidedRelease, action: str, at: MemberProgress | None) -> str:
    """Return why an action cannot be done now; empty where it can."""
    if guided.read_only and action in _DEPLOYS:
        return _READ_ONLY
    if guided.is_starting and action in _DEPLOYS:
        return "a process is being started for the release"
    if action == "skip" and (at is None or at.state not in CAN_BE_SKIPPED):
        return "only what waits or is in trouble can be left out"
    return ""


def why_not_back(guided: GuidedRelease, at: MemberProgress | None) -> str:
    """Return why the service under the cursor cannot be rolled back as a part of the release; empty where it can."""
    release = guided.release
    if guided.read_only:
        return _READ_ONLY
    if release is None or release.confirmed is None or at is None:
        return "nothing of it is deployed yet"
    if release.ended is not None:
        return "the release has ended: roll the service back by itself, from the pipeline"
    return "" if at.state in CAN_GO_BACK else "only what this release has deployed can be rolled back here"
