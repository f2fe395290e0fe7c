"""The notes of a release: shown, and copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.release_notes.render import markdown
from promote_tui.tui.dialogs.notes import NotesDialog
from promote_tui.tui.presentation.copy_items import LateText

if TYPE_CHECKING:
    from promote_tui.core.errors import PromoteError
    from promote_tui.core.releases.release import Release
    from promote_tui.tui.host import ActionOwner
    from promote_tui.tui.presentation.copy_items import CopyItem


class ReleaseNotes:
    """Has the engine write what `notes --release` prints."""

    def __init__(self, screen: ActionOwner) -> None:
        self._screen = screen

    def item(self, release: Release) -> CopyItem:
        """Return the notes to be copied, made when they are wanted."""
        return "release notes", LateText("Markdown, wave by wave", lambda: self._write(release))

    def show(self, release: Release) -> None:
        """Write the notes, and show them."""
        self._screen.background(lambda: self._write(release), lambda text: self._show(release, text), self._fail)

    def _write(self, release: Release) -> str:
        return markdown(self._screen.engine.commits.notes_of_release(release))

    def _show(self, release: Release, text: str) -> None:
        host = self._screen.host
        if self._screen.is_current:
            dialog = NotesDialog(release.name, text, host.key_of("notes.copy"))
            host.push_screen(dialog, lambda wanted: self._copy(text) if wanted else None)

    def _fail(self, error: PromoteError) -> None:
        self._screen.host.say(str(error), failed=True)

    def _copy(self, text: str) -> None:
        self._screen.host.copy_to_clipboard(text)
        self._screen.host.say("copied the release notes")
