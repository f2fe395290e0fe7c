"""One work tree of our own: made, filled, cleaned, compared, thrown away.

It hangs off a bare repository of ours that borrows the objects of the user's, so that git writes
down nothing on the user's side. The folder is private; the files in it have the rights that a fresh
clone's have, because they end in packages that others must be able to read.
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.adapters.files import private
from promote_tui.adapters.git.command import Git
from promote_tui.core.errors import GitError
from promote_tui.private_files import write_private

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from promote_tui.adapters.git.repository import Repository

_PLAIN_UMASK = 0o022
_DEPENDENCIES = ("node_modules", ".pnp.cjs", ".pnp.loader.mjs", ".yarn")
_APART = frozenset(_DEPENDENCIES)
_NO_FILTER = "* -filter\n"
"""Wins over every other attribute: no filter is run, whatever it is called and wherever it is set up."""

_FILL = (
    *("-c", "checkout.workers=2", "-c", "submodule.recurse=false", "-c", "core.sparseCheckout=false"),
    *("checkout", "--quiet", "--detach", "--force"),
)
_STATUS = (
    *("-c", "core.trustctime=true", "-c", "core.checkStat=default", "-c", "core.ignoreStat=false"),
    *("status", "--porcelain=v2", "--branch", "--untracked-files=no", "--ignore-submodules=none", "--no-renames", "-z"),
)
_PATH_AFTER = {"1": 8, "u": 10}
"""How many words stand before the path in a line of the status."""


def make_store(home: Path, source: Repository) -> Git:
    """Return our bare repository in `home`, which borrows the source's objects; made again where broken."""
    store = home / "repo.git"
    git = Git(store, source.git.subject)
    if store.is_symlink() or not (store / "HEAD").is_file():
        private.remove(store)
        private.make_private_folder(home, store.name)
        git.read("init", "--quiet", "--bare", "--template=", "--initial-branch=main")
    objects = str(source.objects.resolve())
    if "\n" in objects:
        raise GitError(source.git.subject, "its path holds a line break", "move it to a plain path")
    _put(store / "objects/info/alternates", f"{objects}\n")
    _put(store / "info/attributes", _NO_FILTER)
    _put(store / "shallow", "".join(f"{sha}\n" for sha in sorted(source.boundary)))
    return git


def _put(file: Path, text: str) -> None:
    with private.translate_os_errors(file):
        if not text:
            file.unlink(missing_ok=True)
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        write_private(file, os.fsencode(text))


@dataclass(frozen=True, slots=True)
class Tree:
    """The work tree `number` of a repository's folder in the cache."""

    home: Path
    number: int
    subject: str

    @property
    def root(self) -> Path:
        """The work tree's folder."""
        return self.home / str(self.number)

    @property
    def intact(self) -> bool:
        """Whether it is the folder that we made: not a link, and tied to our own repository."""
        try:
            folder, link = self.root.lstat(), self.root / ".git"
            plain = stat.S_ISDIR(folder.st_mode) and stat.S_ISREG(link.lstat().st_mode)
            return plain and folder.st_uid == os.geteuid() and self._tied(link.read_bytes())
        except OSError:
            return False

    def _tied(self, content: bytes) -> bool:
        admin = self._admin
        return content == b"gitdir: " + os.fsencode(admin) + b"\n" and (admin / "HEAD").is_file()

    @property
    def _admin(self) -> Path:
        return self.home / "repo.git" / "worktrees" / str(self.number)

    def make(self, store: Git, commit: str) -> None:
        """Make it afresh and empty; what stands in its place is thrown away, never followed."""
        self.discard()
        words = ("worktree", "add", "--quiet", "--force", "--detach", "--no-checkout")
        store.read(*words, str(self.root), commit)
        private.make_private_folder(self.home, str(self.number))

    def fill(self, commit: str, *, keep: bool) -> None:
        """Bring it to the commit, without anything else; with `keep` its dependencies stay."""
        self.clean(keep=keep)
        self._git.read(*_FILL, commit, umask=_PLAIN_UMASK)

    def clean(self, *, keep: bool) -> None:
        """Remove what is not tracked; with `keep` its dependencies stay."""
        spared = [word for name in _DEPENDENCIES for word in ("-e", name)] if keep else []
        self._git.read("clean", "-ffdxq", *spared)

    def discard(self) -> None:
        """Remove it and what our repository knows of it."""
        private.remove(self.root)
        private.remove(self._admin)

    def state(self, files: Iterable[str]) -> str:
        """Return a digest of its commit, its index, its tracked files' changes, and some other files."""
        status = self._git.read(*_STATUS)
        found = hashlib.sha256(status)
        for name in (*_changed(status), *files):
            found.update(b"\0" + os.fsencode(name) + b"\0" + _content(self.root / name))
        return found.hexdigest()

    def marks(self, files: Iterable[str]) -> dict[str, str]:
        """Return what lies in it beside its dependencies: each untracked file's name with what a look shows of it.

        The empty name stands for all that `state` tells of.
        """
        spared = [word for name in _DEPENDENCIES for word in ("-x", name)]
        names = os.fsdecode(self._git.read("ls-files", "--others", "-z", *spared)).split("\0")[:-1]
        return {"": self.state(files), **{name: _look(self.root / name) for name in names}}

    def dependencies(self) -> dict[str, str]:
        """Return each file of its dependencies by name, with what a look shows of it."""
        names = os.fsdecode(self._git.read("ls-files", "--others", "-z")).split("\0")[:-1]
        return {name: _look(self.root / name) for name in names if not _APART.isdisjoint(name.split("/"))}

    def restore_dependencies(self, before: Mapping[str, str]) -> bool:
        """Take away what came after this look at the dependencies; tell whether they are as they were then."""
        now = self.dependencies()
        for name in now.keys() - before.keys():
            private.remove(self.root / name)
        return {name: look for name, look in now.items() if name in before} == before

    def restore(self, before: Mapping[str, str], files: tuple[str, ...]) -> bool:
        """Take away what came after these marks; tell whether all is as it was then."""
        for name in self.marks(files).keys() - before.keys():
            private.remove(self.root / name)
        if self.marks(files)[""] != before.get(""):
            self._git.read(*_FILL, "HEAD", umask=_PLAIN_UMASK)
        return self.marks(files) == before

    @property
    def _git(self) -> Git:
        return Git(self.root, self.subject)


def _look(path: Path) -> str:
    try:
        found = path.lstat()
    except OSError:
        return "unreadable"
    return f"{found.st_mode} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"


def _changed(status: bytes) -> list[str]:
    rows = [(row, _PATH_AFTER.get(row[:1])) for row in os.fsdecode(status).split("\0")]
    return [row.split(" ", words)[words] for row, words in rows if words]


def _content(path: Path) -> bytes:
    try:
        if path.is_symlink():
            return b"link " + os.fsencode(path.readlink())
        return b"file " + hashlib.sha256(path.read_bytes()).digest() if path.is_file() else b"none"
    except OSError:
        return b"unreadable"
