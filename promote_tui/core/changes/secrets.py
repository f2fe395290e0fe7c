"""Takes the secrets that a deploy is given out of a review: a template may hold them anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.changes.model import PropertyChange
from promote_tui.core.text import mask
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from promote_tui.core.changes.model import ChangeReview, ResourceChange


def hide_secrets(review: ChangeReview, secrets: tuple[str, ...]) -> ChangeReview:
    """Return the review without these values: a property with one of them only says that it changed.

    What names things stays as it is: logical ids, types and exports.
    """
    if not secrets:
        return review
    return replace(
        review,
        changes=tuple(_hidden(each, secrets) for each in review.changes),
        predicted=mask(review.predicted, secrets),
        unknown=mask(review.unknown, secrets),
        warnings=_masked(review.warnings, secrets),
        refused=mask(review.refused, secrets),
    )


def _hidden(change: ResourceChange, secrets: tuple[str, ...]) -> ResourceChange:
    properties = tuple(_only_changed(each, secrets) for each in change.properties)
    notes, overwrites = _masked(change.notes, secrets), _masked(change.overwrites, secrets)
    return replace(change, properties=properties, notes=notes, overwrites=overwrites)


def _only_changed(change: PropertyChange, secrets: tuple[str, ...]) -> PropertyChange:
    is_secret = any(text is not None and mask(text, secrets) != text for text in (change.before, change.after))
    return PropertyChange(change.path) if is_secret else change


def _masked(texts: tuple[str, ...], secrets: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(mask(text, secrets) for text in texts)
