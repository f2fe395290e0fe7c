"""The real Serverless CLI, for tests that start it a hundred times: what Node.js compiles of it is kept.

That is two fifths of each start, and Node.js 22 would do it by itself. The CLI's contract has it plainly, and so has
the demo where it is stopped, or fails.
"""

from __future__ import annotations

from pathlib import Path

from tests.support.services import OSLS

_HOOK = Path(__file__).with_suffix(".js")
_KEPT = OSLS.parents[1] / ".cache" / "compiled"
_PROGRAM = """\
#!/bin/sh
COMPILED_CLI="{kept}" exec node --require "{hook}" "{cli}" "$@"
"""


def install(folder: Path) -> Path:
    """Write a program `osls` that is the CLI into a folder and return its path."""
    _KEPT.mkdir(parents=True, exist_ok=True)
    folder.mkdir(exist_ok=True)
    program = folder / "osls"
    program.write_text(_PROGRAM.format(kept=_KEPT, hook=_HOOK, cli=OSLS), encoding="utf-8")
    program.chmod(0o755)
    return program


def install_for_demo(folder: Path) -> Path:
    """Write it where the demo finds beside it what the CLI itself keeps: its check of serverless.yml."""
    (folder / ".cache").symlink_to(OSLS.parents[1] / ".cache")
    return install(folder / ".bin")
