"""Starts the runner in a session of its own, so that it outlives the terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from promote_tui.core.errors import DeployError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class RunnerLauncher:
    """Launches `python -m promote_tui.runner RUN PLAN_FOLDER`."""

    def launch(self, run: str, plan_folder: Path, log: Path) -> Callable[[], bool]:
        """Start it and return a function that tells whether it has ended; raises DeployError."""
        argv = [sys.executable, "-P", "-m", "promote_tui.runner", run, str(plan_folder)]
        try:
            handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
            with open(handle, "ab") as out:  # noqa: PTH123 - a descriptor, not a path
                process = subprocess.Popen(
                    argv,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=out,
                    cwd=log.parent,
                    start_new_session=True,
                )
        except OSError as error:
            raise DeployError(f"run {run}", f"its process could not be started: {error}", "try again") from error
        return lambda: process.poll() is not None
