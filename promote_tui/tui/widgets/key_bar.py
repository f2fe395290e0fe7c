"""The footer: six hints at most, made from the bindings that work right now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.actions import parse
from textual.content import Content
from textual.widget import Widget

from promote_tui.tui.presentation.style import BLANK, ink, line, spread
from promote_tui.tui.presentation.widths import WIDE
from promote_tui.tui.widgets.strips import to_strip

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.binding import ActiveBinding
    from textual.events import Click
    from textual.screen import Screen
    from textual.strip import Strip

MOST = 6
_WIDE = 110
_NAMES = {
    "escape": "esc",
    "question_mark": "?",
    "slash": "/",
    "space": "space",
    "f1": "F1",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
}


def key_name(key: str) -> str:
    """Return a key as people write it."""
    return _NAMES.get(key, key)


def why_not(item: ActiveBinding) -> str:
    """Return why the binding's action cannot be done now, in the words of who has it; empty where it can."""
    asked = getattr(item.node, "why_not", None)
    if asked is None:
        return ""
    _, name, parameters = parse(item.binding.action)
    return str(asked(name, parameters))


def hints(active: Iterable[ActiveBinding], first: Sequence[str] = ()) -> list[tuple[str, str, ActiveBinding]]:
    """Return (key, words, binding) of the hints: the next steps `first`, Help last and the ways out behind it."""
    found: dict[str, tuple[str, str, ActiveBinding]] = {}
    for item in active:
        shown = item.binding.show or item.binding.id in first
        if shown and item.binding.description and item.enabled and not why_not(item):
            row = (key_name(item.binding.key), item.binding.description, item)
            found.setdefault(item.binding.id or item.binding.action, row)
    found = {name: found[name] for name in (*(each for each in first if each in found), *found)}
    ways_out = [name for name, row in found.items() if row[0] == "esc"]
    last = [found.pop(name) for name in ("app.help", *ways_out) if name in found]
    return [*list(found.values())[: MOST - len(last)], *last]


def fit_hints(shown: Sequence[Content], gap: str, room: int) -> Content:
    """Return the hints in one line of at most `room` cells: those before the last, which is Help, give way."""
    kept = list(shown)
    while len(kept) > 1 and sum(each.cell_length for each in kept) + len(gap) * (len(kept) - 1) > room:
        del kept[-2]
    return Content(gap).join(kept)


class KeyBar(Widget):
    """Hints at the bottom of a screen; a click does what the key does. Under a dialog, whose keys are others, none."""

    DEFAULT_CSS = """
    KeyBar { dock: bottom; height: 1; background: $surface; padding: 0 1; }
    """

    def on_mount(self) -> None:
        """Follow the bindings of the screen."""
        self.screen.bindings_updated_signal.subscribe(self, self._updated)

    def _updated(self, _screen: Screen[object]) -> None:
        self.refresh()

    def render_line(self, _y: int) -> Strip:
        """Return the one line."""
        return to_strip(self, self._hints(), self.size.width)

    def _hints(self) -> Content:
        """Return the hints, with Back at the right end if it fits, else with the palette if that fits."""
        if not self.screen.is_active:
            return BLANK
        width = self.content_size.width
        gap = "    " if width >= WIDE else "   "
        active = self._active()
        rows = hints(active, self._first())
        shown = [(key, line(ink(key, "strong"), " ", ink(words, "muted"))) for key, words, _ in rows]
        back = next((text for key, text in shown if key == "esc"), BLANK)
        right = back if back.plain else _palette(active) if width >= WIDE else BLANK
        rest = fit_hints([text for key, text in shown if key != "esc"], gap, width - right.cell_length - 1)
        return spread(rest, right, width)

    def _first(self) -> Sequence[str]:
        asked = getattr(self.screen, "next_keys", None)
        return asked() if asked is not None else ()

    def _active(self) -> list[ActiveBinding]:
        """Return the bindings that work, without letters where the screen does not take them for keys."""
        active = list(self.screen.active_bindings.values())
        if not getattr(self.screen, "buffers_letters", False):
            return active
        return [item for item in active if len(item.binding.key) > 1 or item.binding.key.isdigit()]

    async def on_click(self, event: Click) -> None:
        """Run the hint under the pointer."""
        text = self._hints().plain
        for key, words, item in hints(self._active(), self._first()):
            start = text.find(f"{key} {words}")
            if start >= 0 and start <= event.x - 1 < start + len(key) + 1 + len(words):
                await self.app.run_action(item.binding.action, item.node)
                return


def _palette(active: Iterable[ActiveBinding]) -> Content:
    found = (item for item in active if item.binding.id == "app.palette")
    keys = [line(ink(key_name(it.binding.key), "strong"), " ", ink("Palette", "muted")) for it in found]
    return keys[0] if keys else BLANK
