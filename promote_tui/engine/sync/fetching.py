"""Bringing branches up to date before a sync: each repository once, several at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePath
from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from promote_tui.engine.context import Context
    from promote_tui.engine.sync.selection import SyncTarget

_AT_ONCE = 8


def fetch_branches(targets: Iterable[SyncTarget]) -> Mapping[str, PromoteError]:
    """Fetch the branches of the targets' repositories; return why by the repository where one could not be."""
    firsts = {(each.service.repo, each.service.remote): each for each in targets}
    if not firsts:
        return {}
    with ThreadPoolExecutor(min(_AT_ONCE, len(firsts)), "fetch") as pool:
        found = zip(firsts, pool.map(_fetch, firsts.values()), strict=True)
        return {repo: trouble for (repo, _), trouble in found if trouble is not None}


def _fetch(each: SyncTarget) -> PromoteError | None:
    try:
        each.context.graph.fetch(each.service, own=True)
    except PromoteError as error:
        return error
    return None


def fetch_policy(context: Context, targets: Iterable[SyncTarget]) -> PromoteError | None:
    """Fetch the branches of the configuration's own repository, unless a target's is that one; return why it failed.

    A gate asks that repository's remote in any case before anything is deployed.
    """
    policy, path = context.pipeline.policy, PurePath(context.pipeline.path)
    if policy is None or any(path.is_relative_to(each.service.repo) for each in targets):
        return None
    try:
        context.ports.policy.fetch(policy.ref)
    except PromoteError as error:
        return error
    return None
