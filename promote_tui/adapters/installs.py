"""How a project's dependencies are installed, and when those that are there can stay."""

from __future__ import annotations

import hashlib
import posixpath
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from platform import machine
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promote_tui.adapters.checkouts_files import Extra
    from promote_tui.core.model import Service

_NPM = ("npm", "ci", "--no-audit", "--no-fund")
_BUN = ("bun", "install", "--frozen-lockfile")
_MANAGERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("npm-shrinkwrap.json", _NPM),
    ("package-lock.json", _NPM),
    ("yarn.lock", ("yarn", "install", "--frozen-lockfile")),
    ("pnpm-lock.yaml", ("pnpm", "install", "--frozen-lockfile")),
    ("bun.lock", _BUN),
    ("bun.lockb", _BUN),
)
LOCKFILES = tuple(lockfile for lockfile, _ in _MANAGERS)
_YARN_BERRY = ("yarn", "install", "--immutable")
_SETTINGS = frozenset(
    {
        ".npmrc",
        ".pnpmfile.cjs",
        ".yarnrc",
        ".yarnrc.yml",
        "bunfig.toml",
        "package.json",
        "pnpm-workspace.yaml",
        *LOCKFILES,
    }
)
_PATCHES = frozenset({"patches", ".yarn"})
_INSTALLED = ("node_modules", ".pnp.cjs")


@dataclass(frozen=True, slots=True)
class Install:
    """A command to run in `folder` (relative to the root; "" is the root).

    `key` changes with whatever the installed dependencies depend on; it is empty where they have to
    be installed every time.
    """

    folder: str
    argv: tuple[str, ...]
    key: str

    def present(self, root: Path) -> bool:
        """Tell whether something is installed there at all."""
        return bool(self.key) and any((root / self.folder / name).exists() for name in _INSTALLED)


def choose(service: Service, tracked: Mapping[str, str], extras: tuple[Extra, ...], node: str) -> Install | None:
    """Return what to run for a commit, None where nothing is.

    `tracked` maps each path of the commit to its object id; `extras` are files copied beside them;
    `node` is the version of Node.
    """
    wanted, here = service.deploy.install, posixpath.normpath(service.path)
    if wanted == "never":
        return None
    if not isinstance(wanted, str):
        return Install("" if here == "." else here, wanted, "")
    for folder in _upward(here):
        for lockfile, argv in _MANAGERS:
            if posixpath.join(folder, lockfile) in tracked:
                return _with_key(folder, _flavour(folder, argv, tracked), here, tracked, extras, node)
    return None


def _flavour(folder: str, argv: tuple[str, ...], tracked: Mapping[str, str]) -> tuple[str, ...]:
    berry = any(posixpath.join(above, ".yarnrc.yml") in tracked for above in _upward(folder or "."))
    return _YARN_BERRY if argv[0] == "yarn" and berry else argv


def _upward(path: str) -> Iterator[str]:
    """Yield a folder and those above it, the root last, as "" ."""
    while path not in {"", "."}:
        yield path
        path = posixpath.dirname(path)
    yield ""


def _with_key(  # noqa: PLR0913,PLR0917 - all that the key is made of
    folder: str,
    argv: tuple[str, ...],
    here: str,
    tracked: Mapping[str, str],
    extras: tuple[Extra, ...],
    node: str,
) -> Install:
    above = frozenset(_upward(here))
    parts = [*argv, folder, node, sys.platform, machine()]
    parts += [f"{path} {tracked[path]}" for path in sorted(tracked) if _matters(path, folder, above)]
    copied = {extra.name: hashlib.sha256(extra.content).hexdigest() for extra in extras}
    parts += [f"{path} {copied[path]}" for path in sorted(copied) if _matters(path, folder, above)]
    return Install(folder, argv, hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest())


def _matters(path: str, folder: str, above: frozenset[str]) -> bool:
    """Settings of the service's folder and all above it, and those below the lockfile: its workspaces."""
    parent, _, name = path.rpartition("/")
    below = not folder or path.startswith(f"{folder}/")
    if name in _SETTINGS:
        return below or parent in above
    return below and not _PATCHES.isdisjoint(parent.split("/"))


def node_version(search_path: str) -> str:
    """Return what `node --version` says for a PATH; empty where there is no Node."""
    program = shutil.which("node", path=search_path)
    if not program:
        return ""
    real = Path(program).resolve()
    return _version(program, str(real), real.stat().st_mtime_ns)


@cache
def _version(program: str, real: str, changed: int) -> str:
    """Ask once for each program; `real` and `changed` tell an upgraded one from the old."""
    del real, changed
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip()
