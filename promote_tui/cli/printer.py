"""Writing to one stream, from any thread."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from promote_tui.cli.text.style import Style

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Printer:
    """Writes to one stream; may be used from several threads."""

    stream: TextIO
    style: Style
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def text(self, text: str) -> None:
        """Write a text as it is."""
        with self._lock:
            self.stream.write(text)
            self.stream.flush()

    def lines(self, lines: Iterable[str]) -> None:
        """Write these lines at once."""
        self.text("".join(f"{line}\n" for line in lines))

    def line(self, line: str) -> None:
        """Write a line."""
        self.lines((line,))

    def ring(self) -> None:
        """Ring the terminal's bell."""
        self.text("\a")
