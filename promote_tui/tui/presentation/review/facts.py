"""Small facts about a draft, its files, its changes and its artifact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from promote_tui.core.model.cells import Never, commit_of
from promote_tui.core.text import short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.changes.model import ResourceChange
    from promote_tui.core.model.deployer import DeployerFacts
    from promote_tui.core.package.artifact_diff import Comparison, Sameness
    from promote_tui.core.planning.plan import Draft


Standing = Literal["todo", "pending", "pass", "quiet", "attention", "danger", "fail"]


def artifact_standing(found: Comparison) -> Standing:
    """Return how a comparison of artifacts stands: what is equal or not comparable is quiet."""
    standings: dict[Sameness, Standing] = {"equal": "pass", "different": "attention", "unknown": "quiet"}
    return standings[found.sameness]


def needs_attention(change: ResourceChange) -> bool:
    """Tell whether people must look at a change: something goes, something opens, a manual change is lost."""
    goes = change.action == "remove" or change.replacement != "false"
    return goes or bool(change.notes) or bool(change.overwrites)


def is_infrastructure(path: str, deployer: DeployerFacts | None) -> bool:
    """Tell whether the file describes the stack itself."""
    return deployer is not None and path.rpartition("/")[2] in deployer.configurations


def is_shared(path: str, shared: Sequence[str]) -> bool:
    """Tell whether the file belongs to other services too."""
    return any(path == folder or path.startswith(f"{folder.rstrip('/')}/") for folder in shared)


def is_unknown_base(draft: Draft) -> bool:
    """Tell whether something else than a commit of this clone may run there: nothing can be compared then."""
    return draft.deployed is None and not isinstance(draft.cell, Never)


def base_name(draft: Draft) -> str:
    """Return what runs there now: `nothing` only where it is known that there is nothing."""
    if draft.deployed is not None:
        return draft.deployed.short
    if isinstance(draft.cell, Never) and draft.cell.stack is None:
        return "nothing"
    return short(commit_of(draft.cell) or "") or "unknown"
