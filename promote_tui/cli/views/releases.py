"""How the commands of releases show what they did: one release, the end of its process, and the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from promote_tui.cli.outputs.releases import ReleaseListOutput, ReleaseOutput
from promote_tui.cli.text import releases as text
from promote_tui.cli.views.base import JsonView, View
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.engine.releases.details import ListedRelease, ReleaseDetails


class ReleaseView(Protocol):
    """Shows one release."""

    def release(self, found: ReleaseDetails) -> None:
        """Show a release that was asked for."""

    def end(self, found: ReleaseDetails) -> None:
        """Show a release that was followed until nobody works on it."""

    def start(self, found: ReleaseDetails) -> None:
        """Show a release that was started and is not followed."""


class ReleaseHuman(View):
    """The checklist of a release; the planned one has its summary on top."""

    def release(self, found: ReleaseDetails) -> None:
        """Print the checklist."""
        self.context.out.lines(text.checklist_lines(found, self.context.out.style, self.context.engine.clock))

    def end(self, found: ReleaseDetails) -> None:
        """Print the checklist after what was narrated."""
        err = self.context.err
        err.lines(["", *text.checklist_lines(found, err.style, self.context.engine.clock)])

    def start(self, found: ReleaseDetails) -> None:
        """Print its name."""
        self.context.out.line(clean(found.release.name))


class ReleaseJson(JsonView):
    """The release as JSON."""

    def release(self, found: ReleaseDetails) -> None:
        """Write the release."""
        self.write(ReleaseOutput.of(found))

    end = start = release


class ReleaseListView(Protocol):
    """Shows a list of releases."""

    def releases(self, found: Sequence[ListedRelease]) -> None:
        """Show the releases."""


class ReleaseListHuman(View):
    """The releases as a table."""

    def releases(self, found: Sequence[ListedRelease]) -> None:
        """Print a row for each."""
        out = self.context.out
        if found:
            out.lines(text.release_table(found, out.style, self.context.engine.clock))
        else:
            self.context.err.line("no releases yet: promote-tui release plan --to STAGE")


class ReleaseListJson(JsonView):
    """The releases as JSON."""

    def releases(self, found: Sequence[ListedRelease]) -> None:
        """Write them."""
        self.write(ReleaseListOutput.of(found))
