"""What packages and deploys a service."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from promote_tui.core.model.pipeline import Service, Target
from promote_tui.core.package.package import Checkout, Package, ResolvedTarget
from promote_tui.ports.aws import ChildCredentials

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from promote_tui.core.changes.source_map import SourceMap
    from promote_tui.core.model.deployer import DeployerFacts
    from promote_tui.core.package.file_references import FileReferences
    from promote_tui.core.package.manifest import Manifest
    from promote_tui.core.package.package import Submission
    from promote_tui.core.runs.run import Process
    from promote_tui.core.stacks.activity import StackActivity
    from promote_tui.ports.machine import ToolCheck


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
    """What the deployer is called with: it packages into and deploys from `folder`, its output goes to `log`."""

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


class ConfigurationReader(Protocol):
    """What the files of a service's configuration say, told from their texts: nothing is run, and nothing raises."""

    def names(self, file: str) -> tuple[str, ...]:
        """Return the names of which the first one found in the service's folder is its configuration.

        `file` is the name that the service gives, empty where it is the usual one.
        """

    def includes(self, text: str, folder: str) -> tuple[str, ...]:
        """Return the files that a text includes, from the repository's top, each once; `folder` is the service's."""

    def source_map(self, main: str, texts: Mapping[str, str]) -> SourceMap | None:
        """Return where resources are written, by the texts of the files; None where `main`, the first, is a program."""

    def references(self, folder: str, main: str, texts: Mapping[str, str], stage: str) -> FileReferences:
        """Return what a deploy to a stage of the CLI reads beside the configuration."""

    def required_parameters(self, main: str, texts: Mapping[str, str]) -> tuple[str, ...]:
        """Return the parameters without which the CLI refuses the configuration `main`; those that the texts tell."""


class Deployer(Protocol):
    """A CLI that packages and deploys. Raises DeployError, with the CLI's own reason where it gave one."""

    @property
    def facts(self) -> DeployerFacts:
        """What messages and decisions have to know of it."""

    @property
    def configuration(self) -> ConfigurationReader:
        """What reads its configuration files."""

    def tool_checks(
        self, commands: Collection[tuple[str, ...]], folders: Sequence[Path]
    ) -> tuple[Callable[[], ToolCheck], ...]:
        """Return what looks for the programs of the services' commands on this machine, and for those that they need.

        In `folders`, the services' own, a project's pinned CLI is looked for first, as it is in a checkout.
        """

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

    def secrets(self, job: Job) -> tuple[str, ...]:
        """Return the values that nobody may be shown: of its environment, its parameters and its credentials."""

    def deploy(
        self,
        job: Job,
        *,
        on_start: Callable[[Process], None],
        on_poll: Callable[[], None],
        activity: Callable[[], StackActivity | None],
    ) -> ProcessEnd:
        """Ship the package and wait for the CLI's end.

        `on_start` hears of the process group before the CLI does anything: where it raises, or where
        this process dies in it, the CLI never starts. `on_poll` is called about once a second.
        Output goes to the log, masked. The CLI is stopped at the service's idle and total limits; `activity`
        says what the stack is doing while the CLI is silent (None: that cannot be told), and is called from another
        thread: the idle limit does not run while the stack is at work, and is a minute once it has arrived.
        """

    def removal_command(self, job: Job) -> tuple[str, ...]:
        """Return the argv list that `remove` runs."""

    def remove(self, job: Job, *, on_start: Callable[[Process], None], on_poll: Callable[[], None]) -> ProcessEnd:
        """Delete the service's stack in its stage, and wait for the CLI's end.

        `on_start` and `on_poll` are as for `deploy`, and so are the log and the limits.
        """

    def alive(self, process: Process) -> bool:
        """Tell whether anything of that process group still lives."""

    def failure_reason(self, log: Path) -> str:
        """Return in one line what the CLI's log gives as the reason of a failure; empty where it gives none."""

    def finish_log(self, log: Path) -> None:
        """Remove what a deploy wrote whose runner died before it was masked, and say so in the log."""
