"""How soon promote-tui shows its first frame and answers its first key, beside a Textual app with one widget.

`python benchmarks/first_frame.py [ROUNDS]` starts both in turn, in the same minute on the same machine, and
compares the medians: milliseconds tell of the machine, their ratio tells of the program. Exits 1 beyond a goal.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cells import sha
from watched import Subject, Times, measure
from world import SERVICES, STAGES, World, build

if TYPE_CHECKING:
    import pyte

FRAME_GOAL, KEY_GOAL = 1.25, 1.30
_ROUNDS = 40
_WARM_UP = 2


def subjects(world: World) -> tuple[Subject, Subject]:
    """Return the bare app, and promote-tui: its first frame shows a hash from the cache, `j` explains the next cell."""
    bare = [sys.executable, str(Path(__file__).with_name("bare.py"))]
    ours = [sys.executable, str(Path(sys.executable).with_name("promote-tui")), "-C", str(world.folder)]
    cached = sha("service-000", STAGES[0][0])[:7]
    return (
        Subject("bare Textual app", bare, world.environment, "BARE", lambda screen: _lines(screen, "MOVED") == 1),
        # once in the matrix, once more in the title of the pane below it
        Subject("promote-tui", ours, world.environment, cached, lambda screen: _lines(screen, "service-001") > 1),
    )


def _lines(screen: pyte.Screen, words: str) -> int:
    return sum(words in line for line in screen.display)


def compare(world: World, rounds: int) -> tuple[list[Times], list[Times]]:
    """Return the times of both, taken in turn: which of them goes first alternates."""
    bare, ours = subjects(world)
    found: dict[str, list[Times]] = {bare.name: [], ours.name: []}
    for number in range(_WARM_UP + rounds):
        for subject in (bare, ours) if number % 2 else (ours, bare):
            world.fill()
            times = measure(subject)
            if number >= _WARM_UP:
                found[subject.name].append(times)
    return found[bare.name], found[ours.name]


def report(what: str, pairs: list[tuple[float, float]], goal: float) -> bool:
    """Print the medians and their ratio; return whether the goal is met."""
    bare, ours = (statistics.median(values) for values in zip(*pairs, strict=True))
    ratio = ours / bare
    verdict = "met" if ratio <= goal else "MISSED"
    times = f"bare {bare * 1000:6.0f} ms   promote-tui {ours * 1000:6.0f} ms"
    print(f"{what}   {times}   {ratio:.2f}x   goal {goal:.2f}x {verdict}")
    return verdict == "met"


def main(rounds: int) -> int:
    """Measure, and return the exit code."""
    with tempfile.TemporaryDirectory(prefix="promote-tui-bench-") as folder:
        bare, ours = compare(build(Path(folder)), rounds)
    print(f"{SERVICES} services x {len(STAGES)} stages from the cache, {rounds} starts each, medians")
    frame = report("first frame", [(one.frame, two.frame) for one, two in zip(bare, ours, strict=True)], FRAME_GOAL)
    key = report("first key  ", [(one.key, two.key) for one, two in zip(bare, ours, strict=True)], KEY_GOAL)
    return 0 if frame and key else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else _ROUNDS))
