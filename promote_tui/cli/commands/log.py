"""`log`: a service's commits, with the stages that run each."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import click

from promote_tui.cli.cell_words import reason_and_remedy
from promote_tui.cli.click_types import Leaf, services_of, with_context
from promote_tui.cli.views.base import with_view
from promote_tui.cli.views.status import LogHuman, LogJson
from promote_tui.core.model.cells import commit_of
from promote_tui.core.text import advice, clean, short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.status import LogView
    from promote_tui.core.matrix import Snapshot
    from promote_tui.core.model.pipeline import Commit


@click.command(cls=Leaf)
@click.argument("service")
@click.option("--branch", metavar="B", help="The branch (default: the remote's own default branch).")
@click.option("-n", "count", type=click.IntRange(1, 10_000), default=20, metavar="N", help="How many (default 20).")
@with_view(LogHuman, LogJson)
@with_context
def log(context: CliContext, service: str, branch: str | None, count: int, *, view: LogView) -> int:
    """Show a service's commits with the stages that run each."""
    services_of(context.engine.pipeline, (service,))
    shown = branch or context.engine.commits.default_branch(service)
    commits = context.engine.commits.log(service, shown, limit=count)
    snapshot = context.engine.snapshot(services=(service,))
    view.log(service, shown, commits, _stages_by_commit(snapshot))
    context.err.lines(_elsewhere(snapshot, commits))
    if not commits:
        paths = ", ".join(context.engine.pipeline.service(service).paths)
        context.err.line(clean(f"{service}: no commit touches {paths}; check `path` in the configuration"))
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
        commit, (reason, remedy) = commit_of(view.cell), reason_and_remedy(view)
        if commit and commit not in listed:
            lines.append(clean(f"{stage} runs {short(commit)}, which is not listed here"))
        elif not commit and reason:
            lines.append(clean(advice(f"{stage}: {reason}", remedy)))
    return lines
