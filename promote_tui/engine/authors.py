"""Whose commits wait for a stage, and by which names the person at the keyboard is known."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError
from promote_tui.core.identity import person

if TYPE_CHECKING:
    from collections.abc import Collection

    from promote_tui.core.matrix_filter import CommitRange
    from promote_tui.engine.context import Context


_AT_ONCE = 8


def waiting_authors(context: Context, ranges: Collection[CommitRange]) -> dict[CommitRange, tuple[str, ...]]:
    """Return the authors of the service's commits in each range; a range that git cannot read is left out."""
    spans = [*ranges]
    if not spans:
        return {}
    with ThreadPoolExecutor(_AT_ONCE, "authors") as pool:
        found = zip(spans, pool.map(lambda span: _authors(context, *span), spans), strict=True)
        return {span: names for span, names in found if names is not None}


def _authors(context: Context, service: str, base: str, head: str) -> tuple[str, ...] | None:
    try:
        commits = context.graph.between(context.pipeline.service(service), base, head)
    except PromoteError:
        return None
    return tuple(dict.fromkeys(commit.author for commit in commits))


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
