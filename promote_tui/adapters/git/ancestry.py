"""Which of many commits hold which others: exact, in two calls of git whatever their number.

All tips' common ancestor bounds the history that can differ between them; each commit above it gets
a bit for every tip that reaches it. What one tip has and another lacks is then a matter of bits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.adapters.git.command import HASH

if TYPE_CHECKING:
    from collections.abc import Collection

    from promote_tui.adapters.git.command import Git
    from promote_tui.adapters.git.parse import Paths

_MARK = b"\x01"
"""Before each commit; file names cannot hold it, for git quotes it there."""

_DIGITS = 40
_OWN = (
    *("diff-tree", "--stdin", "--root", "-r", "-c", "--name-only", "--no-renames", "--ignore-submodules=none"),
    *("--format=%x01%H", "--"),
)
"""A merge's files are those that differ from all its parents; its hash may stand there without any file."""


@dataclass(frozen=True, slots=True)
class Ancestry:
    """For each commit above the common ancestor, a mask of the tips that reach it; `bits` is each tip's bit.

    `shared` says that the tips have a common ancestor.
    """

    bits: Mapping[str, int]
    masks: Mapping[str, int]
    shared: bool

    def related(self, one: str, other: str) -> bool:
        """Tell whether two tips have any commit in common."""
        both = self.bits[one] | self.bits[other]
        return self.shared or any(mask & both == both for mask in self.masks.values())

    def count_apart(self, commits: Collection[str]) -> Counter[int]:
        """Return how many of these commits have each mask."""
        return Counter(self.masks[sha] for sha in commits if sha in self.masks)

    def apart(self, counter: Counter[int], one: str, other: str) -> tuple[int, int]:
        """Return how many of the counted commits only the first tip has, and only the second."""
        return _only(counter, self.bits[one], self.bits[other]), _only(counter, self.bits[other], self.bits[one])

    @property
    def differing(self) -> tuple[str, ...]:
        """The commits that some tips have and others lack."""
        every = (1 << len(self.bits)) - 1
        return tuple(sha for sha, mask in self.masks.items() if mask != every)


def _only(counter: Counter[int], has: int, lacks: int) -> int:
    return sum(number for mask, number in counter.items() if mask & has and not mask & lacks)


def ancestry(git: Git, tips: Collection[str]) -> Ancestry:
    """Return how these commits, which all exist, hold each other's history."""
    order = sorted(set(tips))
    base = _common_ancestor(git, order)
    bits = {sha: 1 << place for place, sha in enumerate(order)}
    rows = git.read("rev-list", "--topo-order", "--parents", "--stdin", lines=[*order, *(f"^{sha}" for sha in base)])
    reached, masks = dict(bits), {}
    for row in rows.decode("ascii").splitlines():
        sha, *parents = row.split()
        mask = masks[sha] = reached[sha]
        for parent in parents:
            reached[parent] = reached.get(parent, 0) | mask
    return Ancestry(bits, masks, bool(base))


def _common_ancestor(git: Git, order: list[str]) -> list[str]:
    answer = git.answer("merge-base", "--octopus", *order)
    if answer.code > 1:
        raise git.failure(answer)
    return HASH.findall(answer.out.decode("ascii", "replace"))[:1]


def commits_with_own_changes(git: Git, commits: Collection[str], paths: Paths) -> frozenset[str]:
    """Return those of the commits that bring something of their own to the paths: a file that no parent has so.

    A merge that only joins what its parents have brings nothing. Each commit is weighed against all
    its parents, wherever a range of commits would end.
    """
    if not commits:
        return frozenset()
    rows = git.read(*_OWN, *paths, lines=commits).split(_MARK)
    return frozenset(row[:_DIGITS].decode("ascii") for row in rows if row[_DIGITS:].strip())


def commits_unlike_any_parent(git: Git, commits: Collection[str], paths: Paths) -> frozenset[str]:
    """Return those of the commits that differ from any of their parents at the paths, merges of any kind included.

    Asked commit by commit (--no-walk): within a range, git would weigh a merge only against the
    parents that are inside, so that the same merge would count here and not there.
    """
    if not commits:
        return frozenset()
    words = ("rev-list", "--no-walk=unsorted", "--full-history", "--stdin", "--", *paths)
    return frozenset(git.read(*words, lines=commits).decode("ascii").split())
