"""Whose commits wait for a stage, and by which names the person at the keyboard is known."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError
from promote_tui.core.identity import person

if TYPE_CHECKING:
    from collections.abc import Collection

    from promote_tui.core.matrix_filter import CommitRange
    from promote_tui.engine.context import Context


def waiting_authors(context: Context, ranges: Collection[CommitRange]) -> dict[CommitRange, tuple[str, ...]]:
    """Return the authors of the service's commits in each range; a range that git cannot read is left out."""
    found: dict[CommitRange, tuple[str, ...]] = {}
    for service, base, head in ranges:
        with suppress(PromoteError):
            commits = context.graph.between(context.pipeline.service(service), base, head)
            found[service, base, head] = tuple(dict.fromkeys(commit.author for commit in commits))
    return found


def viewer_names(context: Context) -> frozenset[str]:
    """Return the names of the person at the keyboard in lower case: as AWS has them, and as git writes commits.

    One repository that knows no name, or an account that is out of reach, leaves the names of the others.
    """
    names: list[str] = []
    with suppress(PromoteError):
        arn = context.identity(context.pipeline.services[0].targets[0]).arn
        names.append(person(arn, context.pipeline.trusted_roles))
    for service in {service.repo: service for service in context.pipeline.services}.values():
        with suppress(PromoteError):
            names += context.graph.author(service)
    return frozenset(name.lower() for name in names)
