"""CloudFormation beyond the matrix: templates, change sets, exports and drift of one stack.

A change set is only looked at: it has a name of its own, is never executed, and is deleted whatever
happens. A template that is too large for a call lies in the deployment bucket for that long.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from botocore.exceptions import ClientError

from promote_tui.adapters.aws.calls import call_checked
from promote_tui.adapters.aws.cloudformation.refusals import change_set_failure, template_refusal
from promote_tui.adapters.aws.errors import one_line
from promote_tui.core.changes.model import Cause, SetChange
from promote_tui.core.changes.stack_drift import Detection, PropertyDrift, ResourceDrift
from promote_tui.core.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from mypy_boto3_cloudformation import CloudFormationClient

    from promote_tui.adapters.aws.accounts import AwsAccounts
    from promote_tui.adapters.aws.session import AwsSession
    from promote_tui.core.changes.model import Action, Recreation, Replacement, Template
    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.package.package import Submission

T = TypeVar("T")
BODY_LIMIT = 51_200
"""Bytes of a template that a call takes itself; see the quotas of CloudFormation."""
DEPLOYMENT_BUCKET = "ServerlessDeploymentBucket"
_POLL_SECONDS = 1.0
_LONGEST_SECONDS = 180.0
_DEPLOY_AGAIN = "see it in CloudFormation's console, or deploy again"
_NOTHING = ("didn't contain changes", "No updates are to be performed")
_ACTIONS: Mapping[str, Action] = {"Add": "add", "Import": "add", "Remove": "remove"}
_REPLACEMENTS: Mapping[str, Replacement] = {"True": "true", "Conditional": "conditional"}


class StackInspection:
    """The StackInspector port."""

    def __init__(self, accounts: AwsAccounts) -> None:
        self._accounts = accounts

    def template(self, target: Target, stack_id: str) -> Template:
        """Return the template that the stack was last deployed with, as it was submitted."""
        body = self._call(target, lambda client: client.get_template(StackName=stack_id, TemplateStage="Original"))
        return _parsed(body["TemplateBody"], target)

    def change_set(self, target: Target, stack_id: str, submission: Submission, name: str) -> tuple[SetChange, ...]:
        """Return what CloudFormation says that the submission would change; empty where it is nothing."""
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

        def read(client: CloudFormationClient) -> dict[str, str]:
            pages = client.get_paginator("list_stack_resources").paginate(StackName=stack_id)
            every = (each for page in pages for each in page["StackResourceSummaries"])
            return {each["LogicalResourceId"]: each.get("PhysicalResourceId", "") for each in every}

        return self._call(target, read)

    def detect_drift(self, target: Target, stack_id: str) -> str:
        """Begin a drift detection and return its id."""
        begun = self._call(target, lambda client: client.detect_stack_drift(StackName=stack_id))
        return begun["StackDriftDetectionId"]

    def detection(self, target: Target, detection_id: str) -> Detection:
        """Return how a detection stands."""
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

        return tuple(_drift(raw) for raw in self._call(target, read))

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
        return tuple(_change(each["ResourceChange"]) for each in changes if "ResourceChange" in each)

    @contextlib.contextmanager
    def _template(self, target: Target, stack_id: str, submission: Submission, name: str) -> Iterator[dict[str, str]]:
        """Yield the arguments that hand the template over; what was put into the bucket is removed at the end."""
        if len(submission.template.encode()) <= BODY_LIMIT:
            yield {"TemplateBody": submission.template}
            return
        bucket = submission.bucket or self.resources(target, stack_id).get(DEPLOYMENT_BUCKET, "")
        if not bucket:
            cause = f"the template has more than {BODY_LIMIT:,} bytes, and the stack has no deployment bucket"
            raise AwsError(str(target), cause, "name one under provider.deploymentBucket in serverless.yml")
        key = f"promote-tui/{name}.json"
        call_checked(
            self._accounts,
            target,
            lambda session: _s3(session).put_object(Bucket=bucket, Key=key, Body=submission.template.encode()),
        )
        try:
            # the form that the Serverless CLI uses; buckets with dots in their names have no other under https
            yield {"TemplateURL": f"https://s3.{target.aws.region}.{_domain(target)}/{bucket}/{key}"}
        finally:
            with contextlib.suppress(AwsError):
                call_checked(self._accounts, target, lambda session: _s3(session).delete_object(Bucket=bucket, Key=key))


def _created(client: CloudFormationClient, wanted: Any, target: Target) -> None:  # noqa: ANN401 - the call's many arguments
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


def _s3(session: AwsSession) -> Any:  # noqa: ANN401 - boto3's clients
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


def _change(raw: Any) -> SetChange:  # noqa: ANN401 - a TypedDict whose every key is optional
    properties: dict[str, Recreation] = {}
    attributes: dict[str, None] = {}
    causes: dict[Cause, None] = {}
    for detail in raw.get("Details", ()):
        where = detail.get("Target", {})
        if where.get("Attribute") != "Properties":
            attributes[str(where.get("Attribute", ""))] = None
        elif where.get("Name"):
            before = properties.get(where["Name"], "Never")
            properties[where["Name"]] = max(before, where.get("RequiresRecreation", "Never"), key=_SEVERITY.index)
            if where.get("RequiresRecreation", "Never") != "Never":
                causes[Cause(where["Name"], detail.get("CausingEntity", ""))] = None
    return SetChange(
        logical_id=raw["LogicalResourceId"],
        resource_type=raw["ResourceType"],
        action=_ACTIONS.get(raw["Action"], "modify"),
        replacement=_REPLACEMENTS.get(raw.get("Replacement", ""), "false"),
        properties=tuple(properties.items()),
        attributes=tuple(name for name in attributes if name),
        causes=tuple(causes),
    )


_SEVERITY: tuple[Recreation, ...] = ("Never", "Conditionally", "Always")


def _drift(raw: Any) -> ResourceDrift:  # noqa: ANN401 - the same
    kinds = {"ADD": "add", "REMOVE": "remove", "NOT_EQUAL": "change"}
    return ResourceDrift(
        logical_id=raw["LogicalResourceId"],
        resource_type=raw["ResourceType"],
        deleted=raw["StackResourceDriftStatus"] == "DELETED",
        properties=tuple(
            PropertyDrift(
                path=each["PropertyPath"].strip("/").replace("/", "."),
                kind=kinds.get(each["DifferenceType"], "change"),  # type: ignore[arg-type]
                expected=each.get("ExpectedValue", ""),
                actual=each.get("ActualValue", ""),
            )
            for each in raw.get("PropertyDifferences", ())
        ),
    )


def _parsed(body: Any, target: Target) -> Template:  # noqa: ANN401 - what the SDK made of it
    """Return a template as JSON values; the SDK parses JSON itself and leaves YAML as text."""
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            body = _yaml(body, target)
    if not isinstance(body, Mapping):
        raise AwsError(str(target), "the deployed template is not an object", _DEPLOY_AGAIN)
    return body


def _yaml(text: str, target: Target) -> object:
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader that knows CloudFormation's short forms
    except yaml.YAMLError as error:
        raise AwsError(str(target), "the deployed template cannot be read", _DEPLOY_AGAIN) from error


class _Loader(yaml.SafeLoader):
    """Reads `!Ref X` as {"Ref": "X"} and `!GetAtt A.B` as {"Fn::GetAtt": ["A", "B"]}."""


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)
