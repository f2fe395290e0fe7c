"""Commands about runs: who deployed what and how it ended, watching, stopping, logs."""

from __future__ import annotations

import itertools
import socket
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from promote_tui.cli import json_output, moments
from promote_tui.cli.click_types import Branch, Leaf, as_json, services_of, with_session
from promote_tui.cli.commands.export import export
from promote_tui.cli.errors import INTERRUPTED
from promote_tui.cli.follow import Tail, conclude, exit_code, follow, how_to_go_on
from promote_tui.cli.text import runs as history
from promote_tui.core.errors import PromoteError, UsageError
from promote_tui.core.runs.unsettled import as_known, describe_unsettled, remedy
from promote_tui.core.text import advice, clean, short
from promote_tui.ports import RunFilter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from promote_tui.cli.context import Session
    from promote_tui.core.runs.run import Run
    from promote_tui.engine.engine import Engine

_PAGE = 100


@click.group(cls=Branch, invoke_without_command=True)
@click.option("--live", is_flag=True, help="Only those that still hold their lock.")
@click.option("--service", metavar="S", help="Only those of this service.")
@click.option("--stage", metavar="G", help="Only those to this stage.")
@click.option("--who", metavar="NAME", help="Only those of this person, as the list names them.")
@click.option("--since", metavar="T", help="Only those that began then or later: 3d, 12h, 2026-03-01.")
@click.option("--until", metavar="T", help="Only those that began before; a date is included.")
@click.option("-n", "count", type=click.IntRange(1, 100_000), default=20, metavar="N", help="How many (default 20).")
@as_json
@with_session
@click.pass_context
def runs(  # noqa: PLR0913 - one parameter an option
    context: click.Context,
    session: Session,
    *,
    service: str | None,
    stage: str | None,
    who: str | None,
    since: str | None,
    until: str | None,
    count: int,
    live: bool,
    as_json: bool,
) -> int:
    """Show who deployed what, when, and how it ended."""
    if context.invoked_subcommand:
        _nothing_before(context, context.invoked_subcommand)
        return 0
    now = session.now
    wanted = RunFilter(
        service=service,
        stage=stage,
        live=True if live else None,
        since=moments.since(since, now) if since else None,
        until=moments.until(until, now) if until else None,
        who=who,
    )
    pages = _pages(session.engine, wanted)
    found = list(itertools.islice(pages, count))
    more = next(pages, None) is not None
    if as_json:
        session.json({"runs": [json_output.run(run) for run in found], "more": more})
    elif found:
        session.out.lines(history.runs(found, session.out.style, now))
    else:
        session.err.line("no runs" if wanted != RunFilter() else "no runs yet")
    if more:
        session.err.line(f"these are the newest {len(found)}; there are more: -n N, or promote-tui runs export")
    session.err.lines(_orphans(session.engine, found))
    return 0


