"""The command line: declares the commands, and turns click's complaints into a line and an exit code.

A command returns its exit code. The commands about runs and about promote-tui itself are in
run_commands.py and house_commands.py.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from promote_tui.cli import json_output
from promote_tui.cli.click_types import CONTEXT, Root, as_json, services_of, with_session
from promote_tui.cli.commands import promote as promotion
from promote_tui.cli.commands.admin import config, demo, doctor, prune
from promote_tui.cli.commands.decisions import DECISIONS
from promote_tui.cli.commands.drift import drift as drift_command
from promote_tui.cli.commands.export import metrics
from promote_tui.cli.commands.ledger import ledger
from promote_tui.cli.commands.notes import notes
from promote_tui.cli.commands.runs import adopt, attach, cancel, logs, runs
from promote_tui.cli.context import Session
from promote_tui.cli.errors import INTERRUPTED, say
from promote_tui.cli.text import status as render
from promote_tui.cli.text.cells import commit_of, why
from promote_tui.core.errors import CredentialsError, UsageError
from promote_tui.core.gates.builtin import Allowance
from promote_tui.core.gates.evaluate import Override, Terms
from promote_tui.core.git import relation
from promote_tui.core.model.pipeline import Unreachable
from promote_tui.core.planning.plan import Confirmation
from promote_tui.core.text import advice, clean, short

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from promote_tui.cli.global_options import Settings
    from promote_tui.core.matrix import Snapshot
    from promote_tui.core.model.pipeline import Commit
    from promote_tui.core.runs.events import Kind
    from promote_tui.engine.engine import Engine

_DRIFT = 5


def run(words: Sequence[str], open_engine: Callable[[Settings], Engine] | None = None) -> int:
    """Run the command that these words name and return its exit code; raises PromoteError."""
    try:
        code = main.main([*words], "promote-tui", standalone_mode=False, obj=Session(open_engine))
    except click.Abort:
        return INTERRUPTED
    except click.ClickException as error:
        say(_complaint(error))
        return UsageError.exit_code
    return code or 0


def _complaint(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    name = context.command_path if context else "promote-tui"
    message = " ".join(error.format_message().split())
    return clean(f"{name}: {message} Try `{name} -h`.", limit=1_000)


@click.group(cls=Root, context_settings=CONTEXT)
def main() -> None:
    """See what runs where, and step a commit safely from stage to stage.

    Alone, it opens the terminal UI; without a terminal it prints `status`.
    """


@main.command()
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@as_json
@click.option("--strict", is_flag=True, help="Exit 4 where any stage cannot be read (default: where none can).")
@click.option("--exit-code", "tell_drift", is_flag=True, help="Exit 5 where a stage differs from the one before.")
@with_session
def status(session: Session, services: tuple[str, ...], *, as_json: bool, strict: bool, tell_drift: bool) -> int:
    """Show the matrix: what runs where, and how it differs.

    Each stage is compared with the one before it: -3 lacks three of its commits, +1 has one more.
    """
    wanted = services_of(session.engine, services)
    taken = _taken(session, tuple(service.name for service in wanted) if services else ())
    snapshot = session.engine.checked(taken)
    if as_json:
        session.json(json_output.status(session.engine.pipeline, wanted, snapshot))
    else:
        session.out.lines(render.matrix(session.engine.pipeline, wanted, snapshot, session.out.style))
    session.err.lines(_unrecorded(snapshot))
    session.err.lines(_untold(snapshot) if tell_drift else [])
    return _status_code(snapshot, strict=strict, tell_drift=tell_drift)


def _unrecorded(snapshot: Snapshot) -> list[str]:
    """Return a line that says what is not shown where the ledger could not be read."""
    return [clean(f"runs, holds and vetoes are not shown: {snapshot.unrecorded}")] if snapshot.unrecorded else []


def _untold(snapshot: Snapshot) -> list[str]:
    """Return a line that names the cells of which it cannot be told whether they differ."""
    names = [
        clean(str(view.cell.target)) for view in snapshot.cells.values() if relation.name(view.relation) == "unknown"
    ]
    return [f"it cannot be told whether these differ from the stage before: {', '.join(names)}"] if names else []


def _taken(session: Session, services: tuple[str, ...]) -> Snapshot:
    """Return the matrix, once the runs in it whose end was not known have been reconciled as far as that goes."""
    taken = session.engine.snapshot(services=services)
    settled = session.engine.settle(taken)
    session.err.lines(f"run {clean(run.id)} was reconciled: {run.status.value.replace('_', ' ')}" for run in settled)
    return session.engine.snapshot(services=services) if settled else taken


def _status_code(snapshot: Snapshot, *, strict: bool, tell_drift: bool) -> int:
    lost = [isinstance(view.cell, Unreachable) for view in snapshot.cells.values()]
    if lost and (any(lost) if strict else all(lost)):
        return CredentialsError.exit_code
    drifted = any(relation.name(view.relation) not in {"same", "none"} for view in snapshot.cells.values())
    return _DRIFT if tell_drift and drifted else 0


@main.command()
@click.argument("service")
@click.option("--branch", metavar="B", help="The branch (default: the remote's own default branch).")
@click.option("-n", "count", type=click.IntRange(1, 10_000), default=20, metavar="N", help="How many (default 20).")
@as_json
@with_session
def log(session: Session, service: str, branch: str | None, count: int, *, as_json: bool) -> int:
    """Show a service's commits with the stages that run each."""
    services_of(session.engine, (service,))
    shown = branch or session.engine.default_branch(service)
    commits = session.engine.log(service, shown, limit=count)
    snapshot = session.engine.snapshot(services=(service,))
    stages = _stages_by_commit(snapshot)
    if as_json:
        session.json(json_output.log(service, shown, commits, stages))
    else:
        session.err.line(clean(f"{service}, branch {shown}"))
        session.out.lines(render.log(commits, stages, session.out.style, session.now))
    session.err.lines(_elsewhere(snapshot, commits))
    if not commits:
        paths = ", ".join(session.engine.pipeline.service(service).paths)
        session.err.line(clean(f"{service}: no commit touches {paths}; look at `path` in the configuration"))
    return 0


