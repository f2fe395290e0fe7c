"""Proves that a stage with `only: sync` has no other way: whoever asks may not update its stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError, PromoteError
from promote_tui.core.text import join_words, plural
from promote_tui.ports import ToolCheck

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from promote_tui.core.model.pipeline import Aws, Service, Stage, Target
    from promote_tui.engine.context import Context

ACTIONS = ("cloudformation:ExecuteChangeSet", "cloudformation:UpdateStack", "cloudformation:DeleteStack")
"""What an update of a stack takes, or its removal: any of them is a way."""


def check_stage_access(context: Context, stage: Stage, services: Sequence[Service]) -> ToolCheck:
    """Return whether whoever asks could update the stacks of these services in the stage without sync."""
    name = f"other ways into {stage.name}"
    targets = [service.target(stage.name) for service in services]
    try:
        who = context.accounts.identity(targets[0]).person
        open_, how = _open_stacks(context, targets)
    except PromoteError as error:
        remedy = error.remedy or "allow iam:SimulatePrincipalPolicy and iam:GetRole, then ask again"
        return ToolCheck(name, None, f"not checked: {error.cause}", remedy)
    if not open_:
        return ToolCheck(name, ok=True, found=f"none: IAM lets {who} update no stack of {stage.name} ({how})")
    found = f"IAM lets {who} update {join_words(open_)} without sync ({how})"
    return ToolCheck(name, ok=False, found=found, remedy="give that right to the role of sync alone: see docs/iam.md")


def _open_stacks(context: Context, targets: Sequence[Target]) -> tuple[list[str], str]:
    """Return the stacks that could be updated, and how that was found out; raises AwsError where it cannot be."""
    try:
        return sorted({name for each in _by_credentials(targets) for name in _simulated(context, each)}), "simulated"
    except AwsError:
        tried = [target.stack for target in targets if context.ports.permissions.may_execute(target)]
        return tried, f"{plural(len(targets), 'call')} that would change nothing"


def _by_credentials(targets: Sequence[Target]) -> Iterator[list[Target]]:
    groups: dict[Aws, list[Target]] = {}
    for target in targets:
        groups.setdefault(target.aws, []).append(target)
    yield from groups.values()


def _simulated(context: Context, targets: Sequence[Target]) -> Iterator[str]:
    partition = context.accounts.identity(targets[0]).arn.split(":")[1]
    arns = {_stack_arn(target, partition): target.stack for target in targets}
    for action in ACTIONS:
        yield from (arns[arn] for arn in context.ports.permissions.allowed(targets[0], action, tuple(arns)))


def _stack_arn(target: Target, partition: str) -> str:
    """Return the ARN that a policy on the stack has to name; its last part is another one for each time it is made."""
    return f"arn:{partition}:cloudformation:{target.aws.region}:{target.aws.account}:stack/{target.stack}/*"
