"""Notifies the channels of decisions, in the background, and names the channels that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.gates.decisions import Decision
    from promote_tui.tui.host import Host

_ANNOUNCED = {"hold", "unhold", "veto"}


def announce(host: Host, made: Sequence[Decision]) -> None:
    """Notify the channels of these decisions, as far as they hear of such."""
    engine, told = host.the_engine, [each for each in made if each.kind in _ANNOUNCED]
    if told and host.pipeline.notify:
        host.background.run(
            host,
            lambda: [problem for each in told for problem in engine.decisions.announce(each)],
            lambda failed: say_unnotified(host, failed),
        )


def say_unnotified(host: Host, failed: Sequence[tuple[str, str]]) -> None:
    """Name the channels that were not notified, and why."""
    for channel, why in dict(failed).items():
        host.say(f"{channel} was not notified: {why}", failed=True)