def _stages_by_commit(snapshot: Snapshot) -> Mapping[str, list[str]]:
    stages: dict[str, list[str]] = defaultdict(list)
    for (_, stage), view in snapshot.cells.items():
        commit = commit_of(view.cell)
        if commit:
            stages[commit].append(stage)
    return stages


def _elsewhere(snapshot: Snapshot, commits: Sequence[Commit]) -> list[str]:
    """Return a line for each stage that no listed commit stands for."""
    listed, lines = {commit.sha for commit in commits}, []
    for (_, stage), view in snapshot.cells.items():
        commit, (reason, remedy) = commit_of(view.cell), why(view)
        if commit and commit not in listed:
            lines.append(clean(f"{stage} runs {short(commit)}, which is not listed here"))
        elif not commit and reason:
            lines.append(clean(advice(f"{stage}: {reason}", remedy)))
    return lines


@main.command()
@click.argument("services", nargs=-1, required=True, metavar="SERVICE...")
@click.option("--to", "stage", required=True, metavar="STAGE", help="The stage.")
@click.option("--commit", metavar="REV", help="The commit, as git names it (default: as `promote` takes it).")
@as_json
@with_session
def plan(session: Session, services: tuple[str, ...], stage: str, commit: str | None, *, as_json: bool) -> int:
    """Show what a promotion would do, and leave nothing behind.

    That is: commits, files, infrastructure, gates and the exact command. Exits 0 also where a gate is closed.
    """
    return promotion.plan(session, services, stage, commit, as_json=as_json)


_CONFIRMING = (
    click.option("--yes", is_flag=True, help="Confirm where the stage asks (not where it wants typing)."),
    click.option("--confirm", metavar="TEXT", help='Confirm where the stage wants typing: "SERVICE STAGE".'),
    click.option("--reason", default="", metavar="TEXT", help="Why; it is kept with the run."),
    click.option("--allow-replace", multiple=True, metavar="ID", help="Let this resource be replaced, data and all."),
    click.option("--allow-remove", multiple=True, metavar="ID", help="Let this resource be removed, data and all."),
    click.option("--dry-run", is_flag=True, help="Do all but the deploy."),
    click.option("--detach", is_flag=True, help="Print the run's id and do not wait for its end."),
)
"""What every deploy is confirmed by."""


def _confirming(function: Callable[..., int]) -> Callable[..., int]:
    for option in reversed(_CONFIRMING):
        function = option(function)
    return function


