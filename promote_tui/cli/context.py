"""What every command is handed: the settings, the two streams, and the engine when it is needed."""

from __future__ import annotations

import json
import os
import sys
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TextIO

from promote_tui.cli.global_options import Settings
from promote_tui.cli.text.style import Style, style_of
from promote_tui.core.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from pathlib import Path

    from promote_tui.config.loader import Config
    from promote_tui.engine.engine import Engine


@dataclass(frozen=True, slots=True)
class Printer:
    """Writes whole lines to one stream; may be used from several threads."""

    stream: TextIO
    style: Style
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def lines(self, lines: Iterable[str]) -> None:
        """Write these lines at once."""
        text = "".join(f"{line}\n" for line in lines)
        with self._lock:
            self.stream.write(text)
            self.stream.flush()

    def text(self, text: str) -> None:
        """Write a text with the line ends that it has."""
        with self._lock:
            self.stream.write(text)
            self.stream.flush()

    def line(self, line: str) -> None:
        """Write a line."""
        self.lines((line,))

    def ring(self) -> None:
        """Ring the terminal's bell."""
        with self._lock:
            self.stream.write("\a")
            self.stream.flush()

    def question(self, text: str) -> None:
        """Write a question and leave the cursor behind it."""
        with self._lock:
            self.stream.write(text)
            self.stream.flush()


class Session:
    """One start of the command line; opens configuration and engine at first use."""

    def __init__(self, open_engine: Callable[[Settings], Engine] | None = None) -> None:
        self.settings = Settings()
        self._open = open_engine or _open_engine
        self._engine: Engine | None = None
        self._printers: dict[str, Printer] = {}

    @property
    def out(self) -> Printer:
        """Data: what was asked for."""
        return self._printer("out", sys.stdout)

    @property
    def err(self) -> Printer:
        """Narration: what is being done."""
        return self._printer("err", sys.stderr)

    @property
    def interactive(self) -> bool:
        """Whether a person sees what is said and can answer."""
        return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))

    @property
    def engine(self) -> Engine:
        """The engine; raises ConfigError."""
        if self._engine is None:
            self._engine = self._open(self.settings)
        return self._engine

    def break_glass(self, subject: str) -> Engine:
        """Go on without the team's ledger, journalling on this machine; raises UsageError where that is not needed."""
        from promote_tui.bootstrap import open_engine  # noqa: PLC0415 - boto3 and git, as below

        if self.settings.read_only:
            raise Refused(subject, "promote-tui was started with --read-only", "leave it out to do this")
        self._engine = open_engine(config_path(self.settings), break_glass=True)
        return self._engine

    @property
    def now(self) -> datetime:
        """The engine's present moment."""
        return self.engine.clock.now()

    def writer(self, subject: str) -> Engine:
        """Return the engine for something that changes something; raises Refused where that is switched off."""
        if self.settings.read_only:
            raise Refused(subject, "promote-tui was started with --read-only", "leave it out to do this")
        return self.engine

    def json(self, document: dict[str, Any]) -> None:
        """Write a JSON document to stdout, in ASCII: no terminal can be made to act on it."""
        self.out.line(json.dumps({"schema": 1, **document}, indent=2))

    def answer(self, question: str) -> str:
        """Ask a person on the terminal and return what was typed; empty at the end of input."""
        self.err.question(question)
        return sys.stdin.readline().strip()

    def _printer(self, name: str, stream: TextIO | None) -> Printer:
        if name not in self._printers:
            usable = stream or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - a closed stream's stand-in
            style = style_of(usable, self.settings.color, ascii_only=self.settings.ascii_only)
            self._printers[name] = Printer(usable, style)
        return self._printers[name]


def config_path(settings: Settings) -> Path:
    """Return the configuration file that is in force; raises ConfigError, UsageError."""
    from promote_tui.config.loader import find  # noqa: PLC0415 - `-h` needs no configuration

    return find(settings.explicit_config(), settings.folder(), os.environ)


def load_config(settings: Settings) -> Config:
    """Return the validated configuration; raises ConfigError, UsageError."""
    from promote_tui.config.loader import load  # noqa: PLC0415 - `-h` needs no configuration
    from promote_tui.paths import cache_folder  # noqa: PLC0415

    return load(config_path(settings), cache_folder())


def _open_engine(settings: Settings) -> Engine:
    from promote_tui.bootstrap import open_engine  # noqa: PLC0415 - boto3 and git, which `-h` and `config` do without

    return open_engine(config_path(settings), read_only=settings.read_only)
