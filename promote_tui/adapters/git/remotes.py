"""Which of a clone's remotes is the team's: the one whose branches count. Git's own settings of the clone tell.

`origin` is it, else the first; `upstream` beside an `origin` is it where the clone says so itself, as a clone
of a fork does: `gh repo set-default`, `checkout.defaultRemote`, or a default branch that tracks it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.adapters.git.command import Git
from promote_tui.core.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


ORIGIN, UPSTREAM = "origin", "upstream"
LOCAL = "refs/heads/"

_ASKED = (
    r"^(core\.bare|checkout\.defaultremote|remote\..*\.(url|fetch|gh-resolved)|branch\..*\.remote|include.*\.path)$"
)
_USUAL = ("main", "master")


@dataclass(frozen=True, slots=True)
class Remotes:
    """A clone's remotes, in the order of its settings; `settings` are pairs of a key and its value."""

    git: Git
    settings: tuple[tuple[str, str], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Those that have an address."""
        found = (key.removeprefix("remote.").removesuffix(".url") for key, _ in self.settings if _is_url(key))
        return tuple(dict.fromkeys(found))

    @property
    def has_includes(self) -> bool:
        """Whether settings are in files that others name."""
        return any(key.startswith("include") for key, _ in self.settings)

    @property
    def bare(self) -> bool:
        """Whether the repository has no work tree of its own; one may be linked to it."""
        return self._has("core.bare", "true")

    def team(self, wanted: Sequence[str] = ()) -> str | None:
        """Return the team's remote: the first wanted one that there is; None where there is no remote.

        Raises GitError where none of the wanted ones is there.
        """
        if wanted:
            return self._first(wanted)
        if {ORIGIN, UPSTREAM} <= {*self.names} and self._says_upstream():
            return UPSTREAM
        return ORIGIN if ORIGIN in self.names else next(iter(self.names), None)

    def own(self, remote: str) -> bool:
        """Tell whether the branches of the repository itself count: a bare clone has no others."""
        return self.bare and (not self._tracks(remote) or not has_any(self.git, f"refs/remotes/{remote}/"))

    def mirrors(self, remote: str) -> bool:
        """Tell whether a fetch makes the repository's own branches like the remote's."""
        return any(_target(spec).startswith((LOCAL, "refs/*")) for spec in self._all(f"remote.{remote}.fetch"))

    def _first(self, wanted: Sequence[str]) -> str:
        for name in wanted:
            if name in self.names:
                return name
        cause = f"it has no remote {' or '.join(wanted)}, which `remote` in the configuration names"
        raise GitError(self.git.subject, cause, f"git remote add {wanted[0]} URL, then git fetch {wanted[0]}")

    def _says_upstream(self) -> bool:
        if self._has(f"remote.{UPSTREAM}.gh-resolved", "base") or self._has("checkout.defaultremote", UPSTREAM):
            return True
        tracking = {key.removeprefix("branch.").removesuffix(".remote") for key, _ in self._pairs(UPSTREAM)}
        return bool(tracking) and not tracking.isdisjoint(self._defaults())

    def _pairs(self, remote: str) -> Iterable[tuple[str, str]]:
        return (pair for pair in self.settings if pair[0].startswith("branch.") and pair[1] == remote)

    def _defaults(self) -> set[str]:
        """Return the names of what may be the default branch."""
        heads = [default_of(self.git, f"refs/remotes/{remote}/") for remote in (ORIGIN, UPSTREAM)]
        found = {head for head in heads if head}
        return found or {*_USUAL}

    def _tracks(self, remote: str) -> bool:
        return any(_target(spec).startswith("refs/remotes/") for spec in self._all(f"remote.{remote}.fetch"))

    def _has(self, key: str, value: str) -> bool:
        return self._all(key)[-1:] == [value]

    def _all(self, key: str) -> list[str]:
        return [value for name, value in self.settings if name == key]


def remotes(git: Git) -> Remotes:
    """Read the settings of the repository in git's folder; raises GitError."""
    answer = git.answer("config", "-z", "--get-regexp", _ASKED)
    if answer.code and answer.err:
        raise git.failure(answer)
    rows = answer.out.decode("utf-8", "surrogateescape").split("\0")[:-1]
    return Remotes(git, tuple(_pair(row) for row in rows))


def default_of(git: Git, heads: str) -> str | None:
    """Return the branch below `heads` that is the default one there; None where git knows of none.

    For the repository's own branches that is its HEAD, not that of a work tree that is linked to it.
    """
    ref = "main-worktree/HEAD" if heads == LOCAL else f"{heads}HEAD"
    answer = git.answer("symbolic-ref", "--quiet", ref)
    name = answer.out.decode("utf-8", "replace").rstrip("\n")
    known = not answer.code and name.startswith(heads)
    return name.removeprefix(heads) if known and has_any(git, name) else None


def has_any(git: Git, refs: str) -> bool:
    """Tell whether there is a ref of this name, or one below it."""
    return bool(git.read("for-each-ref", "--count=1", "--format=%(refname)", refs))


def remote_of(ref: str, names: Iterable[str]) -> str:
    """Return the remote that a name such as `origin/main` begins with; remotes may have slashes in their names."""
    fitting = [name for name in names if ref.startswith(f"{name}/")]
    return max(fitting, key=len) if fitting else ref.partition("/")[0]


def _pair(row: str) -> tuple[str, str]:
    key, _, value = row.partition("\n")
    return key, value


def _is_url(key: str) -> bool:
    return key.startswith("remote.") and key.endswith(".url")


def _target(spec: str) -> str:
    return spec.partition(":")[2]