@dataclass(frozen=True, slots=True)
class _Given:
    """The options of `_CONFIRMING` as click hands them over."""

    yes: bool
    confirm: str | None
    reason: str
    allow_replace: tuple[str, ...]
    allow_remove: tuple[str, ...]
    dry_run: bool
    detach: bool

    @property
    def answer(self) -> Confirmation:
        """What the person has confirmed with them."""
        replaced = (Allowance("replace", name) for name in self.allow_replace)
        removed = (Allowance("remove", name) for name in self.allow_remove)
        return Confirmation(self.yes, self.confirm, self.reason, (*replaced, *removed))


@main.command()
@click.argument("service")
@click.option("--to", "stage", required=True, metavar="STAGE", help="The stage.")
@click.option("--commit", metavar="REV", help="The commit (default: the newest verified in the stage before).")
@click.option("--override", "overrides", multiple=True, metavar="GATE=REASON", help="Pass a closed gate over.")
@click.option("--hotfix", is_flag=True, help="A hotfix: may leave out stages, wants one approval more.")
@click.option("--skip", "skipped", multiple=True, metavar="STAGE", help="A stage that the hotfix leaves out.")
@_confirming
@with_session
def promote(  # noqa: PLR0913, PLR0917 - one parameter an option
    session: Session,
    /,
    service: str,
    stage: str,
    commit: str | None,
    overrides: tuple[str, ...],
    hotfix: bool,  # noqa: FBT001 - the same
    skipped: tuple[str, ...],
    **given: Any,  # noqa: ANN401 - click's values, told in _Given
) -> int:
    """Bring a commit to a stage: plan, confirm, deploy, verify."""
    with_ = _Given(**given)
    _check_skipped(session, hotfix=hotfix, skipped=skipped)
    kind: Kind = "hotfix" if hotfix else "normal"
    terms = Terms(kind, skipped, tuple(_override(words) for words in overrides))
    wish = promotion.Wish(service, stage, commit, with_.answer, with_.dry_run, with_.detach, terms)
    return promotion.promote(session, wish)


@main.command()
@click.argument("service")
@click.option("--stage", required=True, metavar="STAGE", help="The stage.")
@click.option("--commit", metavar="REV", help="What to go back to (default: the last that was verified there).")
@click.option("--break-glass", "glass", metavar="TEXT", help='Without the team\'s ledger: "SERVICE STAGE".')
@_confirming
@with_session
def rollback(
    session: Session,
    /,
    service: str,
    stage: str,
    commit: str | None,
    glass: str | None,
    **given: Any,  # noqa: ANN401 - the same
) -> int:
    """Bring a stage back to code that was verified there, and hold it afterwards."""
    with_ = _Given(**given)
    if glass is not None:
        _break_glass(session, service, stage, commit, glass)
    terms = Terms("rollback", break_glass=glass is not None)
    wish = promotion.Wish(service, stage, commit, with_.answer, with_.dry_run, with_.detach, terms, back=True)
    code = promotion.promote(session, wish)
    if glass is not None and not with_.dry_run:
        session.err.line("once the team's ledger answers again: promote-tui ledger import --break-glass")
    return code


def _break_glass(session: Session, service: str, stage: str, commit: str | None, typed: str) -> None:
    """Go on without the team's ledger; raises UsageError where the words are wrong, or a commit is missing."""
    if typed != f"{service} {stage}":
        words = f'pass --break-glass "{service} {stage}"'
        raise UsageError("--break-glass", "is typed otherwise than what goes back", words)
    if commit is None:
        raise UsageError("--break-glass", "which commit was verified is not known without the ledger", "pass --commit")
    session.break_glass(clean(f"{service}/{stage}"))


def _check_skipped(session: Session, *, hotfix: bool, skipped: tuple[str, ...]) -> None:
    """Raise UsageError for a stage that is none, and for one that is left out by what is no hotfix."""
    if skipped and not hotfix:
        raise UsageError("--skip", "only a hotfix leaves out stages", "add --hotfix")
    for name in skipped:
        known = [one.name for one in session.engine.pipeline.stages]
        if name not in known:
            raise UsageError(f"stage {name}", "there is no such stage", f"one of: {', '.join(known)}")


def _override(words: str) -> Override:
    gate, _, reason = words.partition("=")
    if not gate.strip() or not reason.strip():
        raise UsageError(
            f"--override {words}", "needs a gate and a reason", 'such as --override soak="the shop is down"'
        )
    return Override(gate.strip(), reason.strip())


for command in (
    *DECISIONS,
    drift_command,
    notes,
    metrics,
    runs,
    adopt,
    attach,
    cancel,
    logs,
    ledger,
    config,
    doctor,
    prune,
    demo,
):
    main.add_command(command)
