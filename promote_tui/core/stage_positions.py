"""Where stages stand among a service's commits, and what one commit is to each stage."""

from __future__ import annotations

from promote_tui.core.git.relation import Relation
from promote_tui.core.model.pipeline import Commit
from promote_tui.core.runs.verification import Verification
from promote_tui.core.value import Value


class StagePosition(Value):
    """The service's commit behind what a stage runs; None where this clone lacks it. `here`: the branch has it."""

    commit: Commit | None
    here: bool


class CommitStageStatus(Value):
    """What a commit is to a stage: whether it counts as verified there, and how it relates to what runs there."""

    stage: str
    verification: Verification
    relation: Relation
