"""IAM: what the credentials of a stage may do, by IAM's own simulation or by a call that can change nothing."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from promote_tui.adapters.aws import refusals
from promote_tui.adapters.aws.calls import call_checked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from promote_tui.adapters.aws.accounts import AwsAccounts
    from promote_tui.adapters.aws.session import AwsSession, SdkClient
    from promote_tui.core.model.pipeline import Target

_AT_ONCE = 20
"""How many resources one simulation is asked about."""
_THERE_IS_NONE = frozenset({"ChangeSetNotFound", "ValidationError"})


class IamPermissions:
    """The PermissionReader port."""

    def __init__(self, accounts: AwsAccounts) -> None:
        self._accounts = accounts

    def allowed(self, target: Target, action: str, resources: Sequence[str]) -> tuple[str, ...]:
        """Return those of the resources (ARNs) on which IAM's simulation allows us the action.

        See SimulatePrincipalPolicy in the AWS IAM API Reference. The root user is allowed everything.
        """
        arn = self._accounts.identity(target).arn
        if arn.endswith(":root"):
            return tuple(resources)
        return call_checked(self._accounts, target, lambda session: tuple(_allowed(session, arn, action, resources)))

    def may_execute(self, target: Target) -> bool:
        """Tell whether we may execute change sets of the target's stack: we try to execute one that is not there."""
        return call_checked(self._accounts, target, lambda session: _try_to_execute(session, target))


def _allowed(session: AwsSession, arn: str, action: str, resources: Sequence[str]) -> Iterator[str]:
    iam = session.client("iam")
    source = _policy_source(iam, arn)
    for start in range(0, len(resources), _AT_ONCE):
        yield from _simulate(iam, source, action, list(resources[start : start + _AT_ONCE]))


def _policy_source(iam: SdkClient, arn: str) -> str:
    """Return the ARN that IAM has a caller's policies under: of a session it is that of its role, with its path."""
    kind, _, rest = arn.rpartition(":")[2].partition("/")
    if kind != "assumed-role":
        return arn
    found: str = iam.get_role(RoleName=rest.partition("/")[0])["Role"]["Arn"]
    return found


def _simulate(iam: SdkClient, source: str, action: str, resources: list[str]) -> Iterator[str]:
    answer = iam.simulate_principal_policy(PolicySourceArn=source, ActionNames=[action], ResourceArns=resources)
    for result in answer["EvaluationResults"]:
        each = result.get("ResourceSpecificResults") or ()
        if each:
            yield from (one["EvalResourceName"] for one in each if one["EvalResourceDecision"] == "allowed")
        elif len(resources) == 1:
            yield from resources if result["EvalDecision"] == "allowed" else ()
        else:
            for resource in resources:
                yield from _simulate(iam, source, action, [resource])


def _try_to_execute(session: AwsSession, target: Target) -> bool:
    name = f"promote-tui-{uuid.uuid4().hex}"
    try:
        session.cloudformation().execute_change_set(ChangeSetName=name, StackName=target.stack)
    except ClientError as error:
        if refusals.is_denied(error):
            return False
        if refusals.code(error) not in _THERE_IS_NONE:
            raise
    return True
