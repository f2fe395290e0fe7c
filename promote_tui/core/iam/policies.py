"""The rights of people and of CI in a stage's account; docs/iam.md explains them, and tests hold both together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.iam.scope import StackScope
    from promote_tui.core.value import Json

_ANYTHING = ("*",)


def policy(statements: Sequence[Json]) -> Json:
    """Return the document of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(sid: str, actions: Sequence[str], resources: Sequence[str] = _ANYTHING) -> Json:
    """Return a statement that allows actions on resources."""
    return {"Sid": sid, "Effect": "Allow", "Action": one_or_list(actions), "Resource": one_or_list(resources)}


def one_or_list(words: Sequence[str]) -> str | list[str]:
    """Return a single word as it is, several as a list, as policies have them."""
    return words[0] if len(words) == 1 else list(words)


def reading() -> list[Json]:
    """Return the rights to read, which go beyond the stage's stacks: one call reads all the stacks of an account."""
    stacks = (
        *("DescribeStacks", "DescribeStackEvents", "DescribeStackResourceDrifts"),
        *("GetTemplate", "ListImports", "ListStackResources"),
    )
    return [
        allow("ReadStacks", [f"cloudformation:{action}" for action in stacks]),
        allow(
            "ReadCodeAndTraffic",
            ["lambda:ListFunctions", "lambda:ListAliases", "lambda:GetFunctionConfiguration"],
        ),
        allow("ReadWhoDidIt", ["cloudtrail:LookupEvents"]),
        allow("ReadAlarms", ["cloudwatch:DescribeAlarms"]),
    ]


def reviewing(scope: StackScope) -> list[Json]:
    """Return the rights to see what a promotion would change, by change sets that may not be executed."""
    actions = ("CreateChangeSet", "DescribeChangeSet", "DeleteChangeSet")
    return [allow("Review", [f"cloudformation:{action}" for action in actions], scope.stack_arns)]


def promoting(scope: StackScope, bucket: str) -> list[Json]:
    """Return the rights to promote to the stage's stacks, and to its deployment buckets, whose ids begin so."""
    deploys = ("ExecuteChangeSet", "CancelUpdateStack", "DetectStackDrift", "DescribeStackResource", "SetStackPolicy")
    unscoped = ("DescribeStackDriftDetectionStatus", "ValidateTemplate")
    objects = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"]
    buckets = f"arn:{scope.partition}:s3:::*{bucket.lower()}*"
    return [
        *reviewing(scope),
        allow("Deploy", [f"cloudformation:{action}" for action in deploys], scope.stack_arns),
        allow("WhatIsOfNoStack", [f"cloudformation:{action}" for action in unscoped]),
        allow("ReadFunctions", ["lambda:GetFunction"], scope.regional("lambda", "function:*")),
        *([allow("DeploymentBucket", objects, [buckets, f"{buckets}/*"])] if bucket else []),
    ]


def proving() -> list[Json]:
    """Return the rights by which `doctor` proves that a stage has no other way than sync."""
    return [allow("ProveThatThereIsNoOtherWay", ["iam:SimulatePrincipalPolicy", "iam:GetRole"])]


def reading_logs(scope: StackScope) -> list[Json]:
    """Return the right to read what functions log, in the groups that Lambda makes for them."""
    groups = scope.regional("logs", "log-group:/aws/lambda/*")
    return [allow("ReadWhatFunctionsLog", ["logs:FilterLogEvents"], groups)]


def passing(scope: StackScope, role: str) -> list[Json]:
    """Return the right to let CloudFormation work with a deployment role; none where there is no role."""
    if not role:
        return []
    statement = allow("PassTheDeploymentRole", ["iam:PassRole"], [scope.role(role)])
    return [{**statement, "Condition": {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}}}]


def notifying(topics: Sequence[str]) -> list[Json]:
    """Return the right to publish to the topics that hear of runs."""
    return [allow("Notify", ["sns:Publish"], topics)] if topics else []
