"""What `R` does: bring the repositories up to date, then read everything again, by the rules as they are there now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError
from promote_tui.tui.action import NOT_OPEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.model.pipeline import Pipeline
    from promote_tui.engine.engine import Engine
    from promote_tui.tui.action import FrontScreen
    from promote_tui.tui.host import Host

_MOST = 3
"""How many of the repositories that could not be fetched are named."""


class Fetch:
    """Fetches, one fetch at a time."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._fetching = False

    def why_not(self, _view: FrontScreen | None) -> str:
        """Return that there is no engine yet."""
        return NOT_OPEN if self._host.engine is None else ""

    def run(self, _view: FrontScreen | None) -> None:
        """Fetch."""
        host, engine = self._host, self._host.the_engine
        if self._fetching:
            host.say("fetching already")
            return
        self._fetching = True
        host.say("fetching")

        def work() -> tuple[Sequence[PromoteError], Engine | None]:
            troubles = engine.commits.fetch()
            try:
                return troubles, host.read_rules(engine)
            except PromoteError as error:
                return [error, *troubles], None

        host.background.run(host, work, lambda found: self._fetched(*found), lambda error: self._fetched([error], None))

    def _fetched(self, troubles: Sequence[PromoteError], engine: Engine | None) -> None:
        """Say what could not be fetched; what could is read, and every open review asks its gates again."""
        self._fetching = False
        for trouble in troubles[:_MOST]:
            self._host.say_trouble(trouble)
        if engine is not None:
            self._rule_by(engine)
        self._host.refresh_cells()

    def _rule_by(self, engine: Engine) -> None:
        """Go by the rules as they were fetched: where they are others, what is planned is planned again."""
        host = self._host
        other = _rules(engine.pipeline) != _rules(host.pipeline)
        host.engine, host.pipeline = engine, engine.pipeline
        if other and engine.pipeline.policy is not None:
            host.say(f"the rules are those of {engine.pipeline.policy.where or 'this file'} now")
        host.drafts.refresh_all(replan=other)


def _rules(pipeline: Pipeline) -> tuple[str, str] | None:
    """Return from which commit the rules are; None where nothing is known of that."""
    return (pipeline.policy.kind, pipeline.policy.sha) if pipeline.policy else None
