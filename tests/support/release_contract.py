"""What every ledger promises of releases; a test class inherits ReleaseContract as it does LedgerContract."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import LedgerError
from promote_tui.core.releases.events import (
    Answered,
    LeftOut,
    Member,
    MemberEnded,
    MemberStarted,
    ProcessStarted,
    ReleaseConfirmed,
    ReleaseEnded,
    ReleaseEvent,
    ReleasePlanned,
    UnknownReleaseEvent,
)
from promote_tui.core.runs.run import Process
from promote_tui.ports import RecordedRelease, RunFilter
from tests.support.ledger_contract import finish, start
from tests.support.values import NOW, A, B

if TYPE_CHECKING:
    from datetime import datetime

    from promote_tui.ports import Ledger
    from tests.support.ledger_contract import World

NAME = "2026-11-30"
ODD = "\x1b]52;c;\x07 \u202e \U0001f600 \x00 \udc80"
LIFE: tuple[ReleaseEvent, ...] = (
    ReleaseConfirmed(NOW, "ana", "arn:ana", "release 2026-11-30 prod", ODD),
    ProcessStarted(NOW, "attempt-1", "laptop", Process(1, "then")),
    MemberStarted(NOW, "orders", "g1"),
    MemberEnded(NOW, "orders", "g1", "verified"),
    UnknownReleaseEvent('{"at": "2026-03-20T12:00:00+00:00", "event": "promised", "schema": 7}', NOW),
    UnknownReleaseEvent('{"at": "2026-03-20T12:00:00+00:00", "event": "ended", "outcome": "lost", "schema": 1}', NOW),
    ReleaseEnded(NOW, "done"),
)


def release_plan(name: str = NAME, at: datetime = NOW, reason: str = "", members: int = 1) -> ReleasePlanned:
    """Return the plan of a release of this many services into prod."""
    services = ["orders", *(f"orders-{number}" for number in range(1, members))]
    own = tuple(Member(service, B, "Rename the queue", A, ()) for service in services)
    left = (LeftOut("billing", "not verified in staging", remedy="promote to staging first or merge"),)
    return ReleasePlanned(at, name, "prod", "staging", own, (tuple(services),), left, "ana", "arn:ana", reason)


def begin(ledger: Ledger, name: str = NAME, at: datetime = NOW) -> None:
    """Write a release's plan."""
    assert ledger.append_release_event(name, 1, release_plan(name, at))


def written(ledger: Ledger, name: str = NAME) -> list[ReleaseEvent]:
    """Return a release's events, whose places have no gaps."""
    found = ledger.release_events(name)
    assert [recorded.seq for recorded in found] == list(range(1, len(found) + 1))
    return [recorded.event for recorded in found]


