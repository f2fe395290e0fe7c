"""Planning a release under a name, and opening one of those that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.engine.releases.planning import ReleaseRequest
from promote_tui.tui.actions import navigation
from promote_tui.tui.dialogs.choose import ChooseDialog
from promote_tui.tui.dialogs.release_name import ReleaseNameDialog
from promote_tui.tui.presentation.release.guided.listing import listed_release_line

if TYPE_CHECKING:
    from textual.content import Content

    from promote_tui.core.releases.release import Release
    from promote_tui.tui.host import ActionOwner

_LISTED = 50


class ReleasePlans:
    """Asks for what it needs, then opens the release's screen."""

    def __init__(self, screen: ActionOwner) -> None:
        self._screen = screen

    def plan(self, stage: str, services: tuple[str, ...]) -> None:
        """Ask for a name, the first free one offered, then plan the release on its own screen."""
        host, engine = self._screen.host, self._screen.engine

        def go(name: str | None) -> None:
            if name:
                navigation.open_release(host, name, ReleaseRequest(name, stage, services))

        def ask(names: tuple[str, tuple[str, ...]]) -> None:
            if self._screen.is_current:
                host.push_screen(ReleaseNameDialog(stage, len(services), *names), go)

        def read() -> tuple[str, tuple[str, ...]]:
            return engine.releases.free_name(), engine.releases.names()

        self._screen.prepare_question(read, ask, host.say_trouble)

    def choose(self) -> None:
        """Let a person choose one of the project's releases, the last planned first."""
        host, engine = self._screen.host, self._screen.engine

        def draw(release: Release, width: int) -> Content:
            return listed_release_line(release, host.now(), host.glyphs, width)

        def show(found: tuple[Release, ...]) -> None:
            if not found:
                host.say(f"no release yet; {host.key_of('releases.promote')} plans one")
            elif self._screen.is_current:
                dialog: ChooseDialog[Release] = ChooseDialog("Releases", found, draw)
                host.push_screen(dialog, lambda each: navigation.open_release(host, each.name) if each else None)

        self._screen.prepare_question(lambda: engine.releases.newest(_LISTED), show, host.say_trouble)
