"""Which commits of a range a change of a resource comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.serverless.source_map import read_source_map
from promote_tui.core.changes.model import PropertyChange, ResourceChange
from promote_tui.core.changes.origins import attribute_changes
from tests.support.values import A, B, C, D, commit

if TYPE_CHECKING:
    from promote_tui.core.changes.source_map import SourceMap

COMMITS = (commit(D, "Newest"), commit(C), commit(B), commit(A))
TOUCHED = {
    "o/serverless.yml": (A,),
    "o/queues.yml": (C, B),
    "o/src/pay.ts": (D,),
    "o/src/pay.test.ts": (B,),
    "o/src/pay.md": (B,),
}
FUNCTIONS = "functions:\n  pay:\n    handler: src/pay.handler\n"
TABLE = "resources:\n  Resources:\n    Orders:\n      Type: AWS::DynamoDB::Table\n"
QUEUES = "Resources:\n  Jobs:\n    Type: AWS::SQS::Queue\n"


def written(text: str, queues: str = "") -> SourceMap:
    """A configuration of one file, or of two."""
    files = {"o/serverless.yml": text, **({"o/queues.yml": queues} if queues else {})}
    return read_source_map("o/serverless.yml", files)


BOTH = written(f"{FUNCTIONS}resources:\n  - ${{file(queues.yml)}}\n", QUEUES)
FUNCTION = "AWS::Lambda::Function"
TIMEOUT, CODE = PropertyChange("Timeout", "6", "9"), PropertyChange("Code.S3Key")


@pytest.mark.parametrize(
    ("change", "after", "before", "origins"),
    [
        (ResourceChange("Jobs", "AWS::SQS::Queue", "modify"), BOTH, BOTH, (C, B)),
        (ResourceChange("Jobs", "AWS::SQS::Queue", "modify"), BOTH, written(TABLE), (C, B)),
        (ResourceChange("Jobs", "AWS::SQS::Queue", "add"), BOTH, BOTH, (C, B)),
        (ResourceChange("Jobs", "AWS::SQS::Queue", "add"), BOTH, written(TABLE), (C, B, A)),
        (ResourceChange("Jobs", "AWS::SQS::Queue", "add"), BOTH, None, (C, B)),
        (ResourceChange("Jobs", "AWS::SQS::Queue", "remove"), written(TABLE), BOTH, (C, B, A)),
        (ResourceChange("Orders", "AWS::DynamoDB::Table", "remove"), BOTH, written(TABLE), (A,)),
        (ResourceChange("Orders", "AWS::DynamoDB::Table", "remove"), written(TABLE), BOTH, ()),
        (ResourceChange("PayLambdaFunction", FUNCTION, "modify", properties=(TIMEOUT,)), BOTH, BOTH, (A,)),
        (ResourceChange("PayLambdaFunction", FUNCTION, "modify", properties=(CODE, TIMEOUT)), BOTH, BOTH, (D, A)),
        (ResourceChange("PayLambdaFunction", FUNCTION, "add"), BOTH, written(TABLE), (D, A)),
        (ResourceChange("PayLogGroup", "AWS::Logs::LogGroup", "add"), BOTH, written(TABLE), (A,)),
        (ResourceChange("OfAPlugin", "AWS::SNS::Topic", "modify"), BOTH, BOTH, ()),
        (ResourceChange("Jobs", "AWS::SQS::Queue", "modify"), None, None, ()),
    ],
)
def test_a_change_comes_from_the_commits_that_touched_its_files(
    change: ResourceChange, after: SourceMap | None, before: SourceMap | None, origins: tuple[str, ...]
) -> None:
    (found,) = attribute_changes([change], COMMITS, TOUCHED, after, before)
    assert tuple(each.sha for each in found.origins) == origins
