"""Asks when a release is to start; nothing is confirmed by that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import UsageError
from promote_tui.core.typed_times import parse_start
from promote_tui.tui.dialogs.reason import ReasonDialog, ReasonWords

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


class StartTimeDialog(ReasonDialog):
    """Returns what was typed, a time to come, or None for esc; `now` returns the present moment."""

    AUTO_FOCUS = "#reason"
    LABEL = "TIME"
    HOW = "enter"
    MISSING = "Write a future time, such as 4h."
    RECORDED = "You confirm the release with it afterwards. Until then it is shown, and can be cancelled."

    def __init__(self, name: str, stage: str, now: Callable[[], datetime]) -> None:
        words = (
            f"Start release {name} to {stage} later.",
            "4h is from now on, 2026-03-01T22:00 in local time, a date its beginning.",
        )
        super().__init__("Start time", words, needed=True, deed=ReasonWords("Take", "takes it"))
        self._now = now

    def find_problem(self, text: str) -> str:
        """Return why this is no time to start at, in a line."""
        try:
            parse_start(text, self._now())
        except UsageError as error:
            return super().find_problem(text) or str(error)
        return ""
