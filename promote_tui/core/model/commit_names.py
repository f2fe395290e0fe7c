"""What a stack may call its commit: by a full hash, by another name that git gives to commits, or by something else.

This module reads the text alone; only a clone knows which commit a name means. Nothing counts as a name that means
something else tomorrow or on another machine: no branch, no `HEAD`, no expression that git would compute.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from promote_tui.core.value import Value

NameKind: TypeAlias = Literal["full", "dirty", "hash", "other", "nothing"]

_FULL = r"[0-9a-fA-F]{40}"
_DIRTY = r"(?i:.*[-+._]dirty)"
_NOTHING = frozenset({"", "unknown"})
_LONGEST = 200
_DIGITS = "([0-9a-fA-F]{7,40})"
"""Fewer than seven digits are as likely a number of something else."""

_HASHES = (_DIGITS, rf"[^\s~^:]+-\d+-g{_DIGITS}", rf"[^\s~^:@]+@{_DIGITS}")
"""A short hash, `git describe`, and BRANCH@HASH."""

_TAG = r"(?![-/.])(?!.*(?:\.\.|//|@\{|/\.))[^\s\x00-\x20\x7f~^:?*\[\]\\{}]+(?<![/.])"
_NO_TAG = r"@|[A-Z_]*HEAD"


class LookupKeys(Value):
    """What a name may be looked up by: the first digits of a hash (lower case), the name of a tag, or both."""

    digits: str | None = None
    tag: str | None = None


class NamedCommits(Value):
    """The commits that a name may mean in a clone, one where it is unambiguous; `by_tag`: only because of a tag."""

    commits: tuple[str, ...]
    by_tag: bool = False


class CommitAlias(Value, tag="Alias"):
    """What a stack itself calls its commit, where that is not the full hash; a tag may be moved any day."""

    text: str
    by_tag: bool = False


def kind_of(text: str) -> NameKind:
    """Return what a text is: a full hash, code that no commit holds, a name with a hash in it, or something else."""
    value = text.strip()
    if value.lower() in _NOTHING:
        return "nothing"
    if re.fullmatch(_FULL, value):
        return "full"
    if re.fullmatch(_DIRTY, value):
        return "dirty"
    return "hash" if _digits(value) else "other"


def full_hash(text: str | None) -> str | None:
    """Return the full hash that the text is, in lower case; else None."""
    value = (text or "").strip()
    return value.lower() if re.fullmatch(_FULL, value) else None


def lookup_keys(text: str) -> LookupKeys | None:
    """Return what a text that is no full hash may be looked up by; None where it can name no commit."""
    value = text.strip()
    if kind_of(value) not in {"hash", "other"} or len(value) > _LONGEST:
        return None
    tag = value if value.isprintable() and re.fullmatch(_TAG, value) and not re.fullmatch(_NO_TAG, value) else None
    found = LookupKeys(_digits(value), tag)
    return found if found != LookupKeys() else None


def _digits(value: str) -> str | None:
    found = next((match for form in _HASHES if (match := re.fullmatch(form, value))), None)
    return found.group(1).lower() if found else None
