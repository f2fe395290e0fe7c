"""What the Serverless CLI says in its output: why it failed, and the configuration that it printed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from promote_tui.core.text import clean

if TYPE_CHECKING:
    from pathlib import Path

_TAIL_BYTES = 128 * 1024
_REASON_CHARACTERS = 400
_CROSS = "[✖x\N{MULTIPLICATION SIGN}]"
_ERROR = re.compile(rf"(?:\w*Error(?: \[\w+\])?:|Error)\s*(.*)|{_CROSS} (?!Stack .* failed to deploy)(.+)")
_FAILED = re.compile(rf"{_CROSS} (Stack .* failed to deploy)\b.*")
_ENDS_REASON = re.compile(r"\s*$|View the full error|Environment:|Docs:|\s+at .*[(:]|\d+ deprecation")
_NOISE = re.compile(r"\s*$|Environment:|Docs:|Support:|Bugs:|\s+at .*[(:]|npm notice|Node\.js v|\d+ deprecation")


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
            return _one_line(reason)
    failed = [found[1] for found in map(_FAILED.fullmatch, lines) if found]
    said = [line for line in lines if not _NOISE.match(line)]
    return _one_line((failed or said or [""])[-1])


def printed_json(text: str) -> dict[str, Any] | None:
    """Return the first JSON object that begins a line of the text, whatever stands around it."""
    decoder = json.JSONDecoder()
    for found in re.finditer(r"^\{", text, re.MULTILINE):
        try:
            printed, _ = decoder.raw_decode(text, found.start())
        except ValueError:
            continue
        return dict(printed)
    return None


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
    return " ".join(" ".join(paragraph).split())


def _one_line(reason: str) -> str:
    return clean(reason.strip(), limit=_REASON_CHARACTERS)
