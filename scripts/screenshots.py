"""Draws screenshots/ from the real program on the sandbox: an SVG and a PNG of each screen."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.bootstrap import open_engine
from promote_tui.config.loader import load
from promote_tui.demo.sandbox import sandbox
from promote_tui.tui.app import PromoteApp
from promote_tui.tui.options import Options

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from textual.pilot import Pilot

    from promote_tui.demo.sandbox import Sandbox

TOP = Path(__file__).parents[1]
OUT = TOP / "screenshots"
FONT = "'DejaVu Sans Mono', Menlo, Consolas, monospace"
SMALL, LARGE = (80, 24), (120, 40)
KEYS = {" ": "space", "-": "minus"}
_STEADY_LOOKS = 4
"""A quarter of a second apart: a second in all."""
_PROGRESS = re.compile(r"deploy +[1-9]\d* of \d+|done   took")
_DEADLINE = 240.0


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

    async def settles(self) -> None:
        """Wait until the screen has been the same for a moment."""
        same, before = 0, ""
        while same < _STEADY_LOOKS:
            await self.pilot.pause(0.25)
            same, before = (same + 1 if self.text == before else 0), self.text

    async def snap(self, name: str) -> None:
        """Write the screen as an SVG in the font that the PNG is drawn with."""
        await self.pilot.pause(0.3)
        svg = self.app.export_screenshot(title="promote-tui")
        svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
        svg = re.sub(r"font-family: Fira Code, monospace", f"font-family: {FONT}", svg)
        svg = re.sub(r"font-family: arial", f"font-family: {FONT}", svg)
        (OUT / f"{name}.svg").write_text(svg, encoding="utf-8")


@asynccontextmanager
async def _open(
    box: Sandbox, size: tuple[int, int], *, theme: str | None = None, plain: bool = False, read: bool = True
) -> AsyncIterator[Studio]:
    config = load(box.config)
    options = Options(theme=theme, ascii_only=plain)
    app = PromoteApp(config.pipeline, lambda: open_engine(box.config), options)
    async with app.run_test(size=size) as pilot:
        studio = Studio(app, pilot)
        if read:
            await studio.sees("webhooks")
            await studio.until(lambda: app.cells.taken_at is not None and not app.cells.is_reading, "it is read")
        yield studio


async def _overviews(box: Sandbox) -> None:
    """Take the screens that change nothing: the matrix in its looks, help, palette, drift and releases."""
    for name, size, theme, plain in (
        ("pipeline", LARGE, None, False),
        ("pipeline-80x24", SMALL, None, False),
        ("pipeline-light", LARGE, "catppuccin-latte", False),
        ("pipeline-ascii-80x24", SMALL, None, True),
    ):
        async with _open(box, size, theme=theme, plain=plain) as studio:
            await studio.press("down", "right")
            await studio.sees("catalog", "to staging", "gates")
            await studio.snap(name)
    async with _open(box, LARGE) as studio:
        await studio.press("question_mark")
        await studio.sees("What a cell says")
        await studio.snap("help")
        await studio.press("escape", "3")
        await studio.sees("COMMIT")
        await studio.snap("drift")
        await studio.press("2")
        await studio.sees("WAVE 1")
        await studio.settles()
        await studio.snap("releases")
    async with _open(box, SMALL) as studio:
        await studio.press("ctrl+p", *"ord")
        await studio.sees("service    orders", "branch     ", "Promote orders to dev")
        await studio.snap("palette-80x24")
    async with _open(box, (40, 12), read=False) as studio:
        await studio.sees("Window too small")
        await studio.snap("too-small-40x12")


async def _commits(box: Sandbox) -> None:
    async with _open(box, LARGE) as studio:
        await studio.press("down", "enter")
        await studio.sees("SUBJECT", "FILES")
        await studio.snap("service")
        await studio.press("d")
        await studio.sees("@@")
        await studio.snap("diff")
    async with _open(box, SMALL) as studio:
        await studio.press("down", "enter")
        await studio.sees("SUBJECT")
        await studio.settles()
        await studio.snap("service-80x24")


async def _promotion(box: Sandbox) -> None:
    """Promote catalog to staging, and take its review, its run under way, and its end."""
    async with _open(box, LARGE) as studio:
        await studio.press("down", "right", "p")
        await studio.sees("Deploy catalog to staging", "planned")
        await studio.settles()
        await studio.snap("promote-ask")
        await studio.press("tab", "enter")
        await studio.sees("Deploying catalog to staging")
        await studio.until(lambda: "to stage staging" in studio.text or "Deployed" in studio.text, "its log begins")
        await studio.snap("run-live")
        await studio.sees("Deployed catalog to staging")
        await studio.settles()
        await studio.snap("run")
    for name, size in (("rollback", LARGE), ("rollback-80x24", SMALL)):
        async with _open(box, size) as studio:
            await studio.press("down", "right", "u")
            await studio.sees("rolls back to", "all data", "Roll back catalog staging", "then type")
            await studio.snap(name)


async def _production(box: Sandbox) -> None:
    """Review orders for prod, typed half, large and small; nothing is deployed."""
    for name, size in (("promote-prod", LARGE), ("promote-prod-80x24", SMALL)):
        async with _open(box, size) as studio:
            await studio.press("down", "down", "right", "right", "p")
            await studio.sees("PROD", "planned")
            await studio.settles()
            await studio.press("tab", *"orders", "space", *"pr")
            await studio.sees("2 letters to go")
            await studio.snap(name)
            await studio.press("escape")


async def _closed(box: Sandbox) -> None:
    async with _open(box, LARGE) as studio:
        await studio.press("down", "down", "right", "enter", "b", *"partial", "enter")
        await studio.sees("partial-refunds")
        await studio.press("p")
        await studio.sees("which stage")
        await studio.press("enter")
        await studio.sees("BLOCKED")
        await studio.snap("promote-blocked")


async def _failure(box: Sandbox) -> None:
    """Deploy to dev the commit that fails there, and take the run and the list of runs."""
    broken = box.commit("webhooks", "broken")[:7]
    async with _open(box, LARGE) as studio:
        await studio.press("G", "enter")
        await studio.sees(broken)
        while f"review {broken}" not in studio.text:
            await studio.press("down")
            await studio.settles()
        await studio.press("p")
        await studio.sees("which stage")
        await studio.press("enter")
        await studio.sees("p deploys")
        await studio.settles()
        await studio.snap("promote-takes-away")
        await studio.press("p")
        await studio.sees("ROOT CAUSE")
        await studio.settles()
        await studio.snap("run-failed")
        await studio.press("escape", "escape", "4")
        await studio.sees("failed", "verified")
        await studio.snap("runs")


async def _release(box: Sandbox) -> None:
    """Release what waits for prod, and take it before, under way, and at its end."""
    name = f"release {datetime.now():%Y-%m-%d} prod"  # noqa: DTZ005 - the name is by the reader's day
    async with _open(box, LARGE) as studio:
        await studio.press("2")
        await studio.sees("WAVE 1", "plan a release of")
        await studio.press("p")
        await studio.sees("Plan release")
        await studio.press("tab", "enter")
        await studio.sees("SUMMARY", "expected", "then type the words")
        await studio.settles()
        await studio.press("p", *(key if key.isalnum() else KEYS[key] for key in name))
        await studio.sees("then enter starts it")
        await studio.snap("release-plan")
        await studio.press("tab", "enter")
        await studio.sees("wave 1 of")
        await studio.until(lambda: bool(_PROGRESS.search(studio.text)), "a service is on its way, or all is over")
        await studio.snap("release-live")
        await studio.sees("done   took", "verified")
        await studio.settles()
        await studio.snap("release")


async def _inbox(box: Sandbox) -> None:
    """Hold prod for all services, and take what waits for the person who did."""
    box.run("hold", "--all", "prod", "--reason", "stock count until Monday")
    box.run("hold", "catalog", "staging", "--reason", "load test")
    async with _open(box, LARGE) as studio:
        await studio.until(lambda: "Inbox" in studio.text, "something waits")
        await studio.press("5")
        await studio.settles()
        await studio.snap("inbox")


def main() -> None:
    """Build the sandbox, take every picture, and turn them into PNGs."""
    OUT.mkdir(exist_ok=True)
    for old in (*OUT.glob("*.svg"), *OUT.glob("*.png")):
        old.unlink()
    with sandbox(print) as box:
        os.environ.clear()
        os.environ.update(box.environment)
        for scene in (_overviews, _commits, _production, _closed, _promotion, _failure, _release, _inbox):
            asyncio.run(scene(box))
        pictures = sorted(str(path) for path in OUT.glob("*.svg"))
        subprocess.run(["node", str(TOP / "scripts/pictures/png.js"), *pictures], check=True)


if __name__ == "__main__":
    main()
