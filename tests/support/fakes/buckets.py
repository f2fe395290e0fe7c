"""S3 in memory: buckets by their names, each with the keys that it holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Target


@dataclass
class FakeBuckets:
    """The BucketStore port; `emptied` are the buckets that were emptied, in order."""

    contents: dict[str, set[str]] = field(default_factory=dict)
    emptied: list[str] = field(default_factory=list)

    def has_contents(self, _target: Target, bucket: str) -> bool:
        """Tell whether it holds anything."""
        return bool(self.contents.get(bucket))

    def empty(self, _target: Target, bucket: str) -> None:
        """Delete all of it."""
        self.emptied.append(bucket)
        self.contents.get(bucket, set()).clear()
