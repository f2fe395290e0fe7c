"""`why`: how what a stage runs came there, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context
from promote_tui.cli.views.base import with_view
from promote_tui.cli.views.why import WhyHuman, WhyJson
from promote_tui.core.typed_times import parse_past
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.why import WhyView


@click.command(cls=Leaf)
@click.argument("service")
@click.argument("stage")
@click.option("--at", metavar="TIME", help="What ran there then: 3d, 12h, 2026-03-01, 2026-03-01T14:30 (default: now).")
@with_view(WhyHuman, WhyJson)
@with_context
def why(context: CliContext, service: str, stage: str, at: str | None, *, view: WhyView) -> int:
    """Say how what a stage runs came there, in sentences.

    Who, when, approved by whom, which gates were overridden, how it was proved, and what happened since. The record
    alone is read, and the stack where the record does not know what runs there: what others deployed without being
    recorded shows in promote-tui status.
    """
    record = context.record
    moment = parse_past(at, record.clock.now()) if at else None
    found = record.provenance(service, stage, moment)
    if found.is_told_by_stack:
        found = replace(found, cell=context.engine.cell(service, stage))
    view.provenance(found)
    return 0
