"""Whether a widget is being taken down: it has lost its parts, or never got them, and nothing is wrong with that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ScreenStackError
from textual.css.query import NoMatches
from textual.dom import NoScreen
from textual.widget import MountError

if TYPE_CHECKING:
    from textual.app import App
    from textual.message_pump import MessagePump

_LACKS = (NoMatches, MountError, NoScreen, ScreenStackError)
"""What is raised where a part, a parent or a screen is not there."""


def lacks_parts(error: Exception, app: App[int], at: MessagePump | None) -> bool:
    """Tell whether an error only says that `at` was left while it opened, closed or was drawn."""
    return isinstance(error, _LACKS) and (_left(app) or is_gone(at))


def is_gone(pump: MessagePump | None) -> bool:
    """Tell whether a widget, or what it is a part of, is being taken down."""
    while pump is not None:
        if getattr(pump, "_pruning", False):  # Textual has no public word for it
            return True
        pump = pump._parent  # noqa: SLF001 - `parent` of a screen that was removed raises
    return False


def _left(app: App[int]) -> bool:
    """Tell whether the program is being left: no screen is attached any more."""
    return not app.screen_stack or not app.screen.is_attached
