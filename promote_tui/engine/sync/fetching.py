"""Bringing branches up to date before a sync: each repository once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from promote_tui.engine.context import Context
    from promote_tui.engine.sync.selection import SyncTarget


def fetch_branches(targets: Iterable[SyncTarget]) -> Mapping[str, PromoteError]:
    """Fetch the branches of the targets' repositories; return why by the repository where one could not be."""
    firsts = {(each.service.repo, each.service.remote): each for each in targets if each.trigger == "merge"}
    troubles: dict[str, PromoteError] = {}
    for each in firsts.values():
        try:
            each.context.graph.fetch(each.service, own=True)
        except PromoteError as error:
            troubles[each.service.repo] = error
    return troubles


def fetch_policy(context: Context) -> PromoteError | None:
    """Fetch the branches of the configuration's own repository; return why they could not be."""
    if context.pipeline.policy is None:
        return None
    try:
        context.ports.policy.fetch(context.pipeline.policy.ref)
    except PromoteError as error:
        return error
    return None
