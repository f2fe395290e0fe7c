"""Prunes a repository's work trees: those of expired plans, of crashes, and of repositories that are gone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.adapters.files import private
from promote_tui.adapters.git.mirror import is_url, label
from promote_tui.adapters.worktrees.leases import remove_empty
from promote_tui.adapters.worktrees.worktree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.adapters.worktrees.slots import Slots


def prune_slots(home: Path, slots: Slots, now: float) -> Iterator[str]:
    """Remove what nobody holds, and yield what went; the lock on the slots is held."""
    repo = label(slots.repo)
    for slot in tuple(slots.all.values()):
        if slot.owners and not slot.holders(now):
            slots.all[slot.number] = remove_empty(Tree(home, slot.number, repo), slot)
            yield f"a checkout of {repo}, whose plan expired"
    if not any(slot.owners for slot in slots.all.values()) and _gone(slots.repo):
        private.remove(home)
        yield f"the checkouts of {repo or home}, which is no longer there"
        return
    for folder in home.iterdir():
        if folder.name.isdecimal() and int(folder.name) not in slots.all:
            Tree(home, int(folder.name), repo).discard()
            yield f"a checkout of {repo} that belonged to nobody"


def _gone(repo: str) -> bool:
    return not repo or (not is_url(repo) and not Path(repo).exists())
