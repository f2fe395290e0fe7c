"""The team's ledger on the emulator: a table for each test, and as many machines as a test wants.

One account and one session with AWS serve all tests of a process: opening one takes longer than most tests.
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.adapters.aws.accounts import AwsAccounts
from promote_tui.adapters.ledger.dynamodb.ledger import DynamoLedger
from promote_tui.adapters.ledger.dynamodb.lock import HolderObserver, Pace
from promote_tui.adapters.ledger.dynamodb.schema import initialise
from promote_tui.adapters.ledger.dynamodb.table import Table, TableLocation
from promote_tui.adapters.process.system import SystemClock
from promote_tui.core.model.pipeline import Aws
from tests.support.aws_stacks import REGION, use_profiles

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import pytest

ACCOUNT = "444444444444"
_NAMES = itertools.count(1)
CALM = Pace(beat=3600.0)
"""A heartbeat that no test lives to see."""


@dataclass
class LeapingClock:
    """The real clock, which leaps on when told."""

    leaped: float = 0.0
    real: SystemClock = field(default_factory=SystemClock)

    def now(self) -> datetime:
        return self.real.now()

    def local(self, at: datetime) -> datetime:
        return self.real.local(at)

    def monotonic(self) -> float:
        return self.real.monotonic() + self.leaped

    def sleep(self, seconds: float) -> None:
        self.real.sleep(seconds)


@dataclass
class Team:
    """A table and the machines that share it."""

    accounts: AwsAccounts
    folder: Path
    clock: LeapingClock = field(default_factory=LeapingClock)
    name: str = field(default_factory=lambda: f"promote-tui-{next(_NAMES)}")
    project: str = "acme"

    def __post_init__(self) -> None:
        self.observer = HolderObserver(self.clock, Pace())

    def table(self, accounts: AwsAccounts | None = None) -> Table:
        """Return the table as one more process opens it."""
        return Table(accounts or self.accounts, TableLocation(self.name, Aws(REGION, ACCOUNT, f"p{ACCOUNT}")))

    def make(self) -> Team:
        initialise(self.table(), self.clock)
        return self

    def ledger(
        self, machine: str = "laptop", pace: Pace = CALM, observer: HolderObserver | None = None
    ) -> DynamoLedger:
        """Return the ledger as a process on this machine opens it."""
        where = self.folder / machine
        return DynamoLedger(
            self.table(),
            self.project,
            where,
            self.clock,
            host=machine.partition("-")[0],
            pace=pace,
            observer=observer or self.observer,
        )


def team(url: str, folder: Path, patch: pytest.MonkeyPatch) -> Team:
    """Return a team whose table is made."""
    use_profiles(folder / "aws-config", url, patch, ACCOUNT)
    return Team(_accounts(url), folder).make()


@functools.cache
def _accounts(url: str) -> AwsAccounts:
    assert url
    return AwsAccounts(SystemClock())


def strangers(shared: Team) -> Callable[[], DynamoLedger]:
    """Return what opens the ledger on another machine each time, each called laptop."""
    numbers = itertools.count(1)
    return lambda: shared.ledger(f"laptop-{next(numbers)}")
