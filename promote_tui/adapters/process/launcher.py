"""Starts the runner in a session of its own, so that it outlives the terminal.

What is secret reaches it through a pipe that is its standard input: arguments and environment can
be read by others, and a file could stay behind.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import threading
from typing import TYPE_CHECKING

from promote_tui.core.errors import DeployError
from promote_tui.core.model.users import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW


class RunnerLauncher:
    """Starts `python -m promote_tui.runner RUN PLAN_FOLDER`, and `... promote_tui.release_runner NAME CONFIG`.

    What it starts takes this user for `{user}` in stages, and need not ask AWS again.
    """

    def __init__(self, user: str = "") -> None:
        self._more = {VARIABLE: user} if user else {}

    def launch(self, run: str, plan_folder: Path, log: Path, handed: bytes = b"") -> Callable[[], bool]:
        """Start it and return a function that tells whether it has ended; raises DeployError."""
        return _launch(f"run {run}", ["promote_tui.runner", run, str(plan_folder)], log, handed, self._more)

    def launch_release(self, name: str, config: Path, log: Path, handed: bytes = b"") -> Callable[[], bool]:
        """Start it and return a function that tells whether it has ended; raises DeployError."""
        return _launch(f"release {name}", ["promote_tui.release_runner", name, str(config)], log, handed, self._more)


def _launch(
    subject: str, module: list[str], log: Path, handed: bytes, more: Mapping[str, str] | None = None
) -> Callable[[], bool]:
    """Start a module of the program, with `more` in its environment.

    It is not a subprocess.Popen, because nobody here owns it: a thread waits for its end as long as this process lives.
    """
    argv, environment = [sys.executable, "-P", "-m", *module], {**os.environ, **(more or {})}
    try:
        pid = _spawn(argv, environment, log, handed) if handed else _start(argv, environment, log, os.devnull)
    except OSError as error:
        raise DeployError(subject, f"its process could not be started: {error}", "try again") from error
    watch = threading.Thread(target=os.waitpid, args=(pid, 0), name=f"runner of {subject}", daemon=True)
    watch.start()
    return lambda: not watch.is_alive()


def _spawn(argv: list[str], environment: Mapping[str, str], log: Path, handed: bytes) -> int:
    """Start it and hand the bytes over; a child that dies before it has read them is noticed as dead."""
    reading, writing = os.pipe()  # neither is inherited but as what the child gets as its input
    try:
        pid = _start(argv, environment, log, reading)
    except BaseException:
        os.close(writing)
        raise
    finally:
        os.close(reading)
    with contextlib.suppress(BrokenPipeError), os.fdopen(writing, "wb") as out:
        out.write(handed)
    return pid


def _start(argv: list[str], environment: Mapping[str, str], log: Path, given: int | str) -> int:
    """Start it with this as its standard input: an open descriptor, or a file's name."""
    stdin = (
        (os.POSIX_SPAWN_OPEN, 0, given, os.O_RDONLY, 0) if isinstance(given, str) else (os.POSIX_SPAWN_DUP2, given, 0)
    )
    files = [stdin, (os.POSIX_SPAWN_OPEN, 1, str(log), _APPEND, 0o600), (os.POSIX_SPAWN_DUP2, 1, 2)]
    return os.posix_spawn(argv[0], argv, environment, file_actions=files, setsid=True)


def read_handed_over() -> bytes:
    """Return what came through the pipe, in the process that was launched; from then on there is no more input."""
    if not stat.S_ISFIFO(os.fstat(0).st_mode):
        return b""
    with open(0, "rb", closefd=False) as pipe:
        found = pipe.read()
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return found
