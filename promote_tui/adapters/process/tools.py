"""The programs on this machine that promotions need, as `doctor` lists them."""

from __future__ import annotations

import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.adapters.process import child
from promote_tui.core.errors import DeployError
from promote_tui.core.text import clean
from promote_tui.ports import ToolCheck

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_SECONDS = 10.0
_VERSION = re.compile(r"\d+\.\d+(?:\.\d+)?")
_FRAMEWORK = re.compile(r"(?:osls version:|Framework(?: Core)?:?|Serverless)\s*v?(\d+\.\d+\.\d+\S*)", re.IGNORECASE)
NODE_WANTED = (20, 19)
"""What osls 4 asks for."""
_INSTALL_NODE = "install Node.js 20.19 or newer"


@dataclass(frozen=True, slots=True)
class LocalTools:
    """The programs on this machine; `commands` are the distinct `deploy.command` of the services.

    In `folders` (the services' own, where they are on this machine) a project's pinned CLI is
    looked for first, as it is in a checkout.
    """

    commands: tuple[tuple[str, ...], ...]
    folders: tuple[Path, ...] = ()

    def check(self) -> tuple[ToolCheck, ...]:
        """Look for git, node, the Serverless CLI of each service (with its version) and the aws CLI for log-ins.

        Each is given ten seconds, all at the same time.
        """
        looks: list[Callable[[], ToolCheck]] = [_git, _node, _npm]
        looks += [partial(self._serverless, command) for command in sorted(set(self.commands))]
        looks.append(_aws)
        with ThreadPoolExecutor(len(looks)) as pool:
            return tuple(pool.map(lambda look: look(), looks))

    def _serverless(self, command: tuple[str, ...]) -> ToolCheck:
        name = " ".join(command)
        for folder in self.folders:
            found = _ask(*command, "--version", folder=folder) if _pinned(command, folder) else None
            if found and found.code == 0:
                return ToolCheck(name, ok=True, found=f"{_framework(found.text)}, the project's own")
        answer = _ask(*command, "--version")
        if answer.code == 0:
            return ToolCheck(name, ok=True, found=_framework(answer.text))
        return ToolCheck(name, None, f"{answer.problem}; a project's own copy is used where it pins one", _pin(name))


@dataclass(frozen=True, slots=True)
class _Answer:
    code: int | None
    text: str
    problem: str = ""


def _ask(*argv: str, folder: Path | None = None) -> _Answer:
    """Ask a program for its version; npx must not download one for it."""
    environment = {
        **os.environ,
        "NO_COLOR": "1",
        "CI": "1",
        "SLS_TELEMETRY_DISABLED": "1",
        "npm_config_offline": "true",
    }
    where = folder or Path(Path.home().anchor)
    places = [str(place) for place in _bin_folders(where)] if folder else []
    environment["PATH"] = os.pathsep.join([*places, os.environ.get("PATH", os.defpath)])
    try:
        end, text = child.capture(argv, cwd=where, environment=environment, seconds=_SECONDS)
    except DeployError as problem:
        return _Answer(None, "", problem.cause)
    if end.why != "exited":
        return _Answer(None, text, f"no answer within {_SECONDS:.0f} s")
    return _Answer(end.code, text, "" if end.code == 0 else f"--version ended with exit code {end.code}")


def _git() -> ToolCheck:
    answer = _ask("git", "--version")
    return _plainly("git", answer, "install git")


def _node() -> ToolCheck:
    answer = _ask("node", "--version")
    version = _VERSION.search(answer.text)
    if answer.code == 0 and version and tuple(map(int, version[0].split(".")))[:2] < NODE_WANTED:
        return ToolCheck("node", None, f"{version[0]}; osls needs 20.19 or newer", _INSTALL_NODE)
    return _plainly("node", answer, _INSTALL_NODE)


def _npm() -> ToolCheck:
    return _plainly("npm", _ask("npm", "--version"), f"{_INSTALL_NODE}, which brings npm")


def _aws() -> ToolCheck:
    """The aws CLI is only needed to log in with `aws sso login`."""
    answer = _ask("aws", "--version")
    if answer.code == 0:
        return _plainly("aws", answer, "")
    remedy = "install the AWS CLI, if you log in with aws sso login"
    return ToolCheck("aws", None, f"{answer.problem}; it is only needed to log in", remedy)


def _plainly(name: str, answer: _Answer, remedy: str) -> ToolCheck:
    if answer.code != 0:
        return ToolCheck(name, ok=False, found=answer.problem, remedy=remedy)
    version = _VERSION.search(answer.text)
    return ToolCheck(name, ok=True, found=version[0] if version else _first_line(answer.text))


def _framework(text: str) -> str:
    """Return the CLI's version out of `osls version: 4.3.1`, `Framework Core: 3.40.0 (local)` and the like."""
    found = _FRAMEWORK.search(text) or _VERSION.search(text)
    return found[found.lastindex or 0] if found else _first_line(text)


def _first_line(text: str) -> str:
    return clean(next((line for line in text.splitlines() if line.strip()), "no version"), limit=80)


def _pin(name: str) -> str:
    return f"add it to the project's devDependencies, or install it globally ({name})"


def _pinned(command: Sequence[str], folder: Path) -> bool:
    """Tell whether the project brings the program that the command runs."""
    program = command[-1] if command[0] in {"npx", "pnpm", "yarn"} else command[0]
    places = [folder] if "/" in program else _bin_folders(folder)
    return any((place / program).is_file() for place in places)


def _bin_folders(folder: Path) -> list[Path]:
    return [each / "node_modules" / ".bin" for each in (folder, *folder.parents)]
