"""How the commit of one stage relates to another's, counted in commits of the service."""

from __future__ import annotations

from typing import Literal, TypeAlias, assert_never

from promote_tui.core.model.pipeline import Service
from promote_tui.core.value import Value


class Same(Value):
    """The same service tree, whatever the hashes are."""


class Ahead(Value):
    """It has `ahead` service commits that the other lacks."""

    ahead: int


class Behind(Value):
    """It lacks `behind` service commits that the other has."""

    behind: int


class Diverged(Value):
    """Each has service commits that the other lacks."""

    ahead: int
    behind: int


class Unknown(Value):
    """It cannot be told, and why."""

    reason: str


class NotApplicable(Value):
    """The first stage, or one side was never deployed."""


Relation: TypeAlias = Same | Ahead | Behind | Diverged | Unknown | NotApplicable
RelationName: TypeAlias = Literal["same", "ahead", "behind", "diverged", "unknown", "none"]


class Pair(Value):
    """Two commits of one service: how does `commit` relate to `against`? Both are 40 hex."""

    service: Service
    commit: str
    against: str


def relate(*, same_tree: bool, ahead: int, behind: int) -> Relation:
    """Return the relation from the trees and the counts of service commits on each side.

    Trees that differ without a commit on either side cannot be: counts of zero with other trees
    mean that the history was read wrongly, which is said instead of guessed.
    """
    if same_tree:
        return Same()
    if ahead and behind:
        return Diverged(ahead, behind)
    if ahead:
        return Ahead(ahead)
    if behind:
        return Behind(behind)
    return Unknown("the trees differ, but no commit of the service explains it")


def name(relation: Relation) -> RelationName:
    """Return the word that JSON and filters use."""
    match relation:
        case Same():
            return "same"
        case Ahead():
            return "ahead"
        case Behind():
            return "behind"
        case Diverged():
            return "diverged"
        case Unknown():
            return "unknown"
        case NotApplicable():
            return "none"
        case _:
            assert_never(relation)


def counts(relation: Relation) -> tuple[int, int]:
    """Return (ahead, behind); zero where it is not known or there is nothing to compare."""
    match relation:
        case Ahead(ahead):
            return ahead, 0
        case Behind(behind):
            return 0, behind
        case Diverged(ahead, behind):
            return ahead, behind
        case Same() | Unknown() | NotApplicable():
            return 0, 0
        case _:
            assert_never(relation)
