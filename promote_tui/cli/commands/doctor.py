"""`doctor`: everything that a promotion needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context
from promote_tui.cli.views.base import with_view
from promote_tui.cli.views.checks import DoctorHuman, DoctorJson
from promote_tui.config.compose.manual_lists import describe_unlisted
from promote_tui.ports import ToolCheck

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.checks import DoctorView

_FAILED = 1


@click.command(cls=Leaf)
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@click.option("--stage", metavar="STAGE", help="This stage alone.")
@with_view(DoctorHuman, DoctorJson)
@with_context
def doctor(context: CliContext, services: tuple[str, ...], stage: str | None, *, view: DoctorView) -> int:
    """Check everything that a promotion needs.

    That is: the tools, credentials and account per stage, and where each service would be deployed.
    """
    checks = context.engine.doctor(view.check, tuple(dict.fromkeys(services)), stage)
    unlisted = tuple(ToolCheck("configuration", None, note) for note in describe_unlisted(context.engine.pipeline))
    for check in unlisted:
        view.check(check)
    view.end((*checks, *unlisted))
    return _FAILED if any(check.ok is False for check in checks) else 0
