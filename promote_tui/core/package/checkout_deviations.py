"""Where a plain checkout of a commit is not what a team has: git filters, submodules, Git LFS, links that lead away.

What a service consists of must be right: such a thing at its paths is refused. Elsewhere it is named, because code may
still read it. A link of the service to other code of the repository is right in itself, and is named: a change there
is no commit of the service.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Mapping, Sequence

from promote_tui.core.text import join_words
from promote_tui.core.value import Value, field

LFS = "lfs"
"""Git LFS' filter: whether it would change a file is told by the file's content."""

_KEEPS, _FALSE = "cat", {"false", "no", "off", "0"}
_INSTALLED = "node_modules"
_COPY = "name it in deploy.files, which copies yours as it can be read in your folder"
_FROM_A_CLONE = "name a clone's folder in `repo`, and the file in deploy.files, which copies it from there"
_ELSEWHERE = ", outside of the service's paths,"


class Deviations(Value):
    """What is unusual about a commit's files; all paths are relative to the repository's root.

    `filters` holds for each path the git filter that may change it, `unknown` those filters that the clone has no
    settings for, `pointers` what is kept in Git LFS, `links` what each symbolic link says. `paths` are all of
    the commit.
    """

    paths: Collection[str] = ()
    filters: Mapping[str, str] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    submodules: tuple[str, ...] = ()
    pointers: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)


class Assessment(Value):
    """What deviations mean for a service: why its checkout is refused (empty: it is not), the remedy, and warnings."""

    refused: str = ""
    remedy: str = ""
    warnings: tuple[str, ...] = ()


def changes_bytes(driver: Mapping[str, str]) -> bool:
    """Tell whether git would change a file that it checks out under a filter with these settings.

    Where there are none it is not known what the team's filter does, so it counts as changing it.
    """
    smudge = driver.get("smudge", "").strip()
    required = driver.get("required", "false").lower() not in _FALSE
    kept = smudge == _KEEPS or (not smudge and not required)
    return not driver or bool(driver.get("process")) or not kept


def is_inside(path: str, folders: Collection[str]) -> bool:
    """Tell whether a path is one of these folders or files, or below one; `.` holds everything."""
    return any(folder in {".", path} or path.startswith(f"{folder}/") for folder in folders)


def leads_to(path: str, said: str) -> str | None:
    """Return where a symbolic link leads, from the repository's root; None where that is outside of it."""
    place = posixpath.normpath(posixpath.join(posixpath.dirname(path), said))
    return None if place.startswith(("/", "../")) or place == ".." else place


def assess_deviations(
    odd: Deviations, folders: Sequence[str], copied: Collection[str] = (), *, mirrored: bool = False
) -> Assessment:
    """Return whether a service at these paths may be checked out, and what to warn of.

    `copied` are the files that `deploy.files` puts in place of what git stores; nothing can be copied from a mirror.
    """
    why, remedy = next(_refusals(odd, folders, copied, _FROM_A_CLONE if mirrored else _COPY), ("", ""))
    brought = [path for path in (*odd.filters, *odd.pointers) if path in copied and is_inside(path, folders)]
    yours = [f"{join_words(brought)}: copied from your folder, not from the commit"] if brought else []
    return Assessment(why, remedy, (*yours, *_elsewhere(odd, folders), *_leaving(odd, folders)))


def _are(paths: Sequence[str]) -> str:
    return "is" if len(paths) == 1 else "are"


def _submodule(paths: Sequence[str]) -> str:
    return "is a submodule" if len(paths) == 1 else "are submodules"


def _refusals(odd: Deviations, folders: Sequence[str], copied: Collection[str], copy: str) -> Iterator[tuple[str, str]]:
    """Yield each reason to refuse, with the next step."""
    if lost := [path for path in odd.submodules if is_inside(path, folders)]:
        yield f"{join_words(lost)} {_submodule(lost)}, which is not supported yet", "commit the files themselves"
    if lost := [path for path in odd.pointers if is_inside(path, folders) and path not in copied]:
        why = f"{join_words(lost)} {_are(lost)} kept in Git LFS, which is not supported yet"
        yield why, f"commit the files themselves, or {copy}"
    own = {path: name for path, name in odd.filters.items() if is_inside(path, folders) and path not in copied}
    for name, paths in _by_filter(own):
        told = f"{join_words(paths)} {_are(paths)} under the git filter {name}, which is not run"
        yield told, f"{copy}{_settle(name) if name in odd.unknown else ''}"
    for path, said in odd.links.items():
        if is_inside(path, folders) and leads_to(path, said) is None:
            yield f"{path} links to {said}, outside of the repository", "commit what it links to in its place"


def _settle(name: str) -> str:
    return f"; to let git leave it unchanged, run `git config --global filter.{name}.smudge cat`"


def _by_filter(filters: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    for name in dict.fromkeys(filters.values()):
        yield name, [path for path, its in filters.items() if its == name]


def _elsewhere(odd: Deviations, folders: Sequence[str]) -> Iterator[str]:
    """Yield warnings about files outside of the service's paths."""
    if paths := [path for path in odd.submodules if not is_inside(path, folders)]:
        yield f"{join_words(paths)}{_ELSEWHERE} {_submodule(paths)}: no file of it is checked out"
    if paths := [path for path in odd.pointers if not is_inside(path, folders)]:
        left = "a pointer is" if len(paths) == 1 else "pointers are"
        yield f"{join_words(paths)}{_ELSEWHERE} {_are(paths)} kept in Git LFS: only {left} checked out"
    for name, paths in _by_filter({path: its for path, its in odd.filters.items() if not is_inside(path, folders)}):
        stored = "is as git stores it" if len(paths) == 1 else "are as git stores them"
        yield f"{join_words(paths)}{_ELSEWHERE} {stored}: the filter {name} is not run"
    away = [path for path, said in odd.links.items() if not is_inside(path, folders) and leads_to(path, said) is None]
    if away:
        yield f"{join_words(away)}{_ELSEWHERE} {'links' if len(away) == 1 else 'link'} out of the repository"


def _leaving(odd: Deviations, folders: Sequence[str]) -> Iterator[str]:
    """Yield warnings about the service's links to other places of the repository."""
    led = [(path, leads_to(path, said)) for path, said in odd.links.items() if is_inside(path, folders)]
    away = {path: to for path, to in led if to and not is_inside(to, folders) and _INSTALLED not in to.split("/")}
    there = _existing(odd.paths, set(away.values())) if away else set()
    if missing := [path for path, to in away.items() if to not in there]:
        does = "links" if len(missing) == 1 else "link"
        yield f"{join_words(missing)} {does} out of the service, to what the commit does not have"
    if links := [path for path, to in away.items() if to in there]:
        to = join_words([*dict.fromkeys(away[path] for path in links)])
        does = "links" if len(links) == 1 else "link"
        yield f"{join_words(links)} {does} to {to}: a change there is not a commit of the service; add {to} to `shared`"


def _existing(paths: Collection[str], wanted: Collection[str]) -> set[str]:
    """Return the paths that are a file or a folder with files."""
    found = {"."} & {*wanted}
    for path in paths:
        while path and path not in found:
            if path in wanted:
                found.add(path)
            path = posixpath.dirname(path)  # noqa: PLW2901 - from the file up to the root
    return found
