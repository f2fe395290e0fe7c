"""The programs on this machine that the Serverless CLI is made of: Node.js, npm, and the CLI of each service."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from promote_tui.adapters.process.tools import VERSION, ask_version, bin_folders, check_version, first_line
from promote_tui.ports import ToolCheck

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

_FRAMEWORK = re.compile(r"(?:osls version:|Framework(?: Core)?:?|Serverless)\s*v?(\d+\.\d+\.\d+\S*)", re.IGNORECASE)
NODE_WANTED = (20, 19)
"""What osls 4 asks for."""
_INSTALL_NODE = "install Node.js 20.19 or newer"
_QUIET = {"SLS_TELEMETRY_DISABLED": "1"}


def list_checks(commands: Collection[tuple[str, ...]], folders: Sequence[Path]) -> tuple[Callable[[], ToolCheck], ...]:
    """Return what looks for Node.js, npm, and the CLI of each command with its version."""
    return (_node, _npm, *(partial(_check_cli, command, folders) for command in sorted(set(commands))))


def _check_cli(command: tuple[str, ...], folders: Sequence[Path]) -> ToolCheck:
    name = " ".join(command)
    for folder in folders:
        if _is_pinned(command, folder):
            found = ask_version(*command, folder=folder, environment=_QUIET)
            if found.code == 0:
                return ToolCheck(name, ok=True, found=f"{_framework(found.text)}, the project's own")
    answer = ask_version(*command, environment=_QUIET)
    if answer.code == 0:
        return ToolCheck(name, ok=True, found=_framework(answer.text))
    remedy = f"add it to the project's devDependencies, or install it globally ({name})"
    return ToolCheck(name, None, f"{answer.problem}; a project's own copy is used where it pins one", remedy)


def _node() -> ToolCheck:
    answer = ask_version("node")
    version = VERSION.search(answer.text)
    if answer.code == 0 and version and tuple(map(int, version[0].split(".")))[:2] < NODE_WANTED:
        return ToolCheck("node", None, f"{version[0]}; osls needs 20.19 or newer", _INSTALL_NODE)
    return check_version("node", answer, _INSTALL_NODE)


def _npm() -> ToolCheck:
    return check_version("npm", ask_version("npm"), f"{_INSTALL_NODE}, which brings npm")


def _framework(text: str) -> str:
    """Return the CLI's version out of `osls version: 4.3.1`, `Framework Core: 3.40.0 (local)` and the like."""
    found = _FRAMEWORK.search(text) or VERSION.search(text)
    return found[found.lastindex or 0] if found else first_line(text)


def _is_pinned(command: Sequence[str], folder: Path) -> bool:
    """Tell whether the project brings the program that the command runs."""
    program = command[-1] if command[0] in {"npx", "pnpm", "yarn"} else command[0]
    places = [folder] if "/" in program else bin_folders(folder)
    return any((place / program).is_file() for place in places)
