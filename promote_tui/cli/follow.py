"""Watching a run: its events as lines, its log between them, and its verdict as the exit code."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Self

from promote_tui.cli.errors import INTERRUPTED
from promote_tui.cli.text import runs
from promote_tui.cli.text.narration import narrate
from promote_tui.core.errors import LedgerError, PromoteError, UsageError
from promote_tui.core.runs.events import Submitted
from promote_tui.core.runs.notices import rings_bell
from promote_tui.core.runs.run import Outcome
from promote_tui.core.text import clean
from promote_tui.engine.log_tail import LogTail

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from promote_tui.cli.context import CliContext
    from promote_tui.core.runs.run import Run

_PIECE = 64 * 1024
_LINE = 4_000
_POLL_SECONDS = 0.2
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_REFUSED = 3
_TRIES, _TRY_SECONDS = 300, 0.2
"""How long a rollback that was announced may take to begin."""


def clean_line(line: str) -> str:
    """Return a log line without colours and cursor movements, and with nothing else to act on."""
    return clean(_ESCAPES.sub("", line), limit=_LINE)


class LogPrinter:
    """Prints the lines of a growing log once told to begin; used as a context manager.

    The file may not exist yet. `drain` may be called at any time, to have all that is there now; at the
    end everything is printed, begun or not. Raises PromoteError where the file cannot be read.
    """

    def __init__(self, path: Path, say: Callable[[list[str]], None]) -> None:
        self._tail = LogTail(path, piece=_PIECE, whole=True)
        self._say = say
        self._lock = threading.Lock()
        self._begun = False
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="log", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_trouble: object) -> None:
        self._done.set()
        self._thread.join()
        self.begin()
        self.drain(last=True)

    def begin(self) -> None:
        """Print lines from now on."""
        self._begun = True

    def drain(self, *, last: bool = False) -> None:
        """Print every whole line that is there now; with `last` the unfinished one at the very end too."""
        with self._lock:
            more = self._begun
            while more:
                lines = self._tail.read(last=last)
                if self._tail.problem:
                    raise PromoteError(str(self._tail.path), self._tail.problem, "make it readable")
                if lines:
                    self._say([clean_line(line.decode(errors="replace").rstrip("\r")) for line in lines])
                more = self._tail.more

    def _watch(self) -> None:
        try:
            while not self._done.wait(_POLL_SECONDS):
                self.drain()
        except (OSError, PromoteError):
            return  # nobody reads any more, or the log is not ours to read: the main thread meets the same


def follow(context: CliContext, run: str) -> int:
    """Narrate a run from its beginning until it ends; return what its verdict is as an exit code.

    Ctrl-C ends the watching, not the run.
    """
    engine, err = context.engine, context.err
    bar = err.style.paint(f"        {err.style.sign('bar')}", "calm")
    first = engine.runs.find(run)
    try:
        with LogPrinter(
            engine.runs.log_file(first.id), lambda lines: err.lines(f"{bar} {line}".rstrip() for line in lines)
        ) as tail:
            for recorded in engine.runs.follow(first.id, say=lambda trouble: err.line(clean(trouble))):
                tail.drain()
                err.line(narrate(recorded.event, first, err.style, engine.deployer.name))
                if isinstance(recorded.event, Submitted):  # what the CLI says comes after that it runs
                    tail.begin()
    except KeyboardInterrupt:
        err.lines(["", *resume_hints(first.id)])
        return INTERRUPTED
    except LedgerError:
        err.line(f"the run may continue: promote-tui attach {first.id}")
        raise
    ended = engine.runs.find(first.id)
    code = conclude(context, ended)
    if context.interactive and rings_bell(engine.pipeline.notify, ended):
        err.ring()
    if ended.rollback:
        _follow_back(context, ended)
    return code


def _follow_back(context: CliContext, failed: Run) -> None:
    """Follow the rollback that a failed run announced, once it has begun."""
    for _ in range(_TRIES):
        try:
            context.engine.runs.find(failed.rollback)
        except UsageError:
            context.engine.clock.sleep(_TRY_SECONDS)
        else:
            context.err.line("")
            follow(context, failed.rollback)
            return
    context.err.line(f"run {failed.rollback} has not begun; next: {failed.remedy}")


def resume_hints(run: str) -> list[str]:
    """Return how to resume watching a run."""
    return [
        f"the run continues: promote-tui attach {run}",
        f"to stop it:        promote-tui cancel {run}",
    ]


def conclude(context: CliContext, run: Run) -> int:
    """Print how the run ended, if nobody works on it any more, and return the exit code."""
    context.err.lines(runs.verdict_lines(run, context.err.style, alive=False))
    return exit_code(run)


def exit_code(run: Run) -> int:
    """Return 0 if the stage runs the commit, 3 if nothing was deployed, else 1."""
    if run.outcome is Outcome.VERIFIED:
        return 0
    return _REFUSED if run.outcome is Outcome.NOT_SUBMITTED else PromoteError.exit_code
