"""Checks whether everything that a promotion needs is there: side by side, reported in a stable order."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from promote_tui.core.durations import span
from promote_tui.core.errors import PromoteError
from promote_tui.engine.doctor_targets import FILES, TargetChecker
from promote_tui.engine.planning.credentials import describe_end_for_stage
from promote_tui.engine.planning.planner import discard_plan
from promote_tui.engine.stage_access import check_stage_access
from promote_tui.ports import ToolCheck

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from promote_tui.core.model.pipeline import Service, Stage, Target
    from promote_tui.engine.context import Context
    from promote_tui.ports import Identity

WORKERS = 4
"""How many checks run side by side; most of them run the deployer, at one core each."""


def check_everything(context: Context, services: Sequence[Service], stages: Sequence[Stage]) -> Iterator[ToolCheck]:
    """Yield tools, ledger, each stage's account and each service's targets, each as soon as those before are known.

    Where the caller stops reading, what is still at work is stopped, and nothing is left behind.
    """
    stop = threading.Event()
    pool = ThreadPoolExecutor(WORKERS, "doctor")
    try:
        looks = [pool.submit(context.ports.tools.check), _one(pool, partial(_ledger, context))]
        looks += [_one(pool, partial(_account, context, stage, services[0])) for stage in stages]
        closed = [stage for stage in stages if stage.only]
        looks += [_one(pool, partial(check_stage_access, context, stage, services)) for stage in closed]
        looks += TargetChecker(context, pool, stop).start(services, stages)
        yield from _once(check for look in looks for check in look.result())
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)
    for note in context.pipeline.notes:
        yield ToolCheck("configuration", None, note)


def _once(checks: Iterable[ToolCheck]) -> Iterator[ToolCheck]:
    """Yield the checks, without what was already said of a service's files for another stage."""
    said: set[tuple[str, str]] = set()
    for check in checks:
        words = (check.name.partition("/")[0], check.found)
        if not check.name.startswith(FILES) or words not in said:
            yield check
        said.add(words)


def _one(pool: ThreadPoolExecutor, look: Callable[[], ToolCheck]) -> Future[tuple[ToolCheck, ...]]:
    return pool.submit(lambda: (look(),))


def _ledger(context: Context) -> ToolCheck:
    try:
        context.ledger.holder("doctor")
    except PromoteError as error:
        return ToolCheck("ledger", ok=False, found=error.cause, remedy=error.remedy)
    return ToolCheck("ledger", ok=True, found=f"readable; {context.ledger.describe()}")


def _account(context: Context, stage: Stage, service: Service) -> ToolCheck:
    name = f"account of {stage.name}"
    target = service.target(stage.name)
    try:
        identity, ends = _credentials(context, target)
    except PromoteError as error:
        return ToolCheck(name, ok=False, found=error.cause, remedy=error.remedy)
    if identity.account != target.aws.account:
        found = f"{identity.account} instead of {target.aws.account}"
        return ToolCheck(name, ok=False, found=found, remedy="fix the stage's profile")
    if ends is None:
        return ToolCheck(name, ok=True, found=f"{identity.account} as {identity.person}")
    if short_lived := describe_end_for_stage(context, stage, ends):
        return ToolCheck(name, ok=False, found=short_lived, remedy="log in again for long enough")
    left = span(max(timedelta(), ends - context.clock.now()))
    return ToolCheck(name, ok=True, found=f"{identity.account} as {identity.person}, for {left} more")


def _credentials(context: Context, target: Target) -> tuple[Identity, datetime | None]:
    """Return whose credentials a deploy would get now, and when they end."""
    owner = context.new_id()
    try:
        with context.accounts.lend(target, context.folders.plan(owner) / "aws") as credentials:
            return credentials.identity, credentials.expires_at
    finally:
        discard_plan(context, owner)
