"""A review tells no secret that the deploy is given, and still names all that changes."""

from __future__ import annotations

from promote_tui.core.changes.model import ChangeReview, PropertyChange, RemovedExport, ResourceChange
from promote_tui.core.changes.secrets import hide_secrets
from promote_tui.core.value import encode_json

CANARY = "s3cr3t-canary"


def test_no_text_of_a_review_holds_a_secret() -> None:
    properties = (
        PropertyChange("MasterUserPassword", "old", CANARY),
        PropertyChange("Url", f"https://u:{CANARY}@host", ""),
        PropertyChange("Name", "a", "b"),
        PropertyChange("Unknown"),
    )
    change = ResourceChange(
        "Database", "AWS::RDS::DBInstance", "modify", "true", properties, notes=(CANARY,), overwrites=(CANARY,)
    )
    review = ChangeReview((change,), (), (), CANARY, CANARY, (CANARY,), f"refused: {CANARY}")
    found = hide_secrets(review, (CANARY,))
    assert CANARY not in encode_json(found)
    changed = [PropertyChange("MasterUserPassword"), PropertyChange("Url"), *properties[2:]]
    assert list(found.changes[0].properties) == changed
    assert found.refused == "refused: [masked]"


def test_what_names_things_is_never_masked() -> None:
    change = ResourceChange("OrdersTable", "AWS::DynamoDB::Table", "remove", holds_data=True)
    review = ChangeReview((change,), ("new code: OrdersTable",), (RemovedExport("OrdersTable", None),))
    assert hide_secrets(review, ("OrdersTable",)) == review
    assert hide_secrets(review, ()) is review
