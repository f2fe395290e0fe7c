"""Reading all runs of a ledger, which gives them out in pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from promote_tui.core.runs.run import Run
    from promote_tui.ports import RunPage


def every_run(read: Callable[[str | None], RunPage]) -> Iterator[Run]:
    """Yield the runs of every page; `read` returns the page behind a cursor, the first one for None."""
    cursor: str | None = None
    while True:
        page = read(cursor)
        yield from page.runs
        cursor = page.cursor
        if cursor is None:
            return
