"""A late answer never overwrites a newer one."""

from __future__ import annotations

from promote_tui.core.errors import AwsError
from promote_tui.core.snapshot import Snapshot
from promote_tui.tui.board import Board
from tests.fakes import world

KEY = ("orders", "prod")
OLD = world.deployed("orders", "prod", "2c7e914")
NEW = world.deployed("orders", "prod", "8d20b6e")


def test_answers_of_an_older_refresh_are_dropped() -> None:
    board = Board()
    first = board.begin()
    second = board.begin()
    assert board.complete(second, Snapshot(world.NOW, {KEY: NEW}))
    assert not board.accept(first, KEY, OLD)
    assert not board.complete(first, Snapshot(world.NOW, {KEY: OLD}))
    assert not board.fail(first, AwsError("dev", "no answer"))
    assert board.views[KEY] is NEW
    assert board.trouble is None


def test_a_refresh_that_fails_keeps_what_was_known() -> None:
    board = Board()
    board.complete(board.begin(), Snapshot(world.NOW, {KEY: OLD}))
    assert board.fail(board.begin(), AwsError("dev", "no answer"))
    assert board.views[KEY] is OLD
    assert not board.reading
