"""A world of five services in three waves for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.release_world import ReleaseWorld

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shop(tmp_path: Path) -> ReleaseWorld:
    """Prod runs the old commit of each service, staging the new one."""
    return ReleaseWorld(tmp_path)
