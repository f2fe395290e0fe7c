"""Where the rules of stages with gates are read from, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from promote_tui.core.model.policy_source import PolicyOrigin


def policy_lines(policy: PolicyOrigin | None) -> list[str]:
    """Return where the rules of stages with gates are from, and what the file here has otherwise."""
    if policy is None:
        return []
    differs = [f"policy: this file differs from {policy.where}, which holds: {', '.join(policy.differs)}"]
    return [f"policy: {policy}", *(differs if policy.differs else [])]
