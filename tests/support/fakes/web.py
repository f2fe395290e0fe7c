"""The web in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from promote_tui.core.errors import DeployError
from promote_tui.core.model.smoke import HttpAnswer


@dataclass
class FakeWeb:
    """The port WebReader: `answers` are given one after the other, the last one for ever; None does not answer."""

    answers: list[HttpAnswer | None] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    on_get: Callable[[], None] = field(default=lambda: None)

    def get(self, url: str, seconds: float) -> HttpAnswer:
        self.on_get()
        self.asked.append(url)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if found is None:
            raise DeployError(url, f"it did not answer within {seconds:g} s")
        return found
