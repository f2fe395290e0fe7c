"""One repository as it stands on disk: where its objects are, what it lacks, which remote speaks for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from promote_tui.adapters.git_process import HASH, Git
from promote_tui.core.errors import GitError

_MAIN_REMOTE = "origin"
_FACTS = (
    "rev-parse",
    "--show-object-format",
    "--is-shallow-repository",
    "--git-path",
    "objects",
    "--git-path",
    "shallow",
    "--show-prefix",
)


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository that can be read now.

    `boundary` are the commits whose parents a shallow clone lacks. `remote` is the one whose
    branches count, None where the local branches do.
    """

    git: Git
    objects: Path
    boundary: frozenset[str]
    remote: str | None

    @property
    def heads(self) -> str:
        """The prefix of the refs that are the branches here."""
        return f"refs/remotes/{self.remote}/" if self.remote else "refs/heads/"


def look_at(git: Git) -> Repository:
    """Return the repository in git's folder; raises GitError where there is none, or not one we can read."""
    if not git.folder.is_dir():
        raise GitError(
            git.subject, "the folder does not exist", f"correct `repo` in the config, or clone it to {git.folder}"
        )
    form, is_shallow, objects, shallow, prefix = _facts(git)
    if prefix:
        raise GitError(
            git.subject,
            f"it is the folder {prefix.rstrip('/')} of a repository, not its root",
            "name the root in `repo` and the folder in `path`",
        )
    if form != "sha1":
        raise GitError(git.subject, f"its {form} object names are not supported yet", "use a repository with SHA-1")
    boundary = _boundary(git.folder / shallow) if is_shallow == "true" else frozenset()
    return Repository(git, git.folder / objects, boundary, _remote(git))


def _facts(git: Git) -> tuple[str, str, str, str, str]:
    text = git.read(*_FACTS).decode("utf-8", "surrogateescape")
    form, is_shallow, objects, shallow, prefix, *_ = (*text.split("\n"), "")
    return form, is_shallow, objects, shallow, prefix


def _boundary(file: Path) -> frozenset[str]:
    try:
        return frozenset(HASH.findall(file.read_text("ascii", "replace")))
    except FileNotFoundError:
        return frozenset()


def _remote(git: Git) -> str | None:
    names = git.read("remote").decode("utf-8", "surrogateescape").split("\n")[:-1]
    if not names:
        return None
    return _MAIN_REMOTE if _MAIN_REMOTE in names else names[0]
