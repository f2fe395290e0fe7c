"""What the commands about previews have in common: fetching first, and a person's yes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import Refused
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.cli.context import CliContext
    from promote_tui.core.errors import PromoteError


def fetch_for_previews(context: CliContext, *, fetches: bool) -> Mapping[str, PromoteError]:
    """Fetch the branches, and say where that failed; return why by the repository."""
    if not fetches:
        return {}
    unfetched = context.engine.previews.fetch()
    for error in unfetched.values():
        context.err.line(clean(str(error), limit=1_000))
    return unfetched


def confirm_or_refuse(context: CliContext, subject: str, question: str, *, yes: bool) -> None:
    """Ask the person at the terminal; raises Refused where nobody says yes."""
    if yes or (context.interactive and context.answer(question).lower() in {"y", "yes"}):
        return
    raise Refused(subject, "not confirmed", "pass --yes")
