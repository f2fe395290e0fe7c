"""What `ctrl+c` and `q` do: quit; while a run of this session is going on, ask first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.tui.dialogs.quit import QuitDialog

if TYPE_CHECKING:
    from promote_tui.tui.action import FrontScreen
    from promote_tui.tui.host import Host


class LeaveAction:
    """Quits."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._asking = False

    def why_not(self, _view: FrontScreen | None) -> str:
        """Return that a run is about to begin, and would be left unannounced."""
        if any(getattr(screen, "is_starting_run", False) for screen in self._host.screen_stack):
            return "a run is starting; quit once it has begun"
        return ""

    def run(self, _view: FrontScreen | None) -> None:
        """Quit, or ask."""
        host = self._host
        if not host.live or host.is_too_small:  # which says that the run goes on
            host.exit(0)
        elif not self._asking:
            self._asking = True
            host.push_screen(QuitDialog(host.live, host.run_ended_signal, sandbox=host.sandbox), self._answered)

    def _answered(self, quit_now: object) -> None:
        self._asking = False
        if quit_now:
            self._host.exit(0)
