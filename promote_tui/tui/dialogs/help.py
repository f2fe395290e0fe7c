"""Every key of the screen below, made from its bindings, and what a cell says."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import ActiveBinding, Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from promote_tui.tui.presentation.cells import State, glyph_of
from promote_tui.tui.presentation.ink import BLANK, fit, ink, line, wrap
from promote_tui.tui.widgets.drawn import Drawn
from promote_tui.tui.widgets.key_bar import key_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content

    from promote_tui.tui.presentation.glyphs import Glyphs

_LEGEND = (
    (State.SAME, "same as the stage before"),
    (State.BEHIND, "behind it"),
    (State.AHEAD, "ahead of it"),
    (State.DIVERGED, "both: diverged"),
    (State.RUNNING, "a deploy is running"),
    (State.FAILED, "the last attempt failed"),
    (State.NEVER, "never deployed"),
    (State.UNKNOWN, "cannot be told or read"),
    (State.ALONE, "nothing to compare with"),
)
_OURS = ("matrix.", "rows.", "log.")


def groups(active: Iterable[ActiveBinding], screen: str) -> dict[str, list[tuple[str, str]]]:
    """Return (keys, words) by heading; keys with one action stand together, those without an id are not ours."""
    found: dict[str, dict[str, list[str]]] = {f"on {screen}": {}, "move": {}, "everywhere": {}}
    for item in active:
        binding = item.binding
        if binding.id is None or not binding.description:
            continue
        heading = "move" if binding.group else "everywhere" if binding.id.startswith("app.") else f"on {screen}"
        words = binding.tooltip or binding.description
        found[heading].setdefault(words, []).append(key_name(binding.key))
    return {
        heading: [(" ".join(dict.fromkeys(keys)), words) for words, keys in rows.items()]
        for heading, rows in found.items()
        if rows
    }


def table(rows: Sequence[tuple[str, str]], width: int) -> list[Content]:
    """Return keys and words in two columns."""
    at = max(len(keys) for keys, _ in rows) + 2
    lines = (wrap(line(fit(ink(keys, "strong"), at), ink(words, "muted")), width, at) for keys, words in rows)
    return [part for row in lines for part in row]


def help_lines(found: dict[str, list[tuple[str, str]]], glyphs: Glyphs, width: int) -> list[Content]:
    """Return the whole page: two columns of groups where they fit, then the legend."""
    blocks = {name: [ink(name.upper(), "label"), *table(rows, width // 2 - 2)] for name, rows in found.items()}
    left = next(iter(blocks.values()))
    right = [part for name, block in list(blocks.items())[1:] for part in (*block, BLANK)]
    if width < 64:  # noqa: PLR2004 - one column
        rows = [part for block in blocks.values() for part in (*block, BLANK)]
    else:
        size = max(len(left), len(right))
        pad = [BLANK] * size
        pairs = zip([*left, *pad][:size], [*right, *pad][:size], strict=True)
        rows = [line(fit(one, width // 2), two) for one, two in pairs]
    return [*rows, ink("WHAT A CELL SAYS", "label"), *_legend(glyphs, width)]


def _legend(glyphs: Glyphs, width: int) -> list[Content]:
    items = [line(glyph_of(state, glyphs), " ", ink(words, "muted")) for state, words in _LEGEND]
    columns = max(1, width // 28)
    return [
        line(*(fit(item, width // columns) for item in items[start : start + columns]))
        for start in range(0, len(items), columns)
    ]


class Help(ModalScreen[None]):
    """The keys that work on the screen below."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1,q", "close", "Close", id="help.back"),
    ]

    def __init__(self, active: Sequence[ActiveBinding], screen: str, glyphs: Glyphs) -> None:
        super().__init__()
        self._groups = groups(active, screen)
        self._screen = screen
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        """Return the page in a box that scrolls."""
        with VerticalScroll(id="box", classes="page") as box:
            box.border_title = line(ink("Keys", "strong"), ink(f"  on {self._screen}", "muted"))
            box.border_subtitle = ink("esc closes", "muted")
            yield Drawn(lambda width: help_lines(self._groups, self._glyphs, width), "page")

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)
