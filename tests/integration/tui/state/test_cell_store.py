"""A late answer never overwrites a newer one."""

from __future__ import annotations

from promote_tui.core.errors import AwsError
from promote_tui.core.matrix import CellView, Snapshot
from promote_tui.core.value import replace
from promote_tui.tui.state.cell_store import CellStore
from tests.support.fakes import world

KEY = ("orders", "prod")
OLD = world.deployed("orders", "prod", "2c7e914")
NEW = world.deployed("orders", "prod", "8d20b6e")


def test_answers_of_an_older_refresh_are_dropped() -> None:
    board = CellStore()
    first = board.begin()
    second = board.begin()
    assert board.complete(second, Snapshot(world.NOW, {KEY: NEW}))
    assert not board.accept(first, KEY, OLD)
    assert not board.complete(first, Snapshot(world.NOW, {KEY: OLD}))
    assert not board.fail(first, AwsError("dev", "no answer"))
    assert board.views[KEY] is NEW
    assert board.trouble is None


def test_a_refresh_that_fails_keeps_what_was_known() -> None:
    board = CellStore()
    board.complete(board.begin(), Snapshot(world.NOW, {KEY: OLD}))
    assert board.fail(board.begin(), AwsError("dev", "no answer"))
    assert board.views[KEY] is OLD
    assert not board.reading


MARKED = replace(OLD, altered=("orders-prod-hello",))


def test_what_a_check_has_found_stays_while_the_same_deploy_is_read_again() -> None:
    board = CellStore()
    board.complete(board.begin(), Snapshot(world.NOW, {KEY: OLD}))
    board.check(Snapshot(world.NOW, {KEY: MARKED}))
    again = board.begin()
    board.accept(again, KEY, CellView(OLD.cell))
    assert board.views[KEY] == MARKED
    board.complete(again, Snapshot(world.NOW, {KEY: OLD}))
    assert board.views[KEY] == MARKED
    board.check(Snapshot(world.NOW, {KEY: replace(OLD, altered=())}))
    assert board.views[KEY].altered == ()


def test_another_deploy_is_not_marked_by_a_check_of_the_one_before() -> None:
    board = CellStore()
    board.complete(board.begin(), Snapshot(world.NOW, {KEY: MARKED}))
    later = world.deployed("orders", "prod", "2c7e914", hours=1)
    board.complete(board.begin(), Snapshot(world.NOW, {KEY: later}))
    assert board.views[KEY].altered is None
    board.check(Snapshot(world.NOW, {KEY: MARKED}))
    assert board.views[KEY].altered is None


def test_a_check_of_a_cell_that_is_gone_is_dropped() -> None:
    board = CellStore()
    board.check(Snapshot(world.NOW, {KEY: MARKED}))
    assert board.views == {}
