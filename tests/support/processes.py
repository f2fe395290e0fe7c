"""What a test of endings asks the machine: whether a process is left that names a folder."""

from __future__ import annotations

import contextlib
import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def started(*command: str, env: dict[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """Run a program whose output can be read; whatever the test does, it is not left running."""
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[str]) -> str:
    """Return the next line that the program prints."""
    assert process.stdout
    return process.stdout.readline().strip()


def naming(folder: Path | str) -> list[bytes]:
    """Return all processes that name the folder in their arguments or in their environment."""
    listing = subprocess.run(["ps", "axeww", "-o", "pid=,command="], capture_output=True, check=True).stdout
    return [line for line in listing.splitlines() if os.fsencode(folder) in line]
