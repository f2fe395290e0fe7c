"""The relations of all pairs of one repository."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from promote_tui.adapters.git.ancestry import Ancestry, ancestry, commits_unlike_any_parent, commits_with_own_changes
from promote_tui.adapters.git.parse import Paths, is_hash, service_paths, trees
from promote_tui.core.git.relation import Unknown, relate
from promote_tui.core.text import short

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Collection, Mapping

    from promote_tui.adapters.git.command import Git
    from promote_tui.adapters.git.repository import Repository
    from promote_tui.core.git.relation import Pair, Relation

    _Rule: TypeAlias = Callable[[Git, Collection[str], Paths], frozenset[str]]

_LONGEST = 60


def absent_reason(sha: str) -> str:
    """Return the sentence about a commit that a repository lacks; it may be any text a stack holds."""
    return f"{short(sha) if is_hash(sha) else sha[:_LONGEST]} is not in this clone"


def relations(repository: Repository, pairs: Collection[Pair]) -> Mapping[Pair, Relation]:
    """Return every pair's relation: two calls of git for the ancestry, one for the trees, one for each set of paths.

    For a set of paths where a merge dropped a change, it is one more.
    """
    paths = {pair: service_paths(pair.service) for pair in pairs}
    wanted = [(paths[pair], sha) for pair in pairs for sha in (pair.commit, pair.against)]
    known = trees(repository.git, wanted)
    found: dict[Pair, Relation] = {}
    for pair in pairs:
        relation = _at_a_glance(pair, known.get((paths[pair], pair.commit)), known.get((paths[pair], pair.against)))
        if relation:
            found[pair] = relation
    apart = {pair: paths[pair] for pair in pairs if pair not in found}
    return {**found, **(_counted(repository, apart) if apart else {})}


def _at_a_glance(pair: Pair, tree: str | None, other: str | None) -> Relation | None:
    for sha, its in ((pair.commit, tree), (pair.against, other)):
        if its is None:
            return Unknown(absent_reason(sha))
    return relate(same_tree=True, ahead=0, behind=0) if tree == other else None


def _counted(repository: Repository, apart: Mapping[Pair, Paths]) -> Mapping[Pair, Relation]:
    git = repository.git
    history = ancestry(git, {sha for pair in apart for sha in (pair.commit, pair.against)})
    edge = history.count_apart(repository.boundary)
    untold = {pair: reason for pair in apart if (reason := _untold(pair, history, edge))}
    told = {pair: paths for pair, paths in apart.items() if pair not in untold}
    sides = _sides(git, history, told, commits_with_own_changes)
    unexplained = {pair: told[pair] for pair in told if not any(sides[pair])}
    sides |= _sides(git, history, unexplained, commits_unlike_any_parent)
    return untold | {
        pair: relate(same_tree=False, ahead=ahead, behind=behind) for pair, (ahead, behind) in sides.items()
    }


def _untold(pair: Pair, history: Ancestry, edge: Counter[int]) -> Unknown | None:
    """Return why a pair cannot be counted: behind the edge of a shallow clone there may be more commits."""
    if any(history.apart(edge, pair.commit, pair.against)):
        return Unknown("this clone is shallow, and its history ends before the two commits meet")
    if not history.related(pair.commit, pair.against):
        return Unknown(f"{short(pair.commit)} and {short(pair.against)} have no common history")
    return None


def _sides(git: Git, history: Ancestry, pairs: Mapping[Pair, Paths], rule: _Rule) -> dict[Pair, tuple[int, int]]:
    """Return how many commits each side of each pair has for itself, by a rule of which commits count."""
    differing = history.differing
    counters = {paths: history.count_apart(rule(git, differing, paths)) for paths in dict.fromkeys(pairs.values())}
    return {pair: history.apart(counters[paths], pair.commit, pair.against) for pair, paths in pairs.items()}


def brought_commits(git: Git, paths: Paths, base: str | None, head: str) -> tuple[str, ...]:
    """Return the service's commits that `head` has and `base` lacks (None: all), newest first: those that count.

    As in `relations`: where the trees differ and neither side brings anything of its own, a merge
    has dropped a change, and the merges that differ from any parent count.
    """
    missing = _lacking(git, base, head)
    counted = commits_with_own_changes(git, missing, paths)
    if not counted and missing and base and _unexplained(git, paths, base, head):
        counted = commits_unlike_any_parent(git, missing, paths)
    return tuple(sha for sha in missing if sha in counted)


def _unexplained(git: Git, paths: Paths, base: str, head: str) -> bool:
    known = trees(git, [(paths, base), (paths, head)])
    differ = known[paths, base] != known[paths, head]
    return differ and not commits_with_own_changes(git, _lacking(git, head, base), paths)


def _lacking(git: Git, base: str | None, head: str) -> list[str]:
    without = [f"^{base}"] if base else []
    return git.read("rev-list", head, *without).decode("ascii").split()
