"""Where promote-tui starts.

A bare start goes to the terminal UI before anything heavy is imported: it wants its first frame at
once. All else is the command line's.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from io import TextIOWrapper
from typing import TYPE_CHECKING

from promote_tui import __version__
from promote_tui.cli.errors import run_guarded, write_stderr
from promote_tui.cli.global_options import GlobalOptions, parse_globals_only

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from promote_tui.engine.engine import Engine

_USAGE = 2
_BREATH = 0.1
"""Seconds between the first frame and the heavy imports: a key that waits on them would seem to be lost."""


def main(words: Sequence[str] | None = None) -> int:
    """Run promote-tui with these words (default: the command line's) and return the exit code."""
    given = sys.argv[1:] if words is None else words
    _forgive_encoding()
    settings = parse_globals_only(given)
    if settings is not None and settings.version:
        return run_guarded(_version)
    if os.name == "nt":
        write_stderr("promote-tui: it runs on macOS, Linux and WSL; on Windows start it inside WSL")
        return _USAGE
    return run_guarded(lambda: _dispatch(given, settings))


def _dispatch(words: Sequence[str], settings: GlobalOptions | None) -> int:
    if settings is not None and in_terminal():
        return _open_screen(settings)
    from promote_tui.cli.main import run  # noqa: PLC0415 - click costs a bare start what it does not have

    return run([*words, "status"] if settings is not None else words)


def in_terminal() -> bool:
    """Tell whether a screen can be drawn and keys be read here."""
    streams = (sys.stdin, sys.stdout, sys.stderr)  # Textual draws on stderr; None where one was closed
    return all(stream is not None and stream.isatty() for stream in streams) and os.environ.get("TERM") != "dumb"


def _open_screen(settings: GlobalOptions) -> int:
    """Show the terminal UI; nothing is collected until its first frame: what is made before it stays.

    The collector would look through all that Textual's modules define, again and again, for a tenth of that time.
    """
    gc.disable()
    try:
        return _run_screen(settings)
    finally:
        gc.enable()


def _run_screen(settings: GlobalOptions) -> int:
    from promote_tui.config.loader import find, load  # noqa: PLC0415 - only where it is needed
    from promote_tui.paths import cache_folder  # noqa: PLC0415
    from promote_tui.startup.matrix_cache import load_matrix, save_matrix  # noqa: PLC0415
    from promote_tui.tui.app import run  # noqa: PLC0415
    from promote_tui.tui.options import Options  # noqa: PLC0415

    path = find(settings.explicit_config(), settings.folder(), os.environ)
    cache = cache_folder()
    config = load(path, cache)
    if settings.color == "never":
        os.environ["NO_COLOR"] = "1"
    options = Options(
        read_only=settings.read_only,
        theme=config.theme,
        ascii_only=settings.ascii_only,
        refresh_seconds=config.refresh_seconds,
        keys=config.keys,
        sandbox="PROMOTE_TUI_SANDBOX" in os.environ,
        cached_matrix=load_matrix(cache, config.pipeline),
        save_matrix=lambda snapshot, headline: save_matrix(cache, config.pipeline, snapshot, headline),
        reload=lambda engine: _reload(engine, path),
        view=config.pipeline.saved_view(settings.saved_view) if settings.saved_view else None,
    )

    def open_engine() -> Engine:
        time.sleep(_BREATH)
        return _engine(path, read_only=settings.read_only)

    return run(config.pipeline, open_engine, options)


def _reload(engine: Engine, path: Path) -> Engine:
    from promote_tui.bootstrap import reload_config  # noqa: PLC0415

    return reload_config(engine, path)


def _engine(path: Path, *, read_only: bool) -> Engine:
    """Import everything heavy; the screen calls this in a thread, after its first frame."""
    from promote_tui.bootstrap import open_engine  # noqa: PLC0415

    return open_engine(path, read_only=read_only)


def _version() -> int:
    print(f"promote-tui {__version__}")  # noqa: T201 - stdout is the answer
    return 0


def _forgive_encoding() -> None:
    """Let a character that this terminal's encoding lacks become a sign, never an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


if __name__ == "__main__":
    sys.exit(main())
