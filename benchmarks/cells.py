"""A matrix as a team has it on a working day: most of it in step, some of it waiting, a little in trouble."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.core.git.relation import Ahead, Behind, Diverged, NotApplicable, Same, Unknown
from promote_tui.core.matrix import CellView, Snapshot
from promote_tui.core.model.cells import Deployed, InProgress, Never, StackState, Unreachable, Unreported
from promote_tui.core.model.pipeline import Commit
from promote_tui.core.model.stack_status import status
from promote_tui.core.runs.verification import NotVerified, ObservedDeploy, VerifiedBy

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from promote_tui.core.git.relation import Relation
    from promote_tui.core.model.pipeline import Pipeline, Target

_RELATIONS: tuple[Relation, ...] = (
    Same(),
    Same(),
    Same(),
    Behind(3),
    Behind(14),
    Ahead(1),
    Diverged(2, 5),
    Unknown("gone"),
)
_REMEDY = "aws sso login --profile dev"


def matrix(pipeline: Pipeline, now: datetime) -> Snapshot:
    """Return a view for each service and stage, the first service deployed everywhere."""
    views = {
        (service.name, target.stage): _view(target, number, column, now)
        for number, service in enumerate(pipeline.services)
        for column, target in enumerate(service.targets)
    }
    return Snapshot(now - timedelta(minutes=4), views)


def sha(service: str, stage: str) -> str:
    """Return the hash that a cell shows."""
    return hashlib.sha1(f"{service} {stage}".encode(), usedforsecurity=False).hexdigest()


def _view(target: Target, number: int, column: int, now: datetime) -> CellView:
    odd: dict[int, Callable[[], CellView]] = {
        11: lambda: CellView(Never(target)),
        23: lambda: _running(target, now),
        37: lambda: CellView(Unreported(target, _stack(target, now), "no output names a commit", "promote it once")),
        53: lambda: CellView(Unreachable(target, "the session has expired", _REMEDY, login=True, why="login")),
        71: lambda: CellView(
            Unreachable(target, "cloudformation:DescribeStacks is denied", "ask for it", why="denied")
        ),
        89: lambda: _deployed(target, number, column, now, "UPDATE_ROLLBACK_COMPLETE"),
    }
    return odd.get((number * 3 + column) % 97, lambda: _deployed(target, number, column, now))()


def _stack(target: Target, at: datetime, name: str = "UPDATE_COMPLETE") -> StackState:
    arn = f"arn:aws:cloudformation:{target.aws.region}:{target.aws.account}:stack/{target.stack}/7a1c"
    outputs = (("DeployedCommit", sha(target.service, target.stage)), ("ServiceEndpoint", "https://example.com/v1"))
    return StackState(arn, target.stack, status(name), name, sha(target.service, target.stage), at, outputs)


def _deployed(target: Target, number: int, column: int, now: datetime, name: str = "UPDATE_COMPLETE") -> CellView:
    at = now - timedelta(hours=1 + number * 7 % 900)
    code = sha(target.service, target.stage)
    verified = (VerifiedBy(f"r{number}", code, at), ObservedDeploy(code, at), NotVerified("never verified"))[number % 3]
    return CellView(
        Deployed(target, _stack(target, at, name), code),
        _RELATIONS[number % len(_RELATIONS)] if column else NotApplicable(),
        ("dev", "staging")[column - 1] if column else None,
        Commit(
            code, f"Retry refund {number} when the bank answers 409", "Ana Ruiz", at - timedelta(hours=5), ("0" * 40,)
        ),
        verified,
    )


def _running(target: Target, now: datetime) -> CellView:
    cell = InProgress(target, _stack(target, now, "UPDATE_IN_PROGRESS"), sha(target.service, target.stage))
    return CellView(cell, run="r1", run_since=now - timedelta(seconds=40), usual=130.0)
