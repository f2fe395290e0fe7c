"""The programs that the sandbox needs; the Serverless CLI is installed once, into the user's cache."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from promote_tui.core.errors import PromoteError

if TYPE_CHECKING:
    from collections.abc import Callable

_MANIFESTS = Path(__file__).parent / "serverless"
_BINARY = Path("node_modules", ".bin", "osls")
_NODE = (20, 19)


def check_programs() -> None:
    """Raise PromoteError for the first program that is missing, with what to install."""
    if importlib.util.find_spec("ministack") is None:
        raise PromoteError("demo", "the AWS emulator is not installed", 'pip install "promote-tui[demo]"')
    for name, remedy in (("git", "install git"), ("node", "install Node.js 20.19 or newer")):
        if shutil.which(name) is None:
            raise PromoteError("demo", f"{name} is not installed", remedy)
    found = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    numbers = tuple(int(number) for number in re.findall(r"\d+", found)[:2])
    if numbers < _NODE:
        raise PromoteError("demo", f"Node.js {found or 'of an unknown version'} is too old", "install 20.19 or newer")


def install_cli(say: Callable[[str], None] = lambda _: None, manifests: Path = _MANIFESTS) -> Path:
    """Return the Serverless CLI of the lockfile, installed into the cache where it is not there yet.

    Raises PromoteError where npm is missing or fails.
    """
    beside = manifests / _BINARY
    if beside.exists():
        return beside
    digest = hashlib.sha256((manifests / "package-lock.json").read_bytes()).hexdigest()[:16]
    home = platformdirs.user_cache_path("promote-tui") / f"serverless-{digest}"
    if not (home / _BINARY).exists():
        say("installing the Serverless CLI, once (npm ci)")
        _install(manifests, home)
    return home / _BINARY


def share_compiled(cli: Path, home: Path) -> None:
    """Let the CLI find in this home what it compiled at its first start in any: two seconds of work.

    It keeps its check of serverless.yml in `.serverless`, by the digest of the schema; that folder is beside its
    packages.
    """
    kept = cli.parent.parent / ".cache" / "serverless"
    with contextlib.suppress(PermissionError):  # packages of somebody else: it compiles in each home
        kept.mkdir(parents=True, exist_ok=True)
        (home / ".serverless").symlink_to(kept)


def _install(manifests: Path, home: Path) -> None:
    """Install into a folder of its own and move it into place, so that half an installation is never found."""
    if shutil.which("npm") is None:
        raise PromoteError("demo", "npm is not installed", "install Node.js 20.19 or newer with npm")
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{home.name}.", dir=home.parent) as scratch:
        built = Path(scratch, "built")
        built.mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copy(manifests / name, built)
        _npm(built)
        if not (home / _BINARY).exists():  # somebody else may have been quicker
            shutil.rmtree(home, ignore_errors=True)
            built.rename(home)


def _npm(folder: Path) -> None:
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode or not (folder / _BINARY).exists():
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        cause = lines[0] if lines else "it installed no osls"
        raise PromoteError("npm ci", cause, "look at npm's settings and the network, then try again")
