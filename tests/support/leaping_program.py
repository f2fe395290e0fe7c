"""The program, and the processes that it launches, on a clock that leaps on by the seconds that a file holds.

Called as `python -m tests.support.leaping_program MODULE WORDS...`; the file is named by an environment variable.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

from promote_tui import bootstrap
from promote_tui.adapters.process import launcher
from promote_tui.adapters.process.system import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

ROOT = Path(__file__).parents[2]
_FILE = "TESTS_LEAP_FILE"


@dataclass(frozen=True, slots=True)
class FileClock(SystemClock):
    """The real time, and what the file adds to it."""

    def now(self) -> datetime:
        return SystemClock.now(self) + timedelta(seconds=float(Path(os.environ[_FILE]).read_text(encoding="utf-8")))


class LeapingLauncher(launcher.RunnerLauncher):
    """Starts processes that live on the same clock."""

    def launch(self, run: str, plan_folder: Path, log: Path, handed: bytes = b"") -> Callable[[], bool]:
        return _launch("promote_tui.runner", run, str(plan_folder), log, handed)

    def launch_release(self, name: str, config: Path, log: Path, handed: bytes = b"") -> Callable[[], bool]:
        return _launch("promote_tui.release_runner", name, str(config), log, handed)


def _launch(module: str, name: str, about: str, log: Path, handed: bytes) -> Callable[[], bool]:
    words = ["tests.support.leaping_program", module, name, about]
    return launcher._launch(name, words, log, handed)  # noqa: SLF001 - what is launched lives on this clock


def leap(file: Path, seconds: float) -> None:
    """Let the clock leap, for all who live on it at once."""
    draft = file.with_suffix(".draft")
    draft.write_text(str(seconds), encoding="utf-8")
    draft.replace(file)


def leaping_environment(file: Path) -> Mapping[str, str]:
    """Return what a process needs to live on this clock, which begins as the real one."""
    leap(file, 0)
    return {_FILE: str(file), "PYTHONPATH": str(ROOT)}


def main(argv: list[str]) -> int:
    """Run a module of the program on the clock."""
    module, *words = argv
    mock.patch.object(bootstrap, "SystemClock", FileClock).start()
    mock.patch.object(bootstrap, "RunnerLauncher", LeapingLauncher).start()
    code: int = import_module(module).main(words)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
