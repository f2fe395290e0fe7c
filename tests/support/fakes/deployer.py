"""A Serverless CLI without Node: it writes the package that the CLI would, and ships it as it is told."""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from promote_tui.adapters.process.log import drop_raw
from promote_tui.adapters.serverless import completion
from promote_tui.adapters.serverless import package as serverless_package
from promote_tui.adapters.serverless.configuration import ServerlessConfiguration
from promote_tui.adapters.serverless.facts import FACTS
from promote_tui.adapters.serverless.output import failure_reason
from promote_tui.adapters.serverless.state import STATE
from promote_tui.core.errors import DeployError
from promote_tui.core.model.deploy_values import KnownValue
from promote_tui.core.model.deployer import DeployerFacts
from promote_tui.core.model.pipeline import Target
from promote_tui.core.package.package import Package, ResolvedTarget, Submission
from promote_tui.core.runs.run import Process
from promote_tui.core.stacks.activity import StackActivity
from promote_tui.ports import ConfigurationReader, Job, ProcessEnd, ToolCheck

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.core.package.manifest import Manifest


def ships(_job: Job, _poll: Callable[[], None]) -> int:
    """Deploy without anything happening anywhere: exit code 0."""
    return 0


@dataclass(slots=True)
class FakeDeployer:
    """A Deployer that tests script.

    `ship(job, poll)` is what a deploy does between its start and its end: it changes the fake stacks,
    calls `poll` as often as it likes (what `poll` raises ends the deploy), and returns the exit code
    or raises; `drop` is what a removal does. `activity` is what the last deploy may ask about the stack. `resolved` is
    where the CLI claims to deploy to, `reports` whether a package names its commit, `refuses` a reason to fail
    packaging with, `unresolved` why the CLI cannot tell where it would deploy to; `asked` is what it was asked that
    about. `living` are the process groups that live. With `functions` (their names in serverless.yml) the archive is a
    real one that holds `files`, and `lockfile` lies beside it.
    """

    ship: Callable[[Job, Callable[[], None]], int] = ships
    drop: Callable[[Job, Callable[[], None]], int] = ships
    why: Literal["exited", "idle", "timeout", "hung"] = "exited"
    activity: Callable[[], StackActivity | None] = lambda: None
    code: str = "exports.hello = 1"
    functions: tuple[str, ...] = ()
    files: dict[str, str] = field(default_factory=lambda: {"handler.js": "exports.hello = 1"})
    lockfile: str = ""
    node: str = "v20.19.0"
    says: str = ""
    resolved: ResolvedTarget | None = None
    reports: bool = True
    refuses: str = ""
    extra_environment: dict[str, str] = field(default_factory=dict)
    living: set[Process] = field(default_factory=set)
    unresolved: dict[Target, DeployError] = field(default_factory=dict)
    asked: list[tuple[Target, str]] = field(default_factory=list)
    packaged: list[Job] = field(default_factory=list)
    deployed: list[Job] = field(default_factory=list)
    removed: list[Job] = field(default_factory=list)
    finished: list[Path] = field(default_factory=list)
    process: Process = field(default_factory=lambda: Process(424242, "fake"))
    facts: DeployerFacts = FACTS
    configuration: ConfigurationReader = field(default_factory=ServerlessConfiguration)

    def tool_checks(
        self, _commands: Collection[tuple[str, ...]], _folders: Sequence[Path]
    ) -> tuple[Callable[[], ToolCheck], ...]:
        """Need no program."""
        return ()

    def package(self, job: Job) -> Package:
        """Write a package as the CLI does, and complete it as the adapter does."""
        self.packaged.append(job)
        if self.refuses:
            raise DeployError(str(job.target), self.refuses, f"see {job.log}")
        job.folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        _write_package(job, self.resolve(job), self.code, reports=self.reports)
        if self.functions:
            self._add_functions(job)
        source, service = job.service.commit_source, Path(job.checkout.service)
        completion.complete_package(job.folder, job.target, job.commit, source, service)
        return self.read(job.folder, job.target, job.commit)

    def read(self, folder: Path, target: Target, commit: str) -> Package:
        """Read a package as the adapter does."""
        return serverless_package.read(folder, target, commit)

    def submission(self, folder: Path, target: Target) -> Submission:
        """Return what a deploy would submit, as the adapter does."""
        return serverless_package.submission(folder, target)

    def manifest(self, job: Job) -> Manifest:
        """Read the package as the adapter does."""
        return serverless_package.manifest(job.folder, job.target, job.checkout, self.node)

    def resolve(self, job: Job, *, on_poll: Callable[[], None] | None = None) -> ResolvedTarget:
        """Return what was scripted, else what the configuration says."""
        if on_poll:
            on_poll()
        self.asked.append((job.target, job.commit))
        if job.target in self.unresolved:
            raise self.unresolved[job.target]
        target = job.target
        return self.resolved or ResolvedTarget(
            job.service.name, target.serverless_stage, target.aws.region, target.stack
        )

    def command(self, job: Job) -> tuple[str, ...]:
        """Return the argv list of a deploy, shortened."""
        stage = job.target.serverless_stage
        return (*job.service.deploy.command, "deploy", "--stage", stage, "--package", str(job.folder))

    def environment(self, job: Job) -> Mapping[str, str]:
        """Return an environment that is the same every time."""
        return {"PATH": "/usr/bin:/bin", **job.credentials.environment, **self.extra_environment}

    def secrets(self, job: Job) -> tuple[str, ...]:
        """Return the secret values that the job's parameters and environment were read to be, and its credentials'."""
        given = (value for _, value in (*job.service.deploy.params, *job.service.deploy.env))
        read = (value.text for value in given if isinstance(value, KnownValue) and value.secret)
        return (*read, *job.credentials.secrets)

    def _add_functions(self, job: Job) -> None:
        """Let each function run the archive, with a version that names its hash, as the CLI writes them."""
        archive, state = job.folder / f"{job.service.name}.zip", job.folder / STATE
        with zipfile.ZipFile(archive, "w") as out:
            for name, text in self.files.items():
                out.writestr(zipfile.ZipInfo(name), text)
        written = json.loads(state.read_text())
        resources = written["service"]["provider"]["compiledCloudFormationTemplate"]["Resources"]
        folder = written["package"]["artifactDirectoryName"]
        for name in self.functions:
            resources |= function_resources(
                name, function_name(job.target, name), f"{folder}/{archive.name}", code_sha256(archive.read_bytes())
            )
        state.write_text(json.dumps(written))
        if self.lockfile:
            (Path(job.checkout.service) / "package-lock.json").write_text(self.lockfile)

    def deploy(
        self,
        job: Job,
        *,
        on_start: Callable[[Process], None],
        on_poll: Callable[[], None],
        activity: Callable[[], StackActivity | None],
    ) -> ProcessEnd:
        """Run the script between the start and the end of a process that never was."""
        on_start(self.process)
        self.activity = activity
        self.deployed.append(job)
        self.living.add(self.process)
        try:
            code = self.ship(job, on_poll)
        finally:
            self.living.discard(self.process)
            with job.log.open("a", encoding="utf-8") as log:
                log.write(self.says or f"Deploying {job.service.name} to stage {job.target.serverless_stage}\n")
        return ProcessEnd(code, self.why)

    def removal_command(self, job: Job) -> tuple[str, ...]:
        """Return the argv list of a removal, shortened."""
        return (*job.service.deploy.command, "remove", "--stage", job.target.serverless_stage)

    def remove(self, job: Job, *, on_start: Callable[[Process], None], on_poll: Callable[[], None]) -> ProcessEnd:
        """Run the script of a removal between the start and the end of a process that never was."""
        on_start(self.process)
        self.removed.append(job)
        with job.log.open("a", encoding="utf-8") as log:
            log.write(f"Removing {job.service.name} from stage {job.target.serverless_stage}\n")
        return ProcessEnd(self.drop(job, on_poll), self.why)

    def alive(self, process: Process) -> bool:
        """Tell whether a test keeps the process alive."""
        return process in self.living

    def failure_reason(self, log: Path) -> str:
        """Read the log as the adapter does."""
        return failure_reason(log)

    def finish_log(self, log: Path) -> None:
        """Finish the log as the adapter does, and note it."""
        self.finished.append(log)
        drop_raw(log)


