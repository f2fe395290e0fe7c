"""The matrix."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import GitError, LedgerError
from promote_tui.core.gates.options import PromotionOptions
from promote_tui.core.git.relation import Ahead, Behind, NotApplicable, Same, Unknown
from promote_tui.core.model.cells import Deployed, InProgress, Never, Unreachable, commit_of
from promote_tui.core.model.smoke import SmokeCommand
from promote_tui.core.runs.verification import ObservedDeploy
from promote_tui.core.value import replace
from promote_tui.engine.decisions import DecisionRequest
from promote_tui.ports import RunFilter
from tests.support.engine_world import engine_on
from tests.support.fakes.git import FakeGraph
from tests.support.fakes.ledger import MemoryLedger

if TYPE_CHECKING:
    from promote_tui.core.git.relation import Relation
    from promote_tui.core.matrix import CellView
    from promote_tui.core.model.cells import CellKey
    from promote_tui.core.model.pipeline import Service
    from tests.support.engine_world import World


def relation(world: World, stage: str) -> Relation:
    """The drift of a stage against the one before."""
    return world.engine.snapshot().view("orders", stage).relation


def test_each_stage_is_compared_with_the_one_before(world: World) -> None:
    first, second = world.commit("one"), world.commit("two")
    world.stacks.deploy(world.target("dev"), second)
    world.stacks.deploy(world.target("staging"), first)
    assert relation(world, "dev") == NotApplicable()
    assert relation(world, "staging") == Behind(1)
    assert relation(world, "prod") == NotApplicable()
    world.stacks.deploy(world.target("prod"), second)
    assert relation(world, "prod") == Ahead(1)
    world.stacks.deploy(world.target("staging"), second)
    assert relation(world, "staging") == Same()


def test_one_cell_is_read_alone(world: World) -> None:
    sha = world.commit("one")
    world.stacks.deploy(world.target("dev"), sha)
    world.stacks.unreachable(world.target("prod"), "no answer")
    found = [world.engine.cell("orders", stage) for stage in ("dev", "staging", "prod")]
    assert [commit_of(found[0]), *map(type, found[1:])] == [sha, Never, Unreachable]


def test_one_stage_out_of_reach_hides_no_other(world: World) -> None:
    sha = world.commit("one")
    world.stacks.deploy(world.target("dev"), sha)
    world.stacks.unreachable(world.target("staging"), "the session has expired", "aws sso login --profile acme-staging")
    snapshot = world.engine.snapshot()
    assert isinstance(snapshot.view("orders", "dev").cell, Deployed)
    assert isinstance(snapshot.view("orders", "prod").cell, Never)
    cell = snapshot.view("orders", "staging").cell
    assert isinstance(cell, Unreachable)
    assert cell.login


def test_a_commit_that_the_clone_lacks_is_unknown_drift(world: World) -> None:
    sha = world.commit("one")
    world.stacks.deploy(world.target("dev"), sha)
    world.stacks.deploy(world.target("staging"), "e" * 40)
    assert isinstance(relation(world, "staging"), Unknown)


def test_an_update_under_way_is_compared_by_what_was_there(world: World) -> None:
    first, second = world.commit("one"), world.commit("two")
    world.stacks.deploy(world.target("dev"), second)
    world.stacks.deploy(world.target("staging"), first)
    world.stacks.begin(world.target("staging"))
    view = world.engine.snapshot().view("orders", "staging")
    assert isinstance(view.cell, InProgress)
    assert view.relation == Behind(1)


def test_a_repository_that_fails_leaves_the_stacks_to_be_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sha = world.commit("one")
    for stage in ("dev", "staging"):
        world.stacks.deploy(world.target(stage), sha)
    world.repository.info.clear()

    def fails(*_arguments: object) -> None:
        raise GitError("/repos/orders", "not a git repository", "clone it")

    for method in ("commits", "relations", "service_trees"):
        monkeypatch.setattr(FakeGraph, method, fails)
    view = world.engine.snapshot().view("orders", "staging")
    assert isinstance(view.cell, Deployed)
    assert isinstance(view.relation, Unknown)
    assert "not a git repository" in view.relation.reason


def test_a_ledger_that_fails_leaves_the_matrix_to_be_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.stacks.deploy(world.target("dev"), world.commit("one"))

    def fails(*_arguments: object, **_named: object) -> None:
        raise LedgerError("ledger", "it is damaged", "move it aside")

    assert not world.engine.snapshot().unrecorded
    monkeypatch.setattr(MemoryLedger, "runs", fails)
    snapshot = world.engine.snapshot()
    assert isinstance(snapshot.view("orders", "dev").verification, ObservedDeploy)
    assert snapshot.unrecorded == "ledger: it is damaged; move it aside"


def test_each_cell_is_heard_of_as_it_is_read_and_again_with_its_drift(world: World) -> None:
    sha = world.commit("one")
    for stage in ("dev", "staging", "prod"):
        world.stacks.deploy(world.target(stage), sha)
    heard: list[tuple[CellKey, CellView]] = []
    snapshot = world.engine.snapshot(lambda key, view: heard.append((key, view)))
    assert [key for key, _ in heard] == [("orders", stage) for stage in ("dev", "staging", "prod")] * 2
    assert dict(heard) == dict(snapshot.cells)


def test_a_held_lock_shows_in_its_cell(world: World) -> None:
    world.commit("one")
    run = world.promote("dev")
    assert world.engine.snapshot().view("orders", "dev").run is None
    assert world.ledger.runs(RunFilter(live=True)).runs == ()
    lease = world.ledger.acquire(run.planned.key, "r99")

    lease.append(replace(run.planned, run="r99"))
    view = world.engine.snapshot().view("orders", "dev")
    assert (view.run, view.run_since) == ("r99", run.started_at)


def test_a_cell_knows_how_long_a_promotion_usually_takes(world: World) -> None:
    world.commit("one")
    assert world.engine.snapshot().view("orders", "dev").usual is None
    run = world.promote("dev")
    assert run.ended_at is not None
    view = world.engine.snapshot().view("orders", "dev")
    assert view.usual == (run.ended_at - run.started_at).total_seconds()
    assert (view.run, view.run_since) == (None, None)


def held(world: World, stage: str = "dev") -> CellView:
    return world.engine.snapshot().view("orders", stage)


def test_a_hold_is_shown_until_it_is_lifted_or_over(world: World) -> None:
    world.stacks.deploy(world.target("dev"), world.commit("one"))
    ends = world.clock.at + timedelta(hours=1)
    world.engine.decisions.record(DecisionRequest("hold", "orders", "dev", reason="incident", expires_at=ends))
    found = held(world).hold
    assert found is not None
    assert (found.reason, found.who) == ("incident", world.accounts.person)
    assert held(world, "staging").hold is None
    world.clock.sleep(3601)
    assert held(world).hold is None


def test_a_veto_is_shown_where_the_code_runs_under_whatever_hash(world: World) -> None:
    sha = world.commit("one")
    same = world.repository.commit({"billing/x": "1"}, "of another service")
    world.stacks.deploy(world.target("dev"), same)
    world.stacks.deploy(world.target("staging"), world.commit("two"))
    world.engine.decisions.record(DecisionRequest("veto", "orders", None, sha, "loses money"))
    assert held(world).veto is not None
    assert held(world, "staging").veto is None


def test_what_was_not_proved_is_not_well(world: World) -> None:
    (orders,) = world.pipeline.services
    world.pipeline = replace(world.pipeline, services=(replace(orders, smoke=SmokeCommand(("false",))),))
    world.commit("one")
    world.promote("dev")
    assert held(world).unproved


def test_a_hotfix_reminds_until_the_trunk_has_it(world: World) -> None:
    (dev, staging, prod) = world.pipeline.stages
    world.pipeline = replace(
        world.pipeline, stages=(dev, replace(staging, branches=("*",)), replace(prod, branches=("*",)))
    )
    base = world.commit("one")
    world.stacks.deploy(world.target("dev"), base)
    world.repository.branch("hotfix", base)
    fix = world.commit("fixed", branch="hotfix")
    world.promote("dev", fix)
    plan = world.engine.plans.make(
        world.engine.plans.draft("orders", "prod", fix, PromotionOptions("hotfix", ("staging",)))
    )
    for who in ("ben", "eve"):
        world.accounts.person, world.accounts.role = who, "AWSReservedSSO_Developer_0123456789abcdef"
        world.engine.decisions.record(DecisionRequest("approve", "orders", "prod", fix))
    world.accounts.person = "ana"
    plan = world.engine.plans.make(
        world.engine.plans.draft("orders", "prod", fix, PromotionOptions("hotfix", ("staging",)))
    )
    world.run(plan)
    found = held(world, "prod").merge_back
    assert str(found) == f"hotfix {fix[:7]} is not merged back into main"
    assert held(world).merge_back is None
    world.commit("fixed")  # the same code, picked
    assert held(world, "prod").merge_back is None


def test_git_is_not_asked_about_hotfixes_where_there_is_none(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.commit("one")
    world.promote("dev")

    def never(*_: object) -> frozenset[str]:
        pytest.fail("git was asked")

    monkeypatch.setattr(FakeGraph, "contained_commits", never)
    assert held(world).merge_back is None


class _ByRemote(FakeGraph):
    def branches_containing(self, service: Service, sha: str) -> tuple[str, ...]:
        return service.remote or super().branches_containing(service, sha)


def test_the_branches_that_hold_a_commit_are_those_of_each_services_own_remote(world: World) -> None:
    sha, orders = world.commit("one"), world.pipeline.service("orders")
    services = (orders, replace(orders, name="billing", remote=("team",)))
    ports = dataclasses.replace(world.ports, graph=_ByRemote(world.checkouts.repositories))
    engine = engine_on(ports, replace(world.pipeline, services=services))
    wanted = [("orders", sha), ("billing", sha)]
    assert engine.commits.branches_holding(wanted) == {("orders", sha): ("main",), ("billing", sha): ("team",)}
