"""What `y` and `o` do: hand something to the clipboard, or to the browser."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from promote_tui.core import login
from promote_tui.core.release_notes.render import markdown
from promote_tui.core.text import clean
from promote_tui.tui.dialogs.finder import Finder, Found

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.planning.plan import Draft
    from promote_tui.tui.app import PromoteApp

HASH_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Later:
    """A text that has to be made first, by a function that blocks; `words` say which it is."""

    words: str
    make: Callable[[], str]

    def __str__(self) -> str:
        """Return the words."""
        return self.words


Thing: TypeAlias = tuple[str, str | Later]
"""(what it is, the text or the URL)"""
T = TypeVar("T", bound=tuple[str, object])


def notes_of(app: PromoteApp, service: str, source: str, target: str) -> Thing:
    """Return the release notes of what `source` has and `target` lacks, to be made when they are wanted.

    Both are a stage's name or a full hash.
    """
    engine, ends = app.the_engine, [name[:7] if len(name) == HASH_LENGTH else name for name in (target, source)]
    words = f"Markdown, from {ends[0]} to {ends[1]}"
    return "release notes", Later(words, lambda: markdown(engine.commits.release_notes((service,), source, target)))


def notes_of_draft(app: PromoteApp, draft: Draft | None) -> list[Thing]:
    """Return the release notes of what a draft would bring to its stage; nothing where it brings nothing."""
    if draft is None or not draft.brings or app.engine is None:
        return []
    return [notes_of(app, draft.target.service, draft.commit.sha, draft.target.stage)]


def copy(app: PromoteApp, things: Sequence[Thing]) -> None:
    """Copy the only thing, or the chosen one."""
    _choose(app, "Copy", things, lambda thing: _copy(app, thing))


def browse(app: PromoteApp, things: Sequence[tuple[str, str]]) -> None:
    """Open the only page, or the chosen one; where no browser can be shown its address is copied."""
    _choose(app, "Open in the browser", things, lambda thing: _opened(app, *thing))


def _choose(app: PromoteApp, title: str, things: Sequence[T], then: Callable[[T], None]) -> None:
    if len(things) == 1:
        then(things[0])
        return
    rows = [Found("", thing[0], str(thing[1]), thing) for thing in things]
    app.push_screen(Finder[T](title, rows, marks=app.marks), lambda thing: then(thing) if thing else None)


def _copy(app: PromoteApp, thing: Thing) -> None:
    what, text = thing
    if isinstance(text, Later):
        app.say(f"writing the {what}")
        app.background.run(app, text.make, lambda made: copied(app, what, made))
    else:
        copied(app, what, text)


def copied(app: PromoteApp, what: str, text: str) -> None:
    """Put a text on the clipboard, and say so."""
    app.copy_to_clipboard(text)
    app.say(f"copied the {what}: {clean(text, limit=60)}")


def _opened(app: PromoteApp, what: str, url: str) -> None:
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
