"""What a terminal may be shown of text that comes from outside."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_PLAIN = re.compile(r"[\x20-\x7e]*")
_FULL_HASH = re.compile(r"[0-9a-fA-F]{40}")
_KEY_SHAPE = r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
MASK = "[masked]"
_MASKED = 4
"""The fewest characters of a value that is masked."""
_LISTED = 3


def clean(text: str, *, limit: int = 500, newlines: bool = False) -> str:
    """Return `text` with nothing in it that a terminal could act on, at most `limit` characters.

    Characters of the Unicode categories C* (controls, formats such as bidi overrides, surrogates,
    private use, unassigned), Zl and Zp become U+FFFD; a tab becomes a space; line breaks become
    spaces, or are kept as newlines where `newlines` is true.
    """
    cut = text[:limit]
    if not _PLAIN.fullmatch(cut):
        cut = cut.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
        cut = "".join(_shown(char, newlines=newlines) for char in cut)
    return cut if len(text) <= limit else cut[:-1] + "…"


def _shown(char: str, *, newlines: bool) -> str:
    if char == "\n":
        return "\n" if newlines else " "
    category = unicodedata.category(char)
    return REPLACEMENT if category[0] == "C" or category in {"Zl", "Zp"} else char


def mask(text: str, secrets: tuple[str, ...] = ()) -> str:
    """Return `text` without the given values and without anything shaped like an AWS access key id.

    Values of fewer than four characters are left: masking them would tell where they stand.
    """
    for written in spellings(secrets):
        text = text.replace(written, MASK)
    return re.sub(_KEY_SHAPE, MASK, text)


def spellings(secrets: tuple[str, ...]) -> list[str]:
    """Return how text may write these values, longest first: as they are, by line, as JSON, and as JSON in JSON."""
    lines = {line for secret in secrets for line in (secret, *secret.splitlines()) if len(line) >= _MASKED}
    quoted = {written for line in lines for written in _in_json(line)}
    return sorted(lines | quoted | {again for each in quoted for again in _in_json(each)}, key=len, reverse=True)


def _in_json(text: str) -> tuple[str, str]:
    return json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]


def short(sha: str) -> str:
    """Return the seven characters that people know a commit by; of a text that is no full hash no part is cut off.

    A stack may name anything: of `v1.2.3-dirty` or of a URL, seven characters would be another name.
    """
    return sha[:7] if _FULL_HASH.fullmatch(sha) else sha


def advice(cause: str, *remedies: str) -> str:
    """Return `cause; remedy`: what is wrong with each next step behind it, as far as there is one."""
    return "; ".join(part for part in (cause, *remedies) if part)


def plural(count: int, noun: str) -> str:
    """Return `1 commit`, `3 commits`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def list_first(names: Collection[str], limit: int = _LISTED) -> str:
    """Return `a, b, c and 2 more`: the first names of so many as there may be."""
    more = len(names) - limit
    return ", ".join([*names][:limit]) + (f" and {more} more" if more > 0 else "")


def join_words(names: Sequence[str]) -> str:
    """Return `a`, `a and b`, `a, b and c`, `a, b, c and 2 more`."""
    more = len(names) - _LISTED
    if more > 0:
        return list_first(names)
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
