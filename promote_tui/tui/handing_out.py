"""What `y` and `o` do: hand something to the clipboard, or to the browser."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from promote_tui.core import login
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from promote_tui.tui.app import PromoteApp

Thing = tuple[str, str]
"""(what it is, the text or the URL)"""


def copy(app: PromoteApp, things: Sequence[Thing]) -> None:
    """Copy the only thing, or the chosen one."""
    _choose(app, "Copy", things, lambda thing: _copied(app, thing))


def browse(app: PromoteApp, things: Sequence[Thing]) -> None:
    """Open the only page, or the chosen one; where no browser can be shown its address is copied."""
    _choose(app, "Open in the browser", things, lambda thing: _opened(app, thing))


def _choose(app: PromoteApp, title: str, things: Sequence[Thing], then: Callable[[Thing], None]) -> None:
    if len(things) == 1:
        then(things[0])
        return
    from promote_tui.tui.dialogs.finder import Finder, Found  # noqa: PLC0415 - not before the first frame

    rows = [Found("", what, text, (what, text)) for what, text in things]
    app.push_screen(Finder[Thing](title, rows, marks=app.marks), lambda thing: then(thing) if thing else None)


def _copied(app: PromoteApp, thing: Thing) -> None:
    what, text = thing
    app.copy_to_clipboard(text)
    app.say(f"copied the {what}: {clean(text, limit=60)}")


def _opened(app: PromoteApp, thing: Thing) -> None:
    what, url = thing
    if not url.startswith("https://"):
        app.say(f"the {what} has no address that a browser should open", failed=True)
    elif has_browser():
        app.open_url(url)
        app.say(f"opened the {what}")
    else:
        app.copy_to_clipboard(url)
        app.say(f"no browser here; copied the address of the {what}: {clean(url, limit=60)}")


def has_browser() -> bool:
    """Tell whether a browser has a screen of its own here: a text browser would draw over this one."""
    return login.has_browser(os.environ, sys.platform)
