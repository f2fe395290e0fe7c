"""A run's log with its path, whether it follows, and a search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from promote_tui.tui.presentation.run.progress import log_note, log_title, no_log, search_note
from promote_tui.tui.presentation.style import BLANK, ink, line
from promote_tui.tui.widgets.lines import LinesView
from promote_tui.tui.widgets.run_log import RunLog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.content import Content

    from promote_tui.core.runs.run import Run
    from promote_tui.engine.log_tail import LogTail
    from promote_tui.tui.presentation.glyphs import Glyphs


class LogPane(Vertical):
    """Title, search field and lines; `end` is the key that goes to the end, as it is written."""

    DEFAULT_CSS = """
    LogPane { width: 1fr; height: 1fr; }
    LogPane #log_title { height: 1; }
    LogPane RunLog { height: 1fr; margin: 0 0 0 1; }
    LogPane #searching { height: 1; background: $surface; }
    LogPane #searching LinesView { background: $surface; }
    LogPane #searching #slash { width: 3; }
    LogPane #searching #search { width: 1fr; background: $surface; padding: 0; }
    LogPane #searching #found { width: 18; }
    """

    def __init__(self, glyphs: Glyphs, end: str) -> None:
        super().__init__(id="log")
        self._glyphs = glyphs
        self._end = end
        self._path = ""
        self._live = False
        self._asking = False
        self.lines = RunLog()

    def compose(self) -> ComposeResult:
        """Return the title over the lines; the search takes the title's place while it is typed."""
        yield LinesView(self._title, "log_title")
        with Horizontal(id="searching") as searching:
            searching.display = False  # until it is asked for
            yield LinesView(lambda _width: [ink("/", "strong")], "slash")
            yield Input(id="search", placeholder="search the log", compact=True)
            yield LinesView(lambda _width: [self._found()], "found")
        yield self.lines

    @property
    def searching(self) -> bool:
        """Whether something is looked for, or is about to be."""
        return self._asking or bool(self.lines.buffer.needle)

    @property
    def is_typed_in(self) -> bool:
        """Whether the search field has the focus."""
        return self.query_one("#search").has_focus

    def take(self, raw: Sequence[bytes], path: str, empty: str, *, live: bool) -> None:
        """Append raw lines; `empty` says why there are none."""
        changed = (path, live, empty) != (self._path, self._live, self.lines.empty)
        self._path, self._live, self.lines.live, self.lines.empty = path, live, live, empty
        if raw:
            self.lines.write(raw)
        if changed:
            self.lines.refresh()
            for title in self.query("#log_title").results(LinesView):
                title.redraw()

    def take_news(self, run: Run, tail: LogTail | None, lines: Sequence[bytes]) -> None:
        """Append what a run has written; where there is no log here, say why."""
        if tail is not None:
            self.take(
                lines, "" if run.has_no_deploy else str(tail.path), "" if tail.there else no_log(run), live=run.live
            )

    def restart(self) -> None:
        """Forget the lines: the log of another run follows."""
        self._path, self._live = "", False
        self.lines.restart()

    def copy_items(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """Return the line that is looked at, and those in sight."""
        text_of = self.lines.buffer.text_of
        in_sight = "\n".join(text_of(number) for number in self.lines.visible_lines())
        return ("line", self.lines.focused_line()), ("lines in sight", in_sight)

    def _title(self, width: int) -> list[Content]:
        log = self.lines
        note = log_note(None if log.following else log.lines_below, self._end, live=self._live)
        if log.wrapped:
            note = line(ink("wrapped   ", "muted"), note)
        if log.buffer.needle:
            note = line(ink(f"/{log.buffer.needle}", "plain", limit=20), "  ", self._found(), "   ", note)
        return [log_title(self._path, note, width, self._glyphs)]

    def _found(self) -> Content:
        return search_note(self.lines.buffer.place) if self.lines.buffer.needle else BLANK

    def on_run_log_following_changed(self) -> None:
        """Say whether the log follows, and what the search has found."""
        for drawn in self.query("#log_title, #found").results(LinesView):
            drawn.redraw()

    def search(self) -> None:
        """Ask for what to look for."""
        self._ask(asking=True)
        self.query_one("#search", Input).focus()

    def unsearch(self) -> None:
        """Forget the search."""
        self.query_one("#search", Input).value = ""
        self.lines.search("")
        self.on_input_submitted()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look for it while it is typed."""
        self.lines.search(event.value)

    def on_input_submitted(self) -> None:
        """Keep what was found."""
        self._ask(asking=False)
        self.lines.focus()

    def _ask(self, *, asking: bool) -> None:
        self._asking = asking
        self.query_one("#searching").display = asking
        self.query_one("#log_title").display = not asking
        self.screen.refresh_bindings()
