"""What every ledger promises, whatever it stores its rows in; of releases, see `release_contract`.

A test class inherits LedgerContract and says in `world` how to open its ledger. `abandon()` stands
for the death of a runner; where a takeover needs time to pass, `World.let_go_stale` passes it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import LedgerError, LockHeld, RunExists, UsageError
from promote_tui.core.gates.decisions import Decision, DecisionKind
from promote_tui.core.runs.events import (
    CancelRequested,
    Checked,
    Event,
    Exited,
    Failed,
    GateRecord,
    Locked,
    NotSubmitted,
    Observed,
    OutcomeUnknown,
    Recovering,
    Released,
    RolledBack,
    Submitted,
    Submitting,
    UnknownEvent,
    Verified,
)
from promote_tui.core.runs.fold import fold
from promote_tui.core.runs.run import Outcome, RunStatus
from promote_tui.core.value import replace
from promote_tui.ports import Lease, Ledger, Recorded, RunFilter
from tests.support.values import NOW, TARGET, A, B, planned

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from promote_tui.core.runs.run import Run

KEY = TARGET.key
KINDS: tuple[DecisionKind, ...] = ("hold", "veto", "approve", "check")
VERDICTS: tuple[Event, ...] = (
    Verified(NOW),
    NotSubmitted(NOW, "interrupted"),
    Failed(NOW, "someone else deployed it", A),
    RolledBack(NOW, "OrdersTable", A),
)
LIFE: tuple[Event, ...] = (
    Locked(NOW, 1, "laptop", 42, "1@boot"),
    Checked(NOW, "f" * 64, (GateRecord("stage order", passed=True, reason="verified in dev"),)),
    Submitting(NOW, ("serverless", "deploy"), "runs/g1/log"),
    Submitted(NOW, 43, "2@boot"),
    CancelRequested(NOW, "ana", submitted=True),
    Exited(NOW, 0, "exited"),
    Observed(NOW, "arn", "UPDATE_COMPLETE", B, "e9"),
    UnknownEvent('{"at": "2026-03-20T12:00:00+00:00", "event": "promised", "schema": 7}', NOW),
)


def _nothing() -> None:
    """Where a dead runner's lock can be taken over at once."""


@dataclass(frozen=True, slots=True)
class World:
    """How to open the ledger, each time as another process would; `other` opens it for another project."""

    open: Callable[[], Ledger]
    other: Callable[[], Ledger]
    let_go_stale: Callable[[], None] = _nothing


def start(ledger: Ledger, run: str = "g1", at: datetime = NOW, **changed: str) -> Lease:
    """Take the lock for a run and write its plan."""
    key = changed.get("key", KEY)
    lease = ledger.acquire(key, run)
    lease.append(planned(run=run, at=at, **changed))
    return lease


def finish(lease: Lease, verdict: Event = VERDICTS[0]) -> None:
    """Bring a run to its end."""
    lease.append(verdict)
    lease.append(Released(NOW, lease.fence))
    lease.release()


