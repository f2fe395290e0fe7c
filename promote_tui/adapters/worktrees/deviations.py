"""What is special about a commit's files: git filters, submodules, Git LFS, links; read from git alone.

Attributes are those of the commit itself: git is given an index that holds its `.gitattributes` files and nothing
else. `git check-attr --source` would do that by itself, from git 2.40 on. It runs in the user's repository, so
that `$GIT_DIR/info/attributes` and the filters' settings count as they do there; the index lies in a folder of ours.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from promote_tui.adapters.git.parse import contents
from promote_tui.core.package.checkout_deviations import LFS, Deviations, changes_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from promote_tui.adapters.git.command import Git

Rows: TypeAlias = "Mapping[str, tuple[str, str]]"
"""Each path of a commit with its mode and object id."""

LONGEST_POINTER = 1024
_SUBMODULE, _LINK, _FILES = "160000", "120000", frozenset({"100644", "100755"})
_EMPTY = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
_POINTER = b"version https://git-lfs.github.com/spec/"
_ATTRIBUTES = "/.gitattributes"
_OWN_INDEX = ("-c", "core.splitIndex=false", "-c", "core.untrackedCache=false")
"""An index that leaves nothing beside itself."""

_NO_NAME = frozenset({"unspecified", "unset", "set"})


def find_deviations(git: Git, rows: Rows) -> Deviations:
    """Return what is special about the files of a commit; raises GitError."""
    named = _filters(git, rows)
    settings = _settings(git) if named else {}
    filters = {path: name for path, name in named.items() if name != LFS and changes_bytes(settings.get(name, {}))}
    links = [path for path, (mode, _) in rows.items() if mode == _LINK]
    said = (each.decode("utf-8", "surrogateescape") for each in contents(git, [rows[path][1] for path in links]))
    return Deviations(
        paths=rows.keys(),
        filters=filters,
        unknown=frozenset(filters.values()) - settings.keys(),
        submodules=tuple(path for path, (mode, _) in rows.items() if mode == _SUBMODULE),
        pointers=_pointers(git, {path: rows[path][1] for path, name in named.items() if name == LFS}),
        links=dict(zip(links, said, strict=True)),
    )


def is_pointer(content: bytes) -> bool:
    """Tell whether it is what Git LFS puts into git in place of a file."""
    return len(content) <= LONGEST_POINTER and content.startswith(_POINTER)


def _filters(git: Git, rows: Rows) -> dict[str, str]:
    """Return the filter that each file has, by the commit's attributes; no filter changes what is empty."""
    asked = [path for path, (mode, oid) in rows.items() if mode in _FILES and oid != _EMPTY]
    kept = [f"{mode} {oid}\t{path}" for path, (mode, oid) in rows.items() if f"/{path}".endswith(_ATTRIBUTES)]
    with tempfile.TemporaryDirectory(prefix="promote-tui-") as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        git.read(*_OWN_INDEX, "update-index", "-z", "--index-info", lines=_ended(kept), environment=index)
        out = git.read("check-attr", "--cached", "--stdin", "-z", "filter", lines=_ended(asked), environment=index)
    words = out.decode("utf-8", "surrogateescape").split("\0")
    return {path: name for path, name in zip(words[::3], words[2::3], strict=False) if name not in _NO_NAME}


def _ended(rows: Iterable[str]) -> bytes:
    return "".join(f"{row}\0" for row in rows).encode("utf-8", "surrogateescape")


def _settings(git: Git) -> dict[str, dict[str, str]]:
    """Return what the configuration says of each filter, by its name, as git would use it in this repository."""
    answer = git.answer("config", "-z", "--get-regexp", r"^filter\.")
    found: dict[str, dict[str, str]] = {}
    for row in answer.out.decode("utf-8", "surrogateescape").split("\0")[:-1]:
        key, _, value = row.partition("\n")
        name, _, variable = key.removeprefix("filter.").rpartition(".")
        found.setdefault(name, {})[variable] = value
    return found


def _pointers(git: Git, ids: Mapping[str, str]) -> tuple[str, ...]:
    """Return those of the files that are a pointer of Git LFS."""
    sizes = git.read("cat-file", "--batch-check=%(objectsize)", lines=ids.values()).split() if ids else []
    pairs = zip(ids.items(), sizes, strict=False)
    small = {path: oid for (path, oid), size in pairs if size.isdigit() and int(size) <= LONGEST_POINTER}
    found = zip(small, contents(git, [*small.values()]), strict=True)
    return tuple(path for path, content in found if is_pointer(content))
