"""What every StackReader promises, shown on the fake and on real stacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import pytest

from promote_tui.adapters.aws.accounts import AwsAccounts
from promote_tui.adapters.aws.cloudformation.stacks import CloudFormation
from promote_tui.adapters.process.system import SystemClock
from promote_tui.core.errors import AwsError
from promote_tui.core.model.cells import Deployed, InProgress, Never, Unreported
from promote_tui.core.model.pipeline import CommitSource, StackOutput, StackTag, Target
from promote_tui.core.model.stack_status import has_completed, has_rolled_back, has_started, root_cause
from promote_tui.ports import StackReader
from tests.support.aws_stacks import AwsStacks, target, use_profiles
from tests.support.fakes.stacks import FakeStacks

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from promote_tui.core.model.cells import Cell
    from promote_tui.demo.emulator import Emulator

OLD, NEW = "a" * 40, "b" * 40


class Moves(Protocol):
    def deploy(self, target: Target, commit: str, outputs: Mapping[str, str] | None = None) -> None: ...
    def begin(self, target: Target) -> None: ...
    def fail(self, target: Target, reason: str) -> None: ...
    def delete(self, target: Target) -> None: ...
    def settle(self, target: Target) -> None: ...


@dataclass
class World:
    """A reader, and the stacks that it reads."""

    reader: StackReader
    stacks: Moves
    sources: dict[Target, CommitSource]
    account: str

    def target(self, name: str, source: CommitSource | None = None) -> Target:
        """Return a target of this world's account."""
        made = target(name, self.account)
        self.sources[made] = source or StackOutput()
        return made


