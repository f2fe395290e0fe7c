"""What a drift is, in the words that the terminal UI and the command line share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from promote_tui.core.drift.commits import Revert
    from promote_tui.core.drift.config import Difference, Part

PARTS: tuple[Part, ...] = ("property", "resource", "environment", "parameter", "output")
"""What differs, in the order in which people want to hear of it."""


def setting_words(found: Difference, before: str) -> str:
    """Return what one stage has and the other lacks, or how they differ; values only where they may be shown."""
    what = {"resource": found.resource_type.removeprefix("AWS::"), "environment": f"env {found.path}"}
    name = what.get(found.part) or found.path or found.part
    if found.holder == "before":
        return f"{name} missing; {before} has {found.before or 'it'}"
    if found.holder == "here":
        return f"{name}{f' {found.here}' if found.here else ''}, not in {before}"
    if found.here is None:
        return f"{name} differs"
    return f"{name} {found.here} ({before}: {found.before})"


def revert_words(revert: Revert, stage: str, before: str) -> str:
    """Return which stage still runs what a commit takes back."""
    runs = stage if revert.running == "here" else before
    return f"{runs} still runs what {revert.commit.short} reverts: {revert.what}"
