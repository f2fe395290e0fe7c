"""The gates of what a package would change, each with its words."""

from __future__ import annotations

import pytest

from promote_tui.core.changes.model import ChangeReview, RemovedExport, ResourceChange
from promote_tui.core.gates.facts import GateFacts
from promote_tui.core.gates.gate import GateContext
from promote_tui.core.gates.model import Allowance, GateResult
from promote_tui.core.gates.package import DataGate, ExportsGate, TemplateGate
from promote_tui.core.value import replace
from tests.support.gates import FACTS, blocked, passes
from tests.support.values import NOW

TABLE = ResourceChange("Orders", "AWS::DynamoDB::Table", "modify", "true", holds_data=True)
BUCKET = ResourceChange("Uploads", "AWS::S3::Bucket", "remove", holds_data=True, kept=True)
REPLACE, REMOVE = Allowance("replace", "Orders"), Allowance("remove", "Uploads")
TABLE_LOST = "Orders (AWS::DynamoDB::Table) would be replaced: its data is lost"
BUCKET_LEFT = "Uploads (AWS::S3::Bucket) would be removed: it stays in the account, outside the stack"


def asked(review: ChangeReview | None, *allowances: Allowance) -> GateContext:
    """What the gates are asked about a package with this review."""
    return GateContext(replace(FACTS, review=review, allowances=allowances), GateFacts(NOW))


@pytest.mark.parametrize(
    ("review", "says"),
    [
        (None, None),
        (ChangeReview(), None),
        (
            ChangeReview(refused="Unresolved dependency [Orders]"),
            blocked(
                "template",
                "CloudFormation refuses it: Unresolved dependency [Orders]",
                "fix the service's template, then plan again",
            ),
        ),
    ],
)
def test_the_template_is_only_spoken_of_where_cloudformation_refuses_it(
    review: ChangeReview | None, says: GateResult | None
) -> None:
    assert TemplateGate().check(asked(review)) == says


@pytest.mark.parametrize(
    ("review", "allowed", "says"),
    [
        (None, (), None),
        (ChangeReview(), (), passes("data", "nothing that holds data is replaced or removed")),
        (
            ChangeReview((replace(TABLE, holds_data=False),)),
            (),
            passes("data", "nothing that holds data is replaced or removed"),
        ),
        (
            ChangeReview(unknown="GetTemplate: not allowed"),
            (),
            blocked("data", "GetTemplate: not allowed", "fix what keeps the changes unknown, then plan again"),
        ),
        (
            ChangeReview((TABLE,)),
            (),
            blocked("data", TABLE_LOST, "type its name, or pass --allow-replace Orders", missing_allowances=(REPLACE,)),
        ),
        (
            ChangeReview((replace(TABLE, replacement="conditional"),)),
            (),
            blocked(
                "data",
                "Orders (AWS::DynamoDB::Table) may be replaced: its data is lost",
                "type its name, or pass --allow-replace Orders",
                missing_allowances=(REPLACE,),
            ),
        ),
        (
            ChangeReview((TABLE, BUCKET)),
            (),
            blocked(
                "data",
                f"{TABLE_LOST}; {BUCKET_LEFT}",
                "type its name, or pass --allow-replace Orders --allow-remove Uploads",
                missing_allowances=(REPLACE, REMOVE),
            ),
        ),
        (
            ChangeReview((TABLE, BUCKET)),
            (REPLACE,),
            blocked("data", BUCKET_LEFT, "type its name, or pass --allow-remove Uploads", missing_allowances=(REMOVE,)),
        ),
        (
            ChangeReview((TABLE, BUCKET)),
            (REMOVE, REPLACE),
            passes("data", "allowed by name: --allow-replace Orders, --allow-remove Uploads"),
        ),
    ],
)
def test_data_is_lost_only_where_a_person_allows_it_by_name(
    review: ChangeReview | None, allowed: tuple[Allowance, ...], says: GateResult | None
) -> None:
    assert DataGate().check(asked(review, *allowed)) == says


USED, FREE, UNASKED = (
    RemovedExport("topic", ("billing", "mail")),
    RemovedExport("table", ()),
    RemovedExport("queue", None),
)
KEEP = "keep the export until nothing imports it; CloudFormation would refuse the update"


@pytest.mark.parametrize(
    ("review", "says"),
    [
        (None, None),
        (ChangeReview(), None),
        (
            ChangeReview(exports=(FREE, UNASKED, USED)),
            blocked("exports", "it would be removed, but topic is imported by billing, mail", KEEP),
        ),
        (
            ChangeReview(exports=(USED, RemovedExport("url", ("web",)))),
            blocked(
                "exports", "it would be removed, but topic is imported by billing, mail; url is imported by web", KEEP
            ),
        ),
        (
            ChangeReview(exports=(FREE, UNASKED, RemovedExport("url", None))),
            blocked(
                "exports",
                "queue, url would be removed, but its importers are unknown",
                "allow cloudformation:ListImports, then plan again",
            ),
        ),
        (
            ChangeReview(exports=(FREE, RemovedExport("url", ()))),
            passes("exports", "table, url is removed; no stack imports it"),
        ),
    ],
)
def test_an_export_goes_only_where_no_stack_imports_it(review: ChangeReview | None, says: GateResult | None) -> None:
    assert ExportsGate().check(asked(review)) == says
