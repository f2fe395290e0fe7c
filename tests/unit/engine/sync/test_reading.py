"""What is due by the branches: what each stack runs decides, and nothing is deployed in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import LedgerError, UsageError
from promote_tui.core.model.policy_source import PolicyOrigin
from promote_tui.core.sync.decision import Deploy, Regression, Undecided, Waiting, name
from promote_tui.core.value import replace
from promote_tui.engine.sync.selection import SyncSelection
from tests.support.engine_world import World
from tests.support.fakes.ledger import MemoryLedger
from tests.support.sync_world import change_stage, check, words

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.ports import Holder


class OutOfReach(MemoryLedger):
    """A ledger that does not say who holds a lock."""

    def holder(self, key: str) -> Holder | None:
        raise LedgerError(key, "the ledger is out of reach")


def test_a_tip_that_the_stage_runs_is_nothing_to_do(world: World) -> None:
    world.stacks.deploy(world.target("dev"), world.commit("one"))
    assert words(check(world)) == ["orders dev current"]


def test_a_newer_tip_is_deployed(world: World) -> None:
    world.stacks.deploy(world.target("dev"), world.commit("one"))
    tip = world.commit("two")
    (item,) = check(world)
    assert isinstance(item.decision, Deploy)
    assert item.commit is not None
    assert (item.commit.sha, item.source, item.trigger) == (tip, "main", "merge")
    assert item.decision.reason.startswith("1 commit after ")


def test_a_stage_without_a_stack_gets_its_first_deploy(world: World) -> None:
    world.commit("one")
    assert words(check(world)) == ["orders dev deploy"]


def test_commits_elsewhere_in_the_repository_leave_a_service_unchanged(world: World) -> None:
    world.stacks.deploy(world.target("dev"), world.commit("one"))
    world.repository.commit({"billing/handler.js": "x"}, "another service")
    (item,) = check(world)
    assert name(item.decision) == "unchanged"
    assert "the same code" in item.decision.reason


def test_a_tip_behind_what_runs_is_refused(world: World) -> None:
    first = world.commit("one")
    world.stacks.deploy(world.target("dev"), world.commit("two"))
    world.repository.branch("next", "main")
    world.repository.branch("main", first)
    (item,) = check(world)
    assert isinstance(item.decision, Regression)
    assert "lacks 1 commit that dev runs" in item.decision.reason


def test_a_rewritten_branch_is_refused(world: World) -> None:
    first = world.commit("one")
    world.stacks.deploy(world.target("dev"), world.commit("two"))
    world.repository.branch("main", first)
    world.commit("two, rewritten")
    (item,) = check(world)
    assert isinstance(item.decision, Regression)
    assert "has another history" in item.decision.reason
    assert item.decision.remedy == "merge what dev runs, or promote orders to dev yourself"


def test_a_commit_that_the_clone_lacks_leaves_it_unknown(world: World) -> None:
    world.commit("one")
    world.stacks.deploy(world.target("dev"), "f" * 40)
    (item,) = check(world)
    assert isinstance(item.decision, Undecided)
    assert "is not in this clone" in item.decision.reason


def test_a_branch_that_is_gone_leaves_it_unknown(world: World) -> None:
    world.commit("one", "other")
    (item,) = check(world)
    assert isinstance(item.decision, Undecided)
    assert item.decision.reason == "its repository has no branch main, or no longer"
    assert item.commit is None


def test_a_stack_that_names_no_commit_leaves_it_unknown(world: World) -> None:
    world.commit("one")
    world.stacks.deploy(world.target("dev"), "", {})
    assert words(check(world)) == ["orders dev unknown"]


@pytest.mark.parametrize("login", [True, False])
def test_a_stage_that_cannot_be_read_leaves_it_unknown(world: World, *, login: bool) -> None:
    world.commit("one")
    world.stacks.unreachable(world.target("dev"), "the session has expired", login=login)
    (item,) = check(world)
    assert isinstance(item.decision, Undecided)
    assert (item.decision.reason, item.decision.login) == ("the session has expired", login)


def test_a_repository_that_cannot_be_fetched_leaves_it_unknown(world: World) -> None:
    world.commit("one")
    world.repository.unreachable = "git fetch failed: no such remote"
    (item,) = check(world)
    assert isinstance(item.decision, Undecided)
    assert item.decision.reason == "git fetch failed: no such remote"


def test_a_service_that_no_committed_configuration_knows_leaves_the_others(tmp_path: Path) -> None:
    world = World(tmp_path, services={"billing": (), "orders": ()})
    for service in world.services:
        world.commit("one", service=service)
    change_stage(world, "dev", only="sync")
    policy = PolicyOrigin("remote", ref="origin/main", sha="a" * 40)
    world.governing = replace(world.pipeline, services=world.pipeline.services[:1], policy=policy)
    world.policy.found = "a" * 40
    first, second = check(world)
    assert words((first, second)) == ["billing dev deploy", "orders dev unknown"]
    assert second.decision.reason == "dev has gates, and orders is not in the configuration on origin/main yet"


def test_a_lock_that_a_run_holds_is_waited_for(world: World) -> None:
    world.commit("one")
    world.ledger.acquire(world.target("dev").key, "r9")
    (item,) = check(world)
    assert isinstance(item.decision, Waiting)
    assert item.decision.lock_of == "r9"
    assert "run r9" in item.decision.reason


def test_a_stack_at_work_is_waited_for(world: World) -> None:
    world.stacks.deploy(world.target("dev"), world.commit("one"))
    world.commit("two")
    world.stacks.begin(world.target("dev"))
    (item,) = check(world)
    assert isinstance(item.decision, Waiting)
    assert "UPDATE_IN_PROGRESS" in item.decision.reason


def test_a_blocked_gate_is_named(world: World) -> None:
    change_stage(world, "staging", deploy_on_merge=("main",))
    world.commit("one")
    world.commit("two", "other")
    world.stacks.deploy(world.target("dev"), world.commit("three"))
    found = check(world, SyncSelection(stages=("staging",)))
    assert words(found) == ["orders staging deploy"]  # what runs in dev since before any run counts as verified
    world.commit("four")
    (item,) = check(world, SyncSelection(stages=("staging",)))
    assert isinstance(item.decision, Waiting)
    assert item.decision.gates == ("stage order",)
    assert "was never verified in dev" in item.decision.reason


def test_a_check_expects_what_the_stage_before_gets_first(world: World) -> None:
    change_stage(world, "staging", deploy_on_merge=("main",))
    world.commit("one")
    found = check(world)
    assert words(found) == ["orders dev deploy", "orders staging deploy"]
    assert found[1].decision.reason == "once it is verified in dev"


def test_a_typed_confirmation_is_not_given(world: World) -> None:
    change_stage(world, "dev", confirm="type")
    world.commit("one")
    (item,) = check(world)
    assert isinstance(item.decision, Waiting)
    assert item.decision.gates == ("sync",)
    change_stage(world, "dev", only="sync")
    assert words(check(world)) == ["orders dev deploy"]


def test_a_branch_selects_the_stages_that_it_is_deployed_to(world: World) -> None:
    change_stage(world, "staging", deploy_on_merge=("develop",))
    world.commit("one")
    world.commit("one", "develop")
    assert words(check(world, SyncSelection(branch="main"))) == ["orders dev deploy"]
    assert words(check(world, SyncSelection(branch="refs/heads/main"))) == ["orders dev deploy"]
    assert check(world, SyncSelection(branch="feature/x")) == ()


def test_of_several_branches_only_the_one_that_counts_is_selected_by_name(world: World) -> None:
    change_stage(world, "dev", deploy_on_merge=("develop", "main"))
    world.commit("one")
    world.commit("two", "develop")
    assert check(world, SyncSelection(branch="main")) == ()
    assert words(check(world, SyncSelection(branch="develop"))) == ["orders dev deploy"]


def test_what_is_no_service_or_stage_is_refused(world: World) -> None:
    with pytest.raises(UsageError, match="service nothing"):
        check(world, SyncSelection(("nothing",)))
    with pytest.raises(UsageError, match="stage nowhere"):
        check(world, SyncSelection(stages=("nowhere",)))
    with pytest.raises(UsageError, match="it has no deploy_on_merge or promote_on"):
        check(world, SyncSelection(stages=("prod",)))


def test_what_depends_on_a_service_that_is_not_deployed_waits(tmp_path: Path) -> None:
    world = World(tmp_path, services={"billing": (), "orders": ("billing",)})
    world.commit("one")
    world.commit("one", service="billing")
    world.ledger.acquire(world.target("dev", "billing").key, "r9")
    found = check(world)
    assert words(found) == ["billing dev waits", "orders dev waits"]
    assert found[1].decision.reason.startswith("billing, which it depends on, is not deployed: run r9")


def test_nothing_is_asked_of_the_ledger_where_nothing_differs(world: World) -> None:
    world.stacks.deploy(world.target("dev"), world.commit("one"))
    world.ledger = OutOfReach(world.clock)
    assert words(check(world)) == ["orders dev current"]
    world.commit("two")
    assert words(check(world)) == ["orders dev unknown"]
