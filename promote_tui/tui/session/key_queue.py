"""Keys that are on their way: who pressed one meant the screen that stood in front then."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from textual.events import Key

_ON_THEIR_WAY = 200
"""Keys that may be on their way at once: as many as somebody types while the machine stalls."""


class TakesKeys(Protocol):
    """A screen that may want a key before its widgets do."""

    def intercept_key(self, event: Key, *, late: bool = False) -> bool:
        """Take a key; `late`: it was on its way to what stood in front before."""
        ...

    def moves_focus(self, event: Key) -> bool:
        """Tell whether the keys behind this one wait for where the focus goes."""
        ...


class KeyQueue:
    """Remembers for each key the screen that was in front when it was pressed; a dialog is none."""

    def __init__(self) -> None:
        self._pressed: deque[tuple[Key, TakesKeys]] = deque(maxlen=_ON_THEIR_WAY)

    def press(self, event: Key, front: TakesKeys | None) -> bool:
        """Let the screen in front have a key that was pressed; tell whether it took it."""
        if front is None:
            return False
        self._pressed.append((event, front))
        return front.intercept_key(event)

    def arrive(self, event: Key, front: TakesKeys | None) -> bool:
        """Let the screen in front have a key that nobody wanted, where it was not in front when it was pressed."""
        meant_for = (screen for pressed, screen in self._pressed if pressed is event)
        return front is not None and front not in meant_for and front.intercept_key(event, late=True)
