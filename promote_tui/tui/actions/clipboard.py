"""What `y` and `o` do: hand something to the clipboard, or to the browser."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TypeVar

from promote_tui.core import login
from promote_tui.core.release_notes.render import markdown
from promote_tui.core.text import clean, short
from promote_tui.tui.dialogs.finder import FinderDialog, FinderRow
from promote_tui.tui.presentation.copy_items import LateText

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from promote_tui.core.planning.plan import Draft
    from promote_tui.tui.action import FrontScreen
    from promote_tui.tui.host import Host
    from promote_tui.tui.presentation.copy_items import CopyItem

T = TypeVar("T", bound=tuple[str, object])


def notes_item(host: Host, service: str, source: str, target: str) -> CopyItem:
    """Return the release notes of what `source` has and `target` lacks, to be made when they are wanted.

    Both are a stage's name or a full hash.
    """
    engine, ends = host.the_engine, (short(target), short(source))
    words = f"Markdown, from {ends[0]} to {ends[1]}"
    return "release notes", LateText(words, lambda: markdown(engine.commits.release_notes((service,), source, target)))


def notes_of_draft(host: Host, draft: Draft | None) -> list[CopyItem]:
    """Return the release notes of what a draft would bring to its stage; nothing where it brings nothing."""
    if draft is None or not draft.brings or host.engine is None:
        return []
    return [notes_item(host, draft.target.service, draft.commit.sha, draft.target.stage)]


def has_browser() -> bool:
    """Tell whether a browser has a screen of its own here: a text browser would draw over this one."""
    return login.has_browser(os.environ, sys.platform)


class CopyAction:
    """Copies what the screen offers to copy; if there is more than one thing, asks which."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def why_not(self, view: FrontScreen | None) -> str:
        """Return that there is nothing."""
        return "" if view is not None and view.copy_items() else "nothing to copy here"

    def run(self, view: FrontScreen | None) -> None:
        """Copy it."""
        if view is not None:
            _choose(self._host, "Copy", view.copy_items(), self._copy)

    def _copy(self, item: CopyItem) -> None:
        what, text = item
        if isinstance(text, LateText):
            self._host.say(f"writing the {what}")
            self._host.background.run(self._host, text.make, lambda made: self._copied(what, made))
        else:
            self._copied(what, text)

    def _copied(self, what: str, text: str) -> None:
        self._host.copy_to_clipboard(text)
        self._host.say(f"copied the {what}: {clean(text, limit=60)}")


class BrowseAction:
    """Opens the screen's web page in the browser; without a browser, copies the address."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def why_not(self, view: FrontScreen | None) -> str:
        """Return that there is nothing."""
        return "" if view is not None and view.web_pages() else "nothing to open here"

    def run(self, view: FrontScreen | None) -> None:
        """Open the only page, or the chosen one."""
        if view is not None:
            _choose(self._host, "Open in the browser", view.web_pages(), lambda page: self._open(*page))

    def _open(self, what: str, url: str) -> None:
        if not url.startswith("https://"):
            self._host.say(f"the {what} has no address that a browser should open", failed=True)
        elif has_browser():
            self._host.open_url(url)
            self._host.say(f"opened the {what}")
        else:
            self._host.copy_to_clipboard(url)
            self._host.say(f"no browser here; copied the address of the {what}: {clean(url, limit=60)}")


def _choose(host: Host, title: str, items: Sequence[T], then: Callable[[T], None]) -> None:
    if len(items) == 1:
        then(items[0])
        return
    rows = [FinderRow("", item[0], str(item[1]), item) for item in items]
    host.push_screen(FinderDialog[T](title, rows, marks=host.marks), lambda item: then(item) if item else None)
