"""What a release is called where nobody has said so."""

from __future__ import annotations

from datetime import date

import pytest

from promote_tui.core.releases.names import free_name


@pytest.mark.parametrize(
    ("taken", "name"),
    [
        ((), "2026-11-30"),
        (("2026-11-29", "spring"), "2026-11-30"),
        (("2026-11-30",), "2026-11-30-2"),
        (("2026-11-30-2", "2026-11-30", "2026-11-30-3"), "2026-11-30-4"),
        (("2026-11-30", "2026-11-30-3"), "2026-11-30-2"),
    ],
)
def test_it_is_called_by_the_day_and_the_first_number_that_is_free(taken: tuple[str, ...], name: str) -> None:
    assert free_name(date(2026, 11, 30), taken) == name
