"""Starts the runner in a session of its own, so that it outlives the terminal."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING

from promote_tui.core.errors import DeployError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW


class RunnerLauncher:
    """Launches `python -m promote_tui.runner RUN PLAN_FOLDER`."""

    def launch(self, run: str, plan_folder: Path, log: Path) -> Callable[[], bool]:
        """Start it and return a function that tells whether it has ended; raises DeployError.

        It is not a subprocess.Popen, because nobody here owns it: a thread waits for its end as long
        as this process lives.
        """
        argv = [sys.executable, "-P", "-m", "promote_tui.runner", run, str(plan_folder)]
        files = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), _APPEND, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ]
        try:
            pid = os.posix_spawn(sys.executable, argv, os.environ, file_actions=files, setsid=True)
        except OSError as error:
            raise DeployError(f"run {run}", f"its process could not be started: {error}", "try again") from error
        watch = threading.Thread(target=os.waitpid, args=(pid, 0), name=f"runner of {run}", daemon=True)
        watch.start()
        return lambda: not watch.is_alive()
