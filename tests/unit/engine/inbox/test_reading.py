"""An inbox over fakes: what it reads, what it leaves alone, and what it says of what it cannot read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.core.errors import GitError, LedgerError
from promote_tui.core.gates.options import PromotionOptions
from promote_tui.core.model.team_rules import Approvals, Rules
from promote_tui.core.releases import events as e
from promote_tui.core.runs.run import Process
from promote_tui.core.value import replace
from promote_tui.engine.decisions import DecisionRequest
from tests.support.fakes.git import FakeGraph
from tests.support.fakes.ledger import MemoryLedger
from tests.support.pipelines import without_stage

if TYPE_CHECKING:
    import pytest

    from promote_tui.core.inbox.item import InboxItem
    from tests.support.engine_world import World

HOUR = timedelta(hours=1)


def acts(world: World, who: str) -> None:
    """Let somebody be at the keyboard."""
    world.accounts.person, world.accounts.role = who, "AWSReservedSSO_Developer_0123456789abcdef"


def ruled(world: World, name: str = "prod", **rules: object) -> None:
    """Let a stage have these rules."""
    found = Rules(**rules)  # type: ignore[arg-type]
    stages = tuple(replace(each, rules=found) if each.name == name else each for each in world.pipeline.stages)
    world.pipeline = replace(world.pipeline, stages=stages)


def in_staging(world: World, text: str = "one") -> str:
    """Bring a commit to dev and staging, by ana."""
    acts(world, "ana")
    sha = world.commit(text)
    world.promote("dev")
    world.promote("staging")
    return sha


def inbox(world: World) -> list[tuple[str, str]]:
    return [(item.kind, item.about) for item in world.engine.inbox().items]


def only(world: World) -> InboxItem:
    (item,) = world.engine.inbox().items
    return item


def release(world: World, commit: str, *more: e.ReleaseEvent, services: tuple[str, ...] = ("orders",)) -> None:
    """Write a release of ana's into the ledger."""
    arn = world.accounts.identity(world.target("prod")).arn
    members = tuple(e.Member(name, commit, "one", None) for name in services)
    planned = e.ReleasePlanned(
        world.clock.now(), "friday", "prod", "staging", members, (services,), (), world.accounts.person, arn
    )
    for seq, event in enumerate((planned, *more), 1):
        assert world.ledger.append_release_event("friday", seq, event)


def test_nothing_waits_where_no_stage_asks_for_anything(world: World) -> None:
    in_staging(world)
    assert inbox(world) == []


def test_an_approval_and_a_tick_wait_for_who_is_behind_until_they_are_given(world: World) -> None:
    ruled(world, approvals=Approvals(1), checklist=("QA",))
    sha = in_staging(world)
    acts(world, "ben")
    assert inbox(world) == [("approval", "orders/prod"), ("tick", "orders/prod")]
    assert {item.commit for item in world.engine.inbox().items} == {sha}
    world.engine.decisions.record(DecisionRequest("approve", "orders", "prod", sha))
    assert inbox(world) == [("tick", "orders/prod")]
    world.engine.decisions.record(DecisionRequest("check", "orders", "prod", sha, item="QA"))
    assert inbox(world) == []


def test_nothing_waits_for_a_stage_that_runs_it_already(world: World) -> None:
    ruled(world, approvals=Approvals(1))
    sha = in_staging(world)
    acts(world, "ben")
    world.engine.decisions.record(DecisionRequest("approve", "orders", "prod", sha))
    acts(world, "ana")
    world.promote("prod")
    acts(world, "eve")
    assert inbox(world) == []


def test_what_is_verified_nowhere_waits_for_nobody(world: World) -> None:
    ruled(world, approvals=Approvals(1))
    world.commit("one")
    world.promote("dev")
    assert inbox(world) == []


def test_a_soak_is_said_once_it_has_ended(world: World) -> None:
    ruled(world, soak=4 * 3600.0)
    in_staging(world)
    assert inbox(world) == []
    world.clock.at += 5 * HOUR
    item = only(world)
    assert (item.kind, item.about) == ("soak", "orders/prod")
    assert item.since is not None
    assert world.clock.at - item.since < 1.1 * HOUR


