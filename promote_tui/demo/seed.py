"""Makes the sandbox's past: each deployment is done by the real Serverless CLI from an export of its commit."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.adapters.serverless.output import reason_in
from promote_tui.core.errors import DeployError
from promote_tui.demo.emulator import Emulator
from promote_tui.demo.repositories.build import Repository, run_git
from promote_tui.demo.world import ACCOUNTS, OUTPUT, REGION, SERVICES, Deployment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


_AT_ONCE = 2
_LIMIT_SECONDS = 120.0
_OUTPUT = f"  Outputs:\n    {OUTPUT}:\n      Value: ${{param:commit, 'unknown'}}\n"


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a deployment is made with; `folder` takes one export for each."""

    folder: Path
    cli: Path
    emulator: Emulator
    environment: Mapping[str, str]
    repositories: Mapping[str, Repository]
    say: Callable[[str], None]

    def deploy(self, deployment: Deployment) -> None:
        """Deploy, and check that it ends as expected; raises DeployError."""
        repository = self.repositories[SERVICES[deployment.service]]
        commit = repository.commits[deployment.revision]
        export = self.folder / f"{deployment.stack}-{commit[:7]}"
        _export(repository.folder, commit, export)
        _report_commit(export / deployment.path / "serverless.yml")
        done = self._run(deployment, commit, export / deployment.path)
        shutil.rmtree(export)
        if (done.returncode != 0) != deployment.fails:
            raise DeployError(f"demo: {deployment.stack}", _reason(done), "try again")
        self.say(f"{deployment.service} {'failed on' if deployment.fails else 'deployed to'} {deployment.stage}")

    def _run(self, deployment: Deployment, commit: str, folder: Path) -> subprocess.CompletedProcess[str]:
        command = [str(self.cli), "deploy", "--stage", deployment.stage, "--param", f"commit={commit}"]
        account = self.emulator.environment(ACCOUNTS[deployment.stage], REGION)
        quiet = {"CI": "1", "NO_COLOR": "1", "NODE_NO_WARNINGS": "1"}
        try:
            return subprocess.run(
                command,
                cwd=folder,
                env={**self.environment, **account, **quiet},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_LIMIT_SECONDS,
                start_new_session=True,  # Ctrl-C is ours to handle
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            subject = f"demo: {deployment.stack}"
            raise DeployError(subject, f"no end within {_LIMIT_SECONDS:.0f} s", "try again") from late


def deploy_all(workshop: Workshop, deployments: Sequence[Deployment]) -> None:
    """Deploy two stacks at a time, each stack in the order given; raises DeployError for the first failure."""
    stacks: dict[str, list[Deployment]] = {}
    for deployment in deployments:
        stacks.setdefault(deployment.stack, []).append(deployment)
    pool = ThreadPoolExecutor(_AT_ONCE)
    try:
        for future in [pool.submit(_in_order, workshop, stack) for stack in stacks.values()]:
            future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)  # what still runs is ended with the sandbox


def _in_order(workshop: Workshop, deployments: Iterable[Deployment]) -> None:
    for deployment in deployments:
        workshop.deploy(deployment)


def _export(repository: Path, commit: str, folder: Path) -> None:
    """Write the commit's files: two deploys in one folder would break each other."""
    with tarfile.open(fileobj=io.BytesIO(run_git(repository, "archive", "--format=tar", commit))) as files:
        files.extractall(folder, filter="data")


def _report_commit(settings: Path) -> None:
    """Add the commit output where it is missing, as promote-tui does to a package; `resources` is the last block."""
    text = settings.read_text()
    if OUTPUT not in text:
        settings.write_text(text + _OUTPUT)


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    if done.returncode == 0:
        return "the deploy that should fail succeeded"
    return reason_in(done.stdout + done.stderr) or f"the Serverless CLI ended with exit code {done.returncode}"
