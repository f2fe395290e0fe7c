"""Lends the terminal to a program that asks the person itself, and takes it back as it was."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import termios
from shlex import join
from typing import TYPE_CHECKING, NoReturn, Protocol

from promote_tui.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from textual.app import App

INTERRUPTED = frozenset({130, -signal.SIGINT, -signal.SIGTERM})
"""How a program ends that was interrupted: by its own account, or by the signal."""
_WAITS = "promote-tui waits for this to end; ctrl+c gives up."


_PATIENCE = 2.0
"""Seconds that a program which is told to end may take."""


def stop_for_now(app: App[int]) -> str:
    """Suspend the whole job until the shell says `fg`; return why that is not possible.

    A shell with job control puts each command into a group of its own; without one nothing would go on again.
    """
    if app.is_headless or app.is_web or os.getpgrp() == os.getsid(0):
        return "no shell with job control has started this: nothing could bring it back"
    os.killpg(os.getpgrp(), signal.SIGTSTP)
    return ""


class SuspendableApp(Protocol):
    """What has the terminal, and can give it away."""

    def suspend(self) -> AbstractContextManager[None]:
        """Give it to another program in the meantime."""
        ...


def run_in_terminal(app: SuspendableApp, argv: Sequence[str], environment: Mapping[str, str] | None = None) -> int:
    """Run a program in the terminal, and return its exit code; raises OSError where it cannot be started.

    Raises SuspendNotSupported where there is no terminal to lend. The words of a program that failed stay until enter
    is pressed. The app waits meanwhile. Runs continue: each has a process of its own.
    """
    with app.suspend():  # it does not take the screen back from an exception
        answer = _run(argv, environment)
    if isinstance(answer, OSError):
        raise answer
    return answer


def _run(argv: Sequence[str], environment: Mapping[str, str] | None) -> int | OSError:
    _say(f"$ {clean(join(argv))}\n{_WAITS}\n")
    try:
        with _same_modes():
            code = _child(argv, environment)
    except OSError as error:
        return error
    if code and code not in INTERRUPTED:
        _say(f"{clean(argv[0])} ended with {code}. Press enter to go back.")
        _until_enter()
    return code


def _say(words: str) -> None:
    sys.stdout.write(f"\n{words}\n")
    sys.stdout.flush()


def _child(argv: Sequence[str], environment: Mapping[str, str] | None) -> int:
    """Run the child; ctrl+c is for it alone, and who ends this program ends it first."""
    children: list[subprocess.Popen[bytes]] = []

    def interrupted() -> None:
        """Do nothing, but as a handler: the child would inherit that a signal is ignored."""

    def ended() -> None:
        for child in children:
            child.terminate()
        signal.setitimer(signal.ITIMER_REAL, _PATIENCE)

    def impatient() -> None:
        for child in children:
            child.kill()

    heard = {signal.SIGINT: interrupted, signal.SIGTERM: ended, signal.SIGHUP: ended, signal.SIGALRM: impatient}
    with _hearing(heard):
        children.append(subprocess.Popen(argv, env=environment))
        try:
            return children[0].wait()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


def _until_enter() -> None:
    def enough() -> NoReturn:
        raise KeyboardInterrupt

    with contextlib.suppress(KeyboardInterrupt), _hearing({signal.SIGINT: enough, signal.SIGTERM: enough}):
        sys.stdin.readline()


@contextlib.contextmanager
def _hearing(handlers: Mapping[signal.Signals, Callable[[], None]]) -> Iterator[None]:
    """Hear of these signals meanwhile; the event loop is told of them as well, once it goes on."""
    before = {number: signal.getsignal(number) for number in handlers}
    for number, handler in handlers.items():
        signal.signal(number, lambda _number, _frame, heard=handler: heard())  # type: ignore[misc]
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
            signal.siginterrupt(number, False)  # noqa: FBT003 - as the event loop had it


@contextlib.contextmanager
def _same_modes() -> Iterator[None]:
    """Give the terminal back as it was: a program that is interrupted may leave it without echo."""
    try:
        modes = termios.tcgetattr(0)
    except termios.error:
        modes = None
    try:
        yield
    finally:
        if modes is not None:
            termios.tcsetattr(0, termios.TCSADRAIN, modes)
