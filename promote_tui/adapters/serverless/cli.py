"""The Serverless CLI (v3's family: serverless, sls, osls): package, deploy, and where it would deploy to.

A deploy ships the very folder that was packaged and reviewed, but the CLI resolves its variables
again: so it gets the same checkout, environment and parameters. `--aws-profile` is the first place
where it looks for credentials, so nothing around it can point it at another account.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.adapters.process import child
from promote_tui.adapters.process.environment import base, secret_values, with_programs
from promote_tui.adapters.process.log import drop_raw
from promote_tui.adapters.process.silence import GRACE_SECONDS, ActivityProbe
from promote_tui.adapters.serverless import package as serverless_package
from promote_tui.adapters.serverless import tools
from promote_tui.adapters.serverless.arguments import (
    packaging_arguments,
    parameter_variables,
    program_words,
    target_arguments,
)
from promote_tui.adapters.serverless.completion import complete_package
from promote_tui.adapters.serverless.configuration import ServerlessConfiguration
from promote_tui.adapters.serverless.facts import FACTS
from promote_tui.adapters.serverless.output import failure_reason, printed_configuration, reason_in
from promote_tui.adapters.serverless.state import resolved_target
from promote_tui.adapters.worktrees.install import node_version
from promote_tui.core.errors import DeployError
from promote_tui.core.model.deployer import DeployerFacts
from promote_tui.core.text import mask

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.package.manifest import Manifest
    from promote_tui.core.package.package import Package, ResolvedTarget, Submission
    from promote_tui.core.runs.run import Process
    from promote_tui.core.stacks.activity import StackActivity
    from promote_tui.ports import Job, ProcessEnd, ToolCheck

_RESOLVE_SECONDS = 120.0
_VERSION_WORDS = "frameworkVersion"
_NOT_THERE = re.compile(r"plugin .* not found|Cannot find (?:module|package) ")
_INSTALL = {
    "osls": "add osls to the project's devDependencies, or npm install --global osls",
    "serverless": "add it to the project's devDependencies, or set deploy.command",
    "sls": "add serverless to the project's devDependencies, or set deploy.command",
}
_INSTALL_HINT = re.compile(r"\s*Run \"\w+ plugin install[^\"]*\" to install it\.?")


@dataclass(frozen=True, slots=True)
class ServerlessCli:
    """The Serverless CLI of each service's own choice (`deploy.command`).

    `grace` is for how many seconds it may be silent once the stack rests with the new commit.
    """

    grace: float = GRACE_SECONDS
    facts: DeployerFacts = FACTS
    configuration: ServerlessConfiguration = field(default_factory=ServerlessConfiguration)

    def tool_checks(
        self, commands: Collection[tuple[str, ...]], folders: Sequence[Path]
    ) -> tuple[Callable[[], ToolCheck], ...]:
        """Return what looks for the programs of the services' commands, and for those that they need."""
        return tools.list_checks(commands, folders)

    def package(self, job: Job) -> Package:
        """Package the commit for the target (folder 0700), with the commit output added where missing."""
        job.folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        begin = _size(job.log)
        argv = (
            *program_words(job),
            "package",
            *target_arguments(job),
            "--package",
            str(job.folder),
            *packaging_arguments(job),
        )
        end = self._run(job, argv)
        if end.code != 0 or end.why != "exited":
            reason = _stopped(job, end) or failure_reason(job.log, begin)
            raise _failed(job, reason, f"see {job.log}")
        source, service = job.service.commit_source, Path(job.checkout.service)
        complete_package(job.folder, job.target, job.commit, source, service)
        return self.read(job.folder, job.target, job.commit)

    def read(self, folder: Path, target: Target, commit: str) -> Package:
        """Read a package from disk again, with every file's digest."""
        return serverless_package.read(folder, target, commit)

    def submission(self, folder: Path, target: Target) -> Submission:
        """Return what a deploy of the package will hand to CloudFormation."""
        return serverless_package.submission(folder, target)

    def manifest(self, job: Job) -> Manifest:
        """Return what is in each archive of the job's package, and what it was built with."""
        node = node_version(self.environment(job).get("PATH", ""))
        return serverless_package.manifest(job.folder, job.target, job.checkout, node)

    def resolve(self, job: Job, *, on_poll: Callable[[], None] | None = None) -> ResolvedTarget:
        """Ask the CLI where it would deploy to, without packaging; `on_poll` may raise to stop it.

        What `print` shows as the stage is what serverless.yml says; `--stage` wins over it. It prints every value that
        it was given, so a crash leaves that beside the job's package, which goes with its plan.
        """
        job.folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        argv = (*program_words(job), "print", *target_arguments(job), "--format", "json", *packaging_arguments(job))
        folder, told = Path(job.checkout.service), self.environment(job)
        with _naming_dependencies(job, argv[0]):
            end, text = child.capture(
                argv, cwd=folder, environment=told, seconds=_RESOLVE_SECONDS, within=job.folder.parent, on_poll=on_poll
            )
        printed = printed_configuration(text)
        if end.code != 0 or printed is None:
            late = f"the Serverless CLI gave no answer within {_RESOLVE_SECONDS:.0f} s"
            reason = reason_in(mask(text, _secrets(job))) if end.why == "exited" else late
            file = ("--config", job.service.file) if job.service.file else ()
            asked = " ".join((*job.service.deploy.command, "print", *target_arguments(job)[:2], *file))
            raise _failed(job, reason, f"run {asked} in the service's folder to see more")
        return resolved_target(printed, printed["provider"], job.target.serverless_stage)

    def command(self, job: Job) -> tuple[str, ...]:
        """Return the argv list that `deploy` runs."""
        args = job.service.deploy.args
        loud = () if "--verbose" in args else ("--verbose",)
        return (*program_words(job), "deploy", *target_arguments(job), "--package", str(job.folder), *args, *loud)

    def environment(self, job: Job) -> Mapping[str, str]:
        """Return all that the child's environment will hold."""
        region = job.target.aws.region
        aws = {"AWS_REGION": region, "AWS_DEFAULT_REGION": region, "AWS_PROFILE": job.credentials.profile}
        extra = {**parameter_variables(job), **aws, "AWS_SDK_LOAD_CONFIG": "1", **job.credentials.environment}
        told = base(job.service, extra=extra)
        return with_programs(told, Path(job.checkout.service), Path(job.checkout.root))

    def secrets(self, job: Job) -> tuple[str, ...]:
        """Return the values that nobody may be shown: of its environment, its parameters and its credentials."""
        return _secrets(job)

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
        says what the stack is doing while the CLI is silent, and is called from another thread.
        """
        return self._run(job, self.command(job), on_start, on_poll, ActivityProbe(activity, self.grace))

    def removal_command(self, job: Job) -> tuple[str, ...]:
        """Return the argv list that `remove` runs."""
        args = packaging_arguments(job)
        loud = () if "--verbose" in args else ("--verbose",)
        return (*program_words(job), "remove", *target_arguments(job), *args, *loud)

    def remove(self, job: Job, *, on_start: Callable[[Process], None], on_poll: Callable[[], None]) -> ProcessEnd:
        """Delete the service's stack in its stage, and wait for the CLI's end."""
        return self._run(job, self.removal_command(job), on_start, on_poll)

    def alive(self, process_: Process) -> bool:
        """Tell whether anything of that process group still lives."""
        return child.alive(process_)

    def failure_reason(self, log: Path) -> str:
        """Return in one line what the CLI's log gives as the reason of a failure; empty where it gives none."""
        return failure_reason(log)

    def finish_log(self, log: Path) -> None:
        """Remove what a deploy wrote whose runner died before it was masked, and say so in the log.

        Its secrets were those of the runner: its environment, and the stage's keys of that moment.
        """
        drop_raw(log)

    def _run(
        self,
        job: Job,
        argv: tuple[str, ...],
        on_start: Callable[[Process], None] | None = None,
        on_poll: Callable[[], None] | None = None,
        wait: ActivityProbe | None = None,
    ) -> ProcessEnd:
        """Run the CLI in the checkout; its copy of the package there does not stay behind."""
        settings = job.service.deploy
        try:
            with _naming_dependencies(job, argv[0]):
                return child.run(
                    argv,
                    cwd=Path(job.checkout.service),
                    environment=self.environment(job),
                    log=job.log,
                    idle=settings.idle_seconds,
                    total=settings.total_seconds,
                    secrets=_secrets(job),
                    on_start=on_start,
                    on_poll=on_poll,
                    wait=wait,
                )
        finally:
            shutil.rmtree(Path(job.checkout.service) / ".serverless", ignore_errors=True)


