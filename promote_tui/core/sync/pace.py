"""How long `sync --watch` rests: its interval, and longer after each failure in a row."""

from __future__ import annotations

LONGEST = 900.0
"""Seconds that a pause never exceeds, unless the interval does."""
_SPREAD = 0.25


def pause(interval: float, failures: int, chance: float) -> float:
    """Return the seconds until the next look: doubled for each failure in a row, and spread by a chance of 0 to 1.

    Machines that failed together do not come back together.
    """
    longest = max(LONGEST, interval)
    steady = min(interval * 2.0 ** min(failures, 16), longest)
    return steady if not failures else steady * (1.0 - _SPREAD * chance)
