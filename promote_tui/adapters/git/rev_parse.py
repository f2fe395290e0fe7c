"""Resolves what a person types to the 40 digits of one commit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from promote_tui.adapters.git.command import HASH
from promote_tui.adapters.git.parse import objects
from promote_tui.core.errors import GitError, UsageError

if TYPE_CHECKING:
    from promote_tui.adapters.git.repository import Repository

_LONGEST = 250
_NAME = re.compile(r"(?:(?![~^:]|@\{).)*")
_ABBREVIATED = re.compile(r"[0-9a-fA-F]{4,39}")
_OWN_HEADS = re.compile(r"@|[A-Z_]*HEAD")


def resolve(repository: Repository, revision: str, subject: str) -> str:
    """Return the commit that a revision names; raises UsageError where it names none, or more than one.

    Names go to git on its input, never as an argument, so that none of them is read as an option.
    The branches that count come first, then git's own order; a full hash is always the commit itself.
    """
    if not _plausible(revision):
        raise _unknown(repository, revision, subject)
    if HASH.fullmatch(revision.lower()):
        return _existing(repository, revision.lower(), subject)
    shas = _found(repository, revision)
    if not shas:
        raise _nothing(repository, revision, subject)
    _refuse_two(repository, revision, subject, shas[0])
    return shas[0]


def _plausible(revision: str) -> bool:
    """A colon would search messages or name a file; nothing that names a commit has one."""
    return 0 < len(revision) <= _LONGEST and revision.isprintable() and ":" not in revision


def _found(repository: Repository, revision: str) -> list[str]:
    """Return the commits of the candidates that are one; git gives up on `@{upstream}` where there is none."""
    names = [f"{name}^{{commit}}" for name in _candidates(repository, revision)]
    try:
        return [sha for sha in objects(repository.git, names) if sha]
    except GitError:
        if "@{" in revision:
            return []
        raise


def _candidates(repository: Repository, revision: str) -> tuple[str, ...]:
    name = _name(revision)
    if not name or _OWN_HEADS.fullmatch(name) or "@{" in revision:
        return (revision,)
    return (f"{repository.heads}{revision}", revision)


def _name(revision: str) -> str:
    """Return the part before `~2`, `^`, `@{1}`: what may be the name of a ref."""
    found = _NAME.match(revision)
    return found.group() if found else ""


def _existing(repository: Repository, sha: str, subject: str) -> str:
    (found,) = objects(repository.git, [f"{sha}^{{commit}}"])
    if not found:
        raise _unknown(repository, sha, subject)
    return found


def _refuse_two(repository: Repository, revision: str, subject: str, sha: str) -> None:
    """A branch named like a short hash is refused where that hash is another commit's."""
    name = _name(revision)
    if not _ABBREVIATED.fullmatch(name):
        return
    rest = revision[len(name) :]
    starts = HASH.findall(repository.git.read("rev-parse", f"--disambiguate={name}").decode("ascii", "replace"))
    others = objects(repository.git, [f"{start}{rest}^{{commit}}" for start in starts])
    if {other for other in others if other} - {sha}:
        raise _ambiguous(revision, subject)


def _nothing(repository: Repository, revision: str, subject: str) -> UsageError:
    name = _name(revision)
    if _ABBREVIATED.fullmatch(name):
        starts = HASH.findall(repository.git.read("rev-parse", f"--disambiguate={name}").decode("ascii", "replace"))
        if sum(sha is not None for sha in objects(repository.git, [f"{start}^{{commit}}" for start in starts])) > 1:
            return _ambiguous(revision, subject)
    return _unknown(repository, revision, subject)


def _ambiguous(revision: str, subject: str) -> UsageError:
    return UsageError(subject, f"{revision!r} names more than one commit", "give all 40 digits of the hash")


def _unknown(repository: Repository, revision: str, subject: str) -> UsageError:
    place = repository.git.subject
    shown = repr(revision if len(revision) <= _LONGEST else f"{revision[:40]}...")
    return UsageError(subject, f"{shown} names no commit in {place}", _next_step(repository))


def _next_step(repository: Repository) -> str:
    if repository.boundary:
        return "this clone is shallow: run `git fetch --unshallow` there, or check the name"
    return f"run `{repository.fetch}` there, or check the name" if repository.remote else "check the name"
