"""What was deployed to a stage, beside its cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.engine.code_drift import CodeDrift
from promote_tui.engine.description import describe, with_logs
from promote_tui.engine.governance import Governance

if TYPE_CHECKING:
    from promote_tui.core.description.model import Description


@dataclass(frozen=True, slots=True)
class Descriptions:
    """Outputs, resources, the last failure, deployments and logs of one cell."""

    governance: Governance
    code_drift: CodeDrift

    def describe(self, service: str, stage: str) -> Description:
        """Return what was deployed to a stage, all but its logs, read now; raises UsageError for unknown names."""
        target = self.governance.service(service).target(self.governance.stage(stage).name)
        return describe(self.governance.context, target, self.code_drift)

    def with_logs(self, found: Description) -> Description:
        """Return a description with what its functions logged in the last 15 minutes, read now."""
        return with_logs(self.governance.context, found)
