"""What the Serverless CLI has compiled elsewhere, for the sandboxes that these tests make."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from promote_tui.demo.sandbox import Sandbox, _assemble
from tests.support.services import share_schemas

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.demo.emulator import Emulator
    from promote_tui.demo.repositories.build import Repository


@pytest.fixture(autouse=True)
def compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each sandbox's home what the CLI compiles at its first start there: three seconds of work."""

    def assemble(folder: Path, cli: Path, running: Emulator, repositories: Mapping[str, Repository]) -> Sandbox:
        built = _assemble(folder, cli, running, repositories)
        share_schemas(Path(built.environment["HOME"]))
        return built

    monkeypatch.setattr("promote_tui.demo.sandbox._assemble", assemble)
