"""What the tests' stand-in for the Serverless CLI has in common with the real one: all that promote-tui looks at."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import boto3
import pytest

from promote_tui.adapters.serverless.cli import ServerlessCli
from promote_tui.core.errors import DeployError
from promote_tui.core.model.pipeline import Aws, DeploySettings, Service, StackOutput, Target
from promote_tui.core.package.package import Checkout, ResolvedTarget, Submission
from promote_tui.ports import Job
from tests.support import services, stand_in_cli

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.demo.emulator import Emulator

pytestmark = [pytest.mark.aws, pytest.mark.cli]

CLI = ServerlessCli()
REGION, STACK = "eu-west-1", "shop-dev"
GOOD = """\
service: orders
provider: {name: aws, runtime: nodejs20.x, stackName: "shop-${sls:stage}", stackTags: {team: shop}}
resources:
  - Resources: {Topic: {Type: "AWS::SNS::Topic", Properties: {DisplayName: first}}}
    Outputs: {Health: {Value: "https://example.com"}}
  - Resources: {Jobs: {Type: "AWS::SQS::Queue"}}
"""
BROKEN = GOOD + '  - Resources: {Broken: {Type: "Custom::Broken"}}\n'


def job_for(program: Path, folder: Path, emulator: Emulator, account: str) -> Job:
    """Return a job for the good service."""
    target = Target("orders", "dev", STACK, "dev", Aws(REGION, account))
    service = Service("orders", "/repo", ".", (), StackOutput(), DeploySettings(command=(str(program),)), (target,))
    root = folder / "checkout"
    root.mkdir(parents=True)
    write(root, GOOD)
    lent = services.lend(folder / "credentials", emulator, account)
    return Job(
        service, target, Checkout(str(root), str(root), "0" * 40), lent, folder / "good" / "package", folder / "log"
    )


def write(folder: Path, text: str) -> None:
    (folder / "serverless.yml").write_text(text, encoding="utf-8")


@dataclass(frozen=True)
class Seen:
    """What promote-tui sees of a package, of a deploy that makes the stack, and of one that fails."""

    package: tuple[object, ...]
    resolved: ResolvedTarget
    submission: Submission
    codes: tuple[int, int]
    reason: str
    stack: tuple[object, ...]
    events: list[tuple[str, str]]


def see(job: Job, emulator: Emulator, folder: Path) -> Seen:
    """Package and deploy the good service, then a broken one."""
    package = CLI.package(job)
    codes = [deploy(job)]
    write(folder / "checkout", BROKEN)
    second = replace(job, folder=folder / "broken" / "package", log=folder / "second-log")
    CLI.package(second)
    codes.append(deploy(second))
    return Seen(
        (package.content, package.resolved, package.reports_commit, package.artifacts, package.remark),
        CLI.resolve(job),
        CLI.submission(job.folder, job.target),
        (codes[0], codes[1]),
        CLI.failure_reason(second.log),
        *look(emulator, job.target.aws.account or ""),
    )


def deploy(job: Job) -> int:
    return CLI.deploy(job, on_start=lambda _: None, on_poll=lambda: None, activity=lambda: None).code


def look(emulator: Emulator, account: str) -> tuple[tuple[object, ...], list[tuple[str, str]]]:
    """Return the stack as it is now, and all that has happened to it."""
    client = boto3.client(
        "cloudformation", REGION, endpoint_url=emulator.url, aws_access_key_id=account, aws_secret_access_key="x"
    )
    stack = client.describe_stacks(StackName=STACK)["Stacks"][0]
    template = client.get_template(StackName=STACK)["TemplateBody"]
    events = client.describe_stack_events(StackName=STACK)["StackEvents"]
    client.close()
    tags = sorted((tag["Key"], tag["Value"]) for tag in stack["Tags"])
    outputs = sorted(output["OutputKey"] for output in stack["Outputs"])
    return (
        (stack["StackStatus"], tags, outputs, template),
        [(event["ResourceStatus"], event["LogicalResourceId"]) for event in events],
    )


def test_the_stand_in_packages_deploys_and_fails_as_the_real_cli_does(aws: Emulator, tmp_path: Path) -> None:
    real, stand_in = (
        see(job_for(program, tmp_path / name, aws, account), aws, tmp_path / name)
        for name, program, account in (
            ("real", services.OSLS, "610000000001"),
            ("stand-in", stand_in_cli.install(tmp_path), "610000000002"),
        )
    )
    assert stand_in == real
    assert real.codes == (0, 1)
    assert real.reason.startswith("UPDATE_FAILED: Broken (Custom::Broken)")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            GOOD + "functions: {hello: {handler: handler.hello}}\n",
            "the stand-in packages plain resources alone: functions",
        ),
        (GOOD.replace("first", "${self:service}"), "the stand-in resolves no variables: ${self:service}"),
    ],
)
def test_what_the_stand_in_cannot_do_it_refuses(text: str, says: str, aws: Emulator, tmp_path: Path) -> None:
    job = job_for(stand_in_cli.install(tmp_path), tmp_path, aws, "610000000003")
    write(tmp_path / "checkout", text)
    with pytest.raises(DeployError, match=re.escape(says)):
        CLI.package(job)
