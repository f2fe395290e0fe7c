"""Runners that are forked from one process that has imported all that they need, where the process is not the point.

What is started from a screen, or by a program that was started itself, has one that was started, by the adapter.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

from promote_tui import bootstrap, release_runner, runner
from tests.support.process_title import show_as

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tests.support.quick_exit import QuickExit

SECONDS = 300
"""After which a process is killed: it hangs."""
_LONGEST = 1 << 17


@dataclass(frozen=True, slots=True)
class ForkedRunners:
    """A Launcher that asks the process at the other end of a line, which is open as long as this process lives."""

    line: int

    def launch(self, run: str, plan_folder: Path, log: Path, handed: bytes = b"") -> Callable[[], bool]:
        """Have a runner forked, and return a function that tells whether it has ended."""
        return self._launch(runner.__name__, [run, str(plan_folder)], log, handed)

    def launch_release(self, name: str, config: Path, log: Path, handed: bytes = b"") -> Callable[[], bool]:
        """Have a release's process forked, in the same way."""
        return self._launch(release_runner.__name__, [name, str(config)], log, handed)

    def _launch(self, module: str, argv: list[str], log: Path, handed: bytes) -> Callable[[], bool]:
        ended, alive = os.pipe()  # only the runner holds it open
        given, writing = os.pipe() if handed else (os.open(os.devnull, os.O_RDONLY), None)
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        request = json.dumps([module, argv, str(Path.cwd()), dict(os.environ)]).encode()
        with socket.socket(fileno=os.dup(self.line)) as asking:
            socket.send_fds(asking, [request], [given, out, alive, self.line])
        for descriptor in (given, out, alive):
            os.close(descriptor)
        if writing is not None:
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(handed)
        return lambda: bool(select.select([ended], [], [], 0)[0])


def make_line() -> tuple[socket.socket, socket.socket]:
    """Return the ends of a line on which runners are asked for, and on which whoever forks them is asked."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def begin(leaving: QuickExit, asking: socket.socket, asked: socket.socket, *foreign: socket.socket) -> None:
    """Let all runners that this process and those forked from it launch be forked from another one.

    That one keeps none of the `foreign` lines, and ends with the last who could ask it.
    """
    if not os.fork():
        for line in (*foreign, asking):
            line.close()
        sys.exit(_serve(asked, leaving))
    asked.close()
    _launch_with(asking.detach())


def _launch_with(line: int) -> None:
    mock.patch.object(bootstrap, "RunnerLauncher", return_value=ForkedRunners(line)).start()


def _serve(line: socket.socket, leaving: QuickExit) -> int:
    """Fork for each request; return 0 once nobody asks any more, and in a forked process what the runner returns."""
    signal.signal(signal.SIGCHLD, _reap)
    while True:
        request, descriptors, _, _ = socket.recv_fds(line, _LONGEST, 4)
        if not request:
            return 0
        if not os.fork():
            line.close()
            module, argv, folder, environment = json.loads(request)
            _become_runner([sys.executable, "-P", "-m", module, *argv], folder, environment, descriptors)
            return leaving.with_code(import_module(module).main(argv))
        for descriptor in descriptors:
            os.close(descriptor)


def _reap(*_: object) -> None:
    """Let what has ended be gone, for whoever looks whether it lives; its processor time counts as ours."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _become_runner(
    argv: Sequence[str], folder: str, environment: Mapping[str, str], descriptors: Sequence[int]
) -> None:
    """Leave nothing of the process that was forked."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    given, out, alive, line = descriptors
    os.set_inheritable(alive, False)
    _launch_with(line)
    become(argv, folder, environment, (given, out, os.dup(out)))


def become(argv: Sequence[str], folder: str, environment: Mapping[str, str], streams: Sequence[int]) -> None:
    """Be seen as what was started so, in a folder, with the three standard streams, for a time that is no hang."""
    signal.alarm(SECONDS)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    show_as(argv, environment)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
