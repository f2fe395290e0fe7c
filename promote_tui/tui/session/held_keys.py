"""Keys behind one that opens or leaves a field: they wait until that is done, and are for what has the focus then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from textual.events import Key
    from textual.widget import Widget

    from promote_tui.tui.session.key_queue import TakesKeys


class KeyPassed(Message):
    """Goes the way of a key, behind it: once it arrives at the app, the key has been dealt with."""


class HeldKeys:
    """Holds keys back from the press of one until all that it does is done.

    Two messages follow that key: one on its own way, and then one from where the focus is, behind all that the key
    had begun there. Each is handled after what was posted before it, whatever the load of the machine.
    """

    def __init__(self) -> None:
        self._keys: list[tuple[Key, TakesKeys | None]] = []
        self._sent: KeyPassed | None = None
        self._way: Widget | None = None
        self._is_last = False

    def follow(self, way: Widget) -> None:
        """Hold keys from now on, until the key that was sent this way has done what it does."""
        self._is_last = False
        self._send(way)

    def hold(self, event: Key, front: TakesKeys | None) -> bool:
        """Hold a key that was pressed for the screen in front (None: a dialog); False where nothing is waited for."""
        if self._way is not None and not self._way.is_attached:
            self._release()  # its screen is gone, and with it what was typed for it
        if self._sent is not None:
            self._keys.append((event, front))
        return self._sent is not None

    def arrive(self, message: KeyPassed, focus: Widget) -> list[tuple[Key, TakesKeys | None]]:
        """Return the keys that may go on, with what was in front when they were pressed."""
        if message is not self._sent:
            return []
        if self._is_last:
            return self._release()
        self._is_last = True
        self._send(focus)
        return []

    def _send(self, way: Widget) -> None:
        self._sent, self._way = KeyPassed(), way
        if not way.post_message(self._sent):
            self._release()

    def _release(self) -> list[tuple[Key, TakesKeys | None]]:
        keys, self._keys, self._sent, self._way = self._keys, [], None, None
        return keys
