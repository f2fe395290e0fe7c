"""The relations of all pairs of one repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.adapters.git_ancestry import Ancestry, ancestry, touching
from promote_tui.adapters.git_read import Paths, is_hash, service_paths, trees
from promote_tui.core.drift import Unknown, relate
from promote_tui.core.text import short

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Collection, Mapping

    from promote_tui.adapters.git_repository import Repository
    from promote_tui.core.drift import Pair, Relation

_LONGEST = 60


def absent(sha: str) -> str:
    """Return the sentence about a commit that a repository lacks; it may be any text a stack holds."""
    return f"{short(sha) if is_hash(sha) else sha[:_LONGEST]} is not in this clone"


def relations(repository: Repository, pairs: Collection[Pair]) -> Mapping[Pair, Relation]:
    """Return every pair's relation: two calls of git for the ancestry, one for the trees, one for each set of paths."""
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
            return Unknown(absent(sha))
    return relate(same_tree=True, ahead=0, behind=0) if tree == other else None


def _counted(repository: Repository, apart: Mapping[Pair, Paths]) -> Mapping[Pair, Relation]:
    history = ancestry(repository.git, {sha for pair in apart for sha in (pair.commit, pair.against)})
    differing = history.differing
    counters = {
        paths: history.counted(touching(repository.git, differing, paths)) for paths in dict.fromkeys(apart.values())
    }
    edge = history.counted(repository.boundary)
    return {pair: _relation(pair, history, counters[paths], edge) for pair, paths in apart.items()}


def _relation(pair: Pair, history: Ancestry, counter: Counter[int], edge: Counter[int]) -> Relation:
    """Count, unless a shallow clone ends on a side that would be counted: more may lie behind its edge."""
    if any(history.apart(edge, pair.commit, pair.against)):
        return Unknown("this clone is shallow, and its history ends before the two commits meet")
    if not history.related(pair.commit, pair.against):
        return Unknown(f"{short(pair.commit)} and {short(pair.against)} have no common history")
    ahead, behind = history.apart(counter, pair.commit, pair.against)
    return relate(same_tree=False, ahead=ahead, behind=behind)
