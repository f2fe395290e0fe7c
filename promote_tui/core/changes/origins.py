"""Which commits a change of a resource comes from: those of the range that touched the files it is written in."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from promote_tui.core.value import replace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from promote_tui.core.changes.model import ResourceChange
    from promote_tui.core.changes.source_map import SourceMap
    from promote_tui.core.model.pipeline import Commit

_CODE = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".py", ".rb")


def attribute_changes(
    changes: Sequence[ResourceChange],
    commits: Sequence[Commit],
    touched: Mapping[str, Sequence[str]],
    after: SourceMap | None,
    before: SourceMap | None,
) -> tuple[ResourceChange, ...]:
    """Return the changes with the commits that touched their files, newest first.

    `touched` are hashes by file; `after` is what the promotion brings, `before` what is deployed, if they can be read.
    """
    code: dict[str, set[str]] = {}
    for path, shas in touched.items():
        stem, suffix = posixpath.splitext(path)
        if suffix in _CODE:
            code.setdefault(stem, set()).update(shas)
    found = []
    for each in changes:
        side, other = (before, after) if each.action == "remove" else (after, before)
        paths, handler = _files(each, side, other)
        hashes = {sha for path in paths for sha in touched.get(path, ())} | code.get(handler, set())
        found.append(replace(each, origins=tuple(commit for commit in commits if commit.sha in hashes)))
    return tuple(found)


def _files(change: ResourceChange, side: SourceMap | None, other: SourceMap | None) -> tuple[frozenset[str], str]:
    """Return the files that a change comes from, and its code where that is part of it."""
    place = side.place(change.logical_id) if side else None
    if side is None or place is None:
        return frozenset(), ""
    if change.action == "modify":
        ships = any(each.path.partition(".")[0] == "Code" for each in change.properties)
        return frozenset(place.paths), place.handler if ships else ""
    return (side.with_includers(place.paths, other) if other else frozenset(place.paths)), place.handler
