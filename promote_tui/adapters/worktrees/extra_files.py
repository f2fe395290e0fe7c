"""`deploy.files`: what the user's folder has untracked and a deploy needs, such as `.env.{stage}`."""

from __future__ import annotations

import contextlib
import os
import posixpath
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.adapters.git.mirror import is_url
from promote_tui.core.errors import DeployError
from promote_tui.private_files import create_private

if TYPE_CHECKING:
    from collections.abc import Iterable

    from promote_tui.core.model.pipeline import Service

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Extra:
    """A file to copy: `name` is relative to the repository's root."""

    name: str
    content: bytes


def read_extras(service: Service, stage: str) -> tuple[Extra, ...]:
    """Return the files that the service's settings name; raises DeployError for each that cannot be copied.

    A name is looked for in the service's folder first, then at the repository's root; the file gets the
    same place in the checkout. Only regular files inside the repository are read.
    """
    if service.deploy.files and is_url(service.repo):
        raise DeployError(
            f"{service.name}/{stage}",
            "deploy.files cannot be copied from a repository that is a URL",
            "name a folder in `repo`, or remove deploy.files",
        )
    return tuple(_read(service, stage, name) for name in service.at(stage).deploy.files)


def _read(service: Service, stage: str, name: str) -> Extra:
    subject, root = f"{service.name}/{stage}", Path(service.repo)
    for place in dict.fromkeys(posixpath.normpath(posixpath.join(base, name)) for base in (service.path, "")):
        if os.path.lexists(root / place):
            return Extra(place, _content(root, place, subject))
    raise DeployError(subject, f"deploy.files: {name} is not in {root}", "create it there, or correct the name")


def _content(root: Path, place: str, subject: str) -> bytes:
    inside = (root / place).resolve().is_relative_to(root.resolve()) and not Path(place).is_absolute()
    if not inside or ".git" in Path(place).parts:
        raise DeployError(subject, f"deploy.files: {place} is not inside the repository", "name a file that is")
    try:
        fd = os.open(root / place, _READ)
        with os.fdopen(fd, "rb") as file:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise DeployError(subject, f"deploy.files: {place} is not a regular file", "name a file")
            return file.read()
    except OSError as problem:
        cause = "it is a link" if Path(root / place).is_symlink() else problem.strerror
        raise DeployError(subject, f"deploy.files: {place} cannot be copied: {cause}", "name a plain file") from problem


def files_in(root: Path, names: Iterable[str]) -> list[str]:
    """Return those of the names that are files below a folder; what cannot be looked at is none."""
    found = []
    for name in names:
        with contextlib.suppress(OSError, ValueError):
            if (root / name).is_file():
                found.append(name)
    return found


def write_extras(extras: tuple[Extra, ...], root: Path, subject: str) -> None:
    """Put the files into the checkout, 0600, never through a link; raises DeployError."""
    for extra in extras:
        try:
            _write(root / extra.name, extra.content, root)
        except OSError as problem:
            cause = f"deploy.files: {extra.name} cannot be written: {problem.strerror}"
            raise DeployError(subject, cause, "check what the commit has in that place") from problem


def _write(path: Path, content: bytes, root: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.parent.resolve().is_relative_to(root.resolve()):
        raise OSError(0, "a link in the commit leads out of the checkout")
    path.unlink(missing_ok=True)
    with os.fdopen(create_private(path), "wb") as file:
        file.write(content)
