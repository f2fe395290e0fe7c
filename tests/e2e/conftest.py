"""A project of its own for each test, with the real Serverless CLI where the test says that it wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import compiled_cli, stand_in_cli
from tests.support.faults import Faults, fault_proxy
from tests.support.programs import programs as preloaded
from tests.support.workspace import STAGES, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from promote_tui.demo.emulator import Emulator
    from tests.support.programs import Programs

_COUNTER: pytest.StashKey[list[int]] = pytest.StashKey()


@pytest.fixture(scope="session")
def programs() -> Iterator[Programs]:
    """The program with everything imported, for each test process."""
    with preloaded() as ready:
        yield ready


@pytest.fixture
def workspace(aws: Emulator, programs: Programs, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Workspace]:
    """A repository without commits, three accounts that no other test uses, and a configuration.

    Without the mark `cli` a stand-in packages and deploys, in a tenth of the time.
    """
    counter = request.session.stash.setdefault(_COUNTER, [0])
    counter[0] += 1
    accounts = {stage: f"{700000000000 + 10 * counter[0] + index:012d}" for index, stage in enumerate(STAGES)}
    install = compiled_cli.install if request.node.get_closest_marker("cli") else stand_in_cli.install
    made = Workspace(tmp_path, aws, accounts, cli=install(tmp_path), programs=programs)
    yield made
    made.end()


@pytest.fixture
def faults(workspace: Workspace) -> Iterator[Faults]:
    """A proxy that all calls of the workspace go through."""
    with fault_proxy(workspace.emulator.url) as proxy:
        workspace.environment["AWS_ENDPOINT_URL"] = proxy.url
        yield proxy
