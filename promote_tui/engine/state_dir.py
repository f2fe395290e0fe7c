"""The state folder: where plans, runs, checks and package records are kept, and how a private file is written there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from promote_tui import private_files
from promote_tui.core.errors import LedgerError


@dataclass(frozen=True, slots=True)
class Folders:
    """Where plans and runs live: `STATE/plans/ID` and `STATE/runs/ID`, private to the user."""

    state: Path

    @property
    def artifacts(self) -> Path:
        """Where the records of packages are kept."""
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

    def release(self, name: str) -> Path:
        """Return a release's folder."""
        return self.state / "releases" / name

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
    try:
        private_files.write_private(path, text.encode(), durable=True)
    except OSError as error:
        raise LedgerError(str(path), error.strerror or str(error), "free some disk space, then try again") from error
