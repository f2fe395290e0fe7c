"""What functions log, as CloudWatch Logs holds it."""

from __future__ import annotations

from promote_tui.core.value import Moment, Value


class LogLine(Value):
    """One entry of a log group; a message may have several lines."""

    at: Moment
    text: str


class LogRead(Value):
    """The newest entries of a time, oldest first; `read_until` is where reading stopped, None where at the end."""

    lines: tuple[LogLine, ...] = ()
    read_until: Moment | None = None
