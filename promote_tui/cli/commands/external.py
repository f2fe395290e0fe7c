"""`runs record` and `adopt`: what others did to the stacks, and a person's word on it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, services_of, with_context
from promote_tui.cli.text import runs as text
from promote_tui.core.errors import PromoteError, UsageError
from promote_tui.core.text import clean, short

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.engine.engine import Engine


@click.command(cls=Leaf)
@click.argument("services", nargs=-1, metavar="[SERVICE]... [STAGE]")
@click.option("--stage", metavar="G", help="Only this stage; it can also be the last word.")
@with_context
def record(context: CliContext, services: tuple[str, ...], stage: str | None) -> int:
    """Record what others did to the stacks since their newest runs, and who did it.

    A stack without any run on record has no external updates.
    """
    engine, code = context.writer("runs record"), 0
    services, stage = _with_stage(engine, services, stage)
    names = [service.name for service in services_of(engine.pipeline, services)]
    stages = [stage] if stage else [each.name for each in engine.pipeline.stages]
    found = 0
    for service, where in itertools.product(names, stages):
        try:
            new = engine.runs.record_external(service, where)
        except PromoteError as error:
            context.err.line(clean(str(error), limit=1_000))
            code = error.exit_code
            continue
        found += len(new)
        context.out.lines(text.run_table(new, context.out.style, context.now)[1:])
    if not found and not code:
        context.err.line("nobody else has updated a stack")
    return code


def _with_stage(engine: Engine, words: tuple[str, ...], stage: str | None) -> tuple[tuple[str, ...], str | None]:
    """Return the services and the stage: as in `adopt` and `hold`, it may stand behind them."""
    services = {service.name for service in engine.pipeline.services}
    stages = {each.name for each in engine.pipeline.stages}
    if stage is None and words and words[-1] not in services and words[-1] in stages:
        return words[:-1], words[-1]
    return words, stage


@click.command(cls=Leaf)
@click.argument("service")
@click.argument("stage")
@click.option(
    "--commit", metavar="REV", help="What runs there, where the stack names no commit: proved by its package."
)
@click.option("--reason", metavar="TEXT", help="Why; recorded. Not needed where --commit is proved.")
@with_context
def adopt(context: CliContext, service: str, stage: str, commit: str | None, reason: str | None) -> int:
    """Let what somebody else deployed to a stage count as verified there."""
    if reason is not None and not reason.strip():
        raise UsageError("--reason", "is empty", "give a reason")
    engine = context.writer(clean(f"{service}/{stage}"))
    run = engine.runs.adopt(service, stage, reason or "", commit, lambda step: context.err.line(clean(step)))
    for gate in run.gates:
        context.out.line(clean(f"{'proved' if gate.passed else 'not proved'}: {gate.reason}", limit=1_000))
    context.out.line(clean(f"{service}/{stage}: adopted {short(run.to_commit)} as {run.planned.who} (run {run.id})"))
    return 0
