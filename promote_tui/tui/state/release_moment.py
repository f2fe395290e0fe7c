"""A release as its screen has looked at it last: all parts of a drawing show one moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.tui.presentation.release.guided.ask import Ask, find_ask
from promote_tui.tui.presentation.release.guided.offers import offered_actions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from promote_tui.tui.presentation.release.guided.model import GuidedRelease
    from promote_tui.tui.state.release_guide import ReleaseGuide


class ReleaseMoment:
    """What is seen of a release, what the frame asks then, and which actions make sense: looked at once a drawing.

    `chosen` returns what somebody wants to be asked.
    """

    guided: GuidedRelease
    asked: Ask | None
    offered: Mapping[str, bool]

    def __init__(self, guide: ReleaseGuide, chosen: Callable[[], Ask | None], *, read_only: bool) -> None:
        self._guide = guide
        self._chosen = chosen
        self._read_only = read_only
        self._frame = 0
        self.look()

    def look(self) -> GuidedRelease:
        """Look at the release anew."""
        self.guided = self._guide.view(read_only=self._read_only, frame=self._frame)
        self.asked = find_ask(self.guided, self._chosen())
        self.offered = offered_actions(self.guided, self.asked)
        return self.guided

    def move(self, frames: int) -> None:
        """Look at it anew, with what moves so many frames further."""
        self._frame += frames
        self.look()
