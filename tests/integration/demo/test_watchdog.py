"""A sandbox ends with the demo, in whatever way the demo ends."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import pytest

from promote_tui.demo import watchdog
from promote_tui.demo.watchdog import find_processes, remove_sandbox
from tests.support.processes import line, naming, started
from tests.support.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

HOLDER = """
import sys, subprocess, time
from pathlib import Path
from promote_tui.demo.watchdog import guard_folder
folder = Path(sys.argv[1])
with guard_folder(folder):
    subprocess.Popen(["sleep", "600"], env={"PATH": "/usr/bin:/bin", "HOME": str(folder)}, start_new_session=True)
    print("ready", flush=True)
    time.sleep(600)
"""
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "sandbox"
    (place / "deep" / "down").mkdir(parents=True)
    (place / "deep" / "file").touch()
    return place


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_whatever_ends_the_demo_no_process_and_no_file_are_left(folder: Path, number: signal.Signals) -> None:
    with started(sys.executable, "-c", HOLDER, str(folder)) as holder:
        assert line(holder) == "ready"
        until(lambda: len(find_processes(folder)) == 1)
        holder.send_signal(number)
        holder.wait(120)
    until(lambda: not folder.exists() and not naming(folder))


def test_a_process_that_ignores_a_request_is_killed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "_GRACE_SECONDS", 0.1)
    with started(sys.executable, "-c", STUBBORN, env={"HOME": str(folder)}) as stubborn:
        assert line(stubborn) == "ready"
        remove_sandbox(folder)
        assert stubborn.wait(120) == -signal.SIGKILL
    assert not folder.exists()


def test_processes_of_another_folder_are_left_alone(folder: Path, tmp_path: Path) -> None:
    with started("sleep", "600", env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path / "other")}) as other:
        remove_sandbox(folder)
        assert other.poll() is None


def test_sweeping_twice_is_harmless(folder: Path) -> None:
    remove_sandbox(folder)
    remove_sandbox(folder)
    assert not folder.exists()


def test_members_are_the_processes_whose_environment_names_the_folder(folder: Path) -> None:
    with started("sleep", "600", env={"PATH": "/usr/bin:/bin", "HOME": str(folder)}) as found:
        until(lambda: find_processes(folder) == [found.pid])
