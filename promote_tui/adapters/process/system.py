"""This machine's clock and processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

_PROC = Path("/proc")
_STATE, _GROUP, _TICKS = 0, 2, 19
"""Places of state, process group and start time in /proc/PID/stat, counted after the program's name."""


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        return datetime.now(UTC)

    def local(self, at: datetime) -> datetime:
        """Return a moment as the clock of this machine shows it."""
        return at.astimezone()

    def monotonic(self) -> float:
        """Return seconds that only grow."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


def start_marker(pid: int) -> str:
    """Return when a process started, in a form that only serves to compare; empty where there is none.

    The same number given to a later process, also after a reboot, gives another text.
    """
    if sys.platform != "linux":
        return _ps("-o", "lstart=", "-p", str(pid))
    fields = _stat(pid)
    return f"{fields[_TICKS]}@{boot()}" if fields else ""


def this_boot(when: str) -> bool:
    """Tell whether a text of `started` may be of a process of this boot."""
    return "@" not in when or when.endswith(f"@{boot()}")


def group_lives(group: int) -> bool:
    """Tell whether a process group has a member that is more than a zombie."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return any(state[:1] not in {"Z", "X"} for state in _members(group))


def _members(group: int) -> tuple[str, ...]:
    """Return the states of a group's processes."""
    if sys.platform != "linux":
        rows = [line.split() for line in _ps("-A", "-o", "pgid=,stat=").splitlines()]
        return tuple(row[1] for row in rows if row[0] == str(group))
    stats = (_stat(int(entry.name)) for entry in _PROC.iterdir() if entry.name.isdecimal())
    return tuple(fields[_STATE] for fields in stats if fields and fields[_GROUP] == str(group))


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat after the name, which may hold anything; empty where it is gone."""
    try:
        text = (_PROC / str(pid) / "stat").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return []
    return text.rpartition(")")[2].split()


@cache
def boot() -> str:
    """Return what names this boot of this machine; `unknown` where the system does not tell."""
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return "unknown"


def _ps(*words: str) -> str:
    answer = subprocess.run(["ps", *words], capture_output=True, text=True, check=False, env={"LC_ALL": "C", **_path()})
    return answer.stdout.strip()


def _path() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath)}
