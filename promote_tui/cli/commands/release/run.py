"""`release run`: confirming a release, starting its process, and following it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context, with_values
from promote_tui.cli.commands.release.confirming import CONSENT, ReleaseConsent
from promote_tui.cli.commands.release.exceptions import EXCEPTIONS, Exceptions
from promote_tui.cli.commands.release.follow import follow_release
from promote_tui.cli.commands.release.options import release_name
from promote_tui.cli.commands.release.planning import plan_release, review_rest
from promote_tui.cli.views.base import with_view
from promote_tui.cli.views.releases import ReleaseHuman, ReleaseJson
from promote_tui.core.errors import UsageError
from promote_tui.core.releases.release import ReleaseStatus
from promote_tui.core.text import clean, plural
from promote_tui.core.typed_times import parse_start
from promote_tui.engine.releases.control import ReleaseConfirmation

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.releases import ReleaseView
    from promote_tui.core.releases.release import Release


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Which release is run, how it is planned where it does not exist yet, and when it starts."""

    name: str
    services: tuple[str, ...]
    stage: str | None
    reason: str
    at: str | None
    detach: bool


@click.command(cls=Leaf)
@with_values(
    "options",
    RunOptions,
    release_name,
    click.argument("services", nargs=-1, metavar="[SERVICE]..."),
    click.option("--to", "stage", metavar="STAGE", help="Plan it for this stage, where it does not exist yet."),
    click.option("--reason", default="", metavar="TEXT", help="Why; recorded with the release and its runs."),
    click.option("--at", metavar="TIME", help="Start it then: 2h from now, 2026-03-01T22:00 in local time."),
    click.option("--detach", is_flag=True, help="Print the release's name and do not wait for its end."),
)
@with_values("consent", ReleaseConsent, *CONSENT)
@with_values("exceptions", Exceptions, *EXCEPTIONS)
@with_view(ReleaseHuman, ReleaseJson)
@with_context
def run(
    context: CliContext, *, options: RunOptions, consent: ReleaseConsent, exceptions: Exceptions, view: ReleaseView
) -> int:
    """Start a release, and follow it until it ends or waits for a person.

    A release that does not exist yet is planned first, with --to.
    """
    engine = context.writer(f"release {options.name}")
    starts_at = parse_start(options.at, context.now) if options.at else None
    release = _planned(context, options, consent)
    stage = engine.releases.stage(release)
    overrides, allowances = exceptions.overrides_for(release, stage), exceptions.allowances_for(release)
    typed = consent.ask(context, release, _deed(context, release))
    before = len(engine.releases.events(release.name))
    given = ReleaseConfirmation(typed, options.reason, overrides, allowances, starts_at)
    try:
        engine.releases.start(release.name, given)
    except KeyboardInterrupt:
        context.err.lines(["", clean(f"the release may have begun: see promote-tui release show {release.name}")])
        raise
    if not options.detach:
        return follow_release(context, release.name, view, before)
    context.err.line(clean(f"the release continues: promote-tui release show {release.name} --watch"))
    view.start(engine.releases.details(release.name))
    return 0


def _planned(context: CliContext, options: RunOptions, consent: ReleaseConsent) -> Release:
    """Return the release, planned now where it does not exist yet; raises UsageError where it is another one."""
    try:
        found = context.engine.releases.find(options.name)
    except UsageError:
        return _plan(context, options, consent)
    if found.status is not ReleaseStatus.PLANNED:
        cause, name = f"it is {found.status.value.replace('_', ' ')} already", options.name
        raise UsageError(f"release {name}", cause, f"see `promote-tui release show {name}`")
    if options.services or options.stage not in {None, found.stage}:
        cause = f"it is planned for {found.stage}, with {plural(len(found.members), 'service')}"
        raise UsageError(f"release {options.name}", cause, "name neither --to nor services")
    return review_rest(context, found)


def _plan(context: CliContext, options: RunOptions, consent: ReleaseConsent) -> Release:
    if options.stage is None:
        raise UsageError(f"release {options.name}", "there is no such release", "add --to STAGE to plan it now")
    consent.require(context.engine.pipeline, options.name, options.stage)
    planned = plan_release(context, [options.name, *options.services], options.stage, options.reason)
    ReleaseHuman(context).end(context.engine.releases.details(planned.name))
    return planned


def _deed(context: CliContext, release: Release) -> str:
    """Return `start release friday: 5 services in prod, account 333333333333, eu-west-1`."""
    aws = context.engine.releases.stage(release).aws
    where = f"{release.stage}, account {aws.account}, {aws.region}"
    return f"start release {release.name}: {plural(len(release.members), 'service')} in {where}"
