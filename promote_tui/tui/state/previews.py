"""The previews as they were read last, and what is being done to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.previews.outcome import exit_code
from promote_tui.core.text import join_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from textual.signal import Signal

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.planning.plan import Plan
    from promote_tui.core.previews.outcome import PreviewOutcome
    from promote_tui.core.previews.preview import Preview
    from promote_tui.tui.state.context import AppContext

    Outcomes = Iterable[PreviewOutcome]


class PreviewList:
    """The previews; `error` is why they could not be read last, `doing` what is at work on them, in words."""

    def __init__(self, app: AppContext) -> None:
        self._app = app
        self.previews: Sequence[Preview] = ()
        self.unfetched: Mapping[str, PromoteError] = {}
        self.error: PromoteError | None = None
        self.is_read = self.is_reading = False
        self.doing = ""
        self.changed: Signal[None] = app.make_signal("previews")

    def read(self, *, fetches: bool = False) -> None:
        """Read them, with branches that are fetched first where that is wanted."""
        if self.is_reading:
            return
        self.is_reading, previews = True, self._app.the_engine.previews
        known = self.unfetched

        def work() -> tuple[Mapping[str, PromoteError], Sequence[Preview]]:
            unfetched = previews.fetch() if fetches else known
            return unfetched, previews.list(unfetched)

        self._app.background.run(self._app, work, self._take, self._fail)
        self.changed.publish(None)

    def _take(self, found: tuple[Mapping[str, PromoteError], Sequence[Preview]]) -> None:
        (self.unfetched, self.previews), self.error = found, None
        self._end()

    def _fail(self, error: PromoteError) -> None:
        self.error = error
        self._end()

    def _end(self) -> None:
        self.is_reading, self.is_read = False, True
        self.changed.publish(None)

    def work(self, words: str, make: Callable[[PreviewSteps], Outcomes]) -> None:
        """Deploy or remove, in a thread that goes on when the screen is closed; one thing at a time."""
        self.doing, app = words, self._app
        steps = PreviewSteps(lambda said: app.call_later(self._hear, said))
        app.background.run(app, lambda: tuple(make(steps)), self._finish, self._give_up)
        self.changed.publish(None)

    def _hear(self, words: str) -> None:
        if self.doing:
            self.doing = words
            self.changed.publish(None)

    def _finish(self, outcomes: Sequence[PreviewOutcome]) -> None:
        self._app.say(outcome_words(outcomes), failed=exit_code(outcomes) != 0)
        self._settle()

    def _give_up(self, error: PromoteError) -> None:
        self._app.say(str(error), failed=True)
        self._settle()

    def _settle(self) -> None:
        self.doing = ""
        self.read()
        self.changed.publish(None)


class PreviewSteps:
    """Hears what is done to previews, and says it where it is shown."""

    def __init__(self, say: Callable[[str], object]) -> None:
        self._say = say

    def step(self, words: str) -> None:
        """Say a step."""
        self._say(words)

    def review(self, plan: Plan) -> None:
        """Say that a plan is made: it was confirmed with the preview as a whole."""
        self._say(f"deploying {plan.draft.target}")

    def follow(self, run: str) -> None:
        """Say which run is at work; whoever deploys waits for its end."""
        self._say(f"run {run} is at work")


def outcome_words(outcomes: Sequence[PreviewOutcome]) -> str:
    """Return what became of a preview: what failed first, else what was done."""
    for each in outcomes:
        if not each.is_done:
            return f"{each.service}/{each.stage}: {each.outcome}: {each.reason}"
    done = {each.outcome: [one.service for one in outcomes if one.outcome == each.outcome] for each in outcomes}
    return "; ".join(f"{join_words(names)} {outcome}" for outcome, names in done.items()) or "nothing has to be removed"
