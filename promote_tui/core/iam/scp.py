"""The service control policy that leaves a stage no other way than the roles that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.iam.policies import one_or_list, policy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.iam.scope import StackScope
    from promote_tui.core.value import Json

_STACKS = (
    *("CreateStack", "UpdateStack", "DeleteStack", "ExecuteChangeSet", "RollbackStack", "ContinueUpdateRollback"),
)
_FUNCTIONS = ("UpdateFunctionCode", "UpdateFunctionConfiguration", "UpdateAlias", "DeleteFunction")
_ROLES = (
    *("CreateRole", "UpdateAssumeRolePolicy", "AttachRolePolicy", "DetachRolePolicy"),
    *("PutRolePolicy", "DeleteRolePolicy", "DeleteRole"),
)


def deny_other_ways(scope: StackScope, roles: Sequence[str]) -> Json:
    """Return the policy: nobody but these roles changes the stage's stacks, its functions, or the roles themselves."""
    arns = [scope.role(role, "*") for role in roles]
    return policy(
        [
            _deny("OnlySyncDeploys", "cloudformation", _STACKS, scope.stack_arns, arns),
            _deny("OnlySyncUpdatesFunctions", "lambda", _FUNCTIONS, scope.regional("lambda", "function:*"), arns),
            _deny("OnlyTheseRolesChangeThemselves", "iam", _ROLES, arns, arns),
        ]
    )


def _deny(sid: str, service: str, actions: Sequence[str], resources: Sequence[str], roles: Sequence[str]) -> Json:
    return {
        "Sid": sid,
        "Effect": "Deny",
        "Action": [f"{service}:{action}" for action in actions],
        "Resource": one_or_list(resources),
        "Condition": {"ArnNotLike": {"aws:PrincipalArn": list(roles)}},
    }
