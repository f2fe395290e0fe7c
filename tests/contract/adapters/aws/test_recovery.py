"""What every StackRecoverer promises, shown on the fake and on real stacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.aws.accounts import AwsAccounts
from promote_tui.adapters.aws.cloudformation.recovery import CloudFormationRecovery
from promote_tui.adapters.aws.cloudformation.stacks import CloudFormation
from promote_tui.adapters.process.system import SystemClock
from promote_tui.core.errors import AwsError
from promote_tui.ports import StackReader, StackRecoverer
from tests.support.aws_stacks import AwsStacks, client, target, template, use_profiles
from tests.support.fakes.stacks import FakeStacks
from tests.support.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.core.model.pipeline import Target
    from promote_tui.demo.emulator import Emulator


@dataclass
class World:
    """What frees stacks, and what reads them; `url` is the emulator's, empty for the fake."""

    recoverer: StackRecoverer
    reader: StackReader
    stacks: FakeStacks | AwsStacks
    account: str
    url: str = ""

    def status(self, found: Target) -> str:
        """Return the stack's status; empty where it is gone."""
        stack = self.reader.stack(found)
        return stack.status_name if stack else ""

    def fail_for_good(self, found: Target) -> None:
        """Let an update fail that may not be rolled back."""
        if isinstance(self.stacks, FakeStacks):
            self.stacks.begin(found)
            self.stacks.set_status(found, "UPDATE_FAILED")
            return
        body = template("two", {"DeployedCommit": "b" * 40}, Broken={"Type": "Custom::Broken"})
        client(self.url, found.aws.account).update_stack(StackName=found.stack, TemplateBody=body, DisableRollback=True)
        self.stacks.until(found, "UPDATE_FAILED")


@pytest.fixture(params=["fake", pytest.param("aws", marks=pytest.mark.aws)])
def world(request: pytest.FixtureRequest, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    if request.param == "fake":
        fake = FakeStacks()
        return World(fake, fake, fake, account)
    emulator: Emulator = request.getfixturevalue("aws")
    use_profiles(tmp_path / "config", emulator.url, monkeypatch, account)
    accounts = AwsAccounts(SystemClock())
    reader = CloudFormation(accounts, {})
    return World(CloudFormationRecovery(accounts), reader, AwsStacks(emulator.url, {}), account, emulator.url)


def test_a_failed_update_is_rolled_back(world: World) -> None:
    orders = target("orders", world.account)
    world.stacks.deploy(orders, "a" * 40)
    world.fail_for_good(orders)
    stack = world.reader.stack(orders)
    assert stack
    world.recoverer.roll_back(orders, stack.id)
    until(lambda: world.status(orders) == "UPDATE_ROLLBACK_COMPLETE", "it is rolled back")


def test_a_stack_is_deleted(world: World) -> None:
    orders = target("orders", world.account)
    world.stacks.fail(orders, "no such key")
    stack = world.reader.stack(orders)
    assert stack
    world.recoverer.delete(orders, stack.id)
    until(lambda: not world.status(orders), "it is gone")


def test_a_stack_that_is_well_is_neither_rolled_back_nor_continued(world: World) -> None:
    orders = target("orders", world.account)
    world.stacks.deploy(orders, "a" * 40)
    stack = world.reader.stack(orders)
    assert stack
    with pytest.raises(AwsError, match="ContinueUpdateRollback"):
        world.recoverer.continue_rollback(orders, stack.id, ["Topic"])
    with pytest.raises(AwsError, match="RollbackStack"):
        world.recoverer.roll_back(orders, stack.id)
    assert world.status(orders) == "CREATE_COMPLETE"
