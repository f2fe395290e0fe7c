"""All that the engine reaches the outside through, handed over by the composition root."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.core.errors import LedgerError
from promote_tui.ports import (
    Accounts,
    AlarmReader,
    Checkouts,
    Clock,
    CommitGraph,
    Deployer,
    FunctionReader,
    Identity,
    Launcher,
    Ledger,
    Notifier,
    PolicySource,
    StackInspector,
    StackReader,
    Tools,
    Trail,
    WebReader,
)

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Target

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letter that is read as a digit."""


def new_id() -> str:
    """Return a short id that is easy to type and not taken for a commit hash."""
    return secrets.choice("ghjkmnpqrstvwxyz") + "".join(secrets.choice(_ALPHABET) for _ in range(5))


@dataclass(frozen=True, slots=True)
class Folders:
    """Where plans and runs live: `STATE/plans/ID` and `STATE/runs/ID`, private to the user."""

    state: Path

    @property
    def artifacts(self) -> Path:
        """Where it is kept what was packaged."""
        return self.state / "artifacts"

    @property
    def checks(self) -> Path:
        """Where the output of checks is kept, by its digest."""
        return self.state / "checks"

    def plan(self, plan: str) -> Path:
        """Return a plan's folder."""
        return self.state / "plans" / plan

    def run(self, run: str) -> Path:
        """Return a run's folder."""
        return self.state / "runs" / run

    def log(self, run: str) -> Path:
        """Return a run's log."""
        return self.run(run) / "deploy.log"

    def make(self, folder: Path) -> Path:
        """Make a private folder and return it; raises LedgerError where the disk refuses."""
        try:
            for part in (self.state, folder.parent, folder):
                part.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise LedgerError(str(folder), error.strerror or str(error), "make the state folder writable") from error
        return folder


def write_private(path: Path, text: str) -> None:
    """Write a file that only the user can read, whole or not at all; raises LedgerError."""
    aside = path.with_name(f"{path.name}.{new_id()}")
    try:
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with open(handle, "w", encoding="utf-8") as out:  # noqa: PTH123 - a descriptor, not a path
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        aside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise LedgerError(str(path), error.strerror or str(error), "free some disk space, then try again") from error


@dataclass(frozen=True, slots=True)
class Outside:
    """The ports, the folders, and the source of ids."""

    graph: CommitGraph
    accounts: Accounts
    stacks: StackReader
    inspector: StackInspector
    functions: FunctionReader
    alarms: AlarmReader
    web: WebReader
    checkouts: Checkouts
    deployer: Deployer
    ledger: Ledger
    tools: Tools
    launcher: Launcher
    clock: Clock
    folders: Folders
    policy: PolicySource
    notifier: Notifier
    trail: Trail
    new_id: Callable[[], str] = new_id

    def identity(self, target: Target) -> Identity:
        """Return who we are to everybody who reads the ledger: in its account, else in the target's."""
        return self.accounts.identity(self.ledger.target() or target)
