"""Every key of the screen below, made from its bindings, and what a cell says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from textual.containers import VerticalScroll

from promote_tui.core.state_display import DISPLAYS, LEGEND
from promote_tui.tui.bindings import bind
from promote_tui.tui.dialogs.base import Dialog
from promote_tui.tui.presentation.pipeline.states import glyph_of
from promote_tui.tui.presentation.style import BLANK, fit, ink, line, rule, wrap
from promote_tui.tui.widgets.key_bar import key_name, why_not
from promote_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from textual.app import ComposeResult
    from textual.binding import ActiveBinding, BindingType
    from textual.content import Content

    from promote_tui.tui.presentation.glyphs import Glyphs

_TWO_COLUMNS = 64
"""Cells from which on the keys stand in two columns."""
_AT = 15
"""Where the words begin at the latest, in cells."""


@dataclass
class KeyRow:
    """Keys with what they do; `reason` is why they cannot do it now."""

    words: str
    reason: str = ""
    keys: list[str] = field(default_factory=list)

    @property
    def keys_text(self) -> str:
        """The keys side by side, each once."""
        return " ".join(dict.fromkeys(self.keys))


def groups(active: Iterable[ActiveBinding], screen: str, ways: Collection[str] = ()) -> dict[str, list[KeyRow]]:
    """Return rows by heading; keys with one action stand together, those without an id are not ours.

    `ways` are the ids of the keys that lead to another screen.
    """
    here = f"on {screen}"
    found: dict[str, dict[str, KeyRow]] = {here: {}, "move": {}, "screens": {}, "everywhere": {}}
    for item in active:
        binding = item.binding
        if binding.id is None or not binding.description:
            continue
        words = binding.tooltip or binding.description
        row = found[_heading(item, here, ways)].setdefault(words, KeyRow(words, why_not(item)))
        row.keys.append(key_name(binding.key))
    return {heading: list(rows.values()) for heading, rows in found.items() if rows}


def _heading(item: ActiveBinding, here: str, ways: Collection[str]) -> str:
    if item.binding.group:
        return "move"
    if item.binding.id in ways:
        return "screens"
    return "everywhere" if (item.binding.id or "").startswith("app.") else here


def key_table(rows: Sequence[KeyRow], width: int) -> list[Content]:
    """Return keys and words in two columns; what cannot be done now is dimmed, with its reason."""
    at = min(_AT, 2 + max((len(row.keys_text) for row in rows), default=0))
    return [part for row in rows for part in wrap(_row(row, at), width, at)]


def _row(row: KeyRow, at: int) -> Content:
    keys = fit(ink(row.keys_text, "faint" if row.reason else "strong"), at - 1)
    if not row.reason:
        return line(keys, " ", ink(row.words, "muted"))
    return line(keys, " ", ink(f"{row.words}: ", "faint"), ink(row.reason, "faint"))


def help_lines(found: Mapping[str, Sequence[KeyRow]], glyphs: Glyphs, width: int) -> list[Content]:
    """Return the whole page: two columns of groups where they fit, then the legend."""
    narrow = width < _TWO_COLUMNS
    room = width if narrow else width // 2 - 2
    blocks = [[ink(name.upper(), "label"), *key_table(rows, room), BLANK] for name, rows in found.items()]
    rows = [part for block in blocks for part in block] if narrow else _beside(blocks, width)
    words = ink("An age says how long ago the stack was updated. Exact times are in the detail.", "muted")
    keys = ink("Each key can be changed in promote-tui.yml, under keys; docs/keys.md lists the names.", "muted")
    title = rule(ink("What a cell says", "strong"), BLANK, width, glyphs.rule)
    return [*rows, title, BLANK, *_legend(glyphs, width), BLANK, *wrap(words, width), *wrap(keys, width)]


def _beside(blocks: Sequence[list[Content]], width: int) -> list[Content]:
    """Return the blocks in two columns of about the same height."""
    left: list[Content] = []
    right: list[Content] = []
    for block in blocks:
        (left if len(left) <= len(right) else right).extend(block)
    size = max(len(left), len(right))
    pad = [BLANK] * size
    pairs = zip([*left, *pad][:size], [*right, *pad][:size], strict=True)
    return [line(fit(one, width // 2), two) for one, two in pairs]


def _legend(glyphs: Glyphs, width: int) -> list[Content]:
    items = [line(glyph_of(state, glyphs), " ", ink(DISPLAYS[state].meaning, "muted")) for state in LEGEND]
    items.append(line(ink(glyphs.mark, "live"), " ", ink("marked for a batch", "muted")))
    columns = max(1, width // 28)
    return [
        line(*(fit(item, width // columns) for item in items[start : start + columns]))
        for start in range(0, len(items), columns)
    ]


class HelpDialog(Dialog[None]):
    """The keys that work on the screen below."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("help.back", "close", "Close"),
        bind("help.up", "scroll(-1)", "up", show=False),
        bind("help.down", "scroll(1)", "down", show=False),
        bind("help.page_up", "scroll(-10)", "a page up", show=False),
        bind("help.page_down", "scroll(10)", "a page down", show=False),
    ]

    def __init__(
        self, active: Sequence[ActiveBinding], screen: str, glyphs: Glyphs, ways: Collection[str] = ()
    ) -> None:
        super().__init__()
        self._groups = groups(active, screen, ways)
        self._screen = screen
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        """Return the page in a box that scrolls."""
        with VerticalScroll(id="box", classes="page", can_focus=False) as box:
            box.border_title = line(ink("Keys", "strong"), ink(f"  on {self._screen}", "muted"))
            box.border_subtitle = ink("esc closes", "muted")
            yield LinesView(lambda width: help_lines(self._groups, self._glyphs, width), "page")

    def action_scroll(self, lines: int) -> None:
        """Scroll the page."""
        self.query_one("#box").scroll_relative(y=lines, animate=False)

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)
