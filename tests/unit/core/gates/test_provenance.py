"""What has verified a commit and which branches hold it, each gate with its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.gates.facts import GateFacts, PromotionFacts
from promote_tui.core.gates.gate import GateContext
from promote_tui.core.gates.options import PromotionOptions
from promote_tui.core.gates.provenance import BranchGate, BreakGlassGate, StageOrderGate, VerifiedHereGate
from promote_tui.core.next_steps import NextStep
from promote_tui.core.runs.verification import (
    NothingOnRecord,
    NotVerified,
    ObservedDeploy,
    RollbackRefusal,
    RollbackVerification,
    VerifiedBy,
)
from promote_tui.core.value import replace
from tests.support.gates import FACTS, blocked, passes
from tests.support.values import NOW, B, C

if TYPE_CHECKING:
    from promote_tui.core.gates.model import GateResult

ROLLBACK = PromotionOptions("rollback")
BACK = "promote-tui rollback orders --stage staging"


@pytest.mark.parametrize(
    ("here", "says"),
    [
        (VerifiedBy("k3", B, NOW), passes("verified here", "verified in staging by run k3")),
        (ObservedDeploy(B, None), passes("verified here", "it ran in staging before the first run on record")),
        (ObservedDeploy(B, NOW), passes("verified here", "it runs in staging now")),
        (
            NothingOnRecord(B, "staging"),
            passes(
                "verified here",
                "nothing is on record as verified in staging: unknown whether it worked there",
                warns=True,
            ),
        ),
        (
            NothingOnRecord(B, "staging", except_current=True),
            passes(
                "verified here",
                "nothing else is on record as verified in staging: unknown whether it worked there",
                warns=True,
            ),
        ),
        (
            None,
            blocked(
                "verified here",
                "unknown whether it was verified in staging",
                BACK,
                step=NextStep("choose", ("staging",)),
                opened_by="another commit",
            ),
        ),
        (
            NotVerified("it was never verified"),
            blocked(
                "verified here",
                "it was never verified",
                BACK,
                step=NextStep("choose", ("staging",)),
                opened_by="another commit",
            ),
        ),
        (
            RollbackRefusal("others were verified", "verified"),
            blocked(
                "verified here",
                "others were verified",
                BACK,
                step=NextStep("choose", ("staging",)),
                opened_by="another commit",
            ),
        ),
        (
            RollbackRefusal("it is newer", "older"),
            blocked(
                "verified here",
                "it is newer",
                f"{BACK} --commit REV, older than what runs there",
                step=NextStep("older"),
                opened_by="another commit",
            ),
        ),
        (
            RollbackRefusal("what runs there is unknown", "adopt"),
            blocked(
                "verified here",
                "what runs there is unknown",
                "promote-tui adopt orders staging --commit REV",
                step=NextStep("adopt", ("staging",)),
                opened_by="person",
            ),
        ),
    ],
)
def test_a_rollback_goes_to_what_ran_well_in_the_stage_or_is_told_where_else(
    here: RollbackVerification | None, says: GateResult
) -> None:
    assert VerifiedHereGate().check(GateContext(FACTS, GateFacts(NOW), ROLLBACK, here)) == says


SKIPS = PromotionOptions("hotfix", ("qa", "staging"))
NEVER = NotVerified("never verified in dev")


@pytest.mark.parametrize(
    ("facts", "options", "says"),
    [
        (replace(FACTS, before=None), PromotionOptions(), passes("stage order", "staging is the first stage")),
        (
            replace(FACTS, verification=VerifiedBy("k3", B, NOW)),
            PromotionOptions(),
            passes("stage order", "verified in dev by run k3"),
        ),
        (
            replace(FACTS, verification=VerifiedBy("k3", C, NOW)),
            PromotionOptions(),
            passes("stage order", "verified in dev by run k3 as ccccccc, the same code"),
        ),
        (replace(FACTS, verification=ObservedDeploy(B, NOW)), PromotionOptions(), passes("stage order", "runs in dev")),
        (
            replace(FACTS, verification=ObservedDeploy(C, NOW)),
            PromotionOptions(),
            passes("stage order", "runs in dev as ccccccc, the same code"),
        ),
        (
            replace(FACTS, verification=NEVER),
            PromotionOptions(),
            blocked(
                "stage order", "never verified in dev", "promote it to dev first", step=NextStep("promote", ("dev",))
            ),
        ),
        (
            replace(FACTS, verification=VerifiedBy("k3", B, NOW)),
            SKIPS,
            passes("stage order", "a hotfix that skips qa and staging; verified in dev by run k3", warns=True),
        ),
        (
            replace(FACTS, verification=NEVER),
            SKIPS,
            blocked(
                "stage order",
                "a hotfix that skips qa and staging; never verified in dev",
                "promote it to dev first",
                step=NextStep("promote", ("dev",)),
            ),
        ),
        (
            replace(FACTS, verification=VerifiedBy("k3", B, NOW)),
            PromotionOptions("hotfix"),
            passes("stage order", "verified in dev by run k3"),
        ),
    ],
)
def test_a_commit_comes_from_the_stage_before_or_from_where_a_hotfix_says(
    facts: PromotionFacts, options: PromotionOptions, says: GateResult
) -> None:
    assert StageOrderGate().check(GateContext(facts, GateFacts(NOW), options)) == says


MERGE = "merge it into develop or main first"


@pytest.mark.parametrize(
    ("containing", "says"),
    [
        (("feature/x", "main", "develop"), passes("branch", "on main, which staging allows")),
        (
            (),
            blocked("branch", "bbbbbbb is on no branch; staging allows develop, main", MERGE, step=NextStep("choose")),
        ),
        (
            ("developer", "x", "y", "z"),
            blocked(
                "branch",
                "bbbbbbb is only on developer, x, y; staging allows develop, main",
                MERGE,
                step=NextStep("choose"),
            ),
        ),
    ],
)
def test_a_commit_is_on_a_branch_that_the_stage_allows(containing: tuple[str, ...], says: GateResult) -> None:
    assert BranchGate().check(GateContext(replace(FACTS, containing=containing), GateFacts(NOW))) == says


def test_going_back_without_the_ledger_is_told() -> None:
    glass = GateContext(FACTS, GateFacts(NOW), replace(ROLLBACK, break_glass=True))
    assert BreakGlassGate().check(glass) == passes(
        "break glass", "the team's ledger is out of reach: locks, holds and vetoes of others are unknown", warns=True
    )
    assert BreakGlassGate().check(GateContext(FACTS, GateFacts(NOW), ROLLBACK)) is None
