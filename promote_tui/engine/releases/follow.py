"""Following a release from its beginning: its events as they are written, until nobody works on it any more."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from promote_tui.engine.releases.claim import find_worker
from promote_tui.engine.releases.record import ReleaseRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.core.releases.release import Release
    from promote_tui.engine.context import Context
    from promote_tui.engine.patience import Patience
    from promote_tui.ports import RecordedRelease

_POLL_SECONDS = 0.5


def follow_release(context: Context, name: str, after: int, patience: Patience) -> Iterator[RecordedRelease]:
    """Yield the events above `after` as they are written, until the release is left, or its process is gone.

    Raises UsageError where there is no such release, LedgerError where the ledger fails for longer than the patience
    lasts.
    """
    record = ReleaseRecord(context.ledger, name)
    release = patience.ask(record.read)
    while True:
        gone, news = patience.ask(partial(_look, context, release, after))
        yield from news
        if news:
            after = news[-1].seq
            release = patience.ask(record.read)
        elif gone:
            return
        else:
            context.clock.sleep(_POLL_SECONDS)


def _look(context: Context, release: Release, after: int) -> tuple[bool, tuple[RecordedRelease, ...]]:
    """Return whether nobody works on a release any more, and its events above `after`.

    The first is asked before the events are read, so that the last words of its process are not missed.
    """
    is_left = release.is_left or find_worker(context, release.name) is None
    gone = not release.is_beginning(context.clock.now()) and is_left
    return gone, context.ledger.release_events(release.name, after)
