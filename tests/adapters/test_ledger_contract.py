"""Every ledger, the real ones and the fake, keeps the same promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.ledger_sqlite import SqliteLedger
from promote_tui.adapters.system import SystemClock
from tests.adapters.ledger_contract import LedgerContract, World
from tests.fakes.ledger import MemoryLedger

if TYPE_CHECKING:
    from pathlib import Path


class TestSqliteLedger(LedgerContract):
    @pytest.fixture
    def world(self, tmp_path: Path) -> World:
        return World(lambda: SqliteLedger(tmp_path / "state" / "acme", SystemClock(), "laptop"))


class TestMemoryLedger(LedgerContract):
    @pytest.fixture
    def world(self) -> World:
        ledger = MemoryLedger(SystemClock(), "laptop")
        return World(ledger.beside)
