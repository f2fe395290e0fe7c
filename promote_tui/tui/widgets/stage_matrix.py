"""The matrix of services and stages, drawn line by line; the service column and the heads stay in place."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, ClassVar

from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView

from promote_tui.tui.bindings import bind, bind_move
from promote_tui.tui.presentation.pipeline.cells import MatrixStyle, cell_line
from promote_tui.tui.presentation.pipeline.grid import Grid, grid, hidden_stages_line
from promote_tui.tui.presentation.pipeline.heads import count_behind, group_line, stage_head
from promote_tui.tui.presentation.style import fit, ink, line
from promote_tui.tui.widgets.strips import to_strip

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from textual.binding import BindingType
    from textual.content import Content
    from textual.events import Click, Resize
    from textual.strip import Strip

    from promote_tui.core.matrix import CellView
    from promote_tui.core.model.cells import CellKey
    from promote_tui.core.model.pipeline import Stage

_NOBODYS = "no owner"
"""The heading of those that nobody owns."""


class StageMatrix(ScrollView, can_focus=True):
    """A cell for each service and stage, with a cursor that survives refreshes and filters."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("matrix.open", "open", "Open", "open the service's commits"),
        bind_move("matrix.up", "move(-1,0)", "up"),
        bind_move("matrix.down", "move(1,0)", "down"),
        bind_move("matrix.left", "move(0,-1)", "left"),
        bind_move("matrix.right", "move(0,1)", "right"),
        bind_move("matrix.top", "edge(True)", "first service"),
        bind_move("matrix.bottom", "edge(False)", "last service"),
        bind_move("matrix.page_up", "page(-1)", "a page up"),
        bind_move("matrix.page_down", "page(1)", "a page down"),
    ]

    class Moved(Message):
        """The cursor stands on another cell, or on none."""

    class Sorted(Message):
        """The head of the services was clicked: they are wanted in another order."""

    class Opened(Message):
        """Enter was pressed on a cell."""

    def __init__(
        self,
        list_stages: Callable[[], Sequence[Stage]],
        view_of: Callable[[CellKey], CellView | None],
        look: Callable[[Grid], MatrixStyle],
        count_behind: Callable[[str, Sequence[str]], int],
    ) -> None:
        super().__init__()
        self._list_stages = list_stages
        self.services: tuple[str, ...] = ()
        self.row = 0
        self.column = 0
        self._first = 0
        self._lines: tuple[int | str, ...] = ()
        """What stands in each line below the heads: the row of a service, or the name of a group."""
        self.marked: Collection[CellKey] = ()
        self.order_mark = ""
        """What stands behind the head of the services: how they are ordered."""
        self.empty = ""
        """Why there is no row."""
        self._view_of = view_of
        self._look = look
        self._count_behind = count_behind

    @property
    def stages(self) -> Sequence[Stage]:
        """The columns."""
        return self._list_stages()

    @property
    def cursor(self) -> CellKey | None:
        """The service and stage under the cursor; None where no row is left."""
        return (self.services[self.row], self.stages[self.column].name) if self.services else None

    @property
    def shape(self) -> Grid:
        """Where the columns stand now; the scroll bar stands in the last margin."""
        return self._shape(self.outer_size.width)

    @property
    def top(self) -> int:
        """How many lines stand above the services: the heads, and what of the stages is out of sight."""
        return self._top(self.outer_size.width)

    def _shape(self, width: int) -> Grid:
        return grid(width, len(self.stages), max(map(len, self.services), default=0))

    def _top(self, width: int) -> int:
        return 2 if width and self._shape(width).shown < len(self.stages) else 1

    def get_content_height(self, container: Size, _viewport: Size, _width: int) -> int:
        """Return how many lines there are, in a container of this width."""
        return self._top(container.width) + max(1, len(self._lines))

    @property
    def visible_services(self) -> tuple[str, ...]:
        """The services that can be seen now."""
        top = self.scroll_offset.y
        shown = self._lines[top : top + max(0, self.size.height - self.top)]
        return tuple(self.services[row] for row in shown if isinstance(row, int))

    def limit_height(self, room: int, wanted: int) -> None:
        """Be at most `room` lines tall; where more are `wanted` the first frame is laid out with the scroll bar."""
        self.styles.max_height = room
        if not self.is_mounted:
            self.show_vertical_scrollbar = wanted > room  # else it would be drawn twice

    def show_groups(self, groups: Sequence[tuple[str, Sequence[str]]]) -> None:
        """Show these rows by group, each under its name; one group alone without a name has no heading.

        The cursor stays on its service as long as it is there.
        """
        old, lines = self.cursor, list[int | str]()
        services: list[str] = []
        for name, its in groups:
            lines += [name or _NOBODYS] if len(groups) > 1 or name else []
            lines += range(len(services), len(services) + len(its))
            services += its
        self.services, self._lines = tuple(services), tuple(lines)
        kept = self.services.index(old[0]) if old and old[0] in self.services else min(self.row, len(services) - 1)
        self.row = max(0, kept)
        self._measure()
        self._settle(moved=self.cursor != old)

    def redraw(self, service: str) -> None:
        """Draw one service again, if it can be seen."""
        if service in self.services:
            y = self.top + self._lines.index(self.services.index(service)) - self.scroll_offset.y
            if self.top <= y < self.size.height:
                self.refresh(Region(0, y, self.size.width, 1))

    def action_move(self, rows: int, columns: int) -> None:
        """Move the cursor; it stops at the edges."""
        old = self.row, self.column
        self.row = max(0, min(len(self.services) - 1, self.row + rows))
        self.column = max(0, min(len(self.stages) - 1, self.column + columns))
        if self.column == old[1] and self.services:
            self._settle(moved=self.row != old[0], rows=(old[0], self.row))
        else:
            self._settle(moved=old != (self.row, self.column))

    def action_edge(self, top: bool) -> None:  # noqa: FBT001 - an action's argument
        """Go to the first or the last service."""
        self.action_move(-len(self.services) if top else len(self.services), 0)

    def action_page(self, pages: int) -> None:
        """Go a page up or down."""
        self.action_move(pages * max(1, self.size.height - self.top - 1), 0)

    def action_open(self) -> None:
        """Say that the cell was chosen."""
        if self.services:
            self.post_message(self.Opened())

    def _measure(self) -> None:
        """Say how tall all rows are with what stands above them."""
        wanted = Size(self.size.width, self.top + max(1, len(self._lines)))
        if wanted != self.virtual_size:
            self.virtual_size = wanted

    def _from(self, shape: Grid) -> int:
        """Return the first stage that is shown: the cursor's is in sight, and no room is left empty."""
        last = max(0, len(self.stages) - shape.shown)
        return max(0, min(last, self.column, max(self._first, self.column - shape.shown + 1)))

    def _settle(self, *, moved: bool, rows: Collection[int] | None = None) -> None:
        """Keep the cursor in sight, and draw these rows again (None: all); scrolling draws all by itself."""
        self._first = self._from(self.shape)
        room = max(1, self.size.height - self.top)
        at = self._lines.index(self.row) if self.services else 0
        first = at - 1 if at and isinstance(self._lines[at - 1], str) else at
        top = min(first, max(self.scroll_offset.y, at - room + 1))
        if top != self.scroll_offset.y:
            self.scroll_to(y=top, animate=False, force=True, immediate=True)
        if rows is None:
            self.refresh()
        for row in rows or ():
            self.redraw(self.services[row])
        if moved:
            self.post_message(self.Moved())

    def on_resize(self, _event: Resize) -> None:
        """Keep the cursor in sight; a new size is drawn anyway."""
        self._measure()
        self._settle(moved=False, rows=())

    def on_click(self, event: Click) -> None:
        """Put the cursor on the cell under the pointer; a second click opens it."""
        shape = self.shape
        at = event.y - self.top + self.scroll_offset.y
        row = self._lines[at] if 0 <= at < len(self._lines) else None
        column = (
            self._from(shape) + (event.x - shape.service) // shape.cell if event.x >= shape.service else self.column
        )
        if event.y == self.top - 1:
            self._click_head(event.x - shape.service, column)
        if not isinstance(row, int) or event.y < self.top or column >= len(self.stages):
            return
        if (row, column) == (self.row, self.column):
            self.action_open()
        else:
            self.action_move(row - self.row, column - self.column)

    def _click_head(self, x: int, column: int) -> None:
        """Sort where the services' head was hit, else go to the stage."""
        if x < 0:
            self.post_message(self.Sorted())
        elif column < len(self.stages):
            self.action_move(0, column - self.column)

    def render_line(self, y: int) -> Strip:
        """Return one line of the screen: what is out of sight, the heads, or a service."""
        shape, top = self.shape, self.top
        if y < top:
            return to_strip(self, self._heads(shape) if y == top - 1 else self._hidden(shape), self.size.width)
        at = y - top + self.scroll_offset.y
        if at < len(self._lines):
            each = self._lines[at]
            drawn = self._group(each, at, shape) if isinstance(each, str) else self._service(each, shape)
            return to_strip(self, drawn, self.size.width)
        words = ink(f" {self.empty}" if y == top and not self.services else "", "muted")
        return to_strip(self, words, self.size.width)

    def _hidden(self, shape: Grid) -> Content:
        """Return which stages are out of sight, on the side where they are: `▸ 1 more: PROD`."""
        first, glyphs, names = self._from(shape), self._look(shape).glyphs, [stage.name for stage in self.stages]
        width = self.outer_size.width
        left, right = names[:first], names[first + shape.shown :]
        return hidden_stages_line(left, right, glyphs, width)

    def _heads(self, shape: Grid) -> Content:
        first = self._from(shape)
        name = line(ink("SERVICE", "label"), ink(f" {self.order_mark}" if self.order_mark else "", "muted"))
        heads = [self._head(column, shape) for column in range(first, min(first + shape.shown, len(self.stages)))]
        return line(" ", fit(name, shape.service - 1), *heads)

    def _head(self, column: int, shape: Grid) -> Content:
        stage = self.stages[column]
        behind = self._count_behind(stage.name, self.services)
        return stage_head(stage, behind, shape, here=column == self.column)

    def _group(self, name: str, at: int, shape: Grid) -> Content:
        rest, first = takewhile(lambda each: isinstance(each, int), self._lines[at + 1 :]), self._from(shape)
        services = [self.services[row] for row in rest if isinstance(row, int)]
        stages = self.stages[first : first + shape.shown]
        behind = [count_behind(self._view_of((service, stage.name)) for service in services) for stage in stages]
        return group_line(name, behind, shape)

    def _service(self, row: int, shape: Grid) -> Content:
        name = self.services[row]
        look, first = self._look(shape), self._from(shape)
        role = "strong" if row == self.row else "plain"
        parts = [line(" ", fit(ink(name, role), shape.service - 1))]  # type: ignore[arg-type]
        for column in range(first, min(first + shape.shown, len(self.stages))):
            key = name, self.stages[column].name
            here = (row, column) == (self.row, self.column)
            parts.append(cell_line(self._view_of(key), look, cursor=here, marked=key in self.marked))
        return line(*parts)
