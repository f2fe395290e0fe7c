"""`drift`: the four drifts of services, each with its causes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, services_of, with_context, with_values
from promote_tui.cli.decision_record import say_unnotified
from promote_tui.cli.views.base import with_view
from promote_tui.cli.views.drift import DriftHuman, DriftJson
from promote_tui.core.drift.report import KINDS, counts_as_drift
from promote_tui.core.errors import CredentialsError, UsageError
from promote_tui.core.text import clean
from promote_tui.engine.drift_report import DriftRequest, drift_report

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.drift import DriftView
    from promote_tui.core.drift.report import DriftKind, StageDrift
    from promote_tui.engine.engine import Engine

_DRIFT = 5


@dataclass(frozen=True, slots=True)
class DriftOptions:
    """Which services, stages and kinds of drift are asked for."""

    services: tuple[str, ...]
    stages: tuple[str, ...]
    kinds: tuple[str, ...]


@click.command(cls=Leaf)
@with_values(
    "options",
    DriftOptions,
    click.argument("services", nargs=-1, metavar="[SERVICE]..."),
    click.option("--stage", "stages", multiple=True, metavar="S", help="Only this stage; can be repeated."),
    click.option(
        "--kind", "kinds", multiple=True, metavar="KINDS", help="commit, config, stack, traffic (default: all of them)."
    ),
)
@click.option("--notify", "announced", is_flag=True, help="Notify the channels under `notify` of each drift.")
@click.option("--exit-code", "tell", is_flag=True, help="Exit 5 where there is drift of a requested kind.")
@with_view(DriftHuman, DriftJson)
@with_context
def drift(context: CliContext, *, options: DriftOptions, announced: bool, tell: bool, view: DriftView) -> int:
    """Show how the stages differ: commits, configuration, what was changed by hand, and traffic.

    CloudFormation checks each stack now; with --read-only its last result is shown.
    """
    wanted = _survey(context.engine, options)
    rows = drift_report(context.engine, wanted, lambda words: context.err.line(clean(words)))
    view.report(rows, wanted.kinds)
    if announced:
        say_unnotified(context, context.engine.drift.announce(rows, wanted.kinds))
    return _exit_code(rows, wanted.kinds, tell=tell)


def _survey(engine: Engine, options: DriftOptions) -> DriftRequest:
    """Return what is to be looked at; raises UsageError for a service, a stage or a kind that is none."""
    kinds, known = _kinds(options.kinds), [stage.name for stage in engine.pipeline.stages]
    for name in options.stages:
        if name not in known:
            raise UsageError(f"stage {name}", "there is no such stage", f"one of: {', '.join(known)}")
    services = services_of(engine.pipeline, options.services) if options.services else ()
    names = tuple(service.name for service in services)
    return DriftRequest(names, options.stages, kinds, detect=not engine.pipeline.read_only)


def _kinds(words: Sequence[str]) -> tuple[DriftKind, ...]:
    names = [name.strip() for word in words for name in word.split(",")]
    for name in names:
        if name not in KINDS:
            raise UsageError("--kind", f"{name!r} is not a kind of drift", f"one of: {', '.join(KINDS)}")
    return tuple(kind for kind in KINDS if not names or kind in names)


def _exit_code(rows: Sequence[StageDrift], kinds: Collection[DriftKind], *, tell: bool) -> int:
    if rows and all(row.unread for row in rows):
        return CredentialsError.exit_code
    told = [row.unread or counts_as_drift(drifted=row.assess(kind)) for row in rows for kind in kinds]
    return _DRIFT if tell and any(told) else 0
