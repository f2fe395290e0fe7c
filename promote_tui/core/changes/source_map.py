"""Where the resources of a service are written, by the files of its configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from promote_tui.core.value import Value, field

if TYPE_CHECKING:
    from collections.abc import Sequence


class SourcePlace(Value):
    """Where something is written: its file, then those that its lines include; `handler` is its code without suffix."""

    paths: tuple[str, ...]
    handler: str = ""


class SourceMap(Value):
    """A service's configuration at one commit; `includers` are for each of its files those that include it."""

    includers: Mapping[str, frozenset[str]]
    resources: Mapping[str, frozenset[SourcePlace]] = field(default_factory=dict)

    def place(self, logical_id: str) -> SourcePlace | None:
        """Return where a resource comes from; None where that is not known."""
        named, made = self.resources.get(logical_id, frozenset()), self.source_of(logical_id)
        if len({each.paths[0] for each in named}) > 1:
            return None
        paths = [path for each in (*named, *([made] if made else ())) for path in each.paths]
        return SourcePlace(tuple(dict.fromkeys(paths)), made.handler if made else "") if paths else None

    def source_of(self, _logical_id: str) -> SourcePlace | None:
        """Return what the deployer makes a resource of; None where it makes none of that id."""
        return None

    def with_includers(self, paths: Sequence[str], other: SourceMap) -> frozenset[str]:
        """Return the files and, for those that the other configuration does not have, the files that include them."""
        found, waiting = set(paths), [*paths]
        while waiting:
            path = waiting.pop()
            more = self.includers.get(path, frozenset()) - found if path not in other.includers else frozenset()
            found |= more
            waiting += more
        return frozenset(found)
