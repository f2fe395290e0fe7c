"""What the screens have in common: the app they belong to, the bar on top, the keys that work everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.screen import Screen

from promote_tui.tui.presentation.ink import ink, line, spread
from promote_tui.tui.presentation.words import ago
from promote_tui.tui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from datetime import datetime

    from textual.content import Content

    from promote_tui.engine.engine import Engine
    from promote_tui.tui.app import PromoteApp
    from promote_tui.tui.presentation.glyphs import Glyphs

WIDE, TALL = 110, 30


class View(Screen[None]):
    """A screen of promote-tui."""

    TITLE_WORDS = ""
    """What the help calls this screen."""

    @property
    def promoter(self) -> PromoteApp:
        """The app."""
        return cast("PromoteApp", self.app)

    @property
    def engine(self) -> Engine:
        """The engine; screens that need it are opened once it is there."""
        return self.promoter.the_engine

    @property
    def glyphs(self) -> Glyphs:
        """The set of characters in use."""
        return self.promoter.glyphs

    @property
    def now(self) -> datetime:
        """The present moment, from the engine's clock."""
        return self.promoter.now()

    @property
    def wide(self) -> bool:
        """Whether there is room for a second pane."""
        return self.size.width >= WIDE

    def on_screen_suspend(self) -> None:
        """Take the hints away while a dialog has the keys."""
        self.query(KeyBar).refresh()

    def on_screen_resume(self) -> None:
        """Show the hints again."""
        self.query(KeyBar).refresh()

    def read_at(self) -> Content:
        """Return how old the matrix is."""
        board = self.promoter.board
        words = "reading" if board.reading else ago(board.taken_at, self.now) if board.taken_at else ""
        return ink(words, "muted")

    def tabs(self, width: int, active: str) -> list[Content]:
        """Return the bar of a root screen."""
        names = (("1", "Pipeline"), ("4", "Runs"))
        parts = [_tab(key, name, name == active, self.promoter.marks) for key, name in names]
        regions = dict.fromkeys(stage.aws.region for stage in self.promoter.pipeline.stages)
        right = line(ink(", ".join(regions), "muted"), "   ", self.read_at())
        return [spread(line(ink(self.promoter.pipeline.project, "strong"), " ", *parts), right, width)]

    def crumbs(self, width: int, right: Content, *names: str) -> list[Content]:
        """Return the bar of a screen that stands on another one."""
        between = ink(f" {self.glyphs.crumb} ", "faint")
        parts: list[Content] = [ink(self.promoter.pipeline.project, "strong")]
        for name in names[:-1]:
            parts += [between, ink(name, "muted")]
        return [spread(line(*parts, between, ink(names[-1], "strong")), right, width)]


def _tab(key: str, name: str, active: bool, marks: bool) -> Content:  # noqa: FBT001 - a private helper
    left, right = ("[", "]") if active and marks else (" ", " ")
    text = line(left, ink(f"{key} ", "muted"), ink(name, "strong" if active else "muted"), right)
    return line(text.stylize_before("on $primary-muted") if active else text, " ")