def function_name(target: Target, name: str) -> str:
    """Return the name in AWS that the CLI gives a function."""
    return f"{target.service}-{target.serverless_stage}-{name}"


def code_sha256(archive: bytes) -> str:
    """Return what Lambda calls CodeSha256."""
    return base64.b64encode(hashlib.sha256(archive).digest()).decode()


def function_resources(name: str, called: str, key: str, code: str) -> dict[str, Any]:
    """Return a function and its version as the CLI writes them."""
    function = f"{name.capitalize()}LambdaFunction"
    return {
        function: {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": called, "Code": {"S3Key": key}}},
        f"{name.capitalize()}LambdaVersion{code[:8].encode().hex()}": {
            "Type": "AWS::Lambda::Version",
            "Properties": {"FunctionName": {"Ref": function}, "CodeSha256": code},
        },
    }


def _write_package(job: Job, resolved: ResolvedTarget, code: str, *, reports: bool) -> None:
    outputs = {} if reports else {"DeployedCommit": {"Value": "unknown"}}
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}, "Outputs": outputs}
    provider = {
        "name": "aws",
        "stage": resolved.stage,
        "region": resolved.region,
        "stackName": resolved.stack,
        "compiledCloudFormationTemplate": template,
    }
    files = {
        STATE: {
            "service": {"service": resolved.service, "provider": provider},
            "package": {"artifactDirectoryName": f"serverless/{resolved.service}/{resolved.stage}/1-now"},
        },
        completion.UPDATE_TEMPLATE: template,
        "cloudformation-template-create-stack.json": {"Resources": {}},
    }
    for name, content in files.items():
        (job.folder / name).write_text(json.dumps(content))
    (job.folder / f"{resolved.service}.zip").write_text(code)
