"""The rail of a pipeline with many stages: what gives way where there is no room for all of it."""

from __future__ import annotations

import pytest

from promote_tui.core.git.relation import Behind
from promote_tui.core.stage_positions import StagePosition
from promote_tui.core.value import replace
from promote_tui.tui.presentation.commits import rail
from promote_tui.tui.presentation.glyphs import UNICODE
from tests.support.fakes import world
from tests.support.tui_history import COMMITS

NAMES = ("dev", "integration", "staging", "preproduction", "prod")


def many() -> rail.Rail:
    """Return the rail of five stages: the first at the tip, the others three commits below it."""
    old = COMMITS[3]
    stages = [replace(world.STAGES[1], name=name, after=NAMES[at - 1] if at else None) for at, name in enumerate(NAMES)]
    views = [(stages[0], world.deployed("billing", "dev", COMMITS[0].short))]
    views += [(stage, world.deployed("billing", "staging", old.short, Behind(3))) for stage in stages[1:]]
    stands = {"dev": StagePosition(COMMITS[0], here=True)} | dict.fromkeys(NAMES[1:], StagePosition(old, here=True))
    return rail.Rail(views, stands, COMMITS, world.NOW, UNICODE)


@pytest.mark.parametrize(
    ("width", "words"),
    [
        (200, "main  b 12 branches   11 of 212 commits"),
        (128, "main  11 of 212"),
        (108, "● dev at the tip  ▼ integration 3 behind  ▼ staging 3 behind"),
        (78, "● dev  ▼ integration  ▼ staging  ▼ preproduction  ▼ prod"),
    ],
)
def test_the_heading_leaves_out_what_does_not_fit_and_never_a_stage(width: int, words: str) -> None:
    shown = rail.heading(many(), "main", rail.Counts(12, 11, more=False, total=212), width)
    assert shown.plain.startswith(words)
    assert all(name in shown.plain for name in NAMES)
    assert shown.cell_length <= width


def test_stages_on_one_commit_that_do_not_fit_are_counted() -> None:
    it = many()
    assert rail.row(it, rail.RailRow(COMMITS[3], 3), 78, here=False).plain.strip().startswith("+3 PROD  ▼  a81be07")
    assert rail.row(it, rail.RailRow(COMMITS[0], 0), 78, here=False).plain.strip().startswith("DEV  ●  3f2a9c1")


def test_one_commit_and_one_branch_are_not_called_many() -> None:
    shown = rail.heading(many(), "main", rail.Counts(1, 1, more=False, total=1), 200)
    assert shown.plain.startswith("main  b 1 branch   1 commit ")
