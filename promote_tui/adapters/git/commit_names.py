"""Looks up the names that stacks give to their commits: as short hashes and tags, and as nothing else.

A branch, `HEAD` or an expression is never looked at, whatever a stack says: digits are asked for among the objects
themselves, and a tag by its full ref.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.adapters.git.command import HASH
from promote_tui.adapters.git.parse import objects, text
from promote_tui.core.model.commit_names import NamedCommits, lookup_keys

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from promote_tui.adapters.git.command import Git
    from promote_tui.core.model.commit_names import LookupKeys

_TAGS = "refs/tags/"
_TAG = ("for-each-ref", "--format=%(objectname) %(refname)")


def commits_named(git: Git, names: Collection[str]) -> Mapping[str, NamedCommits]:
    """Return the commits that each name may mean, in three calls of git at most; names of none are left out."""
    clues = {name: found for name in dict.fromkeys(names) if (found := lookup_keys(name))}
    digits = sorted({each.digits for each in clues.values() if each.digits})
    tagged = _tagged(git, sorted({each.tag for each in clues.values() if each.tag}))
    ids = dict.fromkeys((*_beginning(git, digits), *tagged.values()))
    commits = dict(zip(ids, objects(git, [f"{each}^{{commit}}" for each in ids]), strict=True))
    every = {name: _meaning(each, commits, tagged) for name, each in clues.items()}
    return {name: meaning for name, meaning in every.items() if meaning.commits}


def _beginning(git: Git, digits: list[str]) -> list[str]:
    """Return the ids of all objects that begin with one of these digits."""
    words = [f"--disambiguate={each}" for each in digits]
    return HASH.findall(git.read("rev-parse", *words).decode("ascii", "replace")) if words else []


def _tagged(git: Git, tags: list[str]) -> dict[str, str]:
    """Return the id that each of the tags holds; git lists also what lies below a tag's name."""
    rows = text(git.read(*_TAG, *(f"{_TAGS}{tag}" for tag in tags))).splitlines() if tags else []
    held = {ref.removeprefix(_TAGS): its for its, _, ref in (row.partition(" ") for row in rows)}
    return {tag: held[tag] for tag in tags if tag in held}


def _meaning(asked: LookupKeys, commits: Mapping[str, str | None], tagged: Mapping[str, str]) -> NamedCommits:
    """Return the commits that fit the keys: of the objects with its digits, those that are commits themselves."""
    begun = [each for each, its in commits.items() if its == each and asked.digits and each.startswith(asked.digits)]
    by_tag = commits.get(tagged.get(asked.tag or "", ""))
    every = dict.fromkeys((*begun, *([by_tag] if by_tag else ())))
    return NamedCommits(tuple(every), by_tag=bool(every) and not begun)
