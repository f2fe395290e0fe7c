"""Ages, durations and drift are said in few and fixed words."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone

import pytest

from promote_tui.core.git.relation import Ahead, Behind, Diverged, NotApplicable, Relation, Same, Unknown
from promote_tui.core.next_steps import NextStep
from promote_tui.tui.presentation.next_steps import key_words
from promote_tui.tui.presentation.wording import age, ago, drift_brief, drift_short, drift_words, exact_time
from tests.support.fakes.world import NOW


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0s"),
        (3600, "1h"),
        (20 * 86400, "2w"),
        (99 * 604800, "99w"),
        (100 * 604800, "1y"),
        (20_000 * 86400, "54y"),
    ],
)
def test_age_fits_three_cells(seconds: int, words: str) -> None:
    assert age(NOW - timedelta(seconds=seconds), NOW) == words
    assert len(words) <= 3


def test_a_moment_ago_is_just_now() -> None:
    assert ago(NOW, NOW) == "just now"
    assert ago(NOW - timedelta(seconds=10), NOW) == "10s ago"


def test_no_time_has_no_age() -> None:
    assert not age(None, NOW)


def test_exact_time_names_utc_and_the_hour_here() -> None:
    assert exact_time(NOW, timezone(timedelta(hours=1))) == "31 Jan 2026 13:00 (12:00 UTC)"
    assert exact_time(NOW, UTC) == "31 Jan 2026 12:00 UTC"


@pytest.mark.parametrize(
    ("relation", "short", "brief", "words"),
    [
        (Same(), "", "", "same as dev"),
        (Behind(1), "-1", "1 behind", "1 commit behind dev"),
        (Behind(240), "-99", "240 behind", "240 commits behind dev"),
        (Ahead(2), "+2", "2 ahead", "2 commits ahead of dev"),
        (Diverged(1, 4), "-4+1", "4 behind 1 ahead", "4 commits behind dev, 1 ahead"),
        (Unknown("deadbee is not in this clone"), "", "", "deadbee is not in this clone"),
        (NotApplicable(), "", "", "nothing to compare with in dev"),
    ],
)
def test_drift_is_said_in_three_lengths(relation: Relation, short: str, brief: str, words: str) -> None:
    assert drift_short(relation) == short
    assert drift_brief(relation) == brief
    assert drift_words(relation, "dev") == words


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (NextStep("adopt", ("prod",)), "promote.choose, then app.decide on a commit adopts it as what runs in prod"),
        (NextStep("older"), "promote.choose chooses an older commit"),
    ],
)
def test_a_refused_way_back_is_opened_by_keys(step: NextStep, says: str) -> None:
    words = key_words(step, "promote", lambda action: action)
    assert words is not None
    assert words.plain == says
