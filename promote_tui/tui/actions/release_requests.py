"""What a person asks of a release: to start, to go on, to leave a service out, to go back, to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.text import list_first
from promote_tui.core.typed_times import parse_start
from promote_tui.engine.releases.control import ReleaseAnswer, ReleaseConfirmation
from promote_tui.tui.dialogs.confirm import ConfirmDialog
from promote_tui.tui.dialogs.reason import ReasonDialog, ReasonWords
from promote_tui.tui.dialogs.start_time import StartTimeDialog
from promote_tui.tui.presentation.release.guided.ask import Ask

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.gates.model import Allowance
    from promote_tui.core.releases.release import Release
    from promote_tui.tui.host import ActionOwner
    from promote_tui.tui.state.release_guide import ReleaseGuide


class ReleaseRequests:
    """One request at a time; `changed` is called when one was made, and when it was answered."""

    def __init__(self, screen: ActionOwner, guide: ReleaseGuide, changed: Callable[[], object]) -> None:
        self._screen = screen
        self._guide = guide
        self._changed = changed
        self.ask: Ask | None = None
        """What is asked in the frame, where somebody has chosen it."""

    def confirm(self, ask: Ask, typed: str, allowances: tuple[tuple[str, Allowance], ...]) -> None:
        """Do what was confirmed."""
        self.ask = None
        if ask.answer is None:
            self._start(typed, allowances, ask.starts_at)
        else:
            self.answer(ReleaseAnswer(ask.answer, ask.services, typed=typed, allowances=allowances))

    def choose_time(self, then: Callable[[Ask], object]) -> None:
        """Ask when the release is to start, and hand on what is to be confirmed."""
        host = self._screen.host

        def take(text: str | None) -> None:
            if text:
                then(Ask(starts_at=parse_start(text, host.now())))

        host.push_screen(StartTimeDialog(self._guide.name, self._guide.stage.name, host.now), take)

    def _start(self, typed: str, allowances: tuple[tuple[str, Allowance], ...], starts_at: datetime | None) -> None:
        if starts_at is not None and starts_at <= self._screen.host.now():
            self._screen.host.say("its start time has passed: choose another one", failed=True)
            self._changed()
            return
        overrides = tuple((name, each) for name, given in self._guide.gates.overrides.items() for each in given)
        given = ReleaseConfirmation(typed, overrides=overrides, allowances=allowances, starts_at=starts_at)
        self._request(lambda: self._screen.engine.releases.start(self._guide.name, given))

    def answer(self, given: ReleaseAnswer) -> None:
        """Answer a release that waits, or that is at work."""
        self._request(lambda: self._screen.engine.releases.answer(self._guide.name, given))

    def resume(self) -> None:
        """Start a process that goes on with what is missing."""
        self._request(lambda: self._screen.engine.releases.resume(self._guide.name))

    def _request(self, work: Callable[[], Release]) -> None:
        """Do it in a thread, unless something is being done: a process takes a moment to begin."""
        if self._guide.is_starting:
            return
        self._guide.is_starting = True
        self._screen.background(work, self._guide.take, self._failed)
        self._changed()

    def _failed(self, error: PromoteError) -> None:
        self._guide.is_starting = False
        self._screen.host.say(str(error), failed=True)
        self._guide.feed.poll()
        self._changed()

    def skip(self, service: str) -> None:
        """Ask why a service is left out; what needs it is left out with it."""
        release = self._guide.release
        after = release.dependants(service) if release is not None else ()
        with_it = [f"What needs it goes with it: {list_first(after)}."] if after else []
        words = (f"Leave {service} out of release {self._guide.name}?", *with_it)
        asked = ReasonDialog("Leave out", words, needed=True, deed=ReasonWords("Leave out", "leaves it out"))

        def take(reason: str | None) -> None:
            if reason:
                self.answer(ReleaseAnswer("skip", (service,), reason))

        self._screen.host.push_screen(asked, take)

    def stop(self) -> None:
        """Ask whether it is to stop; the safe answer is that it goes on."""
        words = ("Nothing new is started. Services that are at work are finished.", "It cannot be resumed.")
        answers = (("Keep it", False), ("Stop the release", True))
        dialog = ConfirmDialog[bool](f"Stop release {self._guide.name}?", words, answers)
        self._screen.host.push_screen(dialog, lambda yes: self.answer(ReleaseAnswer("stop")) if yes else None)
