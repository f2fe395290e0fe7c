"""`preview up`: a branch as a stage of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context, with_values
from promote_tui.cli.previews import confirm_or_refuse, fetch_for_previews
from promote_tui.cli.sync_rounds import Narrator
from promote_tui.cli.text.previews import up_lines
from promote_tui.cli.views.base import with_view
from promote_tui.cli.views.previews import OutcomesHuman, OutcomesJson
from promote_tui.core.gates.model import Allowance
from promote_tui.core.previews.outcome import exit_code
from promote_tui.signals import ended_by_signals

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.previews import OutcomesView

_REFS = "refs/heads/"


@dataclass(frozen=True, slots=True)
class UpOptions:
    """What is deployed, and how it is confirmed."""

    branch: str
    services: tuple[str, ...]
    yes: bool
    no_fetch: bool
    allow_replace: tuple[str, ...]
    allow_remove: tuple[str, ...]

    @property
    def allowances(self) -> tuple[Allowance, ...]:
        """The resources that may lose their data."""
        replaced = (Allowance("replace", name) for name in self.allow_replace)
        return (*replaced, *(Allowance("remove", name) for name in self.allow_remove))


@click.command(cls=Leaf)
@with_values(
    "options",
    UpOptions,
    click.argument("branch"),
    click.option("--service", "services", multiple=True, metavar="S", help="Only this service; can be repeated."),
    click.option("--yes", is_flag=True, help="Do not ask."),
    click.option("--no-fetch", is_flag=True, help="Go by the branches as they were fetched last."),
    click.option("--allow-replace", multiple=True, metavar="ID", help="Allow this resource to be replaced."),
    click.option("--allow-remove", multiple=True, metavar="ID", help="Allow this resource to be removed."),
)
@with_view(OutcomesHuman, OutcomesJson)
@with_context
def up(context: CliContext, *, options: UpOptions, view: OutcomesView) -> int:
    """Deploy a branch as a stage of its own, and print its addresses.

    It gets every service whose repository has the branch, each after those that it depends on. What runs the branch's
    tip already is left. The plan, the lock and the run are those of `promote`.
    """
    branch = options.branch.removeprefix(_REFS)
    previews = context.writer(f"preview {branch}").previews
    unfetched = fetch_for_previews(context, fetches=not options.no_fetch)
    wanted = previews.select(branch, options.services, unfetched)
    context.err.lines(up_lines(wanted, context.engine.pipeline))
    confirm_or_refuse(context, wanted.name, "Deploy it? [y/N] ", yes=options.yes)
    with ended_by_signals():
        found = tuple(previews.up(wanted, options.allowances, Narrator(context)))
    view.outcomes(wanted.name, found)
    return exit_code(found)
