"""The rights to read the parameters and secrets that AWS keeps for a stage's services, by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.iam.policies import allow
from promote_tui.core.model.deploy_values import SecretValue, SsmValue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.core.iam.scope import StackScope
    from promote_tui.core.model.deploy_values import Reference
    from promote_tui.core.model.pipeline import Pipeline, Stage
    from promote_tui.core.value import Json

READERS = {"ssm:GetParameters": "ReadKeptParameters", "secretsmanager:GetSecretValue": "ReadKeptSecrets"}
"""What reads a kept value, each with the id of its statement."""


def reading_values(scope: StackScope, pipeline: Pipeline, stage: Stage) -> list[Json]:
    """Return a right for the parameters and one for the secrets of the stage in this account; none without any."""
    wanted = tuple(dict.fromkeys(_wanted(scope, pipeline, stage)))
    arns = {action: [arn for each, arn in wanted if each == action] for action in READERS}
    return [allow(sid, [action], arns[action]) for action, sid in READERS.items() if arns[action]]


def _wanted(scope: StackScope, pipeline: Pipeline, stage: Stage) -> Iterator[tuple[str, str]]:
    """Yield the action that reads each value, and the ARN that it is read by."""
    for service in pipeline.services:
        target = service.target(stage.name)
        if target.aws.account == scope.account:
            for each in service.at(stage.name).deploy.references:
                yield from _right(scope, target.aws.region, each)


def _right(scope: StackScope, region: str, value: Reference) -> Iterator[tuple[str, str]]:
    here = f"{region}:{scope.account}"
    match value:
        case SsmValue(name=name):  # it may end with a version or a label
            path = name.partition(":")[0].lstrip("/")
            yield "ssm:GetParameters", _arn(name, f"arn:{scope.partition}:ssm:{here}:parameter/{path}")
        case SecretValue(name=name):  # AWS adds a dash and six characters to a name
            secret = f"arn:{scope.partition}:secretsmanager:{here}:secret:{name}-??????"
            yield "secretsmanager:GetSecretValue", _arn(name, secret)
        case _:
            return


def _arn(name: str, otherwise: str) -> str:
    return name if name.startswith("arn:") else otherwise
