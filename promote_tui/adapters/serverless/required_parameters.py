"""The parameters that a serverless.yml cannot be packaged without, told from its text alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from promote_tui.adapters.serverless.yaml_outline import entries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.adapters.serverless.yaml_outline import OutlineEntry

_USE = re.compile(r"\$\{param:([A-Za-z0-9_.-]+)\}")
_COMMENT = re.compile(r"(?:^|(?<=\s))#.*$")
_KEY = re.compile(r"""(?:^|[{,])\s*['"]?([A-Za-z0-9_.-]+)['"]?\s*:""")
_OWN = frozenset({"params", "stages"})
"""The blocks in which a file gives parameters to itself: of version 3 and of version 4."""
_ELSEWHERE = frozenset({"org", "app"})
"""What connects a file with the vendor's dashboard, which may know parameters of its own."""


def find_required_parameters(text: str) -> tuple[str, ...]:
    """Return the names in `${param:NAME}` without a default that the file gives no value itself.

    The CLI refuses the file without them. Empty where the text does not tell.
    """
    rows = [_COMMENT.sub("", row) for row in text.splitlines()]
    outline = entries(rows)
    if any(entry.key in _ELSEWHERE or (entry.key in _OWN and "${" in entry.value) for entry in outline):
        return ()
    own = {name for entry in outline if entry.key in _OWN for name in _keys(entry)}
    return tuple(dict.fromkeys(name for row in rows for name in _used(row) if name not in own))


def _keys(entry: OutlineEntry) -> Iterator[str]:
    for row in (entry.value, *entry.rows):
        yield from _KEY.findall(row)


def _used(row: str) -> Iterator[str]:
    """Yield the parameters of a line; one inside another variable may be only its default, and does not count."""
    for found in _USE.finditer(row):
        before = row[: found.start()]
        if before.count("${") <= before.count("}"):
            yield found[1]
