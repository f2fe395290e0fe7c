"""Who looks into the inbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError
from promote_tui.core.identity import person
from promote_tui.core.inbox.item import Viewer
from promote_tui.engine.authors import viewer_names

if TYPE_CHECKING:
    from promote_tui.engine.context import Context
    from promote_tui.ports import Identity


def read_viewer(context: Context) -> Viewer:
    """Return the person at the keyboard, by the first account that says who it is; raises AwsError where none does."""
    identity, trusted = _identity(context), context.pipeline.trusted_roles
    return Viewer(person(identity.arn, trusted), identity.person, viewer_names(context), trusted)


def _identity(context: Context) -> Identity:
    first, *others = context.pipeline.services[0].targets
    try:
        return context.identity(first)
    except PromoteError:
        for target in others:
            try:
                return context.identity(target)
            except PromoteError:
                continue
        raise
