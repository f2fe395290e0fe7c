"""Driving the terminal UI in tests: keys in, text out, and waiting without luck."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.tui import timers
from promote_tui.tui.app import PromoteApp
from promote_tui.tui.options import Options
from promote_tui.tui.typed_ahead import TypedAhead
from tests.support.waiting import DEADLINE, comes_true

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection

    from textual.notifications import Notification
    from textual.pilot import Pilot

    from tests.support.fakes.engine import FakeEngine

SMALL, LARGE = (80, 24), (120, 40)
_CALM = 2
"""Looks in a row that find nothing at work: a message that was handled in between may have begun more."""


class Driver:
    """A running app with its pilot."""

    def __init__(
        self, app: PromoteApp, pilot: Pilot[int], engine: FakeEngine, strangers: Collection[threading.Thread] = ()
    ) -> None:
        self.app = app
        self.pilot = pilot
        self.engine = engine
        self._strangers = strangers

    @property
    def text(self) -> str:
        """What stands on the screen, line by line."""
        strips = self.app.screen._compositor.render_strips()  # noqa: SLF001 - what a person would see
        return "\n".join("".join(segment.text for segment in line) for line in strips)

    @property
    def toasts(self) -> list[str]:
        """What toasts say now, unwrapped."""
        return [each.message for each in self._notifications]

    @property
    def severities(self) -> dict[str, str]:
        """How grave each toast is, by what it says."""
        return {each.message: each.severity for each in self._notifications}

    @property
    def _notifications(self) -> list[Notification]:
        return [*self.app._notifications]  # noqa: SLF001 - what a person sees; Textual has no public way

    def line(self, words: str) -> str:
        """Return the first line that holds the words."""
        return next(row for row in self.text.splitlines() if words in row)

    async def press(self, *keys: str) -> None:
        """Press keys; a text of several letters that is no key's name is typed."""
        await self.pilot.press(*keys)

    async def type(self, words: str) -> None:
        """Type a text."""
        await self.pilot.press(*("space" if char == " " else char for char in words))

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something is true."""
        await comes_true(true, lambda: self.text)

    async def sees(self, *words: str) -> None:
        """Wait until all these words stand on the screen, and its letters are keys as soon as they will be."""

        def stands() -> bool:
            if self._settles or not words:
                return not self._settles
            text = self.text  # drawn for each look, so only once it may be the last one
            return all(word in text for word in words)

        await self.until(stands)

    async def ticks(self, seconds: float, times: int = 10) -> None:
        """Wait until a timer of the app has ticked so often: one of a screen that still ran would have ticked, too."""
        heard: list[None] = []
        timer = self.app.set_interval(seconds, lambda: heard.append(None))
        await self.until(lambda: len(heard) >= times)
        timer.stop()

    async def settle(self) -> None:
        """Wait until nothing more will come by itself.

        No thread is at work but those that wait for the test, no timer of one tick is set, no message is unheard.
        """
        end = time.monotonic() + DEADLINE
        calm = 0
        while calm < _CALM:
            assert time.monotonic() < end, f"it does not come to rest: {self._at_work()}\n{self.text}"
            await self.pilot.pause()
            calm = 0 if self._at_work() else calm + 1

    def _at_work(self) -> list[str]:
        """Return what will change something: threads that nobody holds, and timers of one tick."""
        threads = [one for one in threading.enumerate() if one.name == "background" and one not in self._strangers]
        return [
            *(one.name for one in threads if not _waits_for_the_test(one)),
            *(task.get_name() for task in asyncio.all_tasks() if task.get_name() == timers.NAME),
        ]

    @property
    def _settles(self) -> bool:
        found = getattr(self.app.screen, "typed_ahead", None)
        return isinstance(found, TypedAhead) and found.settles

    async def shows(self, screen: str) -> None:
        """Wait until a screen of that class is in front."""
        await self.until(lambda: type(self.app.screen).__name__ == screen)


def _waits_for_the_test(thread: threading.Thread) -> bool:
    """Tell whether it stands in a wait that the test, or the engine of the test, has made."""
    top = frame = sys._current_frames().get(thread.ident or 0)  # noqa: SLF001 - documented, in spite of its name
    while frame is not None and frame.f_code.co_filename == threading.__file__:
        frame = frame.f_back
    return frame is not None and frame is not top and "tests" in Path(frame.f_code.co_filename).parts


@asynccontextmanager
async def driving(
    engine: FakeEngine, size: tuple[int, int] = SMALL, options: Options | None = None, *, read: bool = True
) -> AsyncIterator[Driver]:
    """Run the app on a fake engine; with `read` the matrix has been read when the block begins."""
    strangers = threading.enumerate()  # threads of earlier tests
    app = PromoteApp(engine.pipeline, lambda: engine, options or Options())
    app.animation_level = "none"
    app.HEAD_START = 0.001  # no test waits for a frame that nobody looks at
    async with app.run_test(size=size, notifications=True) as pilot:
        driver = Driver(app, pilot, engine, strangers)
        if read:
            await driver.until(lambda: app.cells.taken_at is not None and not app.cells.is_reading)
            await driver.sees("SERVICE")
        yield driver
