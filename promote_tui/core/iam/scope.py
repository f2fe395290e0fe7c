"""What a stage's policies are about: an account, and the stacks that the stage has there."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from promote_tui.core.errors import UsageError
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from promote_tui.core.model.pipeline import Pipeline, Stage, Target

_ROLE = re.compile(r"[A-Za-z0-9+=,.@_/-]+")
_ROOM = 1_500
"""How many characters of stacks a policy lists: AWS takes 5,120 in a service control policy."""


class StackScope(Value):
    """The stacks of a stage in one account, as (region, name) pairs."""

    account: str
    stacks: tuple[tuple[str, str], ...]

    @property
    def partition(self) -> str:
        """The partition of AWS that the account is in."""
        region = self.stacks[0][0]
        return "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"

    @property
    def stack_arns(self) -> tuple[str, ...]:
        """Every stack, or a pattern for each region where there are too many for a policy."""
        arns = tuple(self._stack(region, name) for region, name in self.stacks)
        if sum(map(len, arns)) <= _ROOM:
            return arns
        return tuple(self._stack(region, _pattern(names)) for region, names in self._by_region().items())

    def regional(self, service: str, resource: str) -> tuple[str, ...]:
        """Return a resource's ARN in each region of the stacks."""
        return tuple(
            f"arn:{self.partition}:{service}:{region}:{self.account}:{resource}" for region in self._by_region()
        )

    def role(self, name: str, account: str = "") -> str:
        """Return the ARN of a role of the account, or of another; raises UsageError for what is no role's name."""
        if not _ROLE.fullmatch(name):
            raise UsageError(f"role {name}", "is not the name of a role", "write it without its ARN, such as deployer")
        return f"arn:{self.partition}:iam::{account or self.account}:role/{name}"

    def _stack(self, region: str, name: str) -> str:
        return f"arn:{self.partition}:cloudformation:{region}:{self.account}:stack/{name}/*"

    def _by_region(self) -> Mapping[str, list[str]]:
        regions: dict[str, list[str]] = {}
        for region, name in self.stacks:
            regions.setdefault(region, []).append(name)
        return regions


def _pattern(names: list[str]) -> str:
    """Return what the names have in common at both ends, with `*` between."""
    if len(names) == 1:
        return names[0]
    head = _common_head(names)
    tail = _common_head([name[len(head) :][::-1] for name in names])[::-1]
    return f"{head}*{tail}"


def _common_head(names: list[str]) -> str:
    same = takewhile(lambda pair: pair[0] == pair[1], zip(min(names), max(names), strict=False))
    return "".join(char for char, _ in same)


def find_scope(pipeline: Pipeline, stage: Stage, account: str = "") -> StackScope:
    """Return the stacks of a stage in an account, or in the only one that it has; raises UsageError."""
    if (unknown := stage.aws.unresolved) is not None:
        raise UsageError(f"stage {stage.name}", unknown.cause, unknown.remedy)
    targets = [service.target(stage.name) for service in pipeline.services]
    accounts = _accounts(targets)
    if account and account not in accounts:
        raise UsageError(f"--account {account}", f"{stage.name} has no stack there", f"one of: {', '.join(accounts)}")
    if not account and len(accounts) > 1:
        cause = f"it has several accounts: {', '.join(accounts)}"
        raise UsageError(f"stage {stage.name}", cause, "choose one with --account: each needs a policy of its own")
    chosen = account or accounts[0]
    stacks = ((target.aws.region, target.stack) for target in targets if target.aws.account == chosen)
    return StackScope(chosen, tuple(dict.fromkeys(stacks)))


def _accounts(targets: Iterable[Target]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(target.aws.account for target in targets))


def find_neighbours(pipeline: Pipeline, stage: Stage, account: str) -> tuple[str, ...]:
    """Return the other stages that have stacks in an account."""
    targets = [target for service in pipeline.services for target in service.targets]
    names = {target.stage for target in targets if target.aws.account == account} - {stage.name}
    return tuple(each.name for each in pipeline.stages if each.name in names)
