"""How long a key takes on the screen of a release while 40 services are planned, beside the same key afterwards.

`python -m benchmarks.guided` plans in a headless app on the engine that the tests have: each service takes a moment of
waiting and one of work in a thread, as reading stacks and packages does. Exits 1 beyond the goal.
"""

from __future__ import annotations

import asyncio
import hashlib
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, cast

from promote_tui.core.releases.review import MemberReview, ReviewedChange
from promote_tui.engine.releases.planning import PlanWatch, ReleaseRequest
from promote_tui.tui.actions import navigation
from promote_tui.tui.app import PromoteApp
from promote_tui.tui.options import Options
from tests.support.fakes import world
from tests.support.fakes.engine import FakeEngine
from tests.support.fakes.engine.releases import FakeReleases

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from promote_tui.core.releases.release import Release
    from promote_tui.tui.screens.release import ReleaseScreen

SERVICES = 40
GOAL = 2.0
"""How many times as long the key may take while services are planned."""
_AT_ONCE, _WAITING, _WORK, _REVIEWS = 4, 0.08, b"x" * 300_000, 10
_KEYS = 150
REVIEW = MemberReview(3, ("ana", "joe"), (ReviewedChange("Topic", "AWS::SNS::Topic", "add"),), typical_seconds=180.0)


class PacedReleases(FakeReleases):
    """Plans as long as there are keys to press: service after service is read, then reviewed."""

    def plan(self, wanted: ReleaseRequest, watch: PlanWatch | None = None) -> Release:
        """Plan it at the pace of a network, and say so as it goes."""
        heard = watch or PlanWatch()
        names = [each.name for each in self._tape.pipeline.services]

        def read(name: str) -> None:
            work()
            heard.on_candidate(self._candidate(name, wanted.stage))

        def review(name: str) -> None:
            work()
            heard.on_review(name, self._tape.script.reviews[name])

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(read, names))
            release = super().plan(wanted)
            for _ in range(_REVIEWS):
                list(pool.map(review, names))
        return release


class PacedEngine(FakeEngine):
    """An engine whose releases take their time."""

    @property
    def releases(self) -> PacedReleases:
        """Releases, paced."""
        return PacedReleases(self._tape)


def work() -> None:
    """Wait as for an answer, then work on it."""
    time.sleep(_WAITING)
    hashlib.sha256(_WORK).hexdigest()
    sum(number * number for number in range(4_000))  # what holds the interpreter


def engine_of(count: int) -> PacedEngine:
    """Return an engine with so many services, all of them behind in prod."""
    engine = PacedEngine(world.pipeline(*(f"service-{number:02}" for number in range(count))))
    for each in engine.pipeline.services:
        engine.script.drafts[each.name, "prod"] = world.draft(each.name)
        engine.script.reviews[each.name] = REVIEW
    engine.script.cells = {}
    return engine


async def press(pilot: Pilot[int], goes_on: Callable[[], bool]) -> list[float]:
    """Return how long each of many keys took until its effect was drawn, for as long as something goes on."""
    found: list[float] = []
    while goes_on() and len(found) < _KEYS:
        begin = time.perf_counter()
        await pilot.press("down" if len(found) // 10 % 2 else "up")
        found.append(time.perf_counter() - begin)
        await asyncio.sleep(0.02)
    return found


def percentile(times: list[float]) -> float:
    """Return the time that 95 of 100 keys stay below."""
    return statistics.quantiles(times, n=20)[-1]


async def measure() -> None:
    """Print what was measured."""
    engine = engine_of(SERVICES)
    app = PromoteApp(engine.pipeline, lambda: engine, Options())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(1.0)
        begin = time.perf_counter()
        navigation.open_release(app, "bench", ReleaseRequest("bench", "prod"))
        await pilot.pause()
        opened, screen = time.perf_counter() - begin, cast("ReleaseScreen", app.screen)
        busy = await press(pilot, lambda: screen.is_planning)
        await pilot.pause(1.0)
        idle = await press(pilot, lambda: not screen.is_planning)
    report(opened, busy, idle)


def report(opened: float, busy: list[float], idle: list[float]) -> None:
    """Print the figures; exits where the goal is missed."""
    calm, loaded = percentile(idle), percentile(busy)
    lines = (
        f"screen opened                {opened * 1000:8.1f} ms",
        f"key to paint p95, idle       {calm * 1000:8.1f} ms   {len(idle)} keys",
        f"key to paint p95, planning   {loaded * 1000:8.1f} ms   {len(busy)} keys, {loaded / calm:.2f}x of {GOAL:.0f}x",
    )
    sys.stdout.write("\n".join(lines) + "\n")
    if loaded > calm * GOAL:
        sys.exit(f"a key takes too long while {SERVICES} services are planned")


if __name__ == "__main__":
    asyncio.run(measure())
