"""What is missing before a release can begin, a line each, with the key that does something about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates.sign_off import ApprovalsGate, ChecklistGate, ChecksGate
from promote_tui.core.gates.stops import HoldGate, VetoGate
from promote_tui.core.text import list_first
from promote_tui.tui.presentation.next_steps import error_words
from promote_tui.tui.presentation.release.issues import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.core.releases.review import BlockedGate
    from promote_tui.tui.presentation.release.guided.model import GuidedRelease

_KEYS = {
    ApprovalsGate.name: ("release.approve", "approves, or asks"),
    ChecklistGate.name: ("release.tick", "ticks it"),
    ChecksGate.name: ("app.decide", "runs them"),
    HoldGate.name: ("app.decide", "lifts it"),
    VetoGate.name: ("app.decide", "decides"),
}
"""By which key a gate is opened from here."""
_LEAVE_OUT = ("release.skip", "leaves it out")


def find_blockers(guided: GuidedRelease) -> list[Issue]:
    """Return why the release cannot begin, one thing each; empty where it can."""
    if guided.planning is not None and guided.planning.error is not None and guided.release is None:
        return [Issue(guided.glyphs.failed, "bad", error_words(guided.planning.error, guided.key))]
    if guided.trouble is not None:
        again = ((guided.key("release.refresh"), "tries again"),)
        return [Issue(guided.glyphs.unknown, "bad", error_words(guided.trouble, guided.key), again)]
    if guided.release is None:
        return [Issue(guided.glyphs.loading, "muted", "reading which commits are verified")]
    return [*_blocked(guided), *_unfinished(guided)]


def _unfinished(guided: GuidedRelease) -> Iterator[Issue]:
    if guided.members_to_review:
        words = f"still to be packaged and reviewed: {list_first(guided.members_to_review)}"
        rest = ((guided.key("release.refresh"), "reviews it"), (guided.key("release.skip"), "leaves it out"))
        yield Issue(guided.glyphs.loading, "muted", words, () if guided.planning or guided.is_reviewing else rest)
    if not guided.members:
        yield Issue(guided.glyphs.never, "muted", "every service is left out: plan another release")
    if guided.release is not None and guided.release.unknown_events:
        yield Issue(guided.glyphs.attention, "warn", "a newer version has written to it: upgrade promote-tui")
    if guided.read_only:
        yield Issue(guided.glyphs.attention, "warn", "started with --read-only: nothing is deployed from here")


def _blocked(guided: GuidedRelease) -> Iterator[Issue]:
    """Return each blocked gate once, with the services for which it is blocked for this reason."""
    found: dict[tuple[str, str], tuple[BlockedGate, list[str]]] = {}
    for name in guided.members:
        for gate in guided.gates_blocking(name):
            found.setdefault((gate.name, gate.reason), (gate, []))[1].append(name)
    for gate, services in found.values():
        sign = guided.glyphs.hold if gate.name == HoldGate.name else guided.glyphs.failed
        yield Issue(sign, "warn", f"{list_first(services)}: {gate.name}: {gate.reason}", _keys(guided, gate))


def _keys(guided: GuidedRelease, gate: BlockedGate) -> tuple[tuple[str, str], ...]:
    known = _KEYS.get(gate.name)
    keys = [known] if known is not None else []
    if gate.overridable:
        keys.append(("release.override", "overrides"))
    by_itself = (("", "opens by itself"),) if gate.opened_by == "time" else ()
    if not keys and not by_itself:
        keys = [_LEAVE_OUT]
    return (*by_itself, *((guided.key(key), words) for key, words in keys))
