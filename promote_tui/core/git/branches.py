"""The branch that is meant where nobody names one: to show, to deploy, to merge back into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core import wildcard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.model.pipeline import Pipeline, Stage

_USUAL = ("main", "master")


def is_allowed(stage: Stage, branch: str) -> bool:
    """Tell whether commits of this branch may be deployed to the stage."""
    return any(wildcard.matches(pattern, branch) for pattern in stage.branches)


def branch_to_show(pipeline: Pipeline, service: str, names: Sequence[str], default: str | None) -> str | None:
    """Return the branch that is shown first; None where there is none.

    It is the remote's own default branch, else what is deployed on merge, else main or master, else the newest.
    """
    merged = (branch for stage in pipeline.stages for branch in stage.branches_on_merge(service))
    wanted = (*_known(default), *merged, *_USUAL, *names[:1])
    return next((name for name in wanted if name in names), None)


def branch_to_take(stage: Stage, names: Sequence[str], default: str | None) -> str | None:
    """Return the branch whose tip a stage without one before it takes, of those that it allows; None: nobody says.

    It is the remote's own default branch, else main or master, else the only one; never just the newest.
    """
    fitting = [name for name in names if is_allowed(stage, name)]
    alone = fitting if len(fitting) == 1 else []
    return next((name for name in (*_known(default), *_USUAL, *alone) if name in fitting), None)


def branch_on_merge(stage: Stage, service: str, names: Sequence[str]) -> str | None:
    """Return the branch whose tip belongs into a stage: the first of its deploy_on_merge that the repository has."""
    return next((name for name in stage.branches_on_merge(service) if name in names), None)


def trunk(pipeline: Pipeline, service: str, names: Sequence[str], default: str | None) -> str | None:
    """Return the branch that hotfixes come back into: the first that is deployed on merge, else the default one."""
    merged = (branch_on_merge(stage, service, names) for stage in pipeline.stages)
    return next((name for name in merged if name), default)


def _known(default: str | None) -> tuple[str, ...]:
    return (default,) if default else ()
