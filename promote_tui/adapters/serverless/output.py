"""What the Serverless CLI says in its output: why it failed, and the configuration that it printed."""

from __future__ import annotations

import json
import re
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

from promote_tui.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TAIL_BYTES = 128 * 1024
_REASON_CHARACTERS = 400
_LIST_CHARACTERS = 4000
_CROSS = "[✖x\N{MULTIPLICATION SIGN}]"
_ERROR = re.compile(rf"(?:\w*Error(?: \[\w+\])?:|Error)\s*(.*)|{_CROSS} (?!Stack .* failed to deploy)(.+)")
_FAILED = re.compile(rf"{_CROSS} (Stack .* failed to deploy)\b.*")
_FRAME = r"\s+at (?!'|root:).*[(:]"
_ENDS_REASON = re.compile(rf"\s*$|View the full error|Environment:|Docs:|{_FRAME}|\d+ deprecation")
_NOISE = re.compile(rf"\s*$|Environment:|Docs:|Support:|Bugs:|{_FRAME}|npm notice|Node\.js v|\d+ deprecation")
_OF_A_LIST = re.compile(r"\s+(?=at '|at root:)")
"""What begins each error of a configuration that the CLI found several in."""


def failure_reason(log: Path, since: int = 0) -> str:
    """Return in one line why the CLI failed, from what stands in the log after the byte `since`; empty for nothing."""
    return reason_in(_tail(log, since))


def reason_in(text: str) -> str:
    """Return in one line why the CLI failed, from what it said; empty where it said nothing."""
    lines = text.splitlines()
    for number in range(len(lines) - 1, -1, -1):
        found = _ERROR.fullmatch(lines[number])
        reason = _from(found[1] or found[2] or "", lines[number + 1 :]) if found else ""
        if reason:
            return reason
    failed = [found[1] for found in map(_FAILED.fullmatch, lines) if found]
    said = [line for line in lines if not _NOISE.match(line)]
    return _one_line((failed or said or [""])[-1])


def printed_configuration(text: str) -> dict[str, Any] | None:
    """Return the configuration that `print` gave: the last JSON object in the text with a service and its provider.

    Plugins print what they like when they are loaded, JSON too.
    """
    found = [each for each in _objects(text) if "service" in each and isinstance(each.get("provider"), dict)]
    return found[-1] if found else None


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects that begin a line, or whose first line ends with their brace."""
    decoder, end = json.JSONDecoder(), 0
    for found in re.finditer(r"^\{|\{$", text, re.MULTILINE):
        if found.start() < end:
            continue
        try:
            printed, end = decoder.raw_decode(text, found.start())
        except ValueError:
            continue
        yield dict(printed)


def _tail(log: Path, since: int) -> str:
    try:
        with log.open("rb") as stream:
            size = stream.seek(0, 2)
            stream.seek(max(since, size - _TAIL_BYTES))
            return stream.read().decode(errors="replace")
    except FileNotFoundError:
        return ""


def _from(first: str, following: list[str]) -> str:
    """Return the text of an error: what stands beside the word, and the paragraph below it."""
    below = list(following)
    while not first and below and not below[0].strip():
        below.pop(0)
    paragraph = [first]
    for line in below:
        if _ENDS_REASON.match(line):
            break
        paragraph.append(line)
    return _listed(paragraph) or _one_line(" ".join(" ".join(paragraph).split()))


def _listed(paragraph: list[str]) -> str:
    """Return all errors of a list in one line; empty where the paragraph is none."""
    heads = [number for number, line in enumerate(paragraph) if _OF_A_LIST.match(line)]
    if not heads:
        return ""
    parts = [paragraph[begin:end] for begin, end in pairwise([0, *heads, len(paragraph)])]
    head, *errors = [" ".join(" ".join(part).split()) for part in parts]
    told = [
        each
        for each, sum_ in zip(errors, accumulate(len(each) + 2 for each in errors), strict=True)
        if sum_ < _LIST_CHARACTERS
    ]
    told += [f"and {len(errors) - len(told)} more"] if len(told) < len(errors) else []
    return clean(f"{head} {'; '.join(told)}".strip(), limit=2 * _LIST_CHARACTERS)


def _one_line(reason: str) -> str:
    return clean(reason.strip(), limit=_REASON_CHARACTERS)
