"""What a rollback would do beyond the code: to stored data, and to what migrations have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core import wildcard
from promote_tui.core.model.cells import Never
from promote_tui.core.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterable

    from promote_tui.core.changes.model import ChangeReview
    from promote_tui.core.model.pipeline import FileChange
    from promote_tui.core.planning.plan import Draft, Plan

_NAMED = 3


def migration_paths(files: Iterable[FileChange], patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the paths that fit one of the patterns; `*` stands for any characters, `/` too."""
    return tuple(each.path for each in files if any(wildcard.matches(pattern, each.path) for pattern in patterns))


def blockers(plan: Plan) -> tuple[str, ...]:
    """Return why a person should look before a stage goes back by itself; empty where the forecast is clean."""
    found = (*_of_data(plan.review), *_of_migrations(plan.draft))
    closed = [f"{gate.name}: {gate.reason}" for gate in plan.gates if not gate.passed and not gate.missing_allowances]
    return (*found, *closed)


def describe_one_way(plan: Plan) -> str:
    """Return why going back after this plan would lose data or meet migrations; empty where it would be safe."""
    if isinstance(plan.draft.cell, Never):
        return "nothing runs there yet"
    return "; ".join((*_of_data(plan.review), *_of_migrations(plan.draft)))


def stateful_changes(review: ChangeReview) -> str:
    """Return in one line what happens to the data."""
    return "; ".join(_of_data(review)) or "all data: nothing that holds data is replaced or removed"


def describe_migrations(draft: Draft) -> str:
    """Return in one line the migrations that older code would meet; empty where there are none."""
    return "; ".join(_of_migrations(draft))


def _of_data(review: ChangeReview) -> tuple[str, ...]:
    if review.unknown:
        return (f"unknown what it would change: {review.unknown}",)
    lost = [
        *(f"{each} would be replaced" for each in review.replaced_data),
        *(f"{each} removed" for each in review.removed_data),
    ]
    return (f"data: {', '.join(lost)}",) if lost else ()


def _of_migrations(draft: Draft) -> tuple[str, ...]:
    """Return the migrations in between: a rollback takes their files away, but they were run there."""
    if draft.deployed is None and not draft.files:
        return ("unknown which files changed in between",)
    if not draft.migrated:
        return ()
    names = ", ".join(draft.migrated[:_NAMED]) + (", ..." if len(draft.migrated) > _NAMED else "")
    return (f"{plural(len(draft.migrated), 'migration')} changed in between, which older code does not undo: {names}",)
