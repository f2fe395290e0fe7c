"""Every ledger, the real ones and the fake, keeps the same promises."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.ledger.sqlite.database import LedgerFile
from promote_tui.adapters.ledger.sqlite.ledger import SqliteLedger
from promote_tui.adapters.process.system import SystemClock
from tests.support.dynamo import strangers, team
from tests.support.fakes.ledger import MemoryLedger
from tests.support.ledger_contract import KEY, LedgerContract, World
from tests.support.release_contract import ReleaseContract

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.demo.emulator import Emulator


OTHER = "umbrella"


class TestSqliteLedger(LedgerContract, ReleaseContract):
    @pytest.fixture
    def world(self, tmp_path: Path) -> World:
        def ledger(project: str) -> SqliteLedger:
            return SqliteLedger(LedgerFile(tmp_path / "state" / "acme"), project, SystemClock(), "laptop")

        return World(lambda: ledger("acme"), lambda: ledger(OTHER))


@pytest.mark.aws
class TestTeamLedger(LedgerContract, ReleaseContract):
    """Each time on another machine, where only time shows that a runner is gone."""

    @pytest.fixture
    def world(self, aws: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
        shared = team(aws.url, tmp_path, monkeypatch)

        def let_go_stale() -> None:
            shared.ledger("watching").holder(KEY)
            shared.clock.leaped += 3900

        return World(strangers(shared), strangers(replace(shared, project=OTHER)), let_go_stale)


@pytest.mark.aws
class TestTeamLedgerOnOneMachine(LedgerContract, ReleaseContract):
    """The same machine each time, whose kernel tells at once that a runner is gone."""

    @pytest.fixture
    def world(self, aws: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
        shared = team(aws.url, tmp_path, monkeypatch)
        return World(shared.ledger, replace(shared, project=OTHER).ledger)


class TestMemoryLedger(LedgerContract, ReleaseContract):
    @pytest.fixture
    def world(self) -> World:
        ledger = MemoryLedger(SystemClock(), "laptop")
        return World(ledger.beside, lambda: ledger.beside(project=OTHER))
