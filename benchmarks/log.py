"""How many lines a second the log pane takes while keys are answered, beside the same key with nothing written.

`python benchmarks/log.py [SECONDS]` writes to a pane in a headless app as fast as it takes them, in pieces as
they come from the file, and presses a key all the while.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from typing import TYPE_CHECKING

from textual.app import App

from promote_tui.tui.presentation.style import text_colours
from promote_tui.tui.widgets.run_log import RunLog

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.pilot import Pilot

WANTED = 100_000
"""Lines a second that the pane has to keep up with."""
_PIECE = 10_000
_LINE = b"  UPDATE_IN_PROGRESS - AWS::Lambda::Function - Orders\x1b[32mFunction\x1b[0m%d"


class Pane(App[None]):
    """Nothing but a log."""

    def get_css_variables(self) -> dict[str, str]:
        """Return the theme's variables with the three strengths of text."""
        variables = super().get_css_variables()
        return {**variables, **text_colours(variables["background"], variables["foreground"])}

    def compose(self) -> ComposeResult:
        """Return the pane."""
        yield RunLog()


async def _pressed(pilot: Pilot[None]) -> float:
    """Return how long a key took until its effect was drawn; it goes to the end, so that the pane follows."""
    begin = time.perf_counter()
    await pilot.press("end")
    return time.perf_counter() - begin


async def _keys(pilot: Pilot[None], seconds: float) -> list[float]:
    end = time.perf_counter() + seconds
    found = []
    while time.perf_counter() < end:
        found.append(await _pressed(pilot))
        await asyncio.sleep(0.02)
    return found


async def _write(log: RunLog, rate: float, seconds: float) -> int:
    """Write pieces at a rate (0: as fast as they are taken) and return how many lines it was."""
    piece = [_LINE % number for number in range(_PIECE)]
    begin = time.perf_counter()
    written = 0
    while (now := time.perf_counter()) < begin + seconds:
        if rate and written >= (now - begin) * rate:
            await asyncio.sleep(0.005)
            continue
        log.write(piece)
        written += _PIECE
        await asyncio.sleep(0)
    return written


async def measure(seconds: float) -> None:
    """Print what was measured."""
    app = Pane()
    async with app.run_test(size=(120, 40)) as pilot:
        log = app.query_one(RunLog)
        log.write([_LINE % number for number in range(_PIECE)])
        await _keys(pilot, 0.5)
        idle = statistics.median(await _keys(pilot, seconds))
        log.action_follow()
        before = log.parsed
        keys, written = await asyncio.gather(_keys(pilot, seconds), _write(log, WANTED, seconds))
        busy, parsed = statistics.median(keys), log.parsed - before
        log.action_follow()
        begin = time.perf_counter()
        most = await _write(log, 0, seconds)
        rate = most / (time.perf_counter() - begin)
    lines = (
        f"key, nothing written      {idle * 1000:8.1f} ms",
        f"key, {WANTED:,} lines/s     {busy * 1000:8.1f} ms   {busy / idle:.2f}x",
        f"lines written / read      {written:,} / {parsed:,}",
        f"lines/s, nothing else     {rate:,.0f}   {rate / WANTED:.1f}x of {WANTED:,}",
    )
    sys.stdout.write("\n".join(lines) + "\n")
    if written < WANTED * seconds * 0.95:
        sys.exit(f"the pane did not keep up: {written / seconds:,.0f} lines/s")


if __name__ == "__main__":
    asyncio.run(measure(float(sys.argv[1]) if len(sys.argv) > 1 else 3.0))
