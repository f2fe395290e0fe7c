"""Ends a sandbox with its processes and its folder, even if the demo itself was killed.

The watchdog is a process in a session of its own that does nothing but read a pipe. The demo holds the
other end and never writes: the pipe closes when the demo ends, in whatever way.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator

_GRACE_SECONDS = 2.0
_LIMIT_SECONDS = 20.0
_PAUSE_SECONDS = 0.03
_QUIET_LOOKS = 2  # a process that is just being started has no environment to be seen by


@contextlib.contextmanager
def guard_folder(folder: Path) -> Iterator[None]:
    """Remove the folder and end every process of it, at the end of the block and at the end of this process."""
    watchdog = subprocess.Popen(
        [sys.executable, "-I", __file__, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    )
    try:
        yield
    finally:
        remove_sandbox(folder)
        watchdog.communicate()


def remove_sandbox(folder: Path) -> None:
    """End every process whose environment names the folder, then remove it; what is gone already is fine.

    Each is asked first (TERM), so that a screen can be given back as it was, and then made to (KILL).
    """
    _signal(find_processes(folder), signal.SIGTERM)
    grace, deadline = time.monotonic() + _GRACE_SECONDS, time.monotonic() + _LIMIT_SECONDS
    quiet = 0
    while quiet < _QUIET_LOOKS and time.monotonic() < deadline:
        left = find_processes(folder)
        quiet = 0 if left else quiet + 1
        if time.monotonic() > grace:
            _signal(left, signal.SIGKILL)
        time.sleep(_PAUSE_SECONDS)
    while folder.exists() and time.monotonic() < deadline:
        shutil.rmtree(folder, ignore_errors=True)
        time.sleep(_PAUSE_SECONDS)


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def find_processes(folder: Path) -> list[int]:
    """Return the user's processes whose environment names the folder, ourselves left out."""
    return [process.pid for process in psutil.process_iter() if process.pid != os.getpid() and _names(process, folder)]


def _names(process: psutil.Process, folder: Path) -> bool:
    try:
        return any(str(folder) in value for value in process.environ().values())
    except (psutil.Error, OSError):  # it ended, or it is another user's
        return False


def main() -> None:
    """Wait for the pipe to close, then sweep the folder that the command line names."""
    os.umask(0o077)
    sys.stdin.buffer.read()
    remove_sandbox(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
