"""Real stacks on the emulator, moved through their statuses by a client of the tests' own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from promote_tui.core.model.pipeline import Aws, CommitSource, StackOutput, StackTag, Target
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pytest
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import TagTypeDef

    from tests.support.aliases import Argument

REGION = "eu-west-1"
_CHEAP = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "1"}}


def target(service: str, account: str, *, profile: str | None = None, role: str | None = None) -> Target:
    """Return a target in the account, reached by the profile of that name."""
    return Target(service, "prod", f"{service}-prod", "prod", Aws(REGION, account, profile or f"p{account}", role))


def use_profiles(path: Path, url: str, patch: pytest.MonkeyPatch, *accounts: str, extra: str = "") -> None:
    """Write an AWS config file with a profile for each account, and use it."""
    text = "".join(
        f"[profile p{account}]\naws_access_key_id = {account}\naws_secret_access_key = secret-{account}\n"
        f"endpoint_url = {url}\n"
        for account in accounts
    )
    path.write_text(text + extra)
    patch.setenv("AWS_CONFIG_FILE", str(path))
    patch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")


def client(url: str, account: str) -> CloudFormationClient:
    """Return a client that no adapter stands in between."""
    return boto3.client(
        "cloudformation",
        region_name=REGION,
        endpoint_url=url,
        aws_access_key_id=account,
        aws_secret_access_key="x",
        config=Config(retries={"total_max_attempts": 1}),
    )


def template(version: str, outputs: dict[str, str], **resources: dict[str, Any]) -> str:
    """Return a template of one cheap resource and these outputs."""
    cheap: dict[str, Any] = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": version}}
    values = {name: {"Value": value} for name, value in outputs.items()}
    return json.dumps({"Resources": {"Param": cheap, **resources}, **({"Outputs": values} if values else {})})


@dataclass
class AwsStacks:
    """The same moves that the fake has, made on the emulator and waited for."""

    url: str
    sources: dict[Target, CommitSource]

    def deploy(self, target: Target, commit: str, outputs: Mapping[str, str] | None = None) -> None:
        """Create or update the stack, successfully; `outputs` are more of them."""
        self._submit(target, commit, template(commit, {**self._outputs(target, commit), **(outputs or {})}))
        self.until(target, "CREATE_COMPLETE", "UPDATE_COMPLETE")

    def begin(self, target: Target) -> None:
        """Begin a create or an update that waits for a signal."""
        handle = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
        properties = {"Handle": {"Ref": "Handle"}, "Timeout": 60}
        wait = {"Type": "AWS::CloudFormation::WaitCondition", "Properties": properties}
        outputs = self._outputs(target, "begun") if self._find(target) else {}
        parts: dict[str, dict[str, Any]] = {"Handle": handle, "Wait": wait, "After": {**_CHEAP, "DependsOn": "Wait"}}
        self._submit(target, "begun", template("begun", outputs, **parts))
        self._poll(lambda: self._signal_url(target))
        self.until(target, "CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")

    def signal(self, target: Target) -> None:
        """Let what was begun go on."""
        data = json.dumps({"Status": "SUCCESS", "Reason": "ok", "UniqueId": "1", "Data": "d"}).encode()
        url = urlsplit(self._signal_url(target))
        connection = HTTPConnection("127.0.0.1", url.port, timeout=60)
        connection.request("PUT", f"{url.path}?{url.query}", data)
        assert connection.getresponse().status == HTTPStatus.OK
        connection.close()

    def fail(self, target: Target, reason: str) -> None:
        """Let an attempt fail and be rolled back; AWS gives a reason of its own."""
        broken = {"Type": "Custom::Broken", "Properties": {"Why": reason}}
        self._submit(target, "failed", template("failed", self._outputs(target, "failed"), Broken=broken))
        self.until(target, "ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")

    def delete(self, target: Target) -> None:
        """Delete the stack."""
        client(self.url, target.aws.account).delete_stack(StackName=target.stack)
        self._poll(lambda: "gone" if self._find(target) is None else "")

    def settle(self, target: Target) -> None:
        """Wait until a cancelled update has been rolled back; the emulator looks between two resources."""
        self.signal(target)
        self.until(target, "UPDATE_ROLLBACK_COMPLETE")

    def _submit(self, target: Target, commit: str, body: str) -> None:
        aws = client(self.url, target.aws.account)
        source = self.sources.get(target)
        tags: list[TagTypeDef] = [{"Key": source.name, "Value": commit}] if isinstance(source, StackTag) else []
        if self._find(target):
            aws.update_stack(StackName=target.stack, TemplateBody=body, Tags=tags)
        else:
            aws.create_stack(StackName=target.stack, TemplateBody=body, Tags=tags)

    def _outputs(self, target: Target, commit: str) -> dict[str, str]:
        source = self.sources.get(target, StackOutput())
        return {source.name.replace("*", "X"): commit} if isinstance(source, StackOutput) else {}

    def _find(self, target: Target) -> str | None:
        aws = client(self.url, target.aws.account)
        found = [stack["StackStatus"] for page in aws.get_paginator("describe_stacks").paginate()
                 for stack in page["Stacks"] if stack["StackName"] == target.stack]  # fmt: skip
        return found[0] if found else None

    def _signal_url(self, target: Target) -> str:
        aws = client(self.url, target.aws.account)
        events = aws.describe_stack_events(StackName=target.stack)["StackEvents"]
        return next((event["PhysicalResourceId"] for event in events
                     if event["LogicalResourceId"] == "Handle" and event.get("PhysicalResourceId")), "")  # fmt: skip

    def until(self, target: Target, *wanted: str) -> None:
        """Wait until the stack is in one of these statuses."""
        self._poll(lambda: "done" if self._find(target) in wanted else "")

    def _poll(self, look: Argument) -> None:
        until(look, "the emulator has got there")
