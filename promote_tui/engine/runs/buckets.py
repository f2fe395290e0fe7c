"""The buckets of a stack: CloudFormation deletes none that holds something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.changes.kept_resources import kept_resources

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Target
    from promote_tui.engine.context import Context

_BUCKET = "AWS::S3::Bucket"


def find_blocking_buckets(context: Context, target: Target, stack_id: str) -> tuple[str, ...]:
    """Return the names of the stack's buckets that hold something and go with it; raises AwsError.

    The deployer empties its own, and what the template retains stays.
    """
    resources = context.inspector.template(target, stack_id).get("Resources") or {}
    kept = kept_resources({"Resources": resources})
    mine = [
        name for name, each in resources.items() if isinstance(each, dict) and name not in kept and _is_bucket(each)
    ]
    own = context.deployer.facts.bucket
    physical = context.inspector.resources(target, stack_id) if mine else {}
    names = (physical.get(name, "") for name in mine if name != own)
    return tuple(name for name in names if name and context.ports.buckets.has_contents(target, name))


def find_kept_resources(context: Context, target: Target, stack_id: str) -> tuple[str, ...]:
    """Return the logical ids of what stays in the account when the stack is gone, in their order; raises AwsError."""
    return kept_resources(context.inspector.template(target, stack_id))


def _is_bucket(resource: dict[str, object]) -> bool:
    return resource.get("Type") == _BUCKET
