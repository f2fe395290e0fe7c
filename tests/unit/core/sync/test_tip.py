"""Whether a commit is due, by every cell and every relation that there is."""

from __future__ import annotations

import pytest

from promote_tui.core.git.relation import Ahead, Behind, Diverged, NotApplicable, Relation, Same, Unknown
from promote_tui.core.model.cells import Cell, Halfway, InProgress, Never, Unreachable, Unreported
from promote_tui.core.model.halfway import StuckOperation
from promote_tui.core.sync.decision import (
    Current,
    Deploy,
    Regression,
    SyncDecision,
    Unchanged,
    Undecided,
    Waiting,
    name,
)
from promote_tui.core.sync.tip import DueCommit, decide
from tests.support.values import TARGET, A, B, deployed, stack

BACK = "merge what staging runs, or promote orders to staging yourself"


@pytest.mark.parametrize(
    ("cell", "relation", "decision"),
    [
        (deployed(B), NotApplicable(), Current("staging runs bbbbbbb, the tip of main")),
        (deployed(A), Same(), Unchanged("staging runs aaaaaaa, the same code as bbbbbbb, the tip of main")),
        (deployed(A), Ahead(3), Deploy("3 commits after aaaaaaa, which staging runs")),
        (
            deployed(A),
            Behind(1),
            Regression("bbbbbbb, the tip of main, lacks 1 commit that staging runs with aaaaaaa", BACK),
        ),
        (
            deployed(A),
            Diverged(2, 1),
            Regression("bbbbbbb, the tip of main, has another history: it lacks 1 commit of aaaaaaa, which runs", BACK),
        ),
        (
            deployed(A),
            Unknown("aaaaaaa is not in this clone"),
            Undecided(
                "unknown how bbbbbbb relates to aaaaaaa, which staging runs: aaaaaaa is not in this clone",
                "fetch the whole history, or promote it yourself",
            ),
        ),
        (
            deployed(A),
            NotApplicable(),
            Undecided("unknown how bbbbbbb relates to aaaaaaa, which staging runs", "sync again"),
        ),
        (Never(TARGET), NotApplicable(), Deploy("staging has no deploy yet")),
        (Never(TARGET, stack(None, "ROLLBACK_COMPLETE")), NotApplicable(), Deploy("staging has no deploy yet")),
        (
            InProgress(TARGET, stack(A, "UPDATE_IN_PROGRESS"), A),
            NotApplicable(),
            Waiting("orders-staging is UPDATE_IN_PROGRESS", "sync again once it is done"),
        ),
        (
            Unreported(TARGET, stack(None), "no output DeployedCommit", "promote to it once"),
            NotApplicable(),
            Undecided("unknown what staging runs: no output DeployedCommit", "promote to it once"),
        ),
        (
            Unreachable(TARGET, "the session has expired", "aws sso login", login=True),
            NotApplicable(),
            Undecided("the session has expired", "aws sso login", login=True),
        ),
        (
            Halfway(TARGET, stack(A, "UPDATE_ROLLBACK_FAILED"), StuckOperation("UPDATE_ROLLBACK_FAILED", A, B)),
            NotApplicable(),
            Undecided(
                "staging is half-way between aaaaaaa and bbbbbbb (UPDATE_ROLLBACK_FAILED)",
                stack(A, "UPDATE_ROLLBACK_FAILED").status.remedy,
            ),
        ),
    ],
)
def test_what_a_stack_and_git_say_about_a_commit(cell: Cell, relation: Relation, decision: SyncDecision) -> None:
    assert decide(DueCommit("orders", "staging", "the tip of main", B, cell, relation)) == decision


def test_only_a_commit_that_is_ahead_or_the_first_is_deployed() -> None:
    cells: list[Cell] = [
        deployed(A),
        InProgress(TARGET, stack(A), A),
        Unreported(TARGET, stack(None), "x", "y"),
        Unreachable(TARGET, "x", "y"),
        Halfway(TARGET, stack(A), StuckOperation("UPDATE_FAILED", A, B)),
    ]
    relations: list[Relation] = [Same(), Behind(1), Diverged(1, 1), Unknown("x"), NotApplicable()]
    for cell in cells:
        for relation in relations:
            due = DueCommit("orders", "staging", "the tip of main", B, cell, relation)
            assert name(decide(due)) != "deploy"
