"""What a person asks of a run: to stop, to cancel its update, to find out how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.runs.run import Outcome
from promote_tui.tui.dialogs.stop import StopDialog
from promote_tui.tui.presentation.next_steps import error_words
from promote_tui.tui.presentation.run.outcome import reconcile_words
from promote_tui.tui.presentation.style import BLANK, ink

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.content import Content

    from promote_tui.core.runs.run import Run
    from promote_tui.tui.dialogs.stop import StopChoice
    from promote_tui.tui.host import ActionOwner
    from promote_tui.tui.presentation.style import Role

_SUBMITTED = "it was submitted meanwhile; stopping it now means a rollback: ask again"


class RunRequests:
    """One request at a time; `answer` says what it came to. `asked` and `answered` are called as it goes on."""

    def __init__(self, screen: ActionOwner, asked: Callable[[], object], answered: Callable[[], object]) -> None:
        self._screen = screen
        self._asked = asked
        self._answered = answered
        self._is_asking = False
        self._question: StopDialog | None = None
        self.answer: Content = BLANK

    def follow(self, run: Run) -> None:
        """Let an open question know how the run stands; one that came to nothing is closed."""
        if self._question is not None:
            self._question.follow(submitted=run.submitted)
            if run.outcome is not Outcome.PENDING:
                self._question.expire()

    def ask_to_stop(self, run: Run) -> None:
        """Ask what to stop; keeping it running is the safe answer."""

        def choose(choice: StopChoice | None) -> None:
            self._question = None
            if choice == "detach":
                self._screen.host.pop_screen()
            elif choice in {"stop", "cancel"}:
                self.request(run.id, choice)

        self._question = StopDialog(f"{run.service} to {run.stage}", submitted=run.submitted)
        self._screen.host.push_screen(self._question, choose)

    def request(self, run: str, what: str) -> None:
        """Ask for something in the background, unless something is being asked."""
        engine = self._screen.engine

        def work() -> str:
            if what == "reconcile":
                return reconcile_words(engine.runs.reconcile(run))
            if what == "stop" and engine.runs.find(run).submitted:
                return _SUBMITTED
            return engine.runs.cancel(run)

        if self._is_asking:
            return
        self._is_asking = True
        self.answer = ink("asking", "muted")
        self._asked()
        key_of = self._screen.host.key_of
        self._screen.background(work, self.say, lambda error: self.say(error_words(error, key_of, "run"), "bad"))

    def say(self, words: str, role: Role = "plain") -> None:
        """Say what a request came to."""
        self._is_asking = False
        self.answer = ink(words, role)
        self._answered()