def _nothing_before(context: click.Context, command: str) -> None:
    """Raise UsageError where options of the list stand before another command's name: they would narrow nothing."""
    given = [name for name in context.params if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    if given:
        cause = "its options stand before its name, where they mean nothing to it"
        raise UsageError(f"runs {command}", cause, f"write promote-tui runs {command}, then the options")


def _orphans(engine: Engine, found: Sequence[Run]) -> list[str]:
    """Return a line for each run that waits for somebody to reconcile it."""
    reasons = ((run, describe_unsettled(run, alive=engine.alive(run))) for run in found if run.live)
    return [clean(advice(why, remedy(run.id)), limit=1_000) for run, why in reasons if why]


def _pages(engine: Engine, wanted: RunFilter) -> Iterator[Run]:
    cursor: str | None = None
    while True:
        page = engine.runs(wanted, cursor, _PAGE)
        yield from page.runs
        cursor = page.cursor
        if cursor is None:
            return


@runs.command(name="export")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", help="csv (default) or json.")
@click.option("--service", metavar="S", help="Only those of this service.")
@click.option("--stage", metavar="G", help="Only those to this stage.")
@click.option("--who", metavar="NAME", help="Only those of this person.")
@click.option("--since", metavar="T", help="Only those that began then or later.")
@click.option("--until", metavar="T", help="Only those that began before; a date is included.")
@as_json
@with_session
def export_runs(  # noqa: PLR0913 - one parameter an option
    session: Session,
    *,
    form: str,
    service: str | None,
    stage: str | None,
    who: str | None,
    since: str | None,
    until: str | None,
    as_json: bool,
) -> int:
    """Print every run, newest first, with what the record does not hold."""
    now = session.now
    begin, end = moments.since(since, now) if since else None, moments.until(until, now) if until else None
    wanted = RunFilter(service=service, stage=stage, who=who, since=begin, until=end)
    return export(session, list(_pages(session.engine, wanted)), wanted, "json" if as_json else form)


@runs.command()
@click.argument("run")
@as_json
@with_session
def show(session: Session, run: str, *, as_json: bool) -> int:
    """Show one run in full: each step, and how it ended."""
    found = session.engine.run(run)
    recorded, alive = session.engine.events(found.id), session.engine.alive(found)
    if as_json:
        session.json({"run": json_output.run_with_events(as_known(found, alive=alive), recorded)})
    else:
        session.out.lines(history.show(found, recorded, session.out.style, alive=alive))
    return 0


@runs.command()
@click.argument("run")
@click.option(
    "--gone", is_flag=True, help="The machine that ran it is off for good, or was restarted: its CLI acts no more."
)
@with_session
def reconcile(session: Session, run: str, *, gone: bool) -> int:
    """Find out what happened to a run whose process died, write it down and free its lock."""
    engine = session.writer(f"run {run}")
    found = engine.reconcile(run, lambda note: session.err.line(clean(note)), gone=gone)
    if found is None:
        session.err.line(clean(f"run {run}: it ended before it wrote anything; nothing was deployed, its lock is free"))
        return 0
    conclude(session, found)
    return 0 if found.released else PromoteError.exit_code


@runs.command()
@click.argument("services", nargs=-1, metavar="[SERVICE]... [STAGE]")
@click.option("--stage", metavar="G", help="Only this stage; it may also be the last word.")
@with_session
def record(session: Session, services: tuple[str, ...], stage: str | None) -> int:
    """Write down what others did to the stacks since their newest runs, with who it was.

    Nothing is foreign on a stack that no run is on record for.
    """
    engine, code = session.writer("runs record"), 0
    services, stage = _with_stage(engine, services, stage)
    names = [service.name for service in services_of(engine, services)]
    stages = [stage] if stage else [each.name for each in engine.pipeline.stages]
    found = 0
    for service, where in itertools.product(names, stages):
        try:
            new = engine.record_foreign(service, where)
        except PromoteError as error:
            session.err.line(clean(str(error), limit=1_000))
            code = error.exit_code
            continue
        found += len(new)
        session.out.lines(history.runs(new, session.out.style, session.now)[1:])
    if not found and not code:
        session.err.line("nobody else has updated a stack")
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
@click.option("--reason", metavar="TEXT", help="Why; it is kept. Not needed where --commit is proved.")
@with_session
def adopt(session: Session, service: str, stage: str, commit: str | None, reason: str | None) -> int:
    """Let what somebody else put on a stage count as verified there."""
    if reason is not None and not reason.strip():
        raise UsageError("--reason", "is empty", "say why: others will read it")
    engine = session.writer(clean(f"{service}/{stage}"))
    run = engine.adopt(service, stage, reason or "", commit, lambda step: session.err.line(clean(step)))
    for gate in run.gates:
        session.out.line(clean(f"{'proved' if gate.passed else 'not proved'}: {gate.reason}", limit=1_000))
    session.out.line(clean(f"{service}/{stage}: adopted {short(run.to_commit)} as {run.planned.who} (run {run.id})"))
    return 0


@click.command(cls=Leaf)
@click.argument("run")
@with_session
def attach(session: Session, run: str) -> int:
    """Watch a run until it ends; Ctrl-C leaves it running."""
    return follow(session, run)


@click.command(cls=Leaf)
@click.argument("run")
@with_session
def cancel(session: Session, run: str) -> int:
    """Stop a run.

    Before its deploy it simply stops; afterwards its update is cancelled, and CloudFormation rolls back.
    """
    engine = session.writer(f"run {run}")
    found = engine.run(run)
    session.err.line(clean(f"run {found.id}: {engine.cancel(found.id)}"))
    return 0


@click.command(cls=Leaf)
@click.argument("run")
@click.option("-f", "--follow", "following", is_flag=True, help="Go on until the run has ended.")
@with_session
def logs(session: Session, run: str, *, following: bool) -> int:
    """Print a run's log."""
    found = session.engine.run(run)
    path = session.engine.log_file(found.id)
    if following:
        return _follow_log(session, found, path)
    if not path.exists():
        elsewhere = found.host not in {None, socket.gethostname()}
        cause = f"its log is on {found.host}" if elsewhere else "there is no log of it"
        raise PromoteError(f"run {found.id}", cause, f"promote-tui runs show {found.id}")
    with Tail(path, session.out.lines):
        pass  # leaving it hands everything on
    return 0


def _follow_log(session: Session, run: Run, path: Path) -> int:
    try:
        with Tail(path, session.out.lines) as tail:
            tail.begin()
            for _ in session.engine.follow(run.id):
                pass
    except KeyboardInterrupt:
        session.err.lines(["", *how_to_go_on(run.id)])
        return INTERRUPTED
    return exit_code(session.engine.run(run.id))
