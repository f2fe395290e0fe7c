"""CloudWatch Logs in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError
from promote_tui.core.model.log_lines import LogLine, LogRead

if TYPE_CHECKING:
    from datetime import datetime

    from promote_tui.core.model.pipeline import Target


@dataclass
class FakeLogs:
    """The port LogReader: lines by their group; `fails` is why a group cannot be read, by its name."""

    groups: dict[str, list[LogLine]] = field(default_factory=dict)
    fails: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def write(self, group: str, at: datetime, *texts: str) -> None:
        """Log these lines at a moment."""
        self.groups.setdefault(group, []).extend(LogLine(at, text) for text in texts)

    def lines(self, target: Target, group: str, since: datetime, until: datetime, most: int) -> LogRead | None:
        """Return the newest lines of a group."""
        self.asked.append(group)
        if group in self.fails:
            raise AwsError(str(target), self.fails[group], "ask for that permission")
        if group not in self.groups:
            return None
        found = sorted((line for line in self.groups[group] if since <= line.at <= until), key=lambda line: line.at)
        return LogRead(tuple(found[-most:]))
