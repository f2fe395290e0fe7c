"""Following a release from its beginning: its events as they are written, until nobody works on it any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.engine.releases.claim import find_worker
from promote_tui.engine.releases.record import read_release

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.engine.context import Context
    from promote_tui.ports import RecordedRelease

_POLL_SECONDS = 0.5


def follow_release(context: Context, name: str, after: int = 0) -> Iterator[RecordedRelease]:
    """Yield the events above `after` as they are written, until the release is left, or its process is gone.

    Raises UsageError where there is no such release, LedgerError.
    """
    release = read_release(context.ledger, name)
    while True:
        # asked before the events are read, so that its last words are not missed
        gone = not release.is_beginning(context.clock.now()) and (release.is_left or find_worker(context, name) is None)
        news = context.ledger.release_events(name, after)
        yield from news
        if news:
            after = news[-1].seq
            release = read_release(context.ledger, name)
        elif gone:
            return
        else:
            context.clock.sleep(_POLL_SECONDS)
