"""A commit in detail: its message and its files; and what a search for commits asks for."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.core.filter_query import parse
from promote_tui.core.model.pipeline import Commit
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Collection

    from promote_tui.core.model.deployer import DeployerFacts
    from promote_tui.core.model.pipeline import Service

FilePlace: TypeAlias = Literal["", "infrastructure", "shared"]


class Search(Value):
    """What commits are looked for: all words stand in the message, and one of the authors wrote it.

    Letters count as equal in either case, and no character means anything but itself.
    """

    words: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether the search asks for anything."""
        return bool(self.words or self.authors)


EVERYTHING = Search()


def search_for(typed: str) -> Search:
    """Return the search for a text: `who:ANA` is an author, every other word is one of the message."""
    printable = "".join(char if char.isprintable() else " " for char in typed)
    query = parse(printable, {"who"})
    return Search(query.words, query.fields.get("who", ()))


class FileDetail(Value):
    """A changed path; `added` and `deleted` count lines, None where they cannot be told: a binary file.

    `shared` tells that it belongs to a folder that the service shares with others.
    """

    status: str
    path: str
    added: int | None
    deleted: int | None
    shared: bool


class CommitDetail(Value):
    """A commit with its message and the service's files that it changes.

    `base` is the parent that it is compared with, the first one; None for a first commit. `files` may
    be the beginning of a longer list of `total`. At the `edge` of a shallow clone the parent is not
    there: what the commit changes cannot be told, and there are no files.
    """

    commit: Commit
    body: str
    base: str | None
    files: tuple[FileDetail, ...]
    total: int
    edge: bool = False


class Patch(Value):
    """A unified diff; `cut` tells that there is more of it than was read."""

    text: str
    cut: bool


class CommitDifference(Value):
    """The service's commits between two ends: those that the new one `brings`, and those that it `removes`."""

    brings: tuple[Commit, ...] = ()
    removes: tuple[Commit, ...] = ()


def place_of(service: Service, path: str, deployer: DeployerFacts) -> FilePlace:
    """Return what a path is to its service, where that is worth a word.

    A file that is named as one of the deployer's configurations, up to the first dot, describes the stack.
    """
    parts = path.split("/")
    if parts[-1].startswith(_beginnings(deployer.configurations)) or "resources" in parts[:-1]:
        return "infrastructure"
    return "shared" if is_shared(service, path) else ""


def _beginnings(names: Collection[str]) -> tuple[str, ...]:
    return tuple(f"{name.partition('.')[0]}." for name in names)


def is_shared(service: Service, path: str) -> bool:
    """Tell whether a path belongs to a shared folder and not to the service's own."""
    return not _holds(service.path, path) and any(_holds(folder, path) for folder in service.shared)


def path_in_service(service: Service, path: str) -> str:
    """Return the path as seen from the service's folder; one outside of it stays whole."""
    folder = posixpath.normpath(service.path)
    return path.removeprefix(f"{folder}/") if _holds(folder, path) else path


def _holds(folder: str, path: str) -> bool:
    clean = posixpath.normpath(folder)
    return clean in {".", path} or path.startswith(f"{clean}/")
