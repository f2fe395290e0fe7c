"""Finding one thing among many by typing a few letters: branches, stages, and everything in the palette."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from promote_tui.core.fuzzy import rank
from promote_tui.tui.bindings import bind
from promote_tui.tui.dialogs.base import Dialog
from promote_tui.tui.presentation.style import cut_middle, fit, ink, line, spread
from promote_tui.tui.widgets.lines import LinesView
from promote_tui.tui.widgets.list_view import RowList

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content

T = TypeVar("T")
_KIND = 9


@dataclass(frozen=True, slots=True)
class FinderRow(Generic[T]):
    """Something to choose: its kind, its name, a note at the right, and what choosing it returns."""

    kind: str
    name: str
    note: str
    value: T


class FinderDialog(Dialog[T | None], Generic[T]):
    """Returns the value of the chosen row, or None for esc; rows may be added while it is open.

    Names that say most at both ends are cut in the `middle`. `typed_row` makes a row of what was typed, which
    comes behind those that fit; None where it is none.
    """

    AUTO_FOCUS = "#find"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("finder.back", "back", "Close"),
        bind("finder.choose", "choose", "Choose"),
        bind("finder.up", "move(-1)", "up", show=False),
        bind("finder.down", "move(1)", "down", show=False),
        bind("finder.page_up", "move(-10)", "a page up", show=False),
        bind("finder.page_down", "move(10)", "a page down", show=False),
    ]

    def __init__(  # noqa: PLR0913 - a finder is made from all this
        self,
        title: str,
        rows: Sequence[FinderRow[T]],
        *,
        placeholder: str = "type to find",
        at: int = 0,
        marks: bool = False,
        middle: bool = False,
        typed_row: Callable[[str], FinderRow[T] | None] = lambda _typed: None,
    ) -> None:
        super().__init__()
        self._title = title
        self._every = list(rows)
        self._placeholder = placeholder
        self._middle = middle
        self._typed_row = typed_row
        self._at = at
        self._kinds = any(row.kind for row in rows)
        self._rows: RowList[FinderRow[T]] = RowList(self._line, marks=marks, empty="no match")
        self._rows.can_focus = False

    def compose(self) -> ComposeResult:
        """Return the field over the rows."""
        with Vertical(id="box", classes="finder") as box:
            box.border_title = ink(self._title, "strong")
            box.border_subtitle = ink("enter chooses, esc closes", "muted")
            with Horizontal(id="finding"):
                yield LinesView(lambda _width: [ink(">", "muted")], "prompt")
                yield Input(id="find", placeholder=self._placeholder, compact=True)
            yield self._rows

    def on_mount(self) -> None:
        """Show all of it, the cursor on the default."""
        self._rows.show(self._every, self._at)
        self._fit_rows()

    @property
    def search_text(self) -> str:
        """What is looked for."""
        return self.query_one("#find", Input).value

    def extend(self, rows: Sequence[FinderRow[T]]) -> None:
        """Add rows that were read meanwhile; the cursor stays on its row."""
        at = self._rows.current
        self._every += rows
        self._kinds = self._kinds or any(row.kind for row in rows)
        self._show(at)

    def _show(self, at: FinderRow[T] | None) -> None:
        found = self._fitting()
        own = self._typed_row(self.search_text.strip())
        found = [*found, own] if own else found
        self._rows.show(found, found.index(at) if at in found else 0)
        self._fit_rows()

    def _fitting(self) -> list[FinderRow[T]]:
        """Return what fits by its name, and behind it what fits only with its kind."""
        named = rank(self.search_text, self._every, lambda row: row.name)
        seen = {id(row) for row in named}
        rest = [row for row in self._every if id(row) not in seen]
        return [*named, *rank(self.search_text, rest, lambda row: f"{row.name} {row.kind}")]

    def _fit_rows(self) -> None:
        self._rows.styles.height = max(1, min(len(self._every), self.app.size.height - 10, 16))

    def _line(self, row: FinderRow[T], _index: int, width: int) -> Content:
        kind = line(fit(ink(row.kind, "muted"), _KIND), "  ") if self._kinds else ""
        left = max(8, width - len(row.note) - 2)
        name = line(kind, ink(cut_middle(row.name, left) if self._middle else row.name))
        room = max(width // 2, width - name.cell_length - 2)
        return spread(name, ink(row.note, "muted", limit=max(0, room)), width)

    def on_input_changed(self) -> None:
        """Narrow the rows as it is typed."""
        self._show(None)

    def on_input_submitted(self) -> None:
        """Return the row under the cursor, once all that was typed before has narrowed the rows."""
        self.action_choose()

    def on_row_list_chosen(self) -> None:
        """Return what was clicked."""
        self.action_choose()

    def action_choose(self) -> None:
        """Return the row under the cursor."""
        if self._rows.current is not None:
            self.dismiss(self._rows.current.value)

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self._rows.action_move(rows)

    def action_back(self) -> None:
        """Return nothing."""
        self.dismiss(None)
