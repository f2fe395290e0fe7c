"""IAM in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.model.pipeline import Target


@dataclass
class FakePermissions:
    """The port PermissionReader: `rights` are (action, stack) pairs; `refuses` has why a way says nothing."""

    rights: set[tuple[str, str]] = field(default_factory=set)
    refuses: dict[str, str] = field(default_factory=dict)

    def allowed(self, target: Target, action: str, resources: Sequence[str]) -> tuple[str, ...]:
        if "simulation" in self.refuses:
            raise AwsError(str(target), self.refuses["simulation"])
        return tuple(arn for arn in resources if (action, arn.split("/")[1]) in self.rights)

    def may_execute(self, target: Target) -> bool:
        if "call" in self.refuses:
            raise AwsError(str(target), self.refuses["call"])
        return ("cloudformation:ExecuteChangeSet", target.stack) in self.rights
