"""The one wildcard of the configuration: in names of branches and outputs, and in paths."""

from __future__ import annotations


def matches(pattern: str, text: str) -> bool:
    """Tell whether a text fits a pattern; `*` stands for any characters, `/` too."""
    head, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    if not text.startswith(head):
        return False
    at = len(head)
    for part in rest[:-1]:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return text.endswith(rest[-1]) and len(text) - len(rest[-1]) >= at
