"""Where the changes of a review come from: the commits that touched their files, and manual changes."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from promote_tui.core.changes.origins import attribute_changes
from promote_tui.core.changes.stack_drift import mark_overwritten
from promote_tui.core.errors import GitError
from promote_tui.core.model.cells import stack_of
from promote_tui.core.value import replace
from promote_tui.engine.drift import stack_drift

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promote_tui.core.changes.model import ChangeReview
    from promote_tui.core.changes.source_map import SourceMap
    from promote_tui.core.model.cells import Cell
    from promote_tui.core.model.pipeline import Service
    from promote_tui.core.planning.plan import Draft
    from promote_tui.engine.context import Context

_FILE_BYTES, _ALL_LETTERS = 500_000, 1_000_000
_MOST_FILES, _LEVELS = 60, 4


def with_origins(context: Context, service: Service, draft: Draft, found: ChangeReview) -> ChangeReview:
    """Return the review with the commits of the range that each change comes from, where they are known.

    The range holds what the promotion brings and what it takes away. Where nothing is deployed yet, there is none.
    """
    base, head = draft.deployed.sha if draft.deployed else None, draft.commit.sha
    if base is None or not found.changes:
        return found
    try:
        touched = {**context.graph.paths_with_commits(service, base, head)}
        for path, shas in (context.graph.paths_with_commits(service, head, base) if draft.removes else {}).items():
            touched[path] = (*touched.get(path, ()), *shas)
        after, before = _written(context, service, head), _written(context, service, base)
    except GitError:
        return found  # a shallow clone: what is not known is not told
    commits = (*draft.brings, *draft.removes)
    return replace(found, changes=attribute_changes(found.changes, commits, touched, after, before))


def _written(context: Context, service: Service, sha: str) -> SourceMap | None:
    """Return what is known of the service's configuration at a commit; None where it is a program's."""
    main, texts = configuration(context, service, sha)
    return context.deployer.configuration.source_map(main, texts) if main else None


def configuration(context: Context, service: Service, sha: str) -> tuple[str, Mapping[str, str]]:
    """Return the service's configuration file at a commit, and its text with those that it includes.

    The name is empty where there is none, or where it is too large to be read.
    """
    folder = posixpath.normpath(service.path)
    names = [
        posixpath.normpath(posixpath.join(folder, name)) for name in context.deployer.configuration.names(service.file)
    ]
    begun = context.graph.texts(service, sha, names, _FILE_BYTES)
    main = next((name for name in names if name in begun), "")
    return main, _with_included(context, service, sha, folder, {main: begun[main]}) if main else {}


def _with_included(
    context: Context, service: Service, sha: str, folder: str, files: Mapping[str, str]
) -> Mapping[str, str]:
    """Return the files with what they include, asked for level by level, within limits."""
    includes, found, fresh = context.deployer.configuration.includes, {**files}, files
    for _ in range(_LEVELS):
        named = dict.fromkeys(path for text in fresh.values() for path in includes(text, folder))
        wanted = [path for path in named if path not in found][: _MOST_FILES - len(found)]
        room = _ALL_LETTERS - sum(map(len, found.values()))
        fresh = dict(_within(room, context.graph.texts(service, sha, wanted, _FILE_BYTES))) if wanted else {}
        found |= fresh
    return found


def _within(room: int, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for path, text in texts.items():
        room -= len(text)
        if room >= 0:
            yield path, text


def with_manual_changes(context: Context, cell: Cell, found: ChangeReview) -> ChangeReview:
    """Return the review with what the last drift detection found that the deploy would set back."""
    stack = stack_of(cell)
    if stack is None or not found.changes:
        return found
    drift = stack_drift(context, cell.target, stack.id)
    if drift.unknown:
        words = f"unknown whether it overwrites manual changes: {drift.unknown}"
        return replace(found, warnings=(*found.warnings, words))
    changes, warnings = mark_overwritten(found.changes, drift, context.clock.now())
    return replace(found, changes=changes, warnings=(*found.warnings, *warnings))
