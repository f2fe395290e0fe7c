"""Real repositories made by real git, fast: one process for each commit, no work tree unless asked for.

origin = Repository(tmp_path / "origin.git", bare=True)
first = origin.commit({"serverless.yml": "service: orders"}, "Begin")
origin.branch("feature/refunds", first)
fix = origin.commit({"handler.js": "..."}, "Retry refunds", branch="feature/refunds")
merged = origin.merge("feature/refunds")
clone = origin.clone(tmp_path / "clone")
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.core.model.pipeline import DeploySettings, Service, StackOutput

if TYPE_CHECKING:
    from collections.abc import Mapping

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
ANA = "ana <ana@example.com>"


def run_git(folder: Path, *words: str, feed: bytes = b"", **environment: str) -> bytes:
    """Run git in a folder without the developer's configuration and return its output."""
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": "ana",
        "GIT_AUTHOR_EMAIL": "ana@example.com",
        "GIT_COMMITTER_NAME": "ana",
        "GIT_COMMITTER_EMAIL": "ana@example.com",
    } | environment
    argv = ["git", "-c", "protocol.file.allow=always", *words]
    answer = subprocess.run(argv, cwd=folder, env=env, input=feed, capture_output=True, check=False)
    assert answer.returncode == 0, answer.stderr.decode(errors="replace")
    return answer.stdout


class Link(str):
    """What a symbolic link says, as the content of a file to commit."""

    __slots__ = ()


