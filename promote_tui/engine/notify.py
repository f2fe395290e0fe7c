"""Notifies the configured channels of a run, all at once and for a bounded time; a failure stops nothing."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError
from promote_tui.core.model.channels import Bell
from promote_tui.core.runs.notice_payload import encode_payload
from promote_tui.core.runs.notices import channels_for, label

if TYPE_CHECKING:
    from promote_tui.core.model.channels import Channel
    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.runs.notices import Notice
    from promote_tui.engine.context import Context

PATIENCE = 8.0
"""How many seconds to wait for all channels together."""


class Delivery:
    """A notice on its way to its channels, in a thread for each."""

    def __init__(self, context: Context, target: Target, notice: Notice | None) -> None:
        self._context, self._target = context, target
        self._problems: dict[str, str] = {}
        self._threads: dict[str, threading.Thread] = {}
        if notice:
            payload = encode_payload(notice, context.pipeline.project, context.clock.now())
            for number, channel in channels_for(context.pipeline.notify, notice.occasion, notice.about):
                if not isinstance(channel, Bell):  # it is rung by whoever watches
                    name = label(channel, number)
                    given = name, channel, notice.text, payload
                    self._threads[name] = threading.Thread(target=self._send, args=given, daemon=True)
        for thread in self._threads.values():
            thread.start()

    def _send(self, name: str, channel: Channel, text: str, payload: bytes) -> None:
        try:
            self._context.ports.notifier.send(channel, text, self._target, payload)
        except PromoteError as error:
            self._problems[name] = error.cause
        except Exception as error:  # noqa: BLE001 - whatever a channel does, the run goes on; no address is told
            self._problems[name] = f"unexpected {type(error).__name__}"

    def end(self) -> tuple[tuple[str, str], ...]:
        """Wait for the channels, for a few seconds in all, and return (channel, why) of those that failed."""
        until = self._context.clock.monotonic() + PATIENCE
        for name, thread in self._threads.items():
            thread.join(max(0.0, until - self._context.clock.monotonic()))
            if thread.is_alive():
                self._problems.setdefault(name, f"it did not answer within {PATIENCE:g} s")
        return tuple(sorted(self._problems.items()))
