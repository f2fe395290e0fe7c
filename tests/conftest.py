"""Fixtures that more than one folder uses: an isolated home, the AWS emulator, a clock far from UTC."""

from __future__ import annotations

import contextlib
import gc
import importlib
import itertools
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from promote_tui.demo.emulator import Emulator, emulator
from promote_tui.demo.toolchain import share_compiled
from promote_tui.demo.watchdog import guard_folder
from tests.support.services import OSLS

if TYPE_CHECKING:
    from collections.abc import Iterator


# A shell starts what it puts in the background with Ctrl-C ignored, and every child inherits that. What these
# tests start must hear of it, however they were started themselves.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


# A test keeps little and ends soon: to look for cycles after every 700 objects is most of what the collector costs.
gc.set_threshold(20_000)


# How long an example takes is the machine's affair; a test is never timed.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


LONG = {"e2e", "demo"}
"""Folders whose tests take seconds each: they start the Serverless CLI, or the whole sandbox."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Let each worker begin with other modules, so that all together write the bytecode of the tests once.

    Their asserts are rewritten for that, which takes longer than the rest of collecting. What cannot be imported is
    reported by whoever collects it.
    """
    given = getattr(session.config, "workerinput", None)
    if given is None:
        return
    folders = (Path(argument.partition("::")[0]).absolute() for argument in session.config.args)
    modules = sorted(module for folder in folders for module in folder.rglob("test_*.py"))
    begin = len(modules) * int(given["workerid"].removeprefix("gw")) // given["workercount"]
    for module in (*modules[begin:], *modules[:begin]):
        with contextlib.suppress(Exception):
            importlib.import_module(".".join(module.relative_to(session.config.rootpath).with_suffix("").parts))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let half of several workers begin with the long tests, so that nobody waits for the last of them.

    The workers get the tests in pieces of one size, in this order, and who is done takes over from the others' ends.
    All of them at once would keep more processors busy than there are, and what waits would give up.
    """
    workers = int(getattr(config, "workerinput", {}).get("workercount", 1))
    long = [item for item in items if LONG & {*item.path.parts}]
    short = [item for item in items if not LONG & {*item.path.parts}]
    spread: list[pytest.Item] = []
    for worker in range(workers):
        half = max(1, workers // 2)
        share = long[worker::half] if worker < half else []
        size = (len(items) - len(spread)) // (workers - worker)
        room = max(0, size - len(share))
        spread += [*share, *short[:room]]
        short = short[room:]
    items[:] = [*spread, *short]


def pytest_collection_finish() -> None:
    """Keep what was imported and collected out of every garbage collection: it lives until the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Names of folders, one for each test; pytest would look through all that there are for the next free one."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def home(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for every test: no test reads or writes the developer's files or credentials."""
    folder = next(homes)
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith(("AWS_", "GIT_", "XDG_", "PROMOTE_TUI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(folder))
    for name, place in (
        ("CONFIG", ".config"),
        ("STATE", ".local/state"),
        ("CACHE", ".cache"),
        ("DATA", ".local/share"),
    ):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(folder / place))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return folder


@pytest.fixture(autouse=True)
def schemas(request: pytest.FixtureRequest, home: Path) -> None:
    """Let the Serverless CLI of adapters' tests find what it has compiled in others' homes."""
    if request.node.get_closest_marker("cli") and "adapters" in request.path.parts:
        share_compiled(OSLS, home)


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """One emulator for each test process, which ends with it; tests keep apart by account, see `account`."""
    folder = tmp_path_factory.mktemp("emulator")
    with guard_folder(folder), emulator(folder / "emulator.log") as running:
        yield running


@pytest.fixture
def account(request: pytest.FixtureRequest) -> str:
    """A twelve-digit account that no other test of this process uses."""
    counter = request.session.stash.setdefault(_ACCOUNTS, [0])
    counter[0] += 1
    return f"{500000000000 + counter[0]:012d}"


_ACCOUNTS: pytest.StashKey[list[int]] = pytest.StashKey()


@pytest.fixture
def far_from_utc() -> Iterator[None]:
    """A machine whose clock is New York's, where it is a day earlier for some hours."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "America/New_York")
        time.tzset()
        yield
    time.tzset()
