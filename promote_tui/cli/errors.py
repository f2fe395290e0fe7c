"""Turns every error into a clear line on stderr and an exit code; standard library and core only."""

from __future__ import annotations

import contextlib
import os
import platform
import sys
import traceback
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

from promote_tui import __version__
from promote_tui.config.discovery import LOCAL_FILE
from promote_tui.core.errors import ConfigError, PromoteError
from promote_tui.core.text import advice, clean, mask
from promote_tui.private_files import create_private

if TYPE_CHECKING:
    from collections.abc import Callable

INTERRUPTED = 130
_FAILED = 1


def run_guarded(act: Callable[[], int]) -> int:
    """Call it and return the exit code; no expected error ends in a traceback."""
    try:
        code = act()
        if sys.stdout is not None:  # it was closed by whoever started us
            sys.stdout.flush()
    except PromoteError as error:
        write_stderr("\n".join(error_lines(error)))
        return error.exit_code
    except KeyboardInterrupt:
        write_stderr("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        _abandon_stdout()
        return _FAILED
    except OSError as error:
        _abandon_stdout()
        write_stderr(_system(error))
        return _FAILED
    except Exception as error:  # noqa: BLE001 - the last line of defence: what nobody foresaw is kept for a report
        write_stderr(_crash(error))
        return _FAILED
    return code


def write_stderr(text: str) -> None:
    """Write lines to stderr; ignore a reader that is gone."""
    with contextlib.suppress(OSError, ValueError):
        if sys.stderr is not None:  # it was closed by whoever started us
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()


def error_lines(error: PromoteError) -> list[str]:
    """Return what to print of an error: one line, or a configuration's problems, one a line."""
    if isinstance(error, ConfigError):
        general = [] if _alone(error) else [clean(error.remedy, limit=1_000)]
        return [line for line in (*problem_lines(error), *general) if line]
    return [clean(str(error), limit=4_000)]


def problem_lines(error: ConfigError) -> list[str]:
    """Return a configuration's problems, one a line, each with its remedy."""
    found = [_placed(error.subject, problem) for problem in error.problems]
    if _alone(error):
        found = [advice(line, error.remedy) for line in found]
    return [clean(line, limit=1_000) for line in found]


def _alone(error: ConfigError) -> bool:
    """Tell whether the error's remedy is that of its only problem: one in a file brings its own."""
    return len(error.problems) == 1 and not _names_file(error.subject, error.problems[0])


def _placed(subject: str, problem: str) -> str:
    """Return the problem with its file in front, where it does not name one itself."""
    return problem if _names_file(subject, problem) else f"{subject}: {problem}"


def _names_file(subject: str, problem: str) -> bool:
    return problem.startswith((Path(subject).name, LOCAL_FILE))


def _system(error: OSError) -> str:
    """Return what the operating system refused, in a line."""
    cause = error.strerror or str(error) or type(error).__name__
    return clean(f"{error.filename}: {cause}" if error.filename else f"promote-tui: {cause}")


def _abandon_stdout() -> None:
    """Let nothing more be written to a stdout that does not take it, not even at the interpreter's end."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _crash(error: Exception) -> str:
    what = clean(f"internal error: {type(error).__name__}: {error}", limit=300)
    where = _keep(mask("".join(traceback.format_exception(error))))
    return f"{what}, please report; details in {where}" if where else f"{what}, please report"


def _keep(details: str) -> Path | None:
    """Write a crash report that only the user can read and return where it is, or None."""
    head = f"promote-tui {__version__}, Python {platform.python_version()}, {platform.platform()}\n\n"
    for folder in _report_folders():
        path = folder / f"crash-{os.getpid()}-{os.urandom(3).hex()}.txt"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(create_private(path), "w", encoding="utf-8", errors="backslashreplace") as out:
                out.write(head + details)
        except OSError:
            continue
        return path
    return None


def _report_folders() -> tuple[Path, ...]:
    try:
        from promote_tui.paths import state_folder  # noqa: PLC0415 - the crash may be an import's
    except ImportError:
        return (Path(gettempdir()),)
    return state_folder(), Path(gettempdir())