class LedgerContract:
    """The facts; `world` comes from the class that inherits them."""

    def test_an_untouched_ledger_is_empty(self, world: World) -> None:
        ledger = world.open()
        assert ledger.holder(KEY) is None
        assert ledger.events("g1") == ()
        assert ledger.runs(RunFilter()).runs == ()
        assert ledger.decisions("orders") == ()

    def test_a_lock_is_held_until_the_run_is_finished(self, world: World) -> None:
        lease = start(world.open())
        holder = world.open().holder(KEY)
        assert holder is not None
        assert (holder.key, holder.run, holder.fence) == (KEY, "g1", lease.fence)
        assert holder.runner_alive is not False
        finish(lease)
        assert world.open().holder(KEY) is None

    def test_a_held_lock_is_refused_and_its_holder_named(self, world: World) -> None:
        start(world.open())
        with pytest.raises(LockHeld) as refusal:
            world.open().acquire(KEY, "g2")
        assert refusal.value.subject == KEY
        for word in ("g1", "ana", "laptop", "since 2026-"):
            assert word in str(refusal.value)

    def test_a_lock_is_held_before_anything_is_written(self, world: World) -> None:
        world.open().acquire(KEY, "g1")
        with pytest.raises(LockHeld, match="g1"):
            world.open().acquire(KEY, "g2")

    def test_the_lock_of_a_dead_runner_is_refused_and_reconciling_named(self, world: World) -> None:
        start(world.open()).abandon()
        world.let_go_stale()
        with pytest.raises(LockHeld, match="promote-tui runs reconcile g1"):
            world.open().acquire(KEY, "g2")
        holder = world.open().holder(KEY)
        assert holder is not None
        assert holder.runner_alive is not True

    def test_locks_of_different_stacks_do_not_meet(self, world: World) -> None:
        ledger = world.open()
        start(ledger)
        assert start(ledger, "g2", key="222222222222/eu-west-1/billing-staging").fence == 1

    def test_projects_with_services_of_equal_names_do_not_meet(self, world: World) -> None:
        here, there = world.open(), world.other()
        finish(start(here, key="k/1"))
        for minute, kind in enumerate(KINDS):
            at = NOW + timedelta(minutes=minute)
            here.append_decision(Decision(at, kind, "orders", "prod", A, "ana", "arn:aws:iam::4:user/ana", "r"))
        assert there.runs(RunFilter()).runs == ()
        assert there.runs(RunFilter(service="orders", stage="staging")).runs == ()
        assert (there.decisions("orders"), there.standing_decisions()) == ((), ())
        finish(start(there, "g2", NOW + timedelta(hours=1), key="k/2"))
        there.append_decision(Decision(NOW, "veto", "orders", None, B, "joe", "arn:aws:iam::4:user/joe", "r"))
        assert [run.id for run in here.runs(RunFilter()).runs] == ["g1"]
        assert [run.id for run in there.runs(RunFilter()).runs] == ["g2"]
        assert [found.kind for found in here.decisions("orders")] == list(KINDS)
        assert [found.commit for found in there.decisions("orders")] == [B]
        assert [found.who for found in there.standing_decisions()] == ["joe"]
        assert {found.who for found in here.standing_decisions()} == {"ana"}

    def test_a_lock_is_the_stacks_whatever_the_project(self, world: World) -> None:
        lease = start(world.open())
        with pytest.raises(LockHeld, match="g1"):
            world.other().acquire(KEY, "g2")
        holder = world.other().holder(KEY)
        assert holder is not None
        assert holder.run == "g1"
        assert world.other().runs(RunFilter(live=True)).runs == ()
        assert [run.id for run in world.other().runs(RunFilter(live=True, any_project=True)).runs] == ["g1"]
        finish(lease)
        assert start(world.other(), "g2").fence > lease.fence

    def test_the_runs_of_a_stack_are_everybodys_and_a_run_is_found_by_its_id(self, world: World) -> None:
        finish(start(world.open()))
        assert [run.id for run in world.other().runs(RunFilter(key=KEY)).runs] == ["g1"]
        assert len(world.other().events("g1")) == len(world.open().events("g1")) > 0

    def test_pages_of_runs_hold_the_projects_alone(self, world: World) -> None:
        here, there = world.open(), world.other()
        for number in range(4):
            ledger = here if number % 2 else there
            finish(start(ledger, f"g{number}", NOW + timedelta(minutes=number), key=f"k/{number}"))
        first = here.runs(RunFilter(), limit=1)
        assert [run.id for run in first.runs] == ["g3"]
        assert [run.id for run in here.runs(RunFilter(), first.cursor, limit=5).runs] == ["g1"]

    def test_a_fence_grows_with_every_holder(self, world: World) -> None:
        fences = []
        for number in range(3):
            lease = start(world.open(), f"g{number}")
            fences.append(lease.fence)
            lease.abandon()
            world.let_go_stale()
            taken_over = world.open().recover(f"g{number}")
            fences.append(taken_over.fence)
            finish(taken_over)
        assert fences == sorted(set(fences))

    def test_of_many_who_want_a_lock_one_gets_it(self, world: World) -> None:
        got: list[Lease] = []
        refused: list[LockHeld] = []
        gate = threading.Barrier(6)

        def want(number: int) -> None:
            ledger = world.open()
            gate.wait()
            try:
                got.append(ledger.acquire(KEY, f"g{number}"))
            except LockHeld as refusal:
                refused.append(refusal)

        threads = [threading.Thread(target=want, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len(got), len(refused)) == (1, 5)

    def test_an_id_is_used_even_where_nothing_was_written_under_it(self, world: World) -> None:
        ledger = world.open()
        ledger.acquire("release/acme/x", "r1").release()
        assert ledger.holder("release/acme/x") is None
        for key in ("release/acme/x", "another"):
            with pytest.raises(RunExists, match="exists already"):
                ledger.acquire(key, "r1")

    def test_the_id_of_a_run_is_used_once(self, world: World) -> None:
        finish(start(world.open()))
        with pytest.raises(RunExists, match="exists already"):
            world.open().acquire(KEY, "g1")

    def test_a_living_runner_is_not_taken_over(self, world: World) -> None:
        start(world.open())
        with pytest.raises(LockHeld, match="alive"):
            world.open().recover("g1")

    def test_a_dead_runner_is_taken_over_for_the_same_run(self, world: World) -> None:
        dead = start(world.open())
        dead.abandon()
        world.let_go_stale()
        lease = world.open().recover("g1")
        assert (lease.run, lease.key) == ("g1", KEY)
        assert lease.fence > dead.fence
        assert lease.append(Recovering(NOW, lease.fence, "laptop", 44, "3@boot")) == 2
        finish(lease)
        assert world.open().holder(KEY) is None

    def test_a_run_that_was_taken_over_writes_no_more(self, world: World) -> None:
        dead = start(world.open())
        dead.abandon()
        world.let_go_stale()
        lease = world.open().recover("g1")
        with pytest.raises(LedgerError, match="no longer holds"):
            dead.append(Verified(NOW))
        with pytest.raises(LedgerError, match="no longer holds"):
            dead.release()
        assert world.open().events("g1") == (Recorded(1, planned()),)
        finish(lease)

    def test_a_run_that_died_before_its_plan_is_taken_over_and_freed(self, world: World) -> None:
        world.open().acquire(KEY, "g1").abandon()
        world.let_go_stale()
        world.open().recover("g1").release()
        assert world.open().holder(KEY) is None

    @pytest.mark.parametrize("run", ["g1", "never"])
    def test_a_run_without_a_lock_is_not_taken_over(self, world: World, run: str) -> None:
        finish(start(world.open()))
        with pytest.raises(UsageError, match=rf"^run {run}: there is no such run; see `promote-tui runs`$"):
            world.open().recover(run)

    @pytest.mark.parametrize(
        "events",
        [(), LIFE[:4], (*LIFE[:4], OutcomeUnknown(NOW, "AWS is out of reach", "reconcile")), (*LIFE, Verified(NOW))],
        ids=["planned", "submitted", "undetermined", "blocked by an unknown event"],
    )
    def test_a_lock_stays_without_a_verdict(self, world: World, events: tuple[Event, ...]) -> None:
        lease = start(world.open())
        for event in events:
            lease.append(event)
        with pytest.raises(LedgerError, match="no verdict"):
            lease.release()
        assert world.open().holder(KEY) is not None
        lease.append(CancelRequested(NOW, "ana", submitted=True))

    @pytest.mark.parametrize("verdict", VERDICTS, ids=lambda verdict: type(verdict).__name__)
    def test_a_verdict_frees_the_lock(self, world: World, verdict: Event) -> None:
        lease = start(world.open())
        finish(lease, verdict)
        assert world.open().holder(KEY) is None
        assert world.open().acquire(KEY, "g2").fence > lease.fence

    def test_releasing_twice_is_harmless_and_frees_nobody_elses_lock(self, world: World) -> None:
        lease = start(world.open())
        finish(lease)
        start(world.open(), "g2")
        lease.release()
        holder = world.open().holder(KEY)
        assert holder is not None
        assert holder.run == "g2"

    def test_a_released_or_abandoned_lease_writes_no_more(self, world: World) -> None:
        released = start(world.open())
        finish(released)
        abandoned = start(world.open(), "g2")
        abandoned.abandon()
        abandoned.abandon()
        for lease in (released, abandoned):
            with pytest.raises(LedgerError, match="no longer holds"):
                lease.append(Verified(NOW))

    def test_events_come_back_as_they_were_written(self, world: World) -> None:
        lease = start(world.open())
        assert [lease.append(event) for event in LIFE] == list(range(2, len(LIFE) + 2))
        wanted = tuple(Recorded(seq, event) for seq, event in enumerate((planned(), *LIFE), start=1))
        assert world.open().events("g1") == wanted
        assert world.open().events("g1", after=4) == wanted[4:]
        assert world.open().events("g1", after=99) == ()

    def test_an_event_is_seen_by_others_at_once(self, world: World) -> None:
        lease, viewer = start(world.open()), world.open()
        for seq, event in enumerate(LIFE, start=2):
            lease.append(event)
            assert viewer.events("g1", after=seq - 1) == (Recorded(seq, event),)

    def test_text_from_outside_is_kept_as_it_came(self, world: World) -> None:
        odd = "\x1b]52;c;\x07 [/users/{id}] \u202e \U0001f600 \x00 \udc80"
        lease = world.open().acquire(KEY, "g1")
        event = planned(subject=odd, who=odd, reason=odd)
        lease.append(event)
        assert world.open().events("g1")[0].event == event
        assert world.open().runs(RunFilter()).runs[0].planned == event

    @pytest.mark.parametrize("text", ["x" * 33_000, "é" * 6_000], ids=["plain", "escaped"])
    def test_an_event_above_32_kb_is_refused_and_nothing_written(self, world: World, text: str) -> None:
        lease = start(world.open())
        with pytest.raises(LedgerError, match="32 KB"):
            lease.append(Failed(NOW, text, None))
        assert len(world.open().events("g1")) == 1
        assert lease.append(Failed(NOW, "x" * 32_000, None)) == 2

    def test_a_run_begins_with_its_own_plan_and_has_one(self, world: World) -> None:
        lease = world.open().acquire(KEY, "g1")
        for wrong in (Verified(NOW), planned(run="g2"), planned(key="elsewhere")):
            with pytest.raises(LedgerError, match="g1"):
                lease.append(wrong)
        lease.append(planned())
        with pytest.raises(LedgerError, match="one only"):
            lease.append(planned())
        assert len(world.open().events("g1")) == 1

    def test_a_run_is_what_its_events_say(self, world: World) -> None:
        lease = start(world.open())
        events: list[Event] = [planned()]
        for event in (*LIFE[:6], RolledBack(NOW, "OrdersTable", A), Released(NOW, 1)):
            lease.append(event)
            events.append(event)
            assert world.open().runs(RunFilter()).runs == (fold(events),)

    def test_runs_are_listed_newest_first_in_pages_that_new_runs_do_not_move(self, world: World) -> None:
        ledger = world.open()
        moments = [0, 1, 1, 1, 2, 3, 3]
        for number, minute in enumerate(moments):
            finish(start(ledger, f"g{number}", NOW + timedelta(minutes=minute)))
        page = ledger.runs(RunFilter(), limit=2)
        seen = [run.id for run in page.runs]
        while page.cursor:
            finish(start(ledger, f"later{len(seen)}", NOW + timedelta(hours=1)))
            page = ledger.runs(RunFilter(), page.cursor, limit=2)
            seen += [run.id for run in page.runs]
        assert seen == ["g6", "g5", "g4", "g3", "g2", "g1", "g0"]

    def test_a_full_last_page_has_no_cursor(self, world: World) -> None:
        ledger = world.open()
        for number in range(2):
            finish(start(ledger, f"g{number}"))
        assert ledger.runs(RunFilter(), limit=2).cursor is None

    def test_a_cursor_that_is_none_is_refused(self, world: World) -> None:
        finish(start(world.open()))
        with pytest.raises(UsageError, match="not a place"):
            world.open().runs(RunFilter(), "yesterday")

    @pytest.mark.parametrize(
        ("wanted", "found"),
        [
            (RunFilter(), "dcba"),
            (RunFilter(service="orders"), "dba"),
            (RunFilter(stage="prod"), "b"),
            (RunFilter(key="k/c"), "c"),
            (RunFilter(status=RunStatus.SUCCEEDED), "a"),
            (RunFilter(status=RunStatus.ROLLED_BACK), "b"),
            (RunFilter(status=RunStatus.RUNNING), "d"),
            (RunFilter(status=RunStatus.UNKNOWN), "c"),
            (RunFilter(live=True), "dc"),
            (RunFilter(live=False), "ba"),
            (RunFilter(since=NOW + timedelta(hours=1)), "dcb"),
            (RunFilter(until=NOW + timedelta(hours=1)), "ba"),
            (RunFilter(since=NOW + timedelta(hours=1), until=NOW + timedelta(hours=2)), "cb"),
            (RunFilter(service="orders", stage="staging", live=True), "d"),
            (RunFilter(release="autumn"), "cb"),
            (RunFilter(release="autum"), ""),
            (RunFilter(service="nobody"), ""),
            (RunFilter(service="orders' OR 1=1 --"), ""),
        ],
        ids=str,
    )
    def test_runs_are_filtered(self, world: World, wanted: RunFilter, found: str) -> None:
        ledger = world.open()
        hours = [NOW + timedelta(hours=number) for number in range(4)]
        finish(start(ledger, "a", hours[0], key="k/a"))
        finish(start(ledger, "b", hours[1], key="k/b", stage="prod", release="autumn"), VERDICTS[3])
        started = start(ledger, "c", hours[2], key="k/c", service="billing", release="autumn")
        started.append(OutcomeUnknown(NOW, "no network", "reconcile"))
        start(ledger, "d", hours[3], key="k/d")
        assert "".join(run.id for run in ledger.runs(wanted).runs) == found

    def test_the_runs_of_many_stacks_are_read_at_once_from_any_moment_on(self, world: World) -> None:
        ledger = world.open()
        moments = [NOW + timedelta(hours=number) for number in range(4)]
        for number, at in enumerate(moments):
            finish(start(ledger, f"a{number}", at, key="k/a"))
            finish(start(ledger, f"b{number}", at, key="k/b"))
        finish(start(ledger, "c0", moments[3], key="k/c"))
        keys = ("k/a", "k/b", "k/c", "k/nobody's")

        def named(found: Mapping[str, tuple[Run, ...]]) -> dict[str, list[str]]:
            return {key: [run.id for run in runs] for key, runs in found.items()}

        seen = world.other()
        assert named(seen.newest_runs(keys, moments[2], 2)) == {"k/a": ["a2", "a1"], "k/b": ["b2", "b1"]}
        assert named(seen.newest_runs(["k/a"], moments[3], 9)) == {"k/a": ["a3", "a2", "a1", "a0"]}
        assert seen.newest_runs(keys, NOW - timedelta(seconds=1), 9) == {}
        assert named(seen.oldest_runs(keys, moments[1], 2)) == {"k/a": ["a1", "a2"], "k/b": ["b1", "b2"], "k/c": ["c0"]}
        assert seen.oldest_runs(["k/a"], moments[3] + timedelta(seconds=1), 9) == {}
        assert seen.newest_runs((), moments[3], 9) == {}
        (newest,) = seen.newest_runs(["k/c"], moments[3], 1)["k/c"]
        assert (newest.outcome, newest.released) == (Outcome.VERIFIED, True)

    def test_a_run_is_live_until_its_lock_is_free(self, world: World) -> None:
        lease = start(world.open())
        lease.append(Verified(NOW))
        lease.append(Released(NOW, lease.fence))
        (run,) = world.open().runs(RunFilter(live=True)).runs
        assert (run.outcome, run.released) == (Outcome.VERIFIED, True)
        lease.release()
        assert world.open().runs(RunFilter(live=True)).runs == ()

    def test_runs_are_found_by_who_began_them(self, world: World) -> None:
        for number, who in enumerate(("ana", "ben \udc80", "ana", "joe", "joe")):
            at = NOW + timedelta(days=number)
            start(world.open(), f"g{number}", at, key=f"{KEY}{number}", who=who).abandon()
        ledger, ana = world.open(), RunFilter(who="ana")
        assert [run.id for run in ledger.runs(ana).runs] == ["g2", "g0"]
        assert ledger.runs(RunFilter(who="an")).runs == ()
        first = ledger.runs(ana, limit=1)
        second = ledger.runs(ana, first.cursor, limit=1)
        assert [run.id for run in (*first.runs, *second.runs)] == ["g2", "g0"]
        assert (first.cursor is not None, second.cursor) == (True, None)
        day = RunFilter(service="orders", stage="staging", who="joe", until=NOW + timedelta(days=3))
        assert [run.id for run in ledger.runs(day).runs] == ["g3"]

    def test_decisions_are_listed_oldest_first_for_what_they_concern(self, world: World) -> None:
        def decided(minutes: int, kind: DecisionKind, stage: str | None, commit: str | None) -> Decision:
            at = NOW + timedelta(minutes=minutes)
            return Decision(at, kind, "orders", stage, commit, "ana", "arn", f"because {kind} \udc80")

        approve, hold, veto = (
            decided(1, "approve", "prod", A),
            decided(2, "hold", "prod", None),
            decided(0, "veto", None, B),
        )
        elsewhere = replace(approve, service="billing")
        for decision in (approve, hold, veto, elsewhere):
            world.open().append_decision(decision)
        ledger = world.open()
        assert ledger.decisions("orders") == (veto, approve, hold)
        assert ledger.decisions("orders", "staging") == (veto,)
        assert ledger.decisions("orders", "prod", A) == (approve, hold)
        assert ledger.decisions("orders", "prod", B) == (veto, hold)
        assert ledger.decisions("billing") == (elsewhere,)

    def test_the_decisions_about_many_services_are_read_at_once(self, world: World) -> None:
        def decided(minutes: int, kind: DecisionKind, service: str) -> Decision:
            return Decision(NOW + timedelta(minutes=minutes), kind, service, "prod", A, "ana", "arn")

        later, first = decided(2, "approve", "orders"), decided(1, "check", "orders")
        other, unasked = decided(0, "hold", "caf\udce9"), decided(3, "veto", "billing")
        for decision in (later, first, other, unasked):
            world.open().append_decision(decision)
        found = world.open().decisions_by_service(["orders", "caf\udce9", "emails"])
        assert found == {"orders": (first, later), "caf\udce9": (other,)}
        assert world.other().decisions_by_service(["orders"]) == {}

    def test_holds_and_vetoes_of_every_service_are_told_at_once(self, world: World) -> None:
        def decided(minutes: int, kind: DecisionKind, service: str) -> Decision:
            return Decision(NOW + timedelta(minutes=minutes), kind, service, "prod", A, "ana", "arn", f"because {kind}")

        assert world.open().standing_decisions() == ()
        made = [decided(3, "unhold", "billing"), decided(1, "hold", "billing"), decided(2, "veto", "orders")]
        for decision in (*made, decided(0, "approve", "orders"), decided(4, "check", "billing")):
            world.open().append_decision(decision)
        assert world.open().standing_decisions() == (made[1], made[2], made[0])
