"""Whose commits a promotion brings or removes, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.text import plural
from promote_tui.tui.presentation.lines import person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.model.pipeline import Commit
    from promote_tui.core.planning.plan import Draft

_NAMED = 4


def author_names(commits: Sequence[Commit]) -> str:
    """Return `ana, joe and lea`, each once; more than a few are counted."""
    names = list(dict.fromkeys(person(commit.author, 20) for commit in commits))
    named, rest = names[:_NAMED], len(names) - _NAMED
    last = f"{rest} more" if rest > 0 else named.pop() if len(named) > 1 else ""
    return f"{', '.join(named)} and {last}" if last else ", ".join(named)


def commit_count_words(draft: Draft) -> str:
    """Return `brings 2 commits`, or `takes away 3 commits` where it brings none."""
    if draft.removes and not draft.brings:
        return f"removes {plural(len(draft.removes), 'commit')}"
    return f"deploys {plural(len(draft.brings), 'commit')}"