class ReleaseContract:
    """The facts; `world` comes from the class that inherits them."""

    def test_an_untouched_ledger_has_no_releases(self, world: World) -> None:
        assert (world.open().releases(), world.open().release_events(NAME)) == ((), ())

    def test_events_of_a_release_come_back_as_they_were_written(self, world: World) -> None:
        begin(world.open())
        for seq, event in enumerate(LIFE, start=2):
            assert world.open().append_release_event(NAME, seq, event)
        wanted = tuple(RecordedRelease(seq, event) for seq, event in enumerate((release_plan(), *LIFE), start=1))
        assert world.open().release_events(NAME) == wanted
        assert world.open().release_events(NAME, after=3) == wanted[3:]
        assert world.open().release_events(NAME, after=99) == ()

    def test_a_place_of_a_release_is_taken_once_even_by_the_same_event(self, world: World) -> None:
        begin(world.open())
        assert world.open().append_release_event(NAME, 2, LIFE[0])
        assert not world.open().append_release_event(NAME, 2, LIFE[0])
        assert not world.open().append_release_event(NAME, 2, LIFE[1])
        assert written(world.open()) == [release_plan(), LIFE[0]]

    def test_the_name_of_a_release_is_used_once(self, world: World) -> None:
        begin(world.open())
        assert not world.open().append_release_event(NAME, 1, release_plan(at=NOW + timedelta(days=1)))
        assert (world.open().releases(), written(world.open())) == ((NAME,), [release_plan()])

    @pytest.mark.parametrize("seq", [-1, 0, 3, 99])
    def test_a_release_has_no_gaps(self, world: World, seq: int) -> None:
        begin(world.open())
        with pytest.raises(LedgerError, match=rf"^release {NAME}: its event {seq} cannot be written: there is none at"):
            world.open().append_release_event(NAME, seq, LIFE[0])
        with pytest.raises(LedgerError, match="cannot be written"):
            world.open().append_release_event("another", 2, LIFE[0])
        assert written(world.open()) == [release_plan()]

    @pytest.mark.parametrize(
        ("seq", "event"),
        [(1, LIFE[0]), (1, release_plan("another")), (2, release_plan()), (1, LIFE[4])],
        ids=["no plan", "of another", "a second", "of a newer version"],
    )
    def test_a_release_begins_with_its_own_plan_and_has_one(self, world: World, seq: int, event: ReleaseEvent) -> None:
        if seq > 1:
            begin(world.open())
        with pytest.raises(LedgerError, match="a release begins with its own plan, and has one only"):
            world.open().append_release_event(NAME, seq, event)
        assert len(written(world.open())) == seq - 1

    @pytest.mark.parametrize("seq", [1, 2])
    def test_of_many_who_want_a_place_one_gets_it(self, world: World, seq: int) -> None:
        if seq > 1:
            begin(world.open())
        got: list[str] = []
        refused: list[str] = []
        gate = threading.Barrier(6)

        def want(who: str) -> None:
            ledger = world.open()
            event = release_plan(reason=who) if seq == 1 else Answered(NOW, who, "arn", "go")
            gate.wait()
            (got if ledger.append_release_event(NAME, seq, event) else refused).append(who)

        threads = [threading.Thread(target=want, args=(f"p{number}",)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len(got), len(refused)) == (1, 5)
        last = written(world.open())[-1]
        assert isinstance(last, ReleasePlanned | Answered)
        assert (last.reason if isinstance(last, ReleasePlanned) else last.who) == got[0]

    def test_projects_do_not_see_each_others_releases(self, world: World) -> None:
        here, there = world.open(), world.other()
        begin(here)
        begin(here, "second", NOW + timedelta(days=1))
        assert (there.releases(), there.release_events(NAME)) == ((), ())
        begin(there, at=NOW + timedelta(hours=1))
        assert there.append_release_event(NAME, 2, LIFE[0])
        assert (there.releases(), len(written(there))) == ((NAME,), 2)
        assert (here.releases(), written(here)) == (("second", NAME), [release_plan()])

    def test_the_last_planned_release_comes_first_and_a_limit_holds(self, world: World) -> None:
        for name, hours in (("b", 1), ("a", 2), ("d", 0), ("c", 3), ("e", 3)):
            begin(world.open(), name, NOW + timedelta(hours=hours))
        assert world.open().releases() == ("e", "c", "a", "b", "d")
        assert world.open().releases(limit=2) == ("e", "c")

    def test_the_plan_of_200_services_fits(self, world: World) -> None:
        large = release_plan(members=200)
        assert world.open().append_release_event(NAME, 1, large)
        assert written(world.open()) == [large]

    def test_an_event_of_a_release_above_256_kb_is_refused_and_nothing_written(self, world: World) -> None:
        too_large = rf"^release {NAME}: its event 'planned' is 264 KB, and 256 KB is the most; shorten its texts$"
        with pytest.raises(LedgerError, match=too_large):
            world.open().append_release_event(NAME, 1, release_plan(reason="x" * 270_000))
        assert (world.open().releases(), written(world.open())) == ((), [])
        assert world.open().append_release_event(NAME, 1, release_plan(reason="x" * 260_000))

    def test_runs_and_releases_do_not_meet(self, world: World) -> None:
        finish(start(world.open(), NAME))
        before = world.open().events(NAME)
        begin(world.open())
        assert [run.id for run in world.open().runs(RunFilter()).runs] == [NAME]
        assert (world.open().events(NAME), written(world.open())) == (before, [release_plan()])
