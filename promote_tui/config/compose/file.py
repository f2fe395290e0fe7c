"""The compose file that a configuration names: where it is, and what it holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from promote_tui.core.value import Value

ReadFile: TypeAlias = Callable[[Path], "bytes | None"]
"""Returns what a file holds by its absolute path, None where it does not exist; raises ConfigError."""

NAME = "serverless-compose"
READ = (".yml", ".yaml", ".json")
RUN = (".js", ".ts")
"""Compose files that are programs: the Serverless CLI runs them to know what they hold, and nothing here does."""


class ComposeFile(Value):
    """A compose file as it was read: the absolute path that the configuration names, its own, and its bytes.

    `root` is that of its checkout, empty where it is in none.
    """

    named: str
    path: str
    content: bytes
    root: str


def find_compose(named: Path, read: ReadFile) -> ComposeFile | None:
    """Return the compose file that is named, or that lies in the folder that is; None where there is none to read.

    Raises ConfigError.
    """
    for path in _candidates(named, READ):
        if (content := read(path)) is not None:
            return ComposeFile(str(named), str(path), content, _root(path.parent))
    return None


def find_program(named: Path, read: ReadFile) -> str | None:
    """Return the name of a compose file that is a program; None where there is none. Raises ConfigError."""
    return next((path.name for path in _candidates(named, RUN) if read(path) is not None), None)


def _root(folder: Path) -> str:
    return next((str(each) for each in (folder, *folder.parents) if (each / ".git").exists()), "")


def _candidates(named: Path, suffixes: tuple[str, ...]) -> tuple[Path, ...]:
    if named.suffix in {*READ, *RUN}:
        return (named,) if named.suffix in suffixes else ()
    return tuple(named / f"{NAME}{suffix}" for suffix in suffixes)
