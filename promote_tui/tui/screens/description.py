"""What was deployed to a stage, beside its cell: outputs, the last failure, logs, deployments and resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from promote_tui.core.git.links import console_url
from promote_tui.core.model.cells import commit_of, stack_of
from promote_tui.tui.bindings import bind
from promote_tui.tui.presentation import description as drawn
from promote_tui.tui.presentation.style import ink, wrap
from promote_tui.tui.screens.base import View
from promote_tui.tui.widgets.grouped_list import FixedLine, GroupedList
from promote_tui.tui.widgets.key_bar import KeyBar
from promote_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content
    from textual.events import Resize

    from promote_tui.core.description.model import Description
    from promote_tui.core.errors import PromoteError
    from promote_tui.core.model.cells import CellKey
    from promote_tui.tui.presentation.description import DescriptionRow, DescriptionSection

_READING = "reading what was deployed"
_READING_LOGS = "reading what the functions log"


class DescriptionScreen(View):
    """The parts of a description in sections; what could not be read says so first."""

    CSS_PATH = "description.tcss"
    TITLE_WORDS = "Description"
    AUTO_FOCUS = "GroupedList"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("description.logs", "logs", "Logs", "what the functions logged in the last 15 minutes, errors first"),
        bind("description.refresh", "refresh", "Refresh", "read it again, and the logs where they are shown"),
        bind("description.back", "app.pop_screen", "Back"),
    ]

    def __init__(self, service: str, stage: str) -> None:
        super().__init__()
        self._cell = service, stage
        self._found: Description | None = None
        self._sections: tuple[DescriptionSection, ...] = ()
        self._error: PromoteError | None = None
        self._reading = ""
        self._rows: GroupedList[DescriptionRow] = GroupedList(self._row, lambda row: row.key, marks=self.host.marks)

    def compose(self) -> ComposeResult:
        """Return the bar, the sections and all of the row under the cursor."""
        yield LinesView(self._crumbs, "top")
        yield LinesView(self._heading, "heading")
        yield self._rows
        yield LinesView(self._detail, "detail")
        yield KeyBar()

    def on_mount(self) -> None:
        """Read it."""
        self.action_refresh()

    def on_resize(self, event: Resize) -> None:
        """Fill the room that there is."""
        super().on_resize(event)
        self.run_when_drawn(self._show)

    def _crumbs(self, width: int) -> list[Content]:
        return self.crumbs(width, self.read_at(), *self._cell)

    def _heading(self, width: int) -> list[Content]:
        if self._error is not None:
            return wrap(ink(self.host.describe_error(self._error), "bad"), width)
        if self._found is None:
            return [ink(self._reading, "muted")]
        lines = [drawn.heading(self._found, self.now, self.glyphs, width)]
        return [*lines, ink(self._reading, "muted")] if self._reading else lines

    def _row(self, row: DescriptionRow, width: int) -> Content:
        return drawn.row_line(row, drawn.name_width(self._sections, width), width)

    def _detail(self, width: int) -> list[Content]:
        row = self._rows.at
        return drawn.detail(row, self.glyphs, width, self.query_one("#detail").size.height) if row else []

    def action_refresh(self) -> None:
        """Read it again, and the logs where they are shown."""
        if not self._reading:
            self._read(_READING, with_logs=self._found is not None and self._found.logs is not None)

    def action_logs(self) -> None:
        """Read what the functions logged."""
        self._read(_READING_LOGS, with_logs=True)

    def _read(self, words: str, *, with_logs: bool) -> None:
        engine, cell, known = self.engine, self._cell, self._found
        self._reading = words

        def read() -> Description:
            fresh = words == _READING or known is None
            found = engine.descriptions.describe(*cell) if fresh or known is None else known
            return engine.descriptions.with_logs(found) if with_logs else found

        self.background(read, self._take, self._fail)
        self._show()

    def _take(self, found: Description) -> None:
        first = found.logs is not None and (self._found is None or self._found.logs is None)
        self._found, self._error, self._reading = found, None, ""
        self._show()
        if first:
            self._go_to_logs()

    def _go_to_logs(self) -> None:
        """Put the cursor on the first line of a log: it was asked for."""
        at = next((n for n, row in enumerate(self._rows.items) if _is_log_line(row)), None)
        if at is not None:
            self._rows.show(self._rows.items, at)

    def _fail(self, error: PromoteError) -> None:
        self._error, self._reading = error, ""
        self._show()

    def _show(self) -> None:
        found = self._found
        self._sections = tuple(drawn.sections(found, self.now, self.glyphs)) if found else ()
        lines: list[DescriptionRow | FixedLine] = []
        for section in self._sections:
            lines += [self._head(section), *section.rows]
        self._rows.empty = "" if found is None or self._reading else "nothing was deployed, and nothing is on record"
        self._rows.show_lines(lines)
        self.redraw_lines()
        self.refresh_bindings()

    def _head(self, section: DescriptionSection) -> FixedLine:
        return FixedLine(lambda width: drawn.section_line(section, self.glyphs, width))

    def on_row_list_moved(self) -> None:
        """Show all of the row under the cursor."""
        self.redraw_lines("#detail")
        self.refresh_bindings()

    def on_row_list_chosen(self) -> None:
        """Open the run under the cursor."""
        row = self._rows.at
        if row is not None and row.run:
            self.host.open_run(row.run)
        else:
            self.host.say("enter opens a run; y copies this, o opens an address")

    def why_not(self, action: str, _parameters: tuple[object, ...]) -> str:
        """Return that it is being read, or that there is nothing to read the logs of."""
        if action != "logs":
            return ""
        if self._reading or self._found is None:
            return self._reading or "nothing could be read"
        return "" if self._found.functions else "no function is known to read the logs of"

    def current_cell(self) -> CellKey:
        """Return the cell that is described."""
        return self._cell

    def copy_items(self) -> list[tuple[str, str]]:
        """Return what is under the cursor, then the stack and the commit."""
        row, found = self._rows.at, self._found
        copies = [*row.copies] if row is not None else []
        stack, commit = (stack_of(found.cell), commit_of(found.cell)) if found else (None, None)
        more = [("stack id", stack.id)] if stack else []
        return [*copies, *more, *([("commit", commit)] if commit else [])]

    def web_pages(self) -> list[tuple[str, str]]:
        """Return the address under the cursor; else all addresses, and the stack in the console."""
        row, found = self._rows.at, self._found
        if row is not None and row.url:
            return [("output", row.url)]
        if found is None:
            return []
        pages = [(each.name, each.value) for each in found.outputs if each.is_url]
        stack = stack_of(found.cell)
        console = console_url(found.target.aws.region, stack.id) if stack else ""
        return [*pages, *([("stack in the console", console)] if console else [])]


def _is_log_line(row: DescriptionRow | FixedLine) -> bool:
    return not isinstance(row, FixedLine) and drawn.is_of_logs(row)
