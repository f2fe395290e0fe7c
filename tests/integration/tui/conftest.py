"""The engine that every test of the terminal UI talks to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.fakes import world
from tests.support.fakes.engine import FakeEngine

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    return FakeEngine(folder=tmp_path)


@pytest.fixture
def owned(tmp_path: Path) -> FakeEngine:
    """An engine whose services have owners."""
    return FakeEngine(world.owned_pipeline(), folder=tmp_path)
