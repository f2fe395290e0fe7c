"""The terminal UI on an engine whose every text from outside is planted; started in a pty by its test, it tours itself.

python -m tests.support.hostile PLANTS.json FOLDER
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from textual.pilot import Pilot

from promote_tui.core.changes.model import ChangeReview, PropertyChange, RemovedExport, ResourceChange
from promote_tui.core.changes.stack_drift import PropertyDrift, ResourceDrift, StackDrift
from promote_tui.core.drift.commits import CommitDrift, Revert
from promote_tui.core.drift.config import ConfigDrift, Difference
from promote_tui.core.gates.model import GateResult
from promote_tui.core.git.relation import Unknown
from promote_tui.core.model.cells import Deployed, Unreachable
from promote_tui.core.model.pipeline import Branch, Commit, FileChange
from promote_tui.core.package.artifact_diff import Comparison
from promote_tui.core.runs.events import RolledBack
from promote_tui.core.value import replace
from promote_tui.tui.app import PromoteApp
from promote_tui.tui.options import Options
from tests.support.driver import Driver
from tests.support.fakes import world
from tests.support.fakes.engine import FakeEngine, opening
from tests.support.gates import review_gates

TOUR = (
    *("right", "right", "left", "left"),
    *("?", "escape", "y", "escape", "enter", "b", "escape", "d", "escape", "escape"),
    *("/", "a", "escape", "p", "1", "2", "3", "4", "5", "escape"),
    *("2", "3", "g", "down", "down", "down", "down", "s", "4", "enter", "/", "a", "enter", "escape", "escape"),
    *("1", "ctrl+p", "e", "v", "e", "escape"),
)
"""Keys that open every screen, and what stands in front of it."""


def planted(plants: list[str], folder: Path) -> FakeEngine:
    """Return the engine: subjects, authors, branches, outputs, reasons, remedies, paths, logs, all from `plants`."""
    engine = FakeEngine(folder=folder)
    bait = [plants[number % len(plants)] for number in range(12)]
    script = engine.script
    commits = tuple(
        world.commit(f"{number:07x}", f"{text}", f"eve{bait[number - 1]}") for number, text in enumerate(bait, 1)
    )
    script.logs["billing", None] = commits
    script.branches["billing"] = tuple(Branch(f"b{text}", commits[0]) for text in bait[:3])
    gates = (GateResult(f"g{bait[0]}", passed=True, reason=bait[1]), *world.PASSED)
    draft = world.draft("billing", "dev", brings=commits[:4], removes=commits[4:6], gates=gates, onto=commits[0])
    draft = replace(draft, files=tuple(FileChange("M", f"src/{text}") for text in bait[:4]))
    closed = (GateResult(bait[2], passed=False, reason=bait[3], remedy=bait[4]),)
    script.drafts = {("billing", "dev"): draft, ("billing", "staging"): replace(draft, gates=closed)}
    made = replace(world.plan(draft), command=("npx", f"osls{bait[5]}"), artifact=Comparison("different", bait[8]))
    review = _review(bait, commits[:3])
    script.plans["billing", "dev"] = replace(
        made, review=review, gates=(*made.gates, *review_gates(review)), warnings=(bait[9],)
    )
    script.steps = tuple(bait[:2])
    view = script.cells["billing", "dev"]
    assert isinstance(view.cell, Deployed)
    script.cells["billing", "dev"] = replace(view, commit=commits[1], cell=replace(view.cell, commit=bait[6]))
    lost = Unreachable(world.target("billing", "prod"), bait[7], bait[8])
    script.cells["billing", "prod"] = replace(view, cell=lost)
    _drift(engine, bait, commits)
    script.cells["billing", "staging"] = replace(view, relation=Unknown(bait[9]), against="dev")
    _runs(engine, bait)
    return engine


def _review(bait: list[str], origins: tuple[Commit, ...]) -> ChangeReview:
    properties = (PropertyChange(bait[0], bait[1], bait[2]), PropertyChange(bait[3]))
    lost = ResourceChange(
        f"Id{bait[4]}", f"AWS::{bait[5]}", "modify", "true", properties, holds_data=True, origins=origins
    )
    open_ = ResourceChange(bait[6], bait[7], "modify", notes=(bait[8],), overwrites=(bait[9],), properties=properties)
    gone = ResourceChange(f"{bait[10]}Gone", bait[11], "remove", holds_data=True, kept=True)
    exports = (RemovedExport(bait[0], ()), RemovedExport(bait[1], None))
    return ChangeReview((open_, lost, gone), (bait[2],), exports, predicted=bait[3], warnings=(bait[4],))


def _drift(engine: FakeEngine, bait: list[str], commits: tuple[Commit, ...]) -> None:
    script, here = engine.script, ("billing", "staging")
    reverts = (Revert(commits[0], bait[0], "here"),)
    script.commit_drifts[here] = CommitDrift(commits[:2], commits[2:4], commits[2:4], reverts)
    both = Difference("property", bait[1], "both", f"AWS::{bait[2]}", bait[3], bait[4], bait[5])
    script.config_drifts[here] = ConfigDrift((both, Difference("resource", bait[6], "here", bait[7])))
    script.config_drifts["orders", "prod"] = ConfigDrift(unknown=bait[8])
    changed = PropertyDrift("Timeout", "change", bait[9], bait[10])
    resource = ResourceDrift(bait[11], "AWS::Lambda::Function", deleted=False, properties=(changed,))
    script.stack_drifts[here] = StackDrift((resource, replace(resource, deleted=True)), engine.time.now())
    script.detected["orders", "prod"] = StackDrift(unknown=bait[0])


def _runs(engine: FakeEngine, bait: list[str]) -> None:
    for name, ended in (("gk2m3p", True), ("hh3n4q", False)):
        engine.add_run(name, world.plan(world.draft("billing", "dev")), None)
        first = engine.planned(name)
        engine.ledger[name][0] = replace(first, who=bait[0], reason=bait[1], subject=bait[2], arn=bait[3])
        engine.append(name, *opening(engine.planned(name)))
        if ended:
            engine.append(name, RolledBack(engine.time.now(), bait[4], bait[5], bait[6]))
        log = "\n".join([*bait, "\x1b[31mred\x1b[0m", "plain"])
        engine.runs.log_file(name).write_bytes(log.encode("utf-8", "surrogatepass") + b"\xff\xfe\n")


async def tour(it: Driver) -> None:
    """Go through every screen, each drawn to its end, and out again."""
    await it.sees("SERVICE", "catalog")
    for key in TOUR:
        await it.press(key)
        await it.settle()
    it.app.simulate_key("ctrl+c")  # which leaves from any screen


def main() -> int:
    """Run the terminal UI until it has been led out."""
    plants, folder = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), Path(sys.argv[2])
    engine = planted(plants, folder)
    app = PromoteApp(engine.pipeline, lambda: engine, Options(refresh_seconds=3600))

    async def lead(_pilot: Pilot[object]) -> None:
        await tour(Driver(app, Pilot(app), engine))

    app.run(auto_pilot=lead)
    app.background.finish()
    return app.return_code or 0


if __name__ == "__main__":
    sys.exit(main())
