"""Every built-in safeguard, by its name in the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from promote_tui.core.safeguards.environment import find_secrets_in_environment
from promote_tui.core.safeguards.functions import find_dead_letter, find_function_names, find_runtimes, find_vpc
from promote_tui.core.safeguards.model import SafeguardResult
from promote_tui.core.safeguards.permissions import find_public_buckets, find_wildcard_iam
from promote_tui.core.safeguards.stack import find_deployment_role, find_log_retention, find_regions, find_stack_tags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from promote_tui.core.model.team_rules import Safeguard
    from promote_tui.core.safeguards.model import Finding, PackagedStack

SAFEGUARDS: Final[Mapping[str, Callable[[PackagedStack, Safeguard], Iterable[Finding]]]] = {
    "wildcard_iam": find_wildcard_iam,
    "secrets_in_environment": find_secrets_in_environment,
    "public_buckets": find_public_buckets,
    "dead_letter": find_dead_letter,
    "runtimes": find_runtimes,
    "regions": find_regions,
    "function_names": find_function_names,
    "stack_tags": find_stack_tags,
    "vpc": find_vpc,
    "deployment_role": find_deployment_role,
    "log_retention": find_log_retention,
}


def check_package(stack: PackagedStack, wanted: Iterable[Safeguard]) -> tuple[SafeguardResult, ...]:
    """Return what each safeguard that a stage asks for has found in a package, each finding once."""
    return tuple(
        SafeguardResult(each.name, each.level, tuple(dict.fromkeys(SAFEGUARDS[each.name](stack, each))))
        for each in wanted
    )
