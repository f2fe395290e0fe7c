"""Following a release: every event once, until nobody works on it any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import LedgerError, UsageError
from promote_tui.core.releases.events import (
    Member,
    MemberStarted,
    ProcessStarted,
    ReleaseConfirmed,
    ReleaseEnded,
    ReleaseEvent,
    ReleasePaused,
    ReleasePlanned,
)
from promote_tui.engine.patience import SECONDS
from promote_tui.engine.releases.claim import claim_release
from tests.support.engine_world import ME, World
from tests.support.silent_ledger import silences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.ports import RecordedRelease

NAME = "friday"


@pytest.fixture
def at_work(world: World) -> Iterator[World]:
    """Return a world in which a process works on a release."""
    members = (Member("orders", "a" * 40, "Charge once", None),)
    now = world.clock.now()
    write(world, ReleasePlanned(now, NAME, "prod", "staging", members, (("orders",),), (), "ana", "arn:ana"))
    write(world, ReleaseConfirmed(now, "ana", "arn:ana", "release friday prod"))
    with claim_release(world.context, world.engine.releases.find(NAME), "attempt-1"):
        write(world, ProcessStarted(now, "attempt-1", "laptop", ME))
        yield world


def write(world: World, event: ReleaseEvent) -> None:
    seq = len(world.ledger.release_events(NAME)) + 1
    assert world.ledger.append_release_event(NAME, seq, event)


def kinds(followed: Iterator[RecordedRelease]) -> list[str]:
    return [type(each.event).__name__ for each in followed]


def test_it_is_followed_until_it_has_ended(at_work: World) -> None:
    following = at_work.engine.releases.follow(NAME)
    assert [next(following).seq for _ in range(3)] == [1, 2, 3]
    write(at_work, ReleaseEnded(at_work.clock.now(), "done"))
    assert kinds(following) == ["ReleaseEnded"]


def test_it_is_followed_until_it_waits_for_a_person(at_work: World) -> None:
    write(at_work, ReleasePaused(at_work.clock.now(), "go", "wave 2 waits for its go"))
    assert kinds(at_work.engine.releases.follow(NAME, after=3)) == ["ReleasePaused"]


def test_a_process_that_is_gone_leaves_nothing_to_wait_for(world: World) -> None:
    now = world.clock.now()
    members = (Member("orders", "a" * 40, "Charge once", None),)
    write(world, ReleasePlanned(now, NAME, "prod", "staging", members, (("orders",),), (), "ana", "arn:ana"))
    write(world, ProcessStarted(now, "attempt-1", "laptop", ME))
    assert kinds(world.engine.releases.follow(NAME)) == ["ReleasePlanned", "ProcessStarted"]
    assert world.clock.slept == 0


def test_what_is_no_release_cannot_be_followed_or_read(world: World) -> None:
    with pytest.raises(UsageError, match="there is no such release"):
        list(world.engine.releases.follow("monday"))
    with pytest.raises(UsageError, match="there is no such release"):
        world.engine.releases.events("monday")


def test_a_ledger_that_fails_for_a_while_is_borne_and_told_once_each_time(
    at_work: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fall_silent, said = silences(at_work.clock, monkeypatch), list[str]()
    following = at_work.engine.releases.follow(NAME, 2, said.append)
    assert next(following).seq == 3
    for seq in (4, 5):  # together they last longer than one may
        write(at_work, MemberStarted(at_work.clock.now(), "orders", f"run-{seq}"))
        fall_silent(SECONDS * 0.6)
        assert next(following).seq == seq
    assert said == ["ledger: no answer; trying again"] * 2


def test_a_ledger_that_fails_for_long_ends_the_following(at_work: World, monkeypatch: pytest.MonkeyPatch) -> None:
    fall_silent = silences(at_work.clock, monkeypatch)
    following = at_work.engine.releases.follow(NAME, 2)
    assert next(following).seq == 3
    fall_silent(SECONDS * 2)
    with pytest.raises(LedgerError):
        next(following)
