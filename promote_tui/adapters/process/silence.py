"""Watches how long a child has been silent, and asks in a thread what it waits for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from promote_tui.core.stacks.activity import StackActivity

GRACE_SECONDS = 60.0
"""How long the CLI may be silent once the stack rests with the new commit."""
_OFTEN = 15.0


@dataclass(frozen=True, slots=True)
class ActivityProbe:
    """What a silent child waits for: `look` says it (None: unknown), `grace` is its limit once that has come."""

    look: Callable[[], StackActivity | None]
    grace: float = GRACE_SECONDS


class Silence:
    """The clock of a child's silence; it stands still while what the child waits for is at work.

    `look` is only asked while the child is silent: one question at a time, and about four within the child's limit. The
    last answer stands where a question fails or is not answered, so that a question never stops the child.
    """

    def __init__(
        self, idle: float, wait: ActivityProbe | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._idle, self._wait, self._clock = idle, wait, clock
        self._every = min(_OFTEN, idle / 4, wait.grace / 4 if wait else idle)
        self._quiet = 0.0
        self._heard = self._seen = self._asked = self._clock()
        self._activity, self._acted_on = StackActivity.QUIET, StackActivity.QUIET
        self._asking: threading.Thread | None = None

    def note_output(self) -> None:
        """Note that the child has said something."""
        self._quiet, self._heard = 0.0, self._clock()

    def exceeded_limit(self) -> Literal["idle", "hung"] | None:
        """Return that the child was silent for too long: `hung` where what it waited for has come."""
        now = self._clock()
        spent, self._seen = now - self._seen, now
        self._ask(now)
        activity = self._activity
        if activity is not self._acted_on:
            self._quiet, self._acted_on = 0.0, activity
        if activity is StackActivity.MOVING:
            return None
        self._quiet += spent
        if activity is StackActivity.ARRIVED and self._wait:
            return "hung" if self._quiet >= self._wait.grace else None
        return "idle" if self._quiet >= self._idle else None

    def _ask(self, now: float) -> None:
        if self._wait is None or now - self._heard < self._every or now - self._asked < self._every:
            return
        if self._asking is None or not self._asking.is_alive():
            self._asked = now
            self._asking = threading.Thread(target=self._look, args=(self._wait,), name="activity", daemon=True)
            self._asking.start()

    def _look(self, wait: ActivityProbe) -> None:
        found = wait.look()
        if found is not None:
            self._activity = found
