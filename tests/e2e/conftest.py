"""A project of its own for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.workspace import STAGES, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from promote_tui.demo.emulator import Emulator

_COUNTER: pytest.StashKey[list[int]] = pytest.StashKey()


@pytest.fixture
def workspace(aws: Emulator, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Workspace]:
    """A repository without commits, three accounts that no other test uses, and a configuration."""
    counter = request.session.stash.setdefault(_COUNTER, [0])
    counter[0] += 1
    accounts = {stage: f"{700000000000 + 10 * counter[0] + index:012d}" for index, stage in enumerate(STAGES)}
    made = Workspace(tmp_path, aws, accounts)
    yield made
    made.end()
