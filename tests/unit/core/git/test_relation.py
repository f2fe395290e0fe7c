"""How two commits of a service relate."""

from __future__ import annotations

import pytest

from promote_tui.core.git.relation import (
    Ahead,
    Behind,
    Diverged,
    NotApplicable,
    Relation,
    Same,
    Unknown,
    counts,
    name,
    relate,
)


@pytest.mark.parametrize(
    ("same_tree", "ahead", "behind", "expected"),
    [
        (True, 0, 0, Same()),
        (True, 3, 0, Same()),
        (True, 2, 5, Same()),
        (False, 3, 0, Ahead(3)),
        (False, 0, 4, Behind(4)),
        (False, 1, 2, Diverged(1, 2)),
    ],
)
def test_the_same_tree_is_same_and_counts_decide_the_rest(
    same_tree: bool, ahead: int, behind: int, expected: Relation
) -> None:
    assert relate(same_tree=same_tree, ahead=ahead, behind=behind) == expected


def test_other_trees_without_a_commit_between_them_are_not_guessed() -> None:
    unknown = Unknown("the trees differ, but no commit of the service explains it")
    assert relate(same_tree=False, ahead=0, behind=0) == unknown


@pytest.mark.parametrize(
    ("relation", "word", "numbers"),
    [
        (Same(), "same", (0, 0)),
        (Ahead(2), "ahead", (2, 0)),
        (Behind(3), "behind", (0, 3)),
        (Diverged(1, 4), "diverged", (1, 4)),
        (Unknown("gone"), "unknown", (0, 0)),
        (NotApplicable(), "none", (0, 0)),
    ],
)
def test_each_relation_has_its_word_and_numbers(relation: Relation, word: str, numbers: tuple[int, int]) -> None:
    assert name(relation) == word
    assert counts(relation) == numbers
