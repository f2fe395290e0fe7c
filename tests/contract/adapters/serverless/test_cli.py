"""What every Deployer promises; the fake and the real Serverless CLI both keep it."""

from __future__ import annotations

import dataclasses
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.serverless.cli import ServerlessCli
from promote_tui.core.model.pipeline import Aws, DeploySettings, Service, StackOutput, Target
from promote_tui.core.package.package import Checkout, ResolvedTarget
from promote_tui.core.value import replace
from promote_tui.ports import Deployer, Job
from tests.support import services
from tests.support.fakes.deployer import FakeDeployer

if TYPE_CHECKING:
    from promote_tui.core.runs.run import Process
    from promote_tui.demo.emulator import Emulator

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass(frozen=True, slots=True)
class Rig:
    """A deployer with a job for it."""

    deployer: Deployer
    job: Job


@pytest.fixture(params=["fake", pytest.param("real", marks=[pytest.mark.aws, pytest.mark.cli])])
def rig(request: pytest.FixtureRequest, tmp_path: Path, account: str) -> Rig:
    """A job for a small service, for the fake and for the real CLI."""
    emulator: Emulator = request.getfixturevalue("aws")
    target = Target("orders", "dev", "orders-dev", "dev", Aws("eu-west-1", account))
    settings = DeploySettings(command=(str(services.OSLS),))
    service = Service("orders", "/repo", ".", (), StackOutput(), settings, (target,))
    root = services.write_service(tmp_path / "checkout")
    credentials = services.lend(tmp_path / "credentials", emulator, account)
    checkout = Checkout(str(root), str(root), COMMIT)
    job = Job(service, target, checkout, credentials, tmp_path / "plan" / "package", tmp_path / "log")
    return Rig(FakeDeployer() if request.param == "fake" else ServerlessCli(), job)


def nothing() -> None:
    """Hear of something and do nothing."""


def unknown() -> None:
    """Say that nothing is known of the stack."""


class StopError(Exception):
    """What a caller raises."""


def test_deployer_keeps_its_promises_from_package_to_deploy(rig: Rig) -> None:
    """One test, because each package takes the real CLI a second."""
    deployer, job = rig.deployer, rig.job
    package = deployer.package(job)
    assert package.reports_commit
    assert package.resolved == ResolvedTarget("orders", "dev", "eu-west-1", "orders-dev") == deployer.resolve(job)
    assert package.folder == str(job.folder)
    assert job.folder.stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o077 == 0 for path in job.folder.rglob("*"))
    assert [path.name for path in Path(job.checkout.service).iterdir()] == ["serverless.yml"]

    assert deployer.read(job.folder, job.target, COMMIT) == package
    assert not deployer.read(job.folder, job.target, "f" * 40).reports_commit

    command = deployer.command(job)
    assert command[: len(job.service.deploy.command)] == job.service.deploy.command
    assert command[1:4] == ("deploy", "--stage", "dev")
    assert str(job.folder) in command
    assert deployer.environment(job) == deployer.environment(job)
    assert deployer.environment(job)["AWS_CONFIG_FILE"] == job.credentials.environment["AWS_CONFIG_FILE"]

    heard: list[Process] = []

    def stop() -> None:
        raise StopError

    with pytest.raises(StopError):
        deployer.deploy(job, on_start=lambda _: stop(), on_poll=nothing, activity=unknown)

    def hear(process: Process) -> None:
        heard.append(process)

    end = deployer.deploy(job, on_start=hear, on_poll=nothing, activity=unknown)
    assert (end.code, end.why) == (0, "exited")
    assert len(heard) == 1
    assert not deployer.alive(heard[0])
    assert "Deploying orders to stage dev" in job.log.read_text()
    assert job.log.stat().st_mode & 0o077 == 0 or isinstance(deployer, FakeDeployer)

    deployer.finish_log(job.log)
    (job.folder / "planted").write_text("x")
    assert deployer.read(job.folder, job.target, COMMIT).files != package.files


def test_asking_where_it_would_deploy_to_is_stopped_by_who_watches(rig: Rig) -> None:
    def stop() -> None:
        raise StopError

    endless = (sys.executable, "-c", "import time; time.sleep(60)")
    service = replace(rig.job.service, deploy=replace(rig.job.service.deploy, command=endless))
    with pytest.raises(StopError):
        rig.deployer.resolve(dataclasses.replace(rig.job, service=service), on_poll=stop)