@pytest.fixture(params=["fake", pytest.param("aws", marks=pytest.mark.aws)])
def world(request: pytest.FixtureRequest, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    sources: dict[Target, CommitSource] = {}
    if request.param == "fake":
        fake = FakeStacks(sources)
        return World(fake, fake, sources, account)
    emulator: Emulator = request.getfixturevalue("aws")
    use_profiles(tmp_path / "config", emulator.url, monkeypatch, account)
    reader = CloudFormation(AwsAccounts(SystemClock()), sources)
    return World(reader, AwsStacks(emulator.url, sources), sources, account)


def test_what_was_never_deployed_is_never(world: World) -> None:
    orders = world.target("orders")
    assert world.reader.stack(orders) is None
    assert world.reader.cell(orders) == Never(orders)


def test_a_deployed_commit_is_read_from_the_output(world: World) -> None:
    orders = world.target("orders")
    world.stacks.deploy(orders, OLD)
    world.stacks.deploy(orders, NEW)
    cell = world.reader.cell(orders)
    assert isinstance(cell, Deployed)
    assert cell.commit == NEW
    assert cell.stack.status_name == "UPDATE_COMPLETE"
    assert cell.stack.account == world.account
    assert cell.stack.updated_at is not None
    assert cell.stack.updated_at.utcoffset() is not None
    assert ("DeployedCommit", NEW) in cell.stack.outputs
    assert cell.stack == world.reader.stack(orders)


@pytest.mark.parametrize("source", [StackTag("commit"), StackOutput("*Commit*")])
def test_the_commit_may_be_in_a_tag_or_in_an_output_that_fits_a_pattern(world: World, source: CommitSource) -> None:
    orders = world.target("orders", source)
    world.stacks.deploy(orders, OLD)
    cell = world.reader.cell(orders)
    assert isinstance(cell, Deployed)
    assert cell.commit == OLD


def test_a_stack_that_says_unknown_is_unreported(world: World) -> None:
    orders = world.target("orders")
    world.stacks.deploy(orders, "unknown")
    assert isinstance(world.reader.cell(orders), Unreported)


def test_text_that_is_no_hash_is_no_commit_and_kept_as_it_stands(world: World) -> None:
    orders = world.target("orders")
    world.stacks.deploy(orders, "abc1234-dirty")
    cell = world.reader.cell(orders)
    assert isinstance(cell, Unreported)
    assert (cell.says, cell.stack.commit) == ("abc1234-dirty", "abc1234-dirty")


def test_of_several_outputs_the_one_that_is_a_hash_counts(world: World) -> None:
    orders = world.target("orders", StackOutput("Version", ("DeployedCommit",)))
    world.stacks.deploy(orders, "v1", {"DeployedCommit": NEW})
    cell = world.reader.cell(orders)
    assert isinstance(cell, Deployed)
    assert cell.commit == NEW


def test_during_an_update_the_old_commit_is_what_was(world: World) -> None:
    orders = world.target("orders")
    world.stacks.deploy(orders, OLD)
    world.stacks.begin(orders)
    cell = world.reader.cell(orders)
    assert isinstance(cell, InProgress)
    assert cell.was == OLD


def test_during_the_first_deploy_nothing_was(world: World) -> None:
    orders = world.target("orders")
    world.stacks.begin(orders)
    cell = world.reader.cell(orders)
    assert isinstance(cell, InProgress)
    assert cell.was is None


def test_a_failed_update_leaves_the_old_commit_deployed_and_names_its_cause(world: World) -> None:
    orders = world.target("orders")
    world.stacks.deploy(orders, OLD)
    before = world.reader.stack(orders)
    assert before
    last = world.reader.last_event(orders, before.id)
    assert last
    world.stacks.fail(orders, "no such key")
    cell = world.reader.cell(orders)
    assert isinstance(cell, Deployed)
    assert cell.commit == OLD
    assert cell.stack.status.succeeded is False
    assert cell.stack.id == before.id
    events = world.reader.events(orders, before.id, after=last.id)
    assert has_started(events)
    assert has_rolled_back(events)
    assert not has_completed(events)
    cause = root_cause(events)
    assert cause is not None
    assert cause.status.endswith("_FAILED")
    assert cause.reason


def test_a_failed_first_deploy_is_never_and_its_stack_stays_visible(world: World) -> None:
    orders = world.target("orders")
    world.stacks.fail(orders, "no such key")
    cell = world.reader.cell(orders)
    assert isinstance(cell, Never)
    assert cell.stack is not None
    assert cell.stack.status_name == "ROLLBACK_COMPLETE"
    assert cell.stack.status.deployable is False


def test_a_deleted_stack_is_never(world: World) -> None:
    orders = world.target("orders")
    world.stacks.deploy(orders, OLD)
    world.stacks.delete(orders)
    assert world.reader.cell(orders) == Never(orders)


def test_a_stack_made_anew_has_another_id(world: World) -> None:
    orders = world.target("orders")
    world.stacks.deploy(orders, OLD)
    before = world.reader.stack(orders)
    world.stacks.delete(orders)
    world.stacks.deploy(orders, NEW)
    after = world.reader.stack(orders)
    assert before
    assert after
    assert before.id != after.id


def test_events_are_oldest_first_and_begin_after_the_one_that_is_known(world: World) -> None:
    orders = world.target("orders")
    world.stacks.deploy(orders, OLD)
    stack = world.reader.stack(orders)
    assert stack
    first = world.reader.events(orders, stack.id)
    assert first[0].of_stack
    assert first[0].status == "CREATE_IN_PROGRESS"
    assert first[-1].status == "CREATE_COMPLETE"
    assert has_completed(first)
    assert world.reader.last_event(orders, stack.id) == first[-1]
    assert world.reader.events(orders, stack.id, after=first[-1].id) == ()
    world.stacks.deploy(orders, NEW)
    news = world.reader.events(orders, stack.id, after=first[-1].id)
    assert world.reader.events(orders, stack.id) == (*first, *news)
    assert has_completed(news)
    assert len({event.id for event in (*first, *news)}) == len(first) + len(news)


def test_an_event_that_is_not_the_stacks_gives_all_events(world: World) -> None:
    orders = world.target("orders")
    world.stacks.deploy(orders, OLD)
    stack = world.reader.stack(orders)
    assert stack
    assert world.reader.events(orders, stack.id, after="of another stack") == world.reader.events(orders, stack.id)


def test_events_of_a_stack_that_does_not_exist_are_an_error_and_not_silence(world: World) -> None:
    orders = world.target("orders")
    arn = f"arn:aws:cloudformation:eu-west-1:{world.account}:stack/orders-prod/none"
    with pytest.raises(AwsError, match="does not exist"):
        world.reader.events(orders, arn)


def test_a_cancelled_update_is_rolled_back(world: World) -> None:
    orders = world.target("orders")
    world.stacks.deploy(orders, OLD)
    stack = world.reader.stack(orders)
    assert stack
    last = world.reader.last_event(orders, stack.id)
    assert last
    world.stacks.begin(orders)
    world.reader.cancel_update(orders, stack.id)
    world.stacks.settle(orders)
    assert has_rolled_back(world.reader.events(orders, stack.id, after=last.id))
    cell = world.reader.cell(orders)
    assert isinstance(cell, Deployed)
    assert cell.commit == OLD


def test_cancelling_an_update_that_rolls_back_already_is_no_error(world: World) -> None:
    orders = world.target("orders")
    world.stacks.deploy(orders, OLD)
    world.stacks.fail(orders, "no such key")
    stack = world.reader.stack(orders)
    assert stack
    world.reader.cancel_update(orders, stack.id)


def test_only_a_running_update_can_be_cancelled(world: World) -> None:
    orders = world.target("orders")
    world.stacks.deploy(orders, OLD)
    stack = world.reader.stack(orders)
    assert stack
    with pytest.raises(AwsError, match="the stack is CREATE_COMPLETE; only a running update can be cancelled"):
        world.reader.cancel_update(orders, stack.id)


def test_all_cells_are_read_and_each_is_heard_once(world: World) -> None:
    orders, billing, emails = (world.target(name) for name in ("orders", "billing", "emails"))
    world.stacks.deploy(orders, OLD)
    world.stacks.fail(billing, "no such key")
    heard: list[Cell] = []
    cells = world.reader.cells([orders, billing, emails], heard.append)
    assert {target.service: type(cell) for target, cell in cells.items()} == {
        "orders": Deployed,
        "billing": Never,
        "emails": Never,
    }
    assert sorted(cell.target.service for cell in heard) == ["billing", "emails", "orders"]
    assert all(cells[cell.target] == cell for cell in heard)
    assert all(world.reader.cell(target) == cell for target, cell in cells.items())


def test_no_targets_are_no_cells(world: World) -> None:
    assert world.reader.cells([]) == {}
