"""What may be adopted, on which ground, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import NotProved, Refused, UsageError
from promote_tui.core.model.cells import Never, Unreachable, Unreported
from promote_tui.core.package.artifact_diff import Comparison
from promote_tui.core.runs.adoption import (
    AdoptionProof,
    adopted_commit,
    check_adoptable,
    checked_package,
    judge_adoption,
    require_ground,
)
from promote_tui.core.runs.events import Checked, GateRecord, Verified
from promote_tui.core.value import replace
from tests.support.values import NOW, TARGET, A, B, deployed, stack

if TYPE_CHECKING:
    from promote_tui.core.model.cells import Cell

SILENT = Unreported(TARGET, stack(None), "no output", "promote to it once")
PROVED = AdoptionProof(Comparison("equal", "its package is what staging runs"), "d" * 64)
OTHER = AdoptionProof(Comparison("different", "other code"), "d" * 64)


@pytest.mark.parametrize(
    ("cell", "named", "error"),
    [
        (deployed(), False, ""),
        (deployed(), True, ""),
        (SILENT, True, ""),
        (SILENT, False, "the stack names no commit; name it: promote-tui adopt orders staging --commit REV"),
        (replace(SILENT, stack=stack("v1")), False, "the stack names v1, which is not a commit"),
        (deployed(name="UPDATE_ROLLBACK_COMPLETE"), False, "its last update did not succeed; promote to it instead"),
        (
            Unreported(TARGET, stack(None, "UPDATE_ROLLBACK_COMPLETE"), "no output", ""),
            True,
            "its last update did not succeed",
        ),
        (Never(TARGET), True, "no commit is known to run there; promote to it instead"),
        (Unreachable(TARGET, "no credentials", "log in"), True, "no commit is known to run there"),
    ],
)
def test_what_is_well_and_has_a_commit_can_be_adopted(cell: Cell, named: bool, error: str) -> None:
    if not error:
        assert check_adoptable(cell, named=named) is cell
        return
    with pytest.raises(UsageError) as caught:
        check_adoptable(cell, named=named)
    assert str(caught.value).startswith(f"orders/staging: {error}")


@pytest.mark.parametrize(("cell", "named", "commit"), [(deployed(A), "", A), (deployed(A), A, A), (SILENT, B, B)])
def test_the_stack_says_what_is_adopted_and_where_it_names_nothing_a_person(
    cell: Unreported, named: str, commit: str
) -> None:
    assert adopted_commit(cell, named) == commit


def test_no_other_commit_is_adopted_than_the_one_that_runs() -> None:
    with pytest.raises(UsageError, match="it runs aaaaaaa, not bbbbbbb; promote bbbbbbb to it, or adopt what runs"):
        adopted_commit(deployed(A), B)


@pytest.mark.parametrize(
    ("reason", "proof", "refusal"),
    [
        ("it is", None, None),
        ("it is", OTHER, None),
        ("", PROVED, None),
        (" ", None, Refused),
        ("", OTHER, NotProved),
    ],
)
def test_an_adoption_stands_on_a_proof_or_on_a_reason(
    reason: str, proof: AdoptionProof | None, refusal: type[Exception] | None
) -> None:
    if refusal is None:
        require_ground(TARGET, B, reason, proof)
        return
    with pytest.raises(refusal) as caught:
        require_ground(TARGET, B, reason, proof)
    assert type(caught.value) is refusal


@pytest.mark.parametrize(
    ("proof", "note"),
    [
        (PROVED, "adopted by ana; its package is what staging runs"),
        (OTHER, "adopted on the word of ana; not proved: other code"),
        (None, "adopted on the word of ana"),
    ],
)
def test_an_adoption_says_what_it_stands_on(proof: AdoptionProof | None, note: str) -> None:
    assert judge_adoption(NOW, "ana", proof) == Verified(NOW, note)


def test_only_a_package_that_is_proved_to_run_is_compared_with_later() -> None:
    gate = GateRecord("runs this package", passed=True, reason="its package is what staging runs")
    assert checked_package(NOW, PROVED) == Checked(NOW, "", (gate,), "d" * 64)
    assert checked_package(NOW, OTHER) == Checked(NOW, "", (replace(gate, passed=False, reason="other code"),), "")
