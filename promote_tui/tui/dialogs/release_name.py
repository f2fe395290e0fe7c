"""Asks what a release is to be called, before it is planned; nothing is deployed by that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.releases.names import NAME_RULE, is_name
from promote_tui.core.text import plural
from promote_tui.tui.dialogs.reason import ReasonDialog, ReasonWords

if TYPE_CHECKING:
    from collections.abc import Collection


class ReleaseNameDialog(ReasonDialog):
    """Returns the name, or None for esc; it offers the first one that is free, and takes none of those `taken`."""

    AUTO_FOCUS = "#reason"
    LABEL = "NAME"
    HOW = "enter"
    MISSING = "A name is required."
    RECORDED = "It is packaged and reviewed first; nothing is deployed before you confirm it."

    def __init__(self, stage: str, count: int, name: str, taken: Collection[str]) -> None:
        what = plural(count, "service") if count else "all services that are behind"
        words = (f"Plan a release of {what} into {stage}.",)
        super().__init__("Plan release", words, needed=True, deed=ReasonWords("Plan", "plans it"))
        self._text = name
        self._taken = taken

    def find_problem(self, text: str) -> str:
        """Return why a release cannot be called so."""
        if text in self._taken:
            return f"A release {text} exists; its screen is in the list of releases."
        return super().find_problem(text) or ("" if is_name(text) else f"{NAME_RULE.capitalize()}.")
