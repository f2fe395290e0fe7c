"""`plan`: what promotions would do, and nothing left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context
from promote_tui.cli.promotion import package
from promote_tui.cli.views.base import with_markdown, with_view
from promote_tui.cli.views.plan import PlanHuman, PlanJson, PlanMarkdown
from promote_tui.core.errors import CredentialsError
from promote_tui.core.model.cells import Unreachable

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.plan import PlanView
    from promote_tui.core.planning.plan import Draft, Plan


@click.command(cls=Leaf)
@click.argument("services", nargs=-1, required=True, metavar="SERVICE...")
@click.option("--to", "stage", required=True, metavar="STAGE", help="The stage.")
@click.option("--commit", metavar="REV", help="The commit, by any name that git knows (default: as for `promote`).")
@with_view(PlanHuman, PlanJson)
@with_markdown(PlanMarkdown, "Print Markdown, for a comment on a pull request.")
@with_context
def plan(context: CliContext, services: tuple[str, ...], stage: str, commit: str | None, *, view: PlanView) -> int:
    """Show what a promotion would do, and leave nothing behind.

    That is: commits, files, infrastructure, gates and the exact command. Exits 0 also where a gate is blocked.
    """
    code = 0
    for service in dict.fromkeys(services):
        draft = context.engine.plans.draft(service, stage, commit)
        view.promotion(draft, _package_if_open(context, draft))
        if isinstance(draft.cell, Unreachable) and draft.cell.login:
            code = CredentialsError.exit_code
    view.end()
    return code


def _package_if_open(context: CliContext, draft: Draft) -> Plan | None:
    """Package the commit where all gates of the draft pass; a commit that may not go there is never packaged."""
    if draft.packaging_blockers:
        context.err.line(f"{draft.target}: not packaged: a gate is blocked")
        return None
    made = package(context, draft, only_shows=True)
    context.engine.plans.discard(made)
    return made
