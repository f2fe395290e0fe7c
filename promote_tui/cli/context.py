"""What every command is handed: the global options, the two streams, and the engine when it is needed."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TextIO

from promote_tui.cli.global_options import GlobalOptions
from promote_tui.cli.printer import Printer
from promote_tui.cli.text.style import style_of
from promote_tui.core.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from promote_tui.engine.api.record import Record
    from promote_tui.engine.engine import Engine


class CliContext:
    """One start of the command line; opens configuration and engine at first use."""

    def __init__(self, open_engine: Callable[[GlobalOptions], Engine] | None = None) -> None:
        self.options = GlobalOptions()
        self._open = open_engine or _open_engine
        self._engine: Engine | None = None
        self._record: Record | None = None
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
            self._engine = self._open(self.options)
        return self._engine

    @property
    def record(self) -> Record:
        """What the ledger alone says: without the engine, where the ledger is a file here; raises ConfigError."""
        if self._record is None:
            alone = _open_record(self.options) if self._open is _open_engine else None
            self._record = alone or self.engine.record
        return self._record

    @property
    def now(self) -> datetime:
        """The engine's present moment."""
        return self.engine.clock.now()

    def check_writable(self, subject: str) -> None:
        """Raise Refused where what changes something is switched off."""
        if self.options.read_only:
            raise Refused(subject, "promote-tui was started with --read-only", "run it without --read-only")

    def writer(self, subject: str) -> Engine:
        """Return the engine for something that changes something; raises Refused where that is switched off."""
        self.check_writable(subject)
        return self.engine

    def break_glass(self, subject: str) -> Engine:
        """Return an engine that works without the team's ledger and journals on this machine; raises UsageError."""
        self.check_writable(subject)
        self._engine = _open_engine(self.options, break_glass=True)
        return self._engine

    def reopen(self) -> None:
        """Open the engine anew when it is next needed, by the configuration as it is then."""
        self._engine = None

    def answer(self, question: str) -> str:
        """Ask the person at the terminal and return what they typed; empty at the end of input."""
        self.err.text(question)
        return sys.stdin.readline().strip()

    def _printer(self, name: str, stream: TextIO | None) -> Printer:
        if name not in self._printers:
            usable = stream or os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")  # it was closed
            style = style_of(usable, self.options.color, ascii_only=self.options.ascii_only)
            self._printers[name] = Printer(usable, style)
        return self._printers[name]


def _open_engine(options: GlobalOptions, *, break_glass: bool = False) -> Engine:
    from promote_tui.cli.engine import open_engine  # noqa: PLC0415 - boto3 and git, which no help needs

    return open_engine(options, break_glass=break_glass)


def _open_record(options: GlobalOptions) -> Record | None:
    from promote_tui.cli.config_file import config_path  # noqa: PLC0415 - which no help needs
    from promote_tui.record import open_record  # noqa: PLC0415 - the same

    return open_record(config_path(options), read_only=options.read_only)
