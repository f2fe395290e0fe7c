"""What the functions of a stage logged lately: which lines tell of an error, and what nobody may read in them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.core.model.log_lines import LogLine, LogRead
from promote_tui.core.text import MASK, mask
from promote_tui.core.value import Moment, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

LOOKS_BACK = timedelta(minutes=15)
"""How far back logs are read."""
MOST_FUNCTIONS = 20
MOST_LINES = 100
"""How many lines of a function are kept: the newest."""
MOST_ERRORS = 5
"""How many errors of a function are shown before its lines: the newest."""
_LONGEST = 4_096
"""How many characters of a line are kept."""
_DEFAULT_GROUP = "/aws/lambda/"

_ERROR = re.compile(
    r"\b(?:ERROR|FATAL|CRITICAL)\b|\bTask timed out\b|\bUnhandled\b|\bTraceback \(|\bRuntime\.[A-Z]\w+"
    r"|\bStatus: (?:error|timeout)\b|\bProcess exited before\b|\"level\"\s*:\s*\"(?:error|fatal|critical)\""
    r"|\"errorType\"\s*:",
)
_NAME = (
    r"(?<![\w-])[\w-]*(?:passw(?:or)?d|secret|token|api[_-]?key|private[_-]?key|authorization|credential|cookie)[\w-]*"
)
_VALUE = r"""\\"(?:\\\\(?:\\.)?|(?!\\").)*\\"|"(?:[^"\\]|\\.)*"|'[^']*'|(?:Bearer|Basic)\s+[^\s"',;]+|[^\s"',;&}\]]+"""
_NAMED = re.compile(rf"""(?P<name>{_NAME}[\\"']*\s*[:=]\s*)(?:{_VALUE})""", re.IGNORECASE | re.DOTALL)
_SHAPES = (
    (re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}"), rf"\1 {MASK}"),
    (re.compile(r"\beyJ[\w-]{6,}\.[\w-]{6,}\.[\w-]*"), MASK),
    (re.compile(r"://[^\s/@:]+:[^\s/@]+@"), f"://{MASK}@"),
)


class FunctionLog(Value):
    """What one function logged, oldest first; `group` is where, and `errors` are those of its lines that tell of one.

    `has_group` is False where it has never logged anything. `read_until` is where reading stopped, because there was
    too much; `cause` is why nothing could be read.
    """

    function: str
    group: str
    lines: tuple[LogLine, ...] = ()
    errors: tuple[LogLine, ...] = ()
    has_group: bool = True
    read_until: Moment | None = None
    cause: str = ""
    remedy: str = ""


class FunctionLogs(Value):
    """What the functions of a stage logged in a time; `left_out` are the names of those that were not read."""

    since: Moment
    until: Moment
    functions: tuple[FunctionLog, ...] = ()
    left_out: tuple[str, ...] = ()


def default_group(function: str) -> str:
    """Return the log group of a function that names none."""
    return f"{_DEFAULT_GROUP}{function}"


def is_error(text: str) -> bool:
    """Tell whether a line of a function's log tells of an error, of its own code or of Lambda."""
    return _ERROR.search(text) is not None


def mask_log(text: str) -> str:
    """Return a line of a log without what is named or shaped like a secret."""
    text = _NAMED.sub(rf"\g<name>{MASK}", mask(text))
    for shape, shown in _SHAPES:
        text = shape.sub(shown, text)
    return text


def function_log(function: str, group: str, read: LogRead | None, secrets: tuple[str, ...] = ()) -> FunctionLog:
    """Return what a function logged, masked; `read` is None where it has no log group."""
    if read is None:
        return FunctionLog(function, group, has_group=False)
    lines = tuple(LogLine(line.at, mask_log(mask(line.text, secrets)[:_LONGEST])) for line in read.lines)
    return FunctionLog(function, group, lines, find_errors(lines), read_until=read.read_until)


def find_errors(lines: Sequence[LogLine]) -> tuple[LogLine, ...]:
    """Return the newest lines that tell of an error, oldest first."""
    return tuple(line for line in lines if is_error(line.text))[-MOST_ERRORS:]
