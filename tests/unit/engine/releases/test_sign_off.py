"""One word for a whole release: a decision about each member, asked for once, and named where it was not written."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import CredentialsError, LedgerError, Refused, UsageError
from promote_tui.core.model.team_rules import Approvals, Rules
from promote_tui.core.releases.events import Member, ReleaseEnded, ReleasePlanned
from promote_tui.core.value import replace
from promote_tui.engine.decisions import DecisionRequest
from tests.support.fakes.ledger import MemoryLedger

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from promote_tui.core.gates.decisions import Decision
    from promote_tui.engine.decision_batch import DecisionBatch
    from tests.support.engine_world import World

SERVICES = ("billing", "orders", "web")


@pytest.fixture
def release(world: World) -> str:
    """Plan a release of three services into prod, which asks for an approval and a tick; ben is at the keyboard."""
    orders, (dev, staging, prod) = world.pipeline.services[0], world.pipeline.stages
    prod = replace(prod, rules=Rules(approvals=Approvals(1), checklist=("QA signed off",)))
    services = tuple(
        replace(orders, name=name, targets=tuple(replace(each, service=name) for each in orders.targets))
        for name in SERVICES
    )
    world.pipeline = replace(world.pipeline, stages=(dev, staging, prod), services=services)
    commit = world.commit("one")
    members = tuple(Member(name, commit, "one", None) for name in SERVICES)
    waves, name = (SERVICES,), "2026-11-30"
    planned = ReleasePlanned(world.clock.now(), name, "prod", "staging", members, waves, (), "ana", "arn:ana")
    assert world.ledger.append_release_event(name, 1, planned)
    world.accounts.person, world.accounts.role = "ben", "AWSReservedSSO_Developer_0123456789abcdef"
    return name


class FailingLedger(MemoryLedger):
    """A ledger that takes no decision about one service."""

    __slots__ = ()

    def append_decision(self, decision: Decision) -> None:
        if decision.service == "orders":
            raise LedgerError("ledger", "no network", "try again")
        super().append_decision(decision)


def fail(world: World) -> MemoryLedger:
    """Let the ledger take no decision about orders; return the sound one."""
    sound = world.ledger
    fields = {each.name: getattr(sound, each.name) for each in dataclasses.fields(sound)}
    world.ledger = FailingLedger(**fields)
    return sound


def services(batch: DecisionBatch) -> list[str]:
    return [each.service for each in batch.written]


def gates(world: World, service: str) -> dict[str, bool]:
    return {gate.name: gate.passed for gate in world.engine.plans.draft(service, "prod", "main").gates}


def test_an_approval_of_a_release_is_one_of_each_members_commit_with_the_reason(world: World, release: str) -> None:
    batch = world.engine.releases.approve(release, "seen in staging")
    assert services(batch) == [*SERVICES]
    assert {(each.kind, each.stage, each.who, each.reason) for each in batch.written} == {
        ("approve", "prod", "ben", "seen in staging")
    }
    assert batch.words == "approved 3 services as ben"
    world.accounts.person = "ana"
    assert [gates(world, name)["approvals"] for name in SERVICES] == [True, True, True]


def test_who_has_approved_a_member_already_is_not_asked_again(world: World, release: str) -> None:
    world.engine.decisions.record(DecisionRequest("approve", "orders", "prod", "main"))
    batch = world.engine.releases.approve(release)
    assert (services(batch), batch.decided_before) == (["billing", "web"], ("orders",))
    again = world.engine.releases.approve(release)
    assert (again.written, again.words) == ((), "approved by you already: billing, orders and web")
    assert len(world.ledger.decisions("orders", "prod")) == 1
    world.accounts.person = "eve"
    assert services(world.engine.releases.approve(release)) == [*SERVICES]


def test_a_ledger_that_fails_half_way_leaves_what_it_took_and_names_the_rest(world: World, release: str) -> None:
    sound = fail(world)
    batch = world.engine.releases.approve(release)
    assert (services(batch), [name for name, _ in batch.failed]) == (["billing"], ["orders", "web"])
    assert batch.words == "approved 1 service as ben; not written: orders and web (no network; try again)"
    world.ledger = sound
    assert services(world.engine.releases.approve(release)) == ["orders", "web"]


def test_a_commit_that_git_does_not_know_is_named_and_holds_up_no_other(world: World, release: str) -> None:
    planned = world.ledger.release_events(release)[0].event
    assert isinstance(planned, ReleasePlanned)
    lost = replace(planned.members[0], commit="f" * 40)
    world.ledger.append_release_event("other", 1, replace(planned, name="other", members=(lost, *planned.members[1:])))
    batch = world.engine.releases.approve("other")
    assert (services(batch), [name for name, _ in batch.failed]) == (["orders", "web"], ["billing"])


def test_a_tick_of_a_release_ticks_the_item_for_each_member(world: World, release: str) -> None:
    batch = world.engine.releases.check(release, "QA signed off", evidence="QA-1", on_behalf="mia")
    assert batch.words == "ticked for 3 services as ben"
    assert {(each.item, each.evidence, each.on_behalf) for each in batch.written} == {("QA signed off", "QA-1", "mia")}
    assert [gates(world, name)["checklist"] for name in SERVICES] == [True, True, True]
    world.accounts.person = "eve"
    assert world.engine.releases.check(release, "QA signed off").words == "ticked already: billing, orders and web"


def test_an_item_that_the_stage_does_not_have_is_refused_in_one_line(world: World, release: str) -> None:
    with pytest.raises(UsageError, match="release 2026-11-30: its checklist has no item 'QA'; it has: QA signed off"):
        world.engine.releases.check(release, "QA")


def test_a_withdrawal_takes_back_ones_own_approvals_or_a_tick(world: World, release: str) -> None:
    world.engine.releases.approve(release)
    world.engine.releases.check(release, "QA signed off")
    world.engine.decisions.record(DecisionRequest("withdraw", "web", "prod", "main"))
    batch = world.engine.releases.withdraw(release, "it leaks")
    assert batch.words == "withdrawn for 2 services as ben; nothing to withdraw: web"
    assert services(world.engine.releases.withdraw(release, item="QA signed off")) == [*SERVICES]
    assert not gates(world, "orders")["checklist"]


def test_of_a_release_that_has_ended_only_a_withdrawal_is_taken(world: World, release: str) -> None:
    world.engine.releases.approve(release)
    world.ledger.append_release_event(release, 2, ReleaseEnded(world.clock.now(), "stopped"))
    with pytest.raises(UsageError, match="it has ended: stopped"):
        world.engine.releases.approve(release)
    assert services(world.engine.releases.withdraw(release)) == [*SERVICES]


def test_who_cannot_be_anybody_or_may_not_write_hears_it_once(world: World, release: str) -> None:
    with pytest.raises(UsageError, match="there is no such release"):
        world.engine.releases.approve("nope")
    world.accounts.log_out("prod")
    with pytest.raises(CredentialsError):
        world.engine.releases.approve(release)
    world.pipeline = replace(world.pipeline, read_only=True)
    with pytest.raises(Refused, match="--read-only"):
        world.engine.releases.approve(release)


def test_what_is_signed_off_is_read_for_the_whole_set(world: World, release: str) -> None:
    planned = world.engine.releases.find(release)
    assert [(each.name, each.words) for each in world.engine.releases.sign_offs(planned)] == [
        ("approvals", "missing: 0 of 1 approval so far"),
        ("QA signed off", "missing"),
    ]
    world.engine.releases.approve(release)
    world.engine.decisions.record(DecisionRequest("check", "web", "prod", "main", item="QA signed off"))
    approvals, item = world.engine.releases.sign_offs(planned)
    assert (approvals.is_given, approvals.by) == (True, ("ben",))
    assert (item.given, item.missing) == (("web",), ("billing", "orders"))


def test_a_decision_without_a_revision_is_about_what_would_be_promoted(world: World, release: str) -> None:
    sha = world.commit("two")
    wanted = [DecisionRequest("approve", name, "dev") for name in ("orders", "web")]
    batch = world.engine.decisions.record_all("approve", wanted)
    assert [(each.service, each.commit) for each in batch.written] == [("orders", sha), ("web", sha)]
    batch = world.engine.decisions.record_all("approve", [*wanted, DecisionRequest("approve", "web", "prod")])
    assert batch.decided_before == ("orders", "web")
    ((service, error),) = batch.failed
    assert (service, error.cause) == ("web", "no commit that is verified in staging is on main")
    world.pipeline = replace(world.pipeline, read_only=True)
    with pytest.raises(Refused, match="--read-only"):
        world.engine.decisions.record_all("approve", wanted)


class CountingLedger(MemoryLedger):
    """A ledger that counts how often decisions are read."""

    __slots__ = ()

    def decisions(self, service: str, stage: str | None = None, commit: str | None = None) -> tuple[Decision, ...]:
        raise AssertionError(f"the decisions about {service} are read by themselves")

    def decisions_by_service(self, services: Collection[str]) -> Mapping[str, tuple[Decision, ...]]:
        READS.append(tuple(services))
        return {name: found for name in services if (found := MemoryLedger.decisions(self, name))}


def counting(world: World) -> CountingLedger:
    """Return the world's ledger as one that counts, from now on."""
    READS.clear()
    return CountingLedger(**{each.name: getattr(world.ledger, each.name) for each in dataclasses.fields(world.ledger)})


READS: list[tuple[str, ...]] = []


def test_the_sign_offs_of_every_member_are_read_at_once(world: World, release: str) -> None:
    world.engine.releases.approve(release)
    world.engine.decisions.record(DecisionRequest("approve", "orders", "staging", "main"))
    world.ledger = counting(world)
    approvals, tick = world.engine.releases.details(release).sign_offs or ()
    assert (approvals.given, approvals.by, tick.missing) == (SERVICES, ("ben",), SERVICES)
    assert READS == [SERVICES]


def test_the_sign_offs_of_a_stage_that_asks_nobody_are_not_read(world: World, release: str) -> None:
    dev, staging, prod = world.pipeline.stages
    world.pipeline = replace(world.pipeline, stages=(dev, staging, replace(prod, rules=Rules())))
    world.ledger = counting(world)
    assert (world.engine.releases.details(release).sign_offs, READS) == ((), [])
