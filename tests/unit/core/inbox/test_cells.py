"""What waits by the cells of the matrix alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.inbox.cells import cell_items
from promote_tui.core.inbox.item import Viewer
from promote_tui.core.matrix import CellView
from promote_tui.core.model.cells import Unreachable, Unreported
from promote_tui.core.runs.back_merge import MergeBack
from promote_tui.core.value import replace
from tests.support.gates import decision
from tests.support.values import NOW, TARGET, A, B, commit, deployed, stack

if TYPE_CHECKING:
    from promote_tui.core.gates.decisions import Decision
    from promote_tui.core.inbox.item import InboxItem

ME = Viewer("ana@example.com", "ana", frozenset({"ana", "ana@example.com", "Ana Lind".lower()}))
CELL = CellView(deployed(A))
HOLD = decision("hold", "bob", reason="incident 42")
FIX = MergeBack("g1", B, "main", NOW - timedelta(hours=3))
OUTSIDE = "updated by eve on 2026-03-19 12:00 UTC, outside of promote-tui"
WHERE = f"{TARGET.service}/{TARGET.stage}"


def found(view: CellView, owners: tuple[str, ...] = ()) -> list[InboxItem]:
    key = (TARGET.service, TARGET.stage)
    return list(cell_items({key: view}, {TARGET.service: owners}, ME))


@pytest.mark.parametrize(
    ("view", "kind", "words", "command"),
    [
        (
            replace(CELL, hold=HOLD),
            "hold",
            f"on hold by bob since {HOLD.at:%Y-%m-%d}: incident 42",
            f"promote-tui unhold {WHERE.replace('/', ' ')} --reason WHY",
        ),
        (
            replace(CELL, merge_back=FIX),
            "hotfix",
            f"hotfix {B[:7]} is not merged back into main",
            f"git switch main && git merge {B[:7]}",
        ),
        (
            replace(CELL, external_update=OUTSIDE, external_update_recorded=True),
            "external",
            OUTSIDE,
            f"promote-tui adopt {WHERE.replace('/', ' ')} --reason WHY",
        ),
        (
            replace(CELL, external_update=OUTSIDE),
            "external",
            OUTSIDE,
            f"promote-tui adopt {WHERE.replace('/', ' ')} --reason WHY",
        ),
        (
            CellView(
                Unreported(TARGET, stack(None), "it names no commit", "name it"),
                external_update=OUTSIDE,
                external_update_recorded=True,
            ),
            "external",
            OUTSIDE,
            f"promote-tui adopt {WHERE.replace('/', ' ')} --commit REV --reason WHY",
        ),
        (
            CellView(Unreachable(TARGET, "the session has expired", "aws sso login", login=True)),
            "unread",
            "the session has expired",
            "aws sso login",
        ),
    ],
)
def test_each_thing_is_said_with_the_command_that_does_it(view: CellView, kind: str, words: str, command: str) -> None:
    (item,) = found(view)
    assert (item.kind, item.words, item.command, item.about) == (kind, words, command, WHERE)


def test_a_cell_at_rest_waits_for_nobody() -> None:
    assert found(CELL) == []


def test_an_update_of_others_that_failed_is_nothing_to_adopt() -> None:
    view = CellView(deployed(A, "UPDATE_ROLLBACK_COMPLETE"), external_update=OUTSIDE, external_update_recorded=True)
    assert found(view) == []


@pytest.mark.parametrize(
    ("view", "owners", "is_mine"),
    [
        (replace(CELL, hold=HOLD), (), False),
        (replace(CELL, hold=decision("hold", "ana")), (), True),
        (replace(CELL, hold=HOLD), ("shop", "ana"), True),
        (replace(CELL, merge_back=FIX), (), False),
        (replace(CELL, merge_back=FIX, commit=replace(commit(B), author="Ana Lind")), (), True),
        (replace(CELL, merge_back=FIX, commit=replace(commit(A), author="Ana Lind")), (), False),
        (replace(CELL, merge_back=FIX), ("ana",), True),
        (replace(CELL, external_update=OUTSIDE), (), False),
        (replace(CELL, external_update=OUTSIDE), ("ANA",), True),
    ],
)
def test_mine_is_what_i_own_hold_or_wrote(view: CellView, owners: tuple[str, ...], is_mine: bool) -> None:
    assert [item.is_mine for item in found(view, owners)] == [is_mine]


def test_one_log_in_that_is_missing_is_one_item_with_all_that_it_hides() -> None:
    lost = Unreachable(TARGET, "the session has expired", "aws sso login", login=True)
    other = replace(lost, reason="no network")
    views = {(name, "prod"): CellView(lost if name != "web" else other) for name in ("billing", "orders", "web")}
    items = list(cell_items(views, {}, ME))
    assert [(each.services, each.words) for each in items] == [
        (("billing", "orders"), "the session has expired"),
        (("web",), "no network"),
    ]
    assert items[0].about == "2 services/prod"


@pytest.mark.parametrize(
    ("second", "abouts"),
    [
        (decision("hold", "bob", reason="incident 42", minutes=5), ["2 services/prod"]),
        (decision("hold", "eve", reason="incident 42"), ["billing/prod", "orders/prod"]),
        (decision("hold", "bob", reason="another"), ["billing/prod", "orders/prod"]),
    ],
)
def test_the_holds_that_one_person_put_on_a_stage_for_one_reason_are_one(second: Decision, abouts: list[str]) -> None:
    views = {("billing", "prod"): replace(CELL, hold=HOLD), ("orders", "prod"): replace(CELL, hold=second)}
    items = list(cell_items({**views, ("orders", "dev"): replace(CELL, hold=HOLD)}, {}, ME))
    assert [item.about for item in items] == [*abouts, "orders/dev"]
    if len(abouts) == 1:
        assert (items[0].command, items[0].since) == ("promote-tui unhold --all prod --reason WHY", HOLD.at)
