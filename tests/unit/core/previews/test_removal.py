"""What may be removed: a preview's stack, and nothing else, whatever it says of itself."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from promote_tui.core.errors import Refused
from promote_tui.core.model.cells import StackState
from promote_tui.core.model.pipeline import Aws, Pipeline, PreviewSettings, Target
from promote_tui.core.model.stack_status import status
from promote_tui.core.previews.names import MARK, mark_of, preview_name
from promote_tui.core.previews.removal import require_preview
from promote_tui.core.previews.stage import preview_target
from promote_tui.core.runs.fold import fold
from promote_tui.core.runs.run import Run
from promote_tui.core.value import replace
from tests.support.engine_world import pipeline
from tests.support.values import NOW, planned

BRANCH = "feature/login"
NAME = preview_name(BRANCH)
AWS = Aws("eu-west-1", "111111111111", "acme-dev")
PIPELINE = replace(pipeline(), previews=PreviewSettings(("feature/*",), AWS, "dev", (("orders", "orders-{stage}"),)))
assert PIPELINE.previews is not None
TARGET = preview_target(PIPELINE.previews, "orders", BRANCH)
MARKED = ((MARK, mark_of(BRANCH)),)


def stack(
    name: str = TARGET.stack, outputs: tuple[tuple[str, str], ...] = MARKED, account: str = AWS.account
) -> StackState:
    """A stack as CloudFormation has it."""
    arn = f"arn:aws:cloudformation:eu-west-1:{account}:stack/{name}/1"
    return StackState(arn, name, status("CREATE_COMPLETE"), "CREATE_COMPLETE", None, NOW, outputs)


def run(branch: str = BRANCH, key: str = TARGET.key) -> Run:
    """A run that deployed the preview."""
    made = fold([planned(key=key, stage=NAME, preview=branch)])
    assert made is not None
    return replace(made, submitting_at=NOW)


@dataclass
class Case:
    """What is to be removed, and what is known of it."""

    target: Target = TARGET
    stack: StackState = field(default_factory=stack)
    runs: tuple[Run, ...] = ()
    pipelines: tuple[Pipeline, ...] = (PIPELINE,)

    def require(self) -> None:
        """Ask whether it may be removed."""
        require_preview(self.target, self.stack, self.runs, self.pipelines)


ORDERS = PIPELINE.services[0]
QA = Target("orders", "qa", "orders-qa", "qa", AWS)
COMMITTED = replace(PIPELINE, services=(replace(ORDERS, targets=(*ORDERS.targets, QA)),))
ALLOWED = {
    "its stack says so": Case(),
    "a run on record made it, and it has no outputs yet": Case(stack=stack(outputs=()), runs=(run(),)),
}
REFUSED = {
    "a stage of the configuration": (Case(PIPELINE.service("orders").target("dev")), "dev is a stage of the conf"),
    "one that claims to be a preview": (
        Case(replace(PIPELINE.service("orders").target("prod"), preview=BRANCH)),
        "prod is a stage of the configuration",
    ),
    "a stack of a configured stage": (
        Case(replace(TARGET, stack="orders-staging", aws=PIPELINE.stages[1].aws)),
        "staging is a stage of the configuration",
    ),
    "a stage that only the committed configuration has": (
        Case(
            replace(TARGET, stage="qa", serverless_stage="qa"),
            pipelines=(PIPELINE, COMMITTED),
        ),
        "qa is a stage of the configuration",
    ),
    "a name of another branch": (Case(replace(TARGET, stage="pv-other")), "its name is not that of a preview"),
    "no branch": (Case(replace(TARGET, preview="")), "its name is not that of a preview"),
    "a stack that does not have the preview's name": (Case(replace(TARGET, stack="orders")), "its name is not"),
    "a stack of another name": (Case(stack=stack("orders-other")), "the stack is orders-other in account"),
    "another account": (Case(stack=stack(account="222222222222")), "in account 222222222222, not"),
    "a stack of another branch": (
        Case(stack=stack(outputs=((MARK, mark_of("feature/other")),)), runs=(run(),)),
        "the preview of feature/other",
    ),
    "a stack that nothing is known of": (Case(stack=stack(outputs=())), f"it has no output {MARK}, and no run"),
    "a run of another branch": (Case(stack=stack(outputs=()), runs=(run("x"),)), "no run on record made it"),
    "a run of another stack": (Case(stack=stack(outputs=()), runs=(run(key="k"),)), "no run on record made it"),
    "a run that never deployed": (
        Case(stack=stack(outputs=()), runs=(replace(run(), submitting_at=None),)),
        "no run on record made it",
    ),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_a_previews_stack_may_be_removed(name: str) -> None:
    ALLOWED[name].require()


@pytest.mark.parametrize("name", REFUSED)
def test_nothing_else_is_ever_removed(name: str) -> None:
    case, words = REFUSED[name]
    with pytest.raises(Refused, match=words):
        case.require()
