"""Whether to quit while runs go on; closes where none goes on any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.tui.dialogs.confirm import ConfirmDialog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.signal import Signal

    from promote_tui.core.runs.run import Run


class QuitDialog(ConfirmDialog[bool]):
    """Returns whether to quit; `live` are the runs that go on, `ended` says of each when it does not any more."""

    def __init__(self, live: Mapping[str, Run | None], ended: Signal[Run], *, sandbox: bool) -> None:
        go = "Quit, end the sandbox" if sandbox else "Quit, leave it running"
        super().__init__("Quit?", _in_sandbox(live) if sandbox else _beside(live), (("Stay", False), (go, True)))
        self._live = live
        self._ended = ended

    def on_mount(self) -> None:
        """Follow the runs."""
        self._ended.subscribe(self, self._follow)

    def _follow(self, _run: Run) -> None:
        if not self._live:
            self.expire()


def _in_sandbox(live: Mapping[str, Run | None]) -> tuple[str, ...]:
    return (f"The sandbox ends when you quit, and {', '.join(live)} with it.",)


def _beside(live: Mapping[str, Run | None]) -> tuple[str, ...]:
    verb = "keeps" if len(live) == 1 else "keep"
    again = f"To watch it again: promote-tui attach {next(iter(live))}"
    return f"{', '.join(live)} {verb} running without this window.", again
