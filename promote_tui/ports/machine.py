"""The programs of this machine, and the process that owns a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class ToolCheck:
    """What `doctor` found: `ok` None means that it is not needed for everything, and missing."""

    name: str
    ok: bool | None
    found: str
    remedy: str = ""


class Tools(Protocol):
    """The programs on this machine that promotions need."""

    def check(self) -> tuple[ToolCheck, ...]:
        """Look for git, what the deployer needs (with their versions) and the aws CLI for log-ins."""


class Launcher(Protocol):
    """Starts the processes that own a run or a release."""

    def launch(self, run: str, plan_folder: Path, log: Path, handed: bytes = b"") -> Callable[[], bool]:
        """Start the runner, detached from this terminal, and return a function that tells whether it has ended.

        It reports through the ledger, and writes trouble of its own to `log`. `handed` is secret: it
        goes through a pipe.
        """

    def launch_release(self, name: str, config: Path, log: Path, handed: bytes = b"") -> Callable[[], bool]:
        """Start the process that works on a release of a configuration's project, in the same way."""
