"""Draws screenshots/ from the real program on the sandbox: an SVG and a PNG of each screen."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.bootstrap import open_engine
from promote_tui.config.loader import load
from promote_tui.demo.sandbox import sandbox
from promote_tui.tui.app import Options, PromoteApp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from textual.pilot import Pilot

    from promote_tui.demo.sandbox import Sandbox

TOP = Path(__file__).parents[1]
OUT = TOP / "screenshots"
FONT = "'DejaVu Sans Mono', Menlo, Consolas, monospace"
_DEADLINE = 60.0


class Studio:
    """The program on a screen of a given size, and a camera."""

    def __init__(self, app: PromoteApp, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def text(self) -> str:
        """What stands on the screen."""
        strips = self.app.screen._compositor.render_strips()  # noqa: SLF001 - the only way to read a screen
        return "\n".join("".join(segment.text for segment in line) for line in strips)

    async def sees(self, *words: str) -> None:
        """Wait until all these words stand on the screen."""
        await self.until(lambda: all(word in self.text for word in words), f"{words}")

    async def until(self, true: Callable[[], bool], what: str) -> None:
        """Wait until something is true."""
        end = time.monotonic() + _DEADLINE
        while not true():
            if time.monotonic() > end:
                sys.exit(f"not on the screen: {what}\n{self.text}")
            await self.pilot.pause(0.05)

    async def press(self, *keys: str) -> None:
        """Press keys."""
        await self.pilot.press(*keys)

    async def snap(self, name: str) -> None:
        """Write the screen as an SVG in the font that the PNG is drawn with."""
        await self.pilot.pause(0.3)
        svg = self.app.export_screenshot(title="promote-tui")
        svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
        svg = re.sub(r"font-family: Fira Code, monospace", f"font-family: {FONT}", svg)
        svg = re.sub(r"font-family: arial", f"font-family: {FONT}", svg)
        (OUT / f"{name}.svg").write_text(svg, encoding="utf-8")


@asynccontextmanager
async def _open(box: Sandbox, size: tuple[int, int]) -> AsyncIterator[Studio]:
    config = load(box.config)
    app = PromoteApp(config.pipeline, lambda: open_engine(box.config), Options())
    async with app.run_test(size=size) as pilot:
        yield Studio(app, pilot)


async def _pipeline(box: Sandbox, size: tuple[int, int], name: str) -> None:
    async with _open(box, size) as studio:
        await studio.sees("webhooks", "never")
        await studio.press("down", "down", "right")
        await studio.sees("promote", "to staging", "DEPLOYED")
        await studio.snap(name)


async def _promotion(box: Sandbox) -> None:
    async with _open(box, (120, 40)) as studio:
        await studio.sees("webhooks", "never")
        await studio.press("enter")
        await studio.sees("STAGE", "SUBJECT")
        await studio.snap("service")
        await studio.press("escape", "down", "down", "right", "p")
        await studio.sees("Deploy catalog to staging", "planned")
        await studio.snap("promote")
        await studio.press("tab", "enter")
        await studio.sees("Deployed catalog to staging")
        await studio.snap("run")


def main() -> None:
    """Build the sandbox, take every picture, and turn them into PNGs."""
    OUT.mkdir(exist_ok=True)
    with sandbox(print) as box:
        os.environ.clear()
        os.environ.update(box.environment)
        asyncio.run(_pipeline(box, (120, 40), "pipeline"))
        asyncio.run(_pipeline(box, (80, 24), "pipeline-80x24"))
        asyncio.run(_promotion(box))
        pictures = sorted(str(path) for path in OUT.glob("*.svg"))
        subprocess.run(["node", str(TOP / "scripts/pictures/png.js"), *pictures], check=True)


if __name__ == "__main__":
    main()
