"""CloudFormation beyond the matrix: templates, change sets, exports and drift of one stack.

A change set is only looked at: it has a name of its own, is never executed, and is deleted whatever
happens. A template that is too large for a call lies in the deployment bucket for that long.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import ClientError

from promote_tui.adapters.aws.calls import call_checked
from promote_tui.adapters.aws.cloudformation.answers import read_change, read_drift, read_resource
from promote_tui.adapters.aws.cloudformation.refusals import change_set_failure, template_refusal
from promote_tui.adapters.aws.cloudformation.templates import parse_template
from promote_tui.adapters.aws.refusals import one_line
from promote_tui.core.changes.stack_drift import Detection, ResourceDrift
from promote_tui.core.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from mypy_boto3_cloudformation import CloudFormationClient

    from promote_tui.adapters.aws.accounts import AwsAccounts
    from promote_tui.adapters.aws.session import AwsSession, SdkClient
    from promote_tui.core.changes.model import SetChange, Template
    from promote_tui.core.model.deployer import DeployerFacts
    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.model.stack_resources import StackResource
    from promote_tui.core.package.package import Submission
    from promote_tui.core.value import Json

T = TypeVar("T")
BODY_LIMIT = 51_200
"""Bytes of a template that a call takes itself; see the quotas of CloudFormation."""
_POLL_SECONDS = 1.0
_LONGEST_SECONDS = 180.0

_NOTHING = ("didn't contain changes", "No updates are to be performed")


class StackInspection:
    """The StackInspector port."""

    def __init__(self, accounts: AwsAccounts, deployer: DeployerFacts) -> None:
        self._accounts = accounts
        self._deployer = deployer

    def template(self, target: Target, stack_id: str) -> Template:
        """Return the template that the stack was last deployed with, as it was submitted."""
        body = self._call(target, lambda client: client.get_template(StackName=stack_id, TemplateStage="Original"))
        return parse_template(body["TemplateBody"], target)

    def change_set(self, target: Target, stack_id: str, submission: Submission, name: str) -> tuple[SetChange, ...]:
        """Return what the submission would change, as CloudFormation predicts it; empty if it changes nothing."""
        with self._template(target, stack_id, submission, name) as template:
            wanted = {"StackName": target.stack, "ChangeSetName": name, **template, **_parameters(submission)}
            try:
                self._call(target, lambda client: _created(client, wanted, target))
                return self._read(target, name)
            finally:
                with contextlib.suppress(AwsError):
                    self._call(
                        target, lambda client: client.delete_change_set(StackName=target.stack, ChangeSetName=name)
                    )

    def exports(self, target: Target, stack_id: str) -> Mapping[str, str]:
        """Return the names of the stack's exports by the key of their output."""
        found = self._call(target, lambda client: client.describe_stacks(StackName=stack_id))["Stacks"]
        outputs = found[0].get("Outputs", []) if found else []
        return {each["OutputKey"]: each["ExportName"] for each in outputs if each.get("ExportName")}

    def importers(self, target: Target, export: str) -> tuple[str, ...]:
        """Return the names of the stacks that import an export."""

        def read(client: CloudFormationClient) -> tuple[str, ...]:
            pages = client.get_paginator("list_imports").paginate(ExportName=export)
            try:
                return tuple(name for page in pages for name in page["Imports"])
            except ClientError as error:
                if "is not imported by any stack" in one_line(str(error)):
                    return ()
                raise

        return self._call(target, read)

    def resources(self, target: Target, stack_id: str) -> Mapping[str, str]:
        """Return the physical ids of the stack's resources by their logical ids."""
        return {each.logical_id: each.physical_id for each in self.describe_resources(target, stack_id)}

    def describe_resources(self, target: Target, stack_id: str) -> tuple[StackResource, ...]:
        """Return the stack's resources, each with its status."""

        def read(client: CloudFormationClient) -> tuple[StackResource, ...]:
            pages = client.get_paginator("list_stack_resources").paginate(StackName=stack_id)
            return tuple(read_resource(each) for page in pages for each in page["StackResourceSummaries"])

        return self._call(target, read)

    def stacks_with_output(self, target: Target, output: str) -> Mapping[str, str]:
        """Return the values of an output by the stack's name, of all stacks in the target's account and region."""

        def read(client: CloudFormationClient) -> dict[str, str]:
            stacks = [each for page in client.get_paginator("describe_stacks").paginate() for each in page["Stacks"]]
            pairs = ((stack["StackName"], each) for stack in stacks for each in stack.get("Outputs", ()))
            return {name: each.get("OutputValue", "") for name, each in pairs if each.get("OutputKey") == output}

        return self._call(target, read)

    def detect_drift(self, target: Target, stack_id: str) -> str:
        """Begin a drift detection and return its id."""
        begun = self._call(target, lambda client: client.detect_stack_drift(StackName=stack_id))
        return begun["StackDriftDetectionId"]

    def detection(self, target: Target, detection_id: str) -> Detection:
        """Return the status of a drift detection."""
        found = self._call(
            target,
            lambda client: client.describe_stack_drift_detection_status(StackDriftDetectionId=detection_id),
        )
        if found["DetectionStatus"] == "DETECTION_IN_PROGRESS":
            return Detection("detecting")
        drifted, at = found.get("DriftedStackResourceCount", 0), found["Timestamp"]
        if found["DetectionStatus"] == "DETECTION_COMPLETE":
            return Detection("complete", drifted, at=at)
        return Detection("failed", drifted, one_line(found.get("DetectionStatusReason", "")), at)

    def last_detection(self, target: Target, stack_id: str) -> datetime | None:
        """Return when a drift detection last ended; None where there never was one."""
        found = self._call(target, lambda client: client.describe_stacks(StackName=stack_id))["Stacks"]
        return found[0].get("DriftInformation", {}).get("LastCheckTimestamp") if found else None

    def drifts(self, target: Target, stack_id: str) -> tuple[ResourceDrift, ...]:
        """Return the resources that the last detection found modified or deleted."""

        def read(client: CloudFormationClient) -> list[Any]:
            found: list[Any] = []
            more: dict[str, Any] = {}
            while True:
                page = client.describe_stack_resource_drifts(
                    StackName=stack_id, StackResourceDriftStatusFilters=["MODIFIED", "DELETED"], **more
                )
                found += page["StackResourceDrifts"]
                if not page.get("NextToken"):
                    return found
                more = {"NextToken": page["NextToken"]}

        return tuple(read_drift(raw) for raw in self._call(target, read))

    def _call(self, target: Target, call: Callable[[CloudFormationClient], T]) -> T:
        return call_checked(self._accounts, target, lambda session: call(session.cloudformation()))

    def _read(self, target: Target, name: str) -> tuple[SetChange, ...]:
        """Wait until the change set is there and return all of its pages."""
        clock = self._accounts.clock
        deadline = clock.monotonic() + _LONGEST_SECONDS
        wanted: dict[str, Any] = {"StackName": target.stack, "ChangeSetName": name}
        while True:
            page = self._call(target, lambda client: client.describe_change_set(**wanted))
            if page["Status"] == "FAILED":
                return _none_or_raise(target, page.get("StatusReason", ""))
            if page["Status"] == "CREATE_COMPLETE":
                break
            if clock.monotonic() >= deadline:
                cause = f"CloudFormation made no change set within {_LONGEST_SECONDS:.0f} s"
                raise AwsError(str(target), cause, "plan again")
            clock.sleep(_POLL_SECONDS)
        changes = [*page["Changes"]]
        while page.get("NextToken"):
            token = page["NextToken"]
            page = self._call(target, lambda client, token=token: client.describe_change_set(**wanted, NextToken=token))  # type: ignore[misc]
            changes += page["Changes"]
        return tuple(read_change(each["ResourceChange"]) for each in changes if "ResourceChange" in each)

    @contextlib.contextmanager
    def _template(self, target: Target, stack_id: str, submission: Submission, name: str) -> Iterator[dict[str, str]]:
        """Yield the arguments that hand the template over; what was put into the bucket is removed at the end."""
        if len(submission.template.encode()) <= BODY_LIMIT:
            yield {"TemplateBody": submission.template}
            return
        bucket = submission.bucket or self.resources(target, stack_id).get(self._deployer.bucket, "")
        if not bucket:
            cause = f"the template has more than {BODY_LIMIT:,} bytes, and the stack has no deployment bucket"
            raise AwsError(str(target), cause, self._deployer.bucket_remedy)
        key = f"promote-tui/{name}.json"
        call_checked(
            self._accounts,
            target,
            lambda session: _s3(session).put_object(Bucket=bucket, Key=key, Body=submission.template.encode()),
        )
        try:
            # the form that deployers use; buckets with dots in their names have no other under https
            yield {"TemplateURL": f"https://s3.{target.aws.region}.{_domain(target)}/{bucket}/{key}"}
        finally:
            with contextlib.suppress(AwsError):
                call_checked(self._accounts, target, lambda session: _s3(session).delete_object(Bucket=bucket, Key=key))


