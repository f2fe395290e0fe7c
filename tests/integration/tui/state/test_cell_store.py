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
    cells = CellStore()
    first = cells.begin()
    second = cells.begin()
    assert cells.complete(second, Snapshot(world.NOW, {KEY: NEW}))
    assert not cells.accept(first, KEY, OLD)
    assert not cells.complete(first, Snapshot(world.NOW, {KEY: OLD}))
    assert not cells.fail(first, AwsError("dev", "no answer"))
    assert cells.views[KEY] is NEW
    assert cells.trouble is None


def test_a_refresh_that_fails_keeps_what_was_known() -> None:
    cells = CellStore()
    cells.complete(cells.begin(), Snapshot(world.NOW, {KEY: OLD}))
    assert cells.fail(cells.begin(), AwsError("dev", "no answer"))
    assert cells.views[KEY] is OLD
    assert not cells.is_reading


MARKED = replace(OLD, altered=("orders-prod-hello",))


def test_what_a_check_has_found_stays_while_the_same_deploy_is_read_again() -> None:
    cells = CellStore()
    cells.complete(cells.begin(), Snapshot(world.NOW, {KEY: OLD}))
    cells.check(Snapshot(world.NOW, {KEY: MARKED}))
    again = cells.begin()
    cells.accept(again, KEY, CellView(OLD.cell))
    assert cells.views[KEY] == MARKED
    cells.complete(again, Snapshot(world.NOW, {KEY: OLD}))
    assert cells.views[KEY] == MARKED
    cells.check(Snapshot(world.NOW, {KEY: replace(OLD, altered=())}))
    assert cells.views[KEY].altered == ()


def test_another_deploy_is_not_marked_by_a_check_of_the_one_before() -> None:
    cells = CellStore()
    cells.complete(cells.begin(), Snapshot(world.NOW, {KEY: MARKED}))
    later = world.deployed("orders", "prod", "2c7e914", hours=1)
    cells.complete(cells.begin(), Snapshot(world.NOW, {KEY: later}))
    assert cells.views[KEY].altered is None
    cells.check(Snapshot(world.NOW, {KEY: MARKED}))
    assert cells.views[KEY].altered is None


def test_a_check_of_a_cell_that_is_gone_is_dropped() -> None:
    cells = CellStore()
    cells.check(Snapshot(world.NOW, {KEY: MARKED}))
    assert cells.views == {}
