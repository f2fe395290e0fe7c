"""Every ledger, the real ones and the fake, keeps the same promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.ledger_sqlite import SqliteLedger
from promote_tui.adapters.system import SystemClock
from tests.adapters.dynamo import strangers, team
from tests.adapters.ledger_contract import KEY, LedgerContract, World
from tests.fakes.ledger import MemoryLedger

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.demo.emulator import Emulator


class TestSqliteLedger(LedgerContract):
    @pytest.fixture
    def world(self, tmp_path: Path) -> World:
        return World(lambda: SqliteLedger(tmp_path / "state" / "acme", SystemClock(), "laptop"))


@pytest.mark.aws
class TestTeamLedger(LedgerContract):
    """Each time on another machine, where only time shows that a runner is gone."""

    @pytest.fixture
    def world(self, aws: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
        shared = team(aws.url, tmp_path, monkeypatch)

        def let_go_stale() -> None:
            shared.ledger("watching").holder(KEY)
            shared.clock.leaped += 3900

        return World(strangers(shared), let_go_stale)


@pytest.mark.aws
class TestTeamLedgerOnOneMachine(LedgerContract):
    """The same machine each time, whose kernel tells at once that a runner is gone."""

    @pytest.fixture
    def world(self, aws: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
        return World(team(aws.url, tmp_path, monkeypatch).ledger)


class TestMemoryLedger(LedgerContract):
    @pytest.fixture
    def world(self) -> World:
        ledger = MemoryLedger(SystemClock(), "laptop")
        return World(ledger.beside)
