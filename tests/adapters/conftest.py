"""What the tests of adapters on the real Serverless CLI share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.services import share_schemas

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def schemas(request: pytest.FixtureRequest, home: Path) -> None:
    """Let the Serverless CLI of these tests find what it has compiled in others' homes."""
    if request.node.get_closest_marker("cli"):
        share_schemas(home)
