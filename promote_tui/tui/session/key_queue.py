"""Keys that are on their way: who pressed one meant the screen that stood in front then."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.events import Key
    from textual.screen import Screen

_ON_THEIR_WAY = 200
"""Keys that may be on their way at once: as many as somebody types while the machine stalls."""


class KeyQueue:
    """Remembers for each key the screen that was in front when it was pressed."""

    def __init__(self) -> None:
        self._pressed: deque[tuple[Key, Screen[None]]] = deque(maxlen=_ON_THEIR_WAY)

    def press(self, event: Key, screen: Screen[None]) -> None:
        """Note a key."""
        self._pressed.append((event, screen))

    def was_meant_for(self, event: Key, screen: Screen[None]) -> bool:
        """Tell whether the screen stood in front when the key was pressed."""
        return any(pressed is event and at is screen for pressed, at in self._pressed)
