"""How long a watch rests."""

from __future__ import annotations

import pytest

from promote_tui.core.sync.pace import pause


@pytest.mark.parametrize(
    ("failures", "chance", "seconds"),
    [(0, 0.0, 30), (0, 1.0, 30), (1, 0.0, 60), (2, 0.0, 120), (5, 0.0, 900), (99, 0.0, 900), (1, 1.0, 45)],
)
def test_each_failure_doubles_it_up_to_a_quarter_of_an_hour(failures: int, chance: float, seconds: float) -> None:
    assert pause(30, failures, chance) == seconds


def test_a_longer_interval_is_never_shortened_by_a_failure() -> None:
    assert pause(3600, 3, 0.0) == 3600
