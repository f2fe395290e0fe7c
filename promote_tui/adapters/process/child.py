"""A child process: an argv list, a process group of its own, output to a file, limits, a ladder of signals.

A child that has to be announced first (`on_start`) waits as a shell at a pipe, and becomes the program when the pipe
says so; where we die before that, the pipe ends and so does the shell.

When `run` returns or raises, nothing of the child's process group lives any more. The child itself
outlives us where we are killed: it writes to a file and is in a session of its own; `alive` then
tells whether it is still at work.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.adapters.process.log import MaskedLog
from promote_tui.adapters.process.silence import Silence
from promote_tui.adapters.process.system import group_lives, start_marker, this_boot
from promote_tui.core.errors import DeployError
from promote_tui.core.runs.run import Process
from promote_tui.ports import ProcessEnd

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Literal

    from promote_tui.adapters.process.silence import ActivityProbe

__all__ = ["alive", "capture", "run", "start_marker"]

POLL_SECONDS = 0.25
HEARTBEAT_SECONDS = 1.0
LADDER = ((signal.SIGINT, 3.0), (signal.SIGTERM, 3.0), (signal.SIGKILL, 10.0))
"""Each signal with the seconds that the group is given to end after it."""
LINGER_SECONDS = 3.0
"""How long the rest of a group may outlive its leader before the ladder begins."""

_GATE = ("/bin/sh", "-c", 'IFS= read -r go || exit 125; exec "$@" </dev/null', "sh")

_INSTALL = {
    "node": "install Node.js 20.19 or newer",
    "npm": "install Node.js 20.19 or newer, which brings npm",
    "npx": "install Node.js 20.19 or newer, which brings npx",
    "yarn": "run corepack enable, or npm install --global yarn",
    "pnpm": "run corepack enable, or npm install --global pnpm",
    "git": "install git",
}


def run(  # noqa: PLR0913 - keyword arguments, each a thing of its own
    argv: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    log: Path,
    idle: float,
    total: float,
    secrets: tuple[str, ...] = (),
    on_start: Callable[[Process], None] | None = None,
    on_poll: Callable[[], None] | None = None,
    wait: ActivityProbe | None = None,
) -> ProcessEnd:
    """Run a program to its end with its output appended to `log`, masked, and return how it ended.

    It is stopped in three cases: after `idle` seconds without output, after `total` seconds, and when `on_poll` raises,
    which is called about once a second. Silence does not count while `wait` says that something is at work. The program
    does nothing before `on_start` has returned, and never starts where that raises. Raises DeployError where it cannot
    be started.
    """
    output = MaskedLog.start(log, secrets)
    try:
        child = _start(argv, cwd, environment, output, held=on_start is not None)
        try:
            if on_start:
                on_start(Process(child.pid, start_marker(child.pid)))
            _let_go(child)
            why = _watch(child, output, Silence(idle, wait), total, on_poll)
        finally:
            _end_group(child, output)
    finally:
        output.finish()
    return ProcessEnd(child.returncode, why)


def capture(  # noqa: PLR0913 - keyword arguments, each a thing of its own
    argv: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    seconds: float,
    within: Path | None = None,
    on_poll: Callable[[], None] | None = None,
) -> tuple[ProcessEnd, str]:
    """Run a program for at most `seconds` and return how it ended and all that it said, unmasked.

    Meanwhile it is kept in a private folder, in `within` where that is given: whoever kills this process leaves it
    there. What `on_poll` raises, called about once a second, stops it. For short answers; raises DeployError where
    it cannot be started.
    """
    with tempfile.TemporaryDirectory(prefix="promote-tui-", dir=within) as folder:
        log = Path(folder) / "output"
        end = run(argv, cwd=cwd, environment=environment, log=log, idle=seconds, total=seconds, on_poll=on_poll)
        return end, log.read_text(encoding="utf-8", errors="replace")


def alive(process: Process) -> bool:
    """Tell whether anything of the process group that this process leads still lives.

    The number of a leader that has died is not given to another process while its group lasts.
    """
    now = start_marker(process.pid)
    if now and process.started and now != process.started:
        return False
    return this_boot(process.started) and group_lives(process.pid)


def _start(
    argv: Sequence[str], cwd: Path, environment: Mapping[str, str], output: MaskedLog, *, held: bool
) -> subprocess.Popen[bytes]:
    if held:
        _must_be_there(argv[0], cwd, environment)
    end = output.child_end()
    try:
        return subprocess.Popen(
            [*_GATE, *argv] if held else list(argv),
            cwd=cwd,
            env=dict(environment),
            stdin=subprocess.PIPE if held else subprocess.DEVNULL,
            stdout=end,
            stderr=end,
            start_new_session=True,
            umask=0o022,  # what is zipped into a Lambda keeps its mode; the folders around it are private
        )
    except OSError as problem:
        raise _cannot_start(argv[0], cwd, problem) from problem
    finally:
        os.close(end)


def _must_be_there(program: str, cwd: Path, environment: Mapping[str, str]) -> None:
    """Raise DeployError where the program cannot be found: a held child would only say so in its log."""
    path = str(cwd / program) if "/" in program else program
    if not cwd.is_dir() or not shutil.which(path, path=environment.get("PATH", os.defpath)):
        there = cwd.is_dir() and "/" in program and Path(path).exists()
        number = errno.EACCES if there else errno.ENOENT
        raise _cannot_start(program, cwd, OSError(number, os.strerror(number)))


def _let_go(child: subprocess.Popen[bytes]) -> None:
    if child.stdin:
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(b"go\n")
            child.stdin.close()


def _cannot_start(program: str, cwd: Path, problem: OSError) -> DeployError:
    if not cwd.is_dir():
        return DeployError(program, f"the folder {cwd} does not exist", "check the service's `path`")
    if problem.errno == errno.ENOENT:
        where = "there is no such file" if "/" in program else "it is not on the PATH"
        return DeployError(program, where, _INSTALL.get(program.rpartition("/")[2], "install it, or fix the command"))
    return DeployError(program, f"it cannot be started: {problem.strerror}", "make it an executable program")


def _watch(
    child: subprocess.Popen[bytes],
    output: MaskedLog,
    silence: Silence,
    total: float,
    on_poll: Callable[[], None] | None,
) -> Literal["exited", "idle", "timeout", "hung"]:
    begun = polled = time.monotonic()
    while not _ended(child, POLL_SECONDS):
        if output.drain():
            silence.note_output()
        if on_poll and time.monotonic() - polled >= HEARTBEAT_SECONDS:
            on_poll()
            polled = time.monotonic()
        if time.monotonic() - begun >= total:
            return "timeout"
        if over := silence.exceeded_limit():
            return over
    _wait_for_group(child.pid, LINGER_SECONDS)
    return "exited"


def _ended(child: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _end_group(child: subprocess.Popen[bytes], output: MaskedLog) -> None:
    """Send one signal after the other until nothing of the group lives; a held child ends by itself."""
    if child.stdin:
        with contextlib.suppress(BrokenPipeError):
            child.stdin.close()
    for number, grace in LADDER:
        if child.poll() is not None and not group_lives(child.pid):
            break
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, number)
        deadline = time.monotonic() + grace
        while time.monotonic() < deadline and not (_ended(child, 0.02) and not group_lives(child.pid)):
            output.drain()
            time.sleep(0.02)
    child.wait()


def _wait_for_group(group: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while group_lives(group) and time.monotonic() < deadline:
        time.sleep(0.02)
