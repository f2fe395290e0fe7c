"""Following a run through times in which the ledger does not answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import LedgerError
from promote_tui.core.runs.events import NotifyFailed, Released, to_dict
from promote_tui.engine.patience import SECONDS
from tests.support.silent_ledger import silences
from tests.unit.engine.runs.test_reconcile import killed

if TYPE_CHECKING:
    from promote_tui.core.runs.events import Event
    from tests.support.engine_world import World


@pytest.fixture
def live(world: World) -> str:
    """Return a run that is at its deploy."""
    run = killed(world, "exited")
    world.ledger.store.alive.add(run)
    return run


def write(world: World, run: str, event: Event) -> None:
    world.ledger.store.written[run].append(json.dumps(to_dict(event)))


def test_a_ledger_that_fails_for_a_while_is_borne_and_told_once_each_time(
    world: World, live: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fall_silent, said = silences(world.clock, monkeypatch), list[str]()
    so_far = len(world.ledger.events(live))
    following = world.engine.runs.follow(live, so_far - 1, said.append)
    fall_silent(SECONDS * 0.6)
    assert next(following).seq == so_far
    for event in (NotifyFailed(world.clock.now(), "chat", "no answer"), Released(world.clock.now(), 1)):
        write(world, live, event)
        fall_silent(SECONDS * 0.6)  # together they last longer than one may
        assert next(following).event == event
    assert list(following) == []
    assert said == ["ledger: no answer; trying again"] * 3


def test_a_ledger_that_fails_for_long_ends_the_following(
    world: World, live: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fall_silent = silences(world.clock, monkeypatch)
    following = world.engine.runs.follow(live)
    next(following)
    fall_silent(SECONDS * 2)
    with pytest.raises(LedgerError):
        list(following)
