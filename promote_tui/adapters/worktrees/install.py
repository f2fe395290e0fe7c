"""Decides how a project's dependencies are installed, and when installed ones can stay."""

from __future__ import annotations

import hashlib
import posixpath
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from platform import machine
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from promote_tui.adapters.worktrees.extra_files import Extra
    from promote_tui.core.model.pipeline import Service

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
    be installed every time. `lockfile` is the one that asks for it, empty where a setting does.
    """

    folder: str
    argv: tuple[str, ...]
    key: str
    lockfile: str = ""

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
                found = _with_key(folder, _flavour(folder, argv, tracked), here, tracked, extras, node)
                return replace(found, lockfile=posixpath.join(folder, lockfile))
    return None


def describe_install(service: Service, install: Install | None, tracked: Collection[str]) -> str:
    """Return in words what is installed for a commit and why, or why nothing is, and the key that changes that."""
    here = posixpath.normpath(service.path)
    if install is not None and install.lockfile:
        return f"installed by {install.argv[0]} from {install.lockfile}{_hidden(install, here, tracked)}"
    if install is not None:
        return f"installed by `{shlex.join(install.argv)}`, as deploy.install says"
    if service.deploy.install == "never":
        return "nothing was installed: deploy.install is never"
    manifest = next((path for path in _beside(here, "package.json") if path in tracked), None)
    if manifest is None:
        return f"nothing was installed: the commit has no package.json in {_words(here)}"
    names = ", ".join(dict.fromkeys(lockfile for lockfile, _ in _MANAGERS[1:5]))
    return (
        f"nothing was installed: the commit has {manifest}, and no lockfile ({names}) in {_words(here)};"
        " commit one, or set deploy.install"
    )


def _hidden(install: Install, here: str, tracked: Collection[str]) -> str:
    """Name the other lockfiles that might have been meant."""
    others = [
        path for name in LOCKFILES for path in _beside(here, name) if path in tracked and path != install.lockfile
    ]
    if not others:
        return ""
    return (
        f"; {' and '.join(sorted(others))} {'is' if len(others) == 1 else 'are'} not used, deploy.install changes that"
    )


def _beside(here: str, name: str) -> Iterator[str]:
    return (posixpath.join(folder, name) for folder in _upward(here))


def _words(here: str) -> str:
    return "its top folder" if here == "." else f"{here} or above it"


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
