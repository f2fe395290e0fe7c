"""Puts what people look for first: addresses before other outputs, what failed before other resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.description.model import DescribedOutput
from promote_tui.core.text import mask
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from promote_tui.core.model.stack_resources import StackResource


def list_outputs(outputs: Iterable[tuple[str, str]]) -> tuple[DescribedOutput, ...]:
    """Return a stack's outputs, URLs first, else in their order."""
    found = [DescribedOutput(name, mask(value)) for name, value in outputs]
    return tuple(sorted(found, key=lambda each: not each.is_url))


def list_resources(resources: Iterable[StackResource], secrets: tuple[str, ...] = ()) -> tuple[StackResource, ...]:
    """Return a stack's resources: those that failed, then functions, then the others by type and id."""
    found = [replace(each, reason=mask(each.reason, secrets)) for each in resources]
    return tuple(
        sorted(found, key=lambda each: (not each.has_failed, not each.is_function, each.resource_type, each.path))
    )
