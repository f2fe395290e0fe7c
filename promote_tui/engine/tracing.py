"""Where the changes of a review come from: commits by their files, and manual changes that are set back."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING

from promote_tui.core.errors import GitError
from promote_tui.core.origins import MAIN, Written, included, traced
from promote_tui.core.stack_drift import overwritten
from promote_tui.engine.drifting import stack_drift, stack_of

if TYPE_CHECKING:
    from promote_tui.core.changes import ChangeReview
    from promote_tui.core.model import Cell, Service
    from promote_tui.core.plan import Draft
    from promote_tui.engine.outside import Outside

_FILE_BYTES = 500_000
_MOST_FILES = 20


def with_origins(outside: Outside, service: Service, draft: Draft, found: ChangeReview) -> ChangeReview:
    """Return the review with the commits of the range that each change comes from, where that can be known.

    The range is what the promotion brings and takes away; where nothing is deployed yet there is none.
    """
    base, head = draft.deployed.sha if draft.deployed else None, draft.commit.sha
    if base is None or not found.changes:
        return found
    try:
        touched = {**outside.graph.touched(service, base, head)}
        for path, shas in (outside.graph.touched(service, head, base) if draft.removes else {}).items():
            touched[path] = (*touched.get(path, ()), *shas)
        after, before = _written(outside, service, head), _written(outside, service, base)
    except GitError:
        return found  # a shallow clone: what is not known is not told
    commits = (*draft.brings, *draft.removes)
    return replace(found, changes=traced(found.changes, commits, touched, after, before))


def _written(outside: Outside, service: Service, sha: str) -> Written | None:
    """Return the service's configuration at a commit with all that it includes; None where it is a program's."""
    folder = posixpath.normpath(service.path)
    for name in MAIN:
        main = posixpath.normpath(posixpath.join(folder, name))
        text = outside.graph.text(service, sha, main, _FILE_BYTES)
        if text is not None:
            return Written(main, _with_included(outside, service, sha, folder, {main: text}))
    return None


def _with_included(outside: Outside, service: Service, sha: str, folder: str, files: dict[str, str]) -> dict[str, str]:
    waiting = [*files]
    while waiting and len(files) < _MOST_FILES:
        for path in included(files[waiting.pop()], folder):
            text = None if path in files else outside.graph.text(service, sha, path, _FILE_BYTES)
            if text is not None and len(files) < _MOST_FILES:
                files[path] = text
                waiting.append(path)
    return files


def with_manual_changes(outside: Outside, cell: Cell, found: ChangeReview) -> ChangeReview:
    """Return the review with what the last drift detection found that the deploy would set back."""
    stack = stack_of(cell)
    if stack is None or not found.changes:
        return found
    drift = stack_drift(outside, cell.target, stack.id)
    if drift.unknown:
        words = f"whether it overwrites manual changes is not known: {drift.unknown}"
        return replace(found, warnings=(*found.warnings, words))
    changes, warnings = overwritten(found.changes, drift, outside.clock.now())
    return replace(found, changes=changes, warnings=(*found.warnings, *warnings))
