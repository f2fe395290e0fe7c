"""The heads of the matrix: its stages with what is behind there, and the groups of its services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.tui.presentation.style import Role, align_right, fit, ink, line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.content import Content

    from promote_tui.core.matrix import CellView
    from promote_tui.core.model.pipeline import Stage
    from promote_tui.tui.presentation.pipeline.grid import Grid

_ACCOUNT = 13
"""Cells of an account's number with a blank before it."""


def count_behind(views: Iterable[CellView | None]) -> int:
    """Return how many of the cells lack commits of the stage before."""
    return sum(view is not None and view.is_behind for view in views)


def stage_head(stage: Stage, behind: int, shape: Grid, *, here: bool) -> Content:
    """Return the head of a stage, with its account where there is room; `here`: the cursor stands in it."""
    account = stage.aws.account if shape.words else ""
    right = align_right(ink(account, "faint"), _ACCOUNT if account else 0)
    room = shape.cell - 2 - right.cell_length
    return line(" ", _with_count(stage.name.upper(), behind, "strong" if here else "label", room), right, " ")


def group_line(name: str, behind: Sequence[int], shape: Grid) -> Content:
    """Return the heading of a group, with how many of it are behind in each stage that is shown."""
    heads = [line(" ", _with_count("", count, "label", shape.cell - 1)) for count in behind]
    return line(" ", fit(ink(name, "strong"), shape.service - 1), *heads)


def _with_count(name: str, behind: int, role: Role, room: int) -> Content:
    """Return `PROD 37 behind`: the word gives way, then the number, before the name is cut."""
    every = (f"{behind} behind", str(behind)) if behind else ()
    count = next((count for count in every if len(f"{name} {count}".strip()) <= room), "")
    return fit(line(ink(name, role), " " if name else "", ink(count, "warn")), room)