def _created(client: CloudFormationClient, wanted: Json, target: Target) -> None:
    """Make a change set; one that is there under this unique name was made by a call whose answer was lost.

    Raises TemplateError where CloudFormation refuses what is in it.
    """
    try:
        client.create_change_set(**wanted)
    except client.exceptions.AlreadyExistsException:
        return
    except ClientError as error:
        if found := template_refusal(error, str(target)):
            raise found from error
        raise


def _s3(session: AwsSession) -> SdkClient:
    return session.client("s3")


def _domain(target: Target) -> str:
    return "amazonaws.com.cn" if target.aws.region.startswith("cn-") else "amazonaws.com"


def _parameters(submission: Submission) -> dict[str, Any]:
    role = {"RoleARN": submission.role_arn} if submission.role_arn else {}
    return {
        "ChangeSetType": "UPDATE",
        "Description": "A review by promote-tui; it is deleted once it has been read.",
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in submission.parameters],
        "Tags": [{"Key": key, "Value": value} for key, value in submission.tags],
        "Capabilities": [*submission.capabilities],
        "NotificationARNs": [*submission.notification_arns],
        **role,
    }


def _none_or_raise(target: Target, reason: str) -> tuple[SetChange, ...]:
    if any(words in reason for words in _NOTHING):
        return ()
    raise change_set_failure(reason, str(target))
