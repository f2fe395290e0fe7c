"""How `notes` writes release notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from promote_tui.cli.outputs.notes import NotesOutput
from promote_tui.cli.views.base import JsonView, View
from promote_tui.core.release_notes.render import html, markdown
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from promote_tui.core.release_notes.model import Notes

_PAGE = 50_000_000


class NotesView(Protocol):
    """Writes release notes."""

    def notes(self, found: Notes) -> None:
        """Write the notes."""


class NotesText(View):
    """Notes as a document of text."""

    def page(self, text: str) -> None:
        """Print a document line by line."""
        self.context.out.lines(clean(text, limit=_PAGE, newlines=True).removesuffix("\n").split("\n"))


class NotesMarkdown(NotesText):
    """Notes as Markdown."""

    def notes(self, found: Notes) -> None:
        """Print the Markdown."""
        self.page(markdown(found))


class NotesHtml(NotesText):
    """Notes as a page of HTML."""

    def notes(self, found: Notes) -> None:
        """Print the page."""
        self.page(html(found))


class NotesJson(JsonView):
    """Notes as JSON."""

    def notes(self, found: Notes) -> None:
        """Write the notes."""
        self.write(NotesOutput.of(found))
