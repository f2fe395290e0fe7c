"""What packages and deploys a service."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from promote_tui.core.model.pipeline import Service, Target
from promote_tui.core.package.package import Checkout, Package, ResolvedTarget
from promote_tui.ports.aws import ChildCredentials

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from promote_tui.core.package.manifest import Manifest
    from promote_tui.core.package.package import Submission
    from promote_tui.core.runs.run import Process
    from promote_tui.core.stacks.activity import Pulse


@dataclass(frozen=True, slots=True)
class ProcessEnd:
    """How a child ended; `code` is negative for a signal, as in subprocess.

    `why` is `exited` where it ended by itself, else what it was stopped for: `idle` and `timeout` are the limits,
    `hung` is that it did not end although what it waited for had come.
    """

    code: int
    why: Literal["exited", "idle", "timeout", "hung"]


@dataclass(frozen=True, slots=True)
class Job:
    """What the Serverless CLI is called with: packages into and deploys from `folder`, output to `log`."""

    service: Service
    target: Target
    checkout: Checkout
    credentials: ChildCredentials
    folder: Path
    log: Path

    @property
    def commit(self) -> str:
        """The commit that is packaged or deployed."""
        return self.checkout.commit


class Deployer(Protocol):
    """The Serverless CLI. Raises DeployError, with the CLI's own reason where it gave one."""

    def package(self, job: Job) -> Package:
        """Package the commit for the target (folder 0700), with the commit output added where missing."""

    def read(self, folder: Path, target: Target, commit: str) -> Package:
        """Read a package from disk again, with every file's digest."""

    def submission(self, folder: Path, target: Target) -> Submission:
        """Return what a deploy of the package will hand to CloudFormation."""

    def manifest(self, job: Job) -> Manifest:
        """Return what is in each archive of the job's package, and what it was built with."""

    def resolve(self, job: Job, *, on_poll: Callable[[], None] | None = None) -> ResolvedTarget:
        """Ask the CLI where it would deploy to, without packaging; `on_poll` may raise to stop it."""

    def command(self, job: Job) -> tuple[str, ...]:
        """Return the argv list that `deploy` runs."""

    def environment(self, job: Job) -> Mapping[str, str]:
        """Return all that the child's environment will hold."""

    def deploy(
        self,
        job: Job,
        *,
        on_start: Callable[[Process], None],
        on_poll: Callable[[], None],
        pulse: Callable[[], Pulse | None],
    ) -> ProcessEnd:
        """Ship the package and wait for the CLI's end.

        `on_start` hears of the process group before the CLI does anything: where it raises, or where
        this process dies in it, the CLI never starts. `on_poll` is called about once a second.
        Output goes to the log, masked. The CLI is stopped at the service's idle and total limits; `pulse`
        says what the stack is doing while the CLI is silent (None: that cannot be told), and is called from another
        thread: the idle limit does not run while the stack is at work, and is a minute once it has arrived.
        """

    def alive(self, process: Process) -> bool:
        """Tell whether anything of that process group still lives."""

    def failure_reason(self, log: Path) -> str:
        """Return in one line what the CLI's log gives as the reason of a failure; empty where it gives none."""

    def finish_log(self, log: Path) -> None:
        """Remove what a deploy wrote whose runner died before it was masked, and say so in the log."""
