"""Approvals, ticks and overrides for the whole set of a release, made from its screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from promote_tui.core.releases.sign_offs import APPROVALS
from promote_tui.core.text import list_first, plural
from promote_tui.tui.dialogs.decisions import DecisionDialog
from promote_tui.tui.dialogs.reason import ReasonDialog, ReasonWords

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.tui.host import ActionOwner
    from promote_tui.tui.presentation.release.guided.model import GuidedRelease
    from promote_tui.tui.state.release_guide import ReleaseGuide


@dataclass(frozen=True, slots=True)
class SignOffChoice:
    """Something that can be decided about several members at once, in words."""

    kind: Literal["approve", "ask", "check"]
    words: str
    services: tuple[str, ...]
    item: str = ""


def approvals_of(guided: GuidedRelease) -> list[SignOffChoice]:
    """Return how the missing approvals can be got: given here, or asked for."""
    missing = guided.missing_sign_offs("approvals").get(APPROVALS, ())
    about = f"{plural(len(missing), 'service')}: {list_first(missing)}"
    ask = [SignOffChoice("ask", f"ask others to approve {about}", missing)] if missing else []
    return [SignOffChoice("approve", f"approve all of release {guided.name}", guided.members), *ask]


def ticks_of(guided: GuidedRelease) -> list[SignOffChoice]:
    """Return the items of the checklist that are not ticked for all members."""
    return [
        SignOffChoice("check", f"tick {item} for the whole release", services, item)
        for item, services in guided.missing_sign_offs("item").items()
    ]


class ReleaseSignOffs:
    """Asks what is decided and why, has the engine record it for each member, and asks the gates again."""

    def __init__(self, screen: ActionOwner, guide: ReleaseGuide, changed: Callable[[], object]) -> None:
        self._screen = screen
        self._guide = guide
        self._changed = changed

    def choose(self, title: str, found: list[SignOffChoice]) -> None:
        """Ask which of these is meant, then why."""
        host = self._screen.host
        dialog: DecisionDialog[SignOffChoice] = DecisionDialog(title, lambda each: each.words, marks=False)
        host.push_screen(dialog, lambda each: self._ask(each) if each else None)
        host.call_later(dialog.show, found)

    def _ask(self, chosen: SignOffChoice) -> None:
        button = {"approve": "Approve", "ask": "Ask", "check": "Tick"}[chosen.kind]
        does = {"approve": "approves", "ask": "asks", "check": "ticks"}[chosen.kind]
        words = (f"{chosen.words[:1].upper()}{chosen.words[1:]}",)
        asked = ReasonDialog(button, words, needed=chosen.kind == "approve", deed=ReasonWords(button, does))
        self._screen.host.push_screen(asked, lambda why: None if why is None else self._record(chosen, why))

    def _record(self, chosen: SignOffChoice, reason: str) -> None:
        """Write it down for every member, and say what was written."""
        engine, name = self._screen.engine, self._guide.name

        def work() -> str:
            if chosen.kind == "ask":
                return self._ask_others(chosen, reason)
            if chosen.kind == "check":
                return engine.releases.check(name, chosen.item, reason).words
            return engine.releases.approve(name, reason).words

        self._screen.background(work, self._recorded)

    def _ask_others(self, chosen: SignOffChoice, reason: str) -> str:
        """Ask for the approval of each member; whoever was not told is named."""
        release, engine = self._guide.release, self._screen.engine
        failed: dict[str, str] = {}
        for name in chosen.services if release is not None else ():
            commit = release.member(name).commit if release is not None else ""
            failed |= dict(engine.decisions.ask_approval(name, self._guide.stage.name, commit, reason)[1])
        untold = "".join(f"; {channel} was not notified: {why}" for channel, why in failed.items())
        return f"asked for approval of {plural(len(chosen.services), 'service')}{untold}"

    def _recorded(self, words: str) -> None:
        self._screen.host.say(words)
        self._guide.gates.read(self._guide.release)

    def override(self, guided: GuidedRelease) -> None:
        """Ask which blocked gate is overridden, where there are several, and why."""
        found = guided.overridable()
        if len(found) == 1:
            self._override(*next(iter(found.items())))
            return
        dialog: DecisionDialog[tuple[str, list[str]]] = DecisionDialog(
            "Override", lambda each: f"{each[0]}: {list_first(each[1])}", marks=False
        )
        self._screen.host.push_screen(dialog, lambda each: self._override(*each) if each else None)
        self._screen.host.call_later(dialog.show, [*found.items()])

    def _override(self, gate: str, services: list[str]) -> None:
        words = (f"Override {gate} for {list_first(services)}.", "The reason stays with each run.")
        asked = ReasonDialog("Override", words, needed=True, deed=ReasonWords("Override", "overrides it"))

        def make(reason: str | None) -> None:
            if reason:
                self._guide.gates.override(gate, services, reason)
                self._changed()

        self._screen.host.push_screen(asked, make)