@dataclass(slots=True)
class Repository:
    """A real repository in `path`; times go on by an hour with each commit unless given."""

    path: Path
    bare: bool = False
    _at: datetime = field(default=START, init=False)

    def __post_init__(self) -> None:
        if not (self.path / ("HEAD" if self.bare else ".git")).exists():
            self.path.mkdir(parents=True, exist_ok=True)
            kind = ("--bare",) if self.bare else ()
            self.git("init", "--quiet", "--template=", "--initial-branch=main", *kind)

    def git(self, *words: str, feed: bytes = b"", **environment: str) -> str:
        """Run any git command here and return its output, without the last newline."""
        return run_git(self.path, *words, feed=feed, **environment).decode(errors="replace").rstrip("\n")

    def commit(
        self,
        files: Mapping[str, str | bytes | None] | None = None,
        message: str | bytes = "Change",
        *,
        author: str = ANA,
        at: datetime | None = None,
        branch: str = "main",
        parents: tuple[str, ...] | None = None,
    ) -> str:
        """Commit changed files (None removes one) on top of a branch and return the hash.

        Without `parents` the branch's tip is the parent, if there is one. The work tree is left
        alone: see `checkout`.
        """
        tip = self.tip(branch)
        before = parents if parents is not None else ((tip,) if tip else ())
        stream = [f"commit refs/heads/{branch}\nmark :1\n".encode()]
        stream += [f"{who} {_person(author)} {self._time(at)}\n".encode() for who in ("author", "committer")]
        stream.append(_data(message))
        stream += [
            f"{word} {sha}\n".encode() for word, sha in zip(("from", *["merge"] * len(before)), before, strict=False)
        ]
        stream += [_change(name, content) for name, content in (files or {}).items()]
        stream.append(b"\nget-mark :1\n")
        if not before and tip:
            self.git("update-ref", "-d", f"refs/heads/{branch}")
        return self.git("fast-import", "--quiet", "--force", "--date-format=raw-permissive", feed=b"".join(stream))

    def merge(
        self,
        other: str,
        message: str | None = None,
        *,
        into: str = "main",
        author: str = ANA,
        at: datetime | None = None,
        files: Mapping[str, str | bytes | None] | None = None,
    ) -> str:
        """Merge a branch (never fast-forward) and return the merge commit.

        With `files` nothing is merged: the tree is that of `into` with these changes.
        """
        ours, theirs = self.tip(into), self.tip(other)
        assert ours
        assert theirs
        said = message or f"Merge branch '{other}' into {into}"
        if files is not None:
            return self.commit(files, said, author=author, at=at, branch=into, parents=(ours, theirs))
        tree = self._merged(ours, theirs)
        name, _, email = author.rstrip(">").partition(" <")
        moment = self._time(at)
        sha = self.git(
            *("commit-tree", tree, "-p", ours, "-p", theirs, "-m", said),
            GIT_AUTHOR_NAME=name,
            GIT_AUTHOR_EMAIL=email,
            GIT_AUTHOR_DATE=moment,
            GIT_COMMITTER_DATE=moment,
        )
        self.git("update-ref", f"refs/heads/{into}", sha)
        return sha

    def branch(self, name: str, at: str = "main") -> None:
        """Make a branch, or move it, to a commit or to another branch's tip."""
        self.git("update-ref", f"refs/heads/{name}", self.tip(at) or at)

    def tag(self, name: str, at: str = "main") -> None:
        """Make a lightweight tag."""
        self.git("update-ref", f"refs/tags/{name}", self.tip(at) or at)

    def introduce(self, name: str, address: str) -> None:
        """Say who commits here."""
        self.git("config", "user.name", name)
        self.git("config", "user.email", address)

    def name_default(self, branch: str) -> None:
        """Make a branch the default one of a bare repository, whether or not it is there."""
        self.git("symbolic-ref", "HEAD", f"refs/heads/{branch}")

    def tip(self, branch: str) -> str | None:
        """Return a branch's commit, None where there is no such branch."""
        return self.git("for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}") or None

    def checkout(self, revision: str = "main") -> None:
        """Fill the work tree, as a person has it."""
        self.git("checkout", "--quiet", "--force", revision)

    def clone(self, path: Path, *options: str) -> Repository:
        """Clone with remote-tracking branches of `origin`; a file:// URL, so that --depth works."""
        run_git(self.path, "clone", "--quiet", *options, self.url, str(path))
        return Repository(path, bare="--bare" in options)

    def fetch(self) -> None:
        """Bring the remote-tracking branches up to date."""
        self.git("fetch", "--quiet", "--prune")

    @property
    def url(self) -> str:
        """The repository as a URL."""
        return f"file://{self.path}"

    def _merged(self, ours: str, theirs: str) -> str:
        """Return the tree of a merge in which no file was changed on both sides."""
        base = self.git("merge-base", ours, theirs)
        with tempfile.TemporaryDirectory() as folder:
            index = str(Path(folder) / "index")
            self.git("read-tree", "-i", "-m", "--aggressive", base, ours, theirs, GIT_INDEX_FILE=index)
            return self.git("write-tree", GIT_INDEX_FILE=index)

    def _time(self, at: datetime | None) -> str:
        self._at += timedelta(hours=1)
        return f"{int((at or self._at).timestamp())} +0000"


def service(
    repo: Path | str, name: str = "orders", path: str = ".", *shared: str, deploy: DeploySettings | None = None
) -> Service:
    """Return a service in a repository, without targets."""
    return Service(name, str(repo), path, shared, StackOutput(), deploy or DeploySettings(), ())


def folder_digest(folder: Path) -> str:
    """Return a digest of everything below a folder: names, kinds, rights, contents, times of change."""
    state = hashlib.sha256()
    for path in sorted([folder, *folder.rglob("*")]):
        found = path.lstat()
        state.update(f"{path}\0{found.st_mode}\0{found.st_mtime_ns}\0{found.st_size}\0".encode("utf-8", "replace"))
        if path.is_symlink():
            state.update(os.fsencode(path.readlink()))
        elif path.is_file():
            state.update(path.read_bytes())
    return state.hexdigest()


def _person(author: str) -> str:
    return author if "<" in author else f"{author} <{author}@example.com>"


def _data(content: str | bytes) -> bytes:
    raw = content.encode() if isinstance(content, str) else content
    return b"data %d\n%s\n" % (len(raw), raw)


def _change(name: str, content: str | bytes | None) -> bytes:
    if content is None:
        return f"D {name}\n".encode()
    mode = 120000 if isinstance(content, Link) else 100644
    return f"M {mode} inline {name}\n".encode() + _data(content)