def test_a_hold_a_hotfix_and_an_external_update_come_from_the_matrix(world: World) -> None:
    in_staging(world)
    world.engine.decisions.record(DecisionRequest("hold", "orders", "prod", reason="incident"))
    world.engine.decisions.record(
        DecisionRequest("hold", "orders", "dev", reason="over", expires_at=world.clock.now() + HOUR)
    )
    world.clock.at += 2 * HOUR
    world.stacks.deploy(world.target("dev"), world.commit("two"))
    assert inbox(world) == [("hold", "orders/prod"), ("external", "orders/dev")]


def test_a_hotfix_waits_to_be_merged_back(world: World) -> None:
    ruled(world, approvals=Approvals(0))
    prod = replace(world.pipeline.stages[2], branches=("*",))
    world.pipeline = replace(world.pipeline, stages=(*world.pipeline.stages[:2], prod))
    base = world.commit("one")
    world.promote("dev")
    world.promote("staging")
    world.commit("two")
    world.repository.branch("hotfix", base)
    fix = world.commit("fixed", branch="hotfix")
    world.promote("dev", fix)
    acts(world, "ben")
    world.engine.decisions.record(DecisionRequest("approve", "orders", "prod", fix))
    acts(world, "ana")
    options = PromotionOptions("hotfix", ("staging",))
    world.run(world.engine.plans.make(world.engine.plans.draft("orders", "prod", fix, options)))
    (item,) = [item for item in world.engine.inbox().items if item.kind == "hotfix"]
    assert (item.about, item.command) == ("orders/prod", f"git switch main && git merge {fix[:7]}")


