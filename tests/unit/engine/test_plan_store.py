"""Plans on disk, as the runner reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.changes.model import ChangeReview, PropertyChange, RemovedExport, ResourceChange
from promote_tui.core.errors import PlanStale
from promote_tui.core.gates.model import Allowance, GateResult
from promote_tui.core.gates.options import Override, PromotionOptions
from promote_tui.core.model.cells import Deployed, Halfway, InProgress, Never, StackState, Unreachable, Unreported
from promote_tui.core.model.commit_names import CommitAlias
from promote_tui.core.model.halfway import StuckOperation
from promote_tui.core.model.pipeline import Aws, Commit, FileChange, Target
from promote_tui.core.model.stack_status import status
from promote_tui.core.next_steps import NextStep
from promote_tui.core.package.artifact_diff import Comparison
from promote_tui.core.package.package import Artifact, Checkout, Package, ResolvedTarget
from promote_tui.core.planning.plan import Confirmation, Draft, Fingerprint, Plan
from promote_tui.core.value import replace
from promote_tui.engine.plan_store import read_plan, write_confirmation, write_plan

if TYPE_CHECKING:
    from promote_tui.core.model.cells import Cell

GOLDEN = Path(__file__).parent / "golden"
NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
TARGET = Target("orders", "prod", "orders-prod", "prod", Aws("eu-west-1", "222222222222", role_arn="arn:role"))
COMMIT = Commit("b" * 40, "Retry \udce9", "ana", NOW, ("a" * 40,))
STACK = StackState(
    "arn:aws:cloudformation:eu-west-1:222222222222:stack/orders-prod/1",
    "orders-prod",
    status("UPDATE_COMPLETE"),
    "UPDATE_COMPLETE",
    "a" * 40,
    NOW,
    (("DeployedCommit", "v1"),),
    CommitAlias("v1", by_tag=True),
)
CELLS: dict[str, Cell] = {
    "deployed": Deployed(TARGET, STACK, "a" * 40, "g1"),
    "never": Never(TARGET),
    "failed-first": Never(TARGET, replace(STACK, commit=None, updated_at=None, alias=None)),
    "in-progress": InProgress(TARGET, STACK, None),
    "unreported": Unreported(TARGET, STACK, "no output", "name one", "v?"),
    "halfway": Halfway(TARGET, STACK, StuckOperation("UPDATE_FAILED", "a" * 40, "b" * 40, ("Worker",), ())),
    "unreachable": Unreachable(TARGET, "the session expired", "log in", login=True, why="login"),
}
SHUT = GateResult(
    "data",
    passed=False,
    reason="Uploads is replaced",
    remedy="allow it",
    overridable=True,
    missing_allowances=(Allowance("replace", "Uploads"),),
    warns=True,
    opens_at=NOW + timedelta(days=3),
    allows_review=True,
    overridden="agreed",
    step=NextStep("approve", ("b" * 40,)),
    opened_by="time",
)
REVIEW = ChangeReview(
    changes=(
        ResourceChange(
            "Uploads",
            "AWS::S3::Bucket",
            "modify",
            "conditional",
            (PropertyChange("Name", "a", None),),
            holds_data=True,
            predicted=True,
            notes=("public",),
            origins=(COMMIT,),
            overwrites=("Tags",),
            kept=True,
        ),
        ResourceChange("Queue", "AWS::SQS::Queue", "add"),
    ),
    folded=("new code: Charge",),
    exports=(RemovedExport("topic", None), RemovedExport("table", ("billing",))),
    predicted="read-only",
    unknown="denied",
    warnings=("empty",),
    refused="no",
)
SEEN = Fingerprint(
    service="orders",
    stage="prod",
    account="222222222222",
    region="eu-west-1",
    stack_id=None,
    deployed="a" * 40,
    stack_status="UPDATE_COMPLETE",
    last_event_id=None,
    commit="b" * 40,
    checkout="t1",
    package=(("orders.zip", "1"),),
    config="c1",
    environment=(("PATH", "p1"),),
)


def plan(cell: Cell) -> Plan:
    """A plan with all that it can hold, for a stage that looks like this."""
    return Plan(
        id="p1",
        draft=Draft(
            TARGET,
            "type",
            COMMIT,
            cell,
            replace(COMMIT, parents=()),
            (COMMIT,),
            (),
            (FileChange("M", "orders/a.ts"),),
            (GateResult("branch", passed=True, reason="on main"), SHUT),
            PromotionOptions("hotfix", ("staging",), (Override("soak", "urgent"),), "g0", break_glass=True),
            ("migrations/1.sql",),
            (("smoke", "GET /health"),),
        ),
        checkout=Checkout("/c", "/c/orders", "b" * 40, "npm ci", ("a filter",)),
        package=Package(
            "/p", SEEN.package, "n", ResolvedTarget("orders", "prod", "eu-west-1", "s"), True, (CODE,), "by a tag"
        ),
        fingerprint=SEEN,
        salt="s",
        gates=(SHUT,),
        command=("serverless", "deploy"),
        config_path="/promote-tui.yml",
        created_at=NOW,
        expires_at=NOW + timedelta(hours=1),
        review=REVIEW,
        artifact=Comparison("different", "other bytes", ("Charge",), "build again"),
        manifest="d" * 64,
        warnings=("a filter",),
    )


CODE = Artifact("Charge", "orders-charge", "c0de", "c0")
ANSWER = Confirmation(yes=True, typed="orders prod", reason="needed", allowances=(Allowance("remove", "Uploads"),))


ADDED = (
    ', "release": "", "started_by": "person"',
    ', "safeguards": []',
    ', "external_id": null, "session_seconds": 0, "unresolved": null, "mfa": null',
    ', "values": []',
    ', "preview": ""',
    ', "way_back": null',
)
"""What versions after the one that wrote the files write, too: they were added since."""


@pytest.mark.parametrize("name", CELLS)
def test_a_plan_that_was_written_is_read_and_would_be_written_the_same(name: str, tmp_path: Path) -> None:
    written = GOLDEN / name
    assert read_plan(written) == (plan(CELLS[name]), ANSWER)
    write_plan(tmp_path, plan(CELLS[name]))
    write_confirmation(tmp_path, ANSWER)
    for file in ("plan.json", "confirmation.json"):
        text = (tmp_path / file).read_text()
        for added in ADDED:
            text = text.replace(added, "")
        assert text == (written / file).read_text().rstrip("\n")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"type": "Plan"}'])
def test_a_plan_that_cannot_be_read_is_stale(text: str, tmp_path: Path) -> None:
    write_plan(tmp_path, plan(CELLS["never"]))
    write_confirmation(tmp_path, ANSWER)
    (tmp_path / "plan.json").write_text(text)
    with pytest.raises(PlanStale, match="the plan cannot be read"):
        read_plan(tmp_path)
