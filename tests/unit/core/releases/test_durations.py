"""How long a release took, waited, and is expected to work."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.releases import events as e
from promote_tui.core.releases.durations import ReleaseTime, describe_time, describe_work, time_taken
from promote_tui.core.releases.fold import fold_release
from promote_tui.core.value import replace
from tests.unit.core.releases.test_schedule import AT, CONFIRMED, PLANNED, WORKER, answer

if TYPE_CHECKING:
    from promote_tui.core.releases.release import Release


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def release(*more: e.ReleaseEvent) -> Release:
    found = fold_release([PLANNED, *more])
    assert found is not None
    return found


PAUSED = e.ReleasePaused(AT + minutes(3), "go", "wave 2 waits for its go")
GO = replace(answer("go"), at=AT + minutes(11))
AGAIN = replace(WORKER, at=AT + minutes(12))
DONE = e.ReleaseEnded(AT + minutes(15), "done")
FAILED = replace(PAUSED, at=AT + minutes(13), why="failure")
LATER = replace(CONFIRMED, starts_at=AT + minutes(60))
TAKEN = [
    ("nobody has confirmed it", (), None),
    ("from its confirmation to its end", (CONFIRMED, WORKER, DONE), (15, 0)),
    ("it waited for its go", (CONFIRMED, WORKER, PAUSED, GO, AGAIN, DONE), (15, 8)),
    ("it waited twice", (CONFIRMED, WORKER, PAUSED, GO, AGAIN, FAILED, DONE), (15, 10)),
    ("so far", (CONFIRMED, WORKER), (20, 0)),
    ("it waits now", (CONFIRMED, WORKER, PAUSED), (20, 17)),
    ("from when it was to begin", (LATER, WORKER, replace(DONE, at=AT + minutes(75))), (15, 0)),
    ("a time that was over when it was confirmed", (replace(CONFIRMED, starts_at=AT - minutes(5)), DONE), (15, 0)),
    ("it was stopped before it began", (LATER, WORKER, replace(DONE, outcome="stopped")), None),
    ("it has not begun", (LATER, WORKER), None),
]


@pytest.mark.parametrize(("story", "taken"), [each[1:] for each in TAKEN], ids=[each[0] for each in TAKEN])
def test_a_release_takes_from_its_beginning_to_its_end_and_waits_for_people(
    story: tuple[e.ReleaseEvent, ...], taken: tuple[int, int] | None
) -> None:
    wanted = ReleaseTime(taken[0] * 60.0, taken[1] * 60.0) if taken else None
    assert time_taken(release(*story), AT + minutes(20)) == wanted


@pytest.mark.parametrize(
    ("took", "waited", "words"),
    [(750, 480, "took 12m30s, 8m00s of it waiting"), (750, 0.4, "took 12m30s"), (0.5, 0, "took 0s")],
)
def test_the_time_in_words(took: float, waited: float, words: str) -> None:
    assert describe_time(ReleaseTime(took, waited)) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(120.9, "about 2m00s of work"), (1, "about 1s of work"), (0.9, ""), (0, "")]
)
def test_work_is_said_where_some_is_left(seconds: float, words: str) -> None:
    assert describe_work(seconds) == words