def test_no_stack_is_read_again_that_the_matrix_holds(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ruled(world, approvals=Approvals(1))
    in_staging(world)
    acts(world, "ben")
    snapshot = world.engine.snapshot()

    def fails(*_arguments: object) -> None:
        raise AssertionError("a stack was read again")

    monkeypatch.setattr(type(world.stacks), "cell", fails)
    assert [item.kind for item in world.engine.inbox(snapshot).items] == ["approval"]


def test_items_are_heard_of_as_they_are_known(world: World) -> None:
    ruled(world, approvals=Approvals(1))
    in_staging(world)
    acts(world, "ben")
    world.engine.decisions.record(DecisionRequest("hold", "orders", "staging", reason="incident"))
    heard: list[list[str]] = []
    world.engine.inbox(on_items=lambda items: heard.append([item.kind for item in items]))
    assert heard == [["hold"], ["approval"]]


def test_a_stage_that_cannot_be_read_is_said_with_its_remedy(world: World) -> None:
    ruled(world, approvals=Approvals(1))
    in_staging(world)
    world.stacks.unreachable(world.target("prod"), "expired")
    item = only(world)
    assert (item.kind, item.about) == ("unread", "orders/prod")
    assert "expired" in item.words


def test_a_hidden_stage_before_is_said_once_and_what_the_record_knows_is_said_all_the_same(world: World) -> None:
    ruled(world, approvals=Approvals(1))
    in_staging(world)
    acts(world, "ben")
    world.stacks.unreachable(world.target("staging"), "expired")
    assert inbox(world) == [("approval", "orders/prod"), ("unread", "orders/staging")]


def test_a_repository_that_fails_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ruled(world, approvals=Approvals(1))
    in_staging(world)
    snapshot = world.engine.snapshot()

    def fails(*_arguments: object) -> None:
        raise GitError("orders", "not a git repository", "clone it")

    monkeypatch.setattr(FakeGraph, "branches", fails)
    (item,) = world.engine.inbox(snapshot).items
    assert (item.kind, item.words, item.command) == ("unread", "not a git repository", "clone it")


def test_a_ledger_that_cannot_be_read_is_said_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ruled(world, approvals=Approvals(1))
    in_staging(world)

    def fails(*_arguments: object, **_named: object) -> None:
        raise LedgerError("ledger", "it is damaged", "move it aside")

    monkeypatch.setattr(MemoryLedger, "runs", fails)
    item = only(world)
    assert item.kind == "unread"
    assert item.words == "runs, holds, decisions and releases: ledger: it is damaged; move it aside"


def test_releases_that_cannot_be_read_are_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    release(world, world.commit("one"))

    def fails(*_arguments: object, **_named: object) -> None:
        raise LedgerError("ledger", "no table", "set it up")

    monkeypatch.setattr(MemoryLedger, "release_events", fails)
    item = only(world)
    assert (item.kind, item.words, item.command) == ("unread", "releases: no table", "set it up")


def test_who_is_nobody_to_aws_is_told_so_and_sees_the_rest(world: World) -> None:
    ruled(world, approvals=Approvals(1), checklist=("QA",))
    in_staging(world)
    snapshot = world.engine.snapshot()
    for stage in ("dev", "staging", "prod"):
        world.accounts.log_out(stage)
    kinds = [item.kind for item in world.engine.inbox(snapshot).items]
    assert kinds == ["tick", "unread"]


def test_one_account_that_knows_us_is_enough(world: World) -> None:
    ruled(world, approvals=Approvals(1))
    in_staging(world)
    acts(world, "ben")
    world.accounts.log_out("dev")
    world.accounts.log_out("staging")
    assert inbox(world) == [("approval", "orders/prod")]


def test_a_release_asks_for_its_sign_offs_once_and_its_services_no_more_by_themselves(world: World) -> None:
    ruled(world, approvals=Approvals(1), checklist=("QA",))
    sha = in_staging(world)
    release(world, sha)
    assert inbox(world) == [("tick", "release friday")]  # ana planned it
    acts(world, "ben")
    assert inbox(world) == [("approval", "release friday"), ("tick", "release friday")]
    assert world.engine.releases.approve("friday").words == "approved 1 service as ben"
    assert inbox(world) == [("tick", "release friday")]


def test_a_member_that_is_there_already_is_not_asked_about(world: World) -> None:
    sha = in_staging(world)
    world.promote("prod")
    ruled(world, approvals=Approvals(1))
    release(world, sha)
    acts(world, "ben")
    assert inbox(world) == []


def test_a_release_whose_process_is_gone_waits_to_be_resumed(world: World) -> None:
    acts(world, "ana")
    sha = world.commit("one")
    now, arn = world.clock.now(), world.accounts.identity(world.target("prod")).arn
    release(
        world,
        sha,
        e.ReleaseConfirmed(now, "ana", arn, "release friday prod"),
        e.ProcessStarted(now, "a1", "host", Process(1, "then")),
    )
    assert only(world).command == "promote-tui release resume friday"
    lease = world.ledger.acquire("release/acme/friday", "a1")
    assert inbox(world) == []
    lease.abandon()
    assert only(world).words == "interrupted: no process works on it"


def test_a_release_of_a_service_that_is_not_configured_any_more_is_said(world: World) -> None:
    release(world, world.commit("one"), services=("gone",))
    item = only(world)
    assert (item.kind, item.about, item.words) == ("unread", "release friday", "there is no such service")


def test_of_a_release_whose_stage_is_gone_it_is_said_how_to_give_it_up(world: World) -> None:
    release(world, world.commit("one"))
    world.pipeline = without_stage(world.pipeline, "prod")
    item = only(world)
    said = item.kind, item.about, item.words, item.command
    words = "its stage prod is gone"
    assert said == ("unread", "release friday", words, "promote-tui release stop friday")


def test_mine_is_by_owner_and_by_author(world: World) -> None:
    ruled(world, approvals=Approvals(1))
    in_staging(world)
    acts(world, "ben")
    assert [item.is_mine for item in world.engine.inbox().items] == [False]
    service = replace(world.pipeline.services[0], owner="ben")
    world.pipeline = replace(world.pipeline, services=(service,))
    assert [item.is_mine for item in world.engine.inbox().items] == [True]
