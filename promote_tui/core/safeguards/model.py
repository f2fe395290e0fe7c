"""What a safeguard looks at, and what it found."""

from __future__ import annotations

from promote_tui.core.model.team_rules import SafeguardLevel
from promote_tui.core.value import Json, Value


class Finding(Value):
    """Where a package is not as a safeguard wants it: `resource` is a logical id, empty for the stack itself.

    `unknown`: whether it is, only the deploy will tell.
    """

    resource: str
    reason: str
    unknown: bool = False

    def __str__(self) -> str:
        """Return it as gates say it."""
        return f"{self.resource or 'the stack'}: {self.reason}"


class SafeguardResult(Value):
    """What one safeguard, or a command of the team's own, found in a package."""

    name: str
    level: SafeguardLevel
    findings: tuple[Finding, ...] = ()


class PackagedStack(Value):
    """A package as it would be submitted: its template as JSON, the keys of its stack tags, and where it goes."""

    template: Json
    service: str
    stage: str
    region: str
    tags: tuple[str, ...] = ()
    role_arn: str | None = None