@contextlib.contextmanager
def _naming_dependencies(job: Job, program: str) -> Iterator[None]:
    """Add what was installed where the CLI itself is not there: it may be one of the dependencies."""
    try:
        yield
    except DeployError as problem:
        if problem.subject != program:
            raise
        installed = job.checkout.dependencies
        cause = f"{problem.cause} ({installed})" if installed else problem.cause
        raise DeployError(program, cause, _INSTALL.get(Path(program).name, problem.remedy)) from problem


def _secrets(job: Job) -> tuple[str, ...]:
    return (*secret_values(job.service), *job.credentials.secrets)


def _stopped(job: Job, end: ProcessEnd) -> str:
    settings = job.service.deploy
    match end.why:
        case "idle":
            return f"the Serverless CLI said nothing for {settings.idle_seconds:.0f} s and was stopped"
        case "timeout":
            return f"the Serverless CLI took more than {settings.total_seconds:.0f} s and was stopped"
        case "exited" | "hung":
            return ""


def _failed(job: Job, reason: str, remedy: str) -> DeployError:
    if _NOT_THERE.search(reason):
        reason = f"{_INSTALL_HINT.sub('', reason)} ({job.checkout.dependencies or 'unknown what was installed'})"
        remedy = f"commit the lockfile of a package.json that has it, or set deploy.install; {remedy}"
    if _VERSION_WORDS in reason:
        remedy = "pin the version that serverless.yml asks for in the project's devDependencies, or set deploy.command"
    return DeployError(str(job.target), reason or "the Serverless CLI gave no reason", remedy)


def _size(log: Path) -> int:
    try:
        return log.stat().st_size
    except FileNotFoundError:
        return 0
