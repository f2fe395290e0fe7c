"""The gates on what safeguards found in the package: each passes, warns, or is blocked with the resources' names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates.gate import TeamGate
from promote_tui.core.text import list_first

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.gates.gate import GateContext
    from promote_tui.core.gates.model import GateResult
    from promote_tui.core.safeguards.model import Finding, SafeguardResult


class SafeguardGate(TeamGate):
    """The package is as a safeguard wants it. A rollback has to stay possible: there it only warns."""

    overridable = True
    lenient_in = frozenset({"rollback"})

    def check(self, context: GateContext) -> GateResult | None:
        """Return what was found; None where the stage does not ask, and for a draft."""
        asked = self.config_name()
        results = [each for each in context.promotion.safeguards if each.name == asked]
        return self._answer(results) if results else None

    def _answer(self, results: Sequence[SafeguardResult]) -> GateResult:
        found = [finding for result in results for finding in result.findings]
        if not found:
            return self.allow("nothing found")
        words = _describe(found)
        if all(result.level == "warn" for result in results if result.findings):
            return self.allow(words, warns=True)
        return self.block(words, "fix it in the service, then plan again: see docs/safeguards.md")


def _describe(found: Sequence[Finding]) -> str:
    """Return the findings in words; what could not be told comes last, and is said to be not checked."""
    seen = [str(each) for each in found if not each.unknown]
    return list_first([*seen, *(f"{each}: not checked" for each in found if each.unknown)])


class WildcardIamGate(SafeguardGate):
    """No role or policy of the stack allows everything."""

    name = "wildcard iam"


class SecretsInEnvironmentGate(SafeguardGate):
    """No function has a secret in its environment."""

    name = "secrets in environment"


class PublicBucketsGate(SafeguardGate):
    """No bucket is open to everybody."""

    name = "public buckets"


class DeadLetterGate(SafeguardGate):
    """No event is lost where a function cannot handle it."""

    name = "dead letter"


class RuntimesGate(SafeguardGate):
    """Every function runs on an allowed runtime."""

    name = "runtimes"


class RegionsGate(SafeguardGate):
    """The stack is in an allowed region."""

    name = "regions"


class FunctionNamesGate(SafeguardGate):
    """Every function's name fits the pattern."""

    name = "function names"


class StackTagsGate(SafeguardGate):
    """The stack has the tags that a team wants."""

    name = "stack tags"


class VpcGate(SafeguardGate):
    """Every function is in a VPC."""

    name = "vpc"


class DeploymentRoleGate(SafeguardGate):
    """CloudFormation acts with a role of its own."""

    name = "deployment role"


class LogRetentionGate(SafeguardGate):
    """No log never expires."""

    name = "log retention"


class SafeguardCommandsGate(SafeguardGate):
    """Every command of the team's own that looks at the package ends well."""

    name = "safeguard commands"


GATES = (
    WildcardIamGate(),
    SecretsInEnvironmentGate(),
    PublicBucketsGate(),
    DeadLetterGate(),
    RuntimesGate(),
    RegionsGate(),
    FunctionNamesGate(),
    StackTagsGate(),
    VpcGate(),
    DeploymentRoleGate(),
    LogRetentionGate(),
    SafeguardCommandsGate(),
)
