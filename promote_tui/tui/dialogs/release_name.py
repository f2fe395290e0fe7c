"""Asks what a release is to be called, before it is planned; nothing is deployed by that."""

from __future__ import annotations

from promote_tui.core.text import plural
from promote_tui.tui.dialogs.reason import ReasonDialog, ReasonWords


class ReleaseNameDialog(ReasonDialog):
    """Returns the name, or None for esc; it offers the first one that is free."""

    AUTO_FOCUS = "#reason"
    LABEL = "NAME"
    HOW = "enter"
    MISSING = "A name is required."
    RECORDED = "It is packaged and reviewed first; nothing is deployed before you confirm it."

    def __init__(self, stage: str, count: int, name: str) -> None:
        what = plural(count, "service") if count else "all services that are behind"
        words = (f"Plan a release of {what} into {stage}.",)
        super().__init__("Plan release", words, needed=True, deed=ReasonWords("Plan", "plans it"))
        self._text = name
