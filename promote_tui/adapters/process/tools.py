"""The programs on this machine that promotions need, as `doctor` lists them."""

from __future__ import annotations

import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from promote_tui.adapters.process import child
from promote_tui.core.errors import DeployError
from promote_tui.core.text import clean
from promote_tui.ports import ToolCheck

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Look: TypeAlias = Callable[[], ToolCheck]

_SECONDS = 10.0
VERSION = re.compile(r"\d+\.\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class LocalTools:
    """The programs on this machine; `deployer` looks for what the deployer needs."""

    deployer: tuple[Look, ...] = ()

    def check(self) -> tuple[ToolCheck, ...]:
        """Look for git, what the deployer needs, and the aws CLI for log-ins.

        Each is given ten seconds, all at the same time.
        """
        looks = [_git, *self.deployer, _aws]
        with ThreadPoolExecutor(len(looks)) as pool:
            return tuple(pool.map(lambda look: look(), looks))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program said of its version; `problem` is why it said nothing (`code` None: it was not started)."""

    code: int | None
    text: str
    problem: str = ""


def ask_version(*argv: str, folder: Path | None = None, environment: Mapping[str, str] | None = None) -> Answer:
    """Ask a program for its version, in a project's folder by its own programs; npx must not download one for it."""
    told = {**os.environ, "NO_COLOR": "1", "CI": "1", "npm_config_offline": "true", **(environment or {})}
    where = folder or Path(Path.home().anchor)
    places = [str(place) for place in bin_folders(where)] if folder else []
    told["PATH"] = os.pathsep.join([*places, os.environ.get("PATH", os.defpath)])
    try:
        end, text = child.capture((*argv, "--version"), cwd=where, environment=told, seconds=_SECONDS)
    except DeployError as problem:
        return Answer(None, "", problem.cause)
    if end.why != "exited":
        return Answer(None, text, f"no answer within {_SECONDS:.0f} s")
    return Answer(end.code, text, "" if end.code == 0 else f"--version ended with exit code {end.code}")


def _git() -> ToolCheck:
    return check_version("git", ask_version("git"), "install git")


def _aws() -> ToolCheck:
    """The aws CLI is only needed to log in with `aws sso login`."""
    answer = ask_version("aws")
    if answer.code == 0:
        return check_version("aws", answer, "")
    remedy = "install the AWS CLI, if you log in with aws sso login"
    return ToolCheck("aws", None, f"{answer.problem}; it is only needed to log in", remedy)


def check_version(name: str, answer: Answer, remedy: str) -> ToolCheck:
    """Return the check of a program that has to be there."""
    if answer.code != 0:
        return ToolCheck(name, ok=False, found=answer.problem, remedy=remedy)
    version = VERSION.search(answer.text)
    return ToolCheck(name, ok=True, found=version[0] if version else first_line(answer.text))


def first_line(text: str) -> str:
    """Return the first line of a version that has no number."""
    return clean(next((line for line in text.splitlines() if line.strip()), "no version"), limit=80)


def bin_folders(folder: Path) -> list[Path]:
    """Return where the programs of a project's dependencies are: in its folder, or above it."""
    return [each / "node_modules" / ".bin" for each in (folder, *folder.parents)]
