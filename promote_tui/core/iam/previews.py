"""The rights to make previews and to remove them: on stacks whose names only previews have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.iam.kept_values import reading_values
from promote_tui.core.iam.policies import allow
from promote_tui.core.iam.scope import StackScope, find_scope
from promote_tui.core.previews.names import PREFIX, preview_name
from promote_tui.core.previews.stage import preview_settings, with_preview

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Pipeline
    from promote_tui.core.value import Json

_ANY = "any"
"""A branch that stands for all of them."""


def find_preview_scope(pipeline: Pipeline) -> StackScope:
    """Return the stacks that the services have in previews, as patterns; raises UsageError."""
    some = preview_name(_ANY)
    found = find_scope(with_preview(pipeline, _ANY), with_preview(pipeline, _ANY).stage(some))
    stacks = tuple((region, name.replace(some, f"{PREFIX}*")) for region, name in found.stacks)
    return StackScope(preview_settings(pipeline).aws.account, stacks)


def reading_preview_values(scope: StackScope, pipeline: Pipeline) -> list[Json]:
    """Return the rights to read the values that AWS keeps for previews: those of the stage that they are like."""
    shown = with_preview(pipeline, _ANY)
    return reading_values(scope, shown, shown.stage(preview_name(_ANY)))


def removing(scope: StackScope) -> list[Json]:
    """Return the rights to remove previews, and to empty the buckets that CloudFormation has named after stacks."""
    names = dict.fromkeys(name.lower().removesuffix("*") for _, name in scope.stacks)
    buckets = [f"arn:{scope.partition}:s3:::{name}*" for name in names]
    emptying = ["s3:ListBucket", "s3:ListBucketVersions", "s3:DeleteObject", "s3:DeleteObjectVersion"]
    return [
        allow("RemovePreviews", ["cloudformation:DeleteStack"], scope.stack_arns),
        allow("EmptyTheirBuckets", emptying, [arn for bucket in buckets for arn in (bucket, f"{bucket}/*")]),
        allow("LookForImages", ["ecr:DescribeRepositories"]),
    ]
