"""The clock of a child's silence: when it runs, when it stands still, and who cannot stop it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.process.silence import ActivityProbe, Silence
from promote_tui.core.stacks.activity import StackActivity
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable


class Watch:
    """A clock that the test moves; answers arrive before it moves on."""

    def __init__(self) -> None:
        self.now = 0.0

    def clock(self, idle: float, look: Callable[[], StackActivity | None] | None = None) -> Silence:
        """Return a child's silence that begins now."""
        return Silence(idle, ActivityProbe(look) if look else None, lambda: self.now)

    def run(self, clock: Silence, seconds: float) -> str | None:
        """Look every second for so long, and return how the silence ended."""
        for _ in range(int(seconds)):
            self.now += 1.0
            ended = clock.exceeded_limit()
            for thread in threading.enumerate():
                if thread.name == "activity":
                    thread.join()
            if ended:
                return ended
        return None


@pytest.fixture
def watch() -> Watch:
    """A clock."""
    return Watch()


def always(found: StackActivity | None) -> Callable[[], StackActivity | None]:
    """The same answer each time."""
    return lambda: found


def test_silence_ends_at_the_idle_limit(watch: Watch) -> None:
    clock = watch.clock(600)
    assert watch.run(clock, 1000) == "idle"
    assert watch.now == 600


def test_a_word_begins_it_anew(watch: Watch) -> None:
    clock = watch.clock(600)
    assert watch.run(clock, 599) is None
    clock.note_output()
    assert watch.run(clock, 599) is None


def test_while_the_stack_moves_the_clock_stands_still(watch: Watch) -> None:
    clock = watch.clock(8, always(StackActivity.MOVING))
    assert watch.run(clock, 3600) is None


def test_once_the_stack_has_stopped_moving_the_limit_begins(watch: Watch) -> None:
    found = [StackActivity.MOVING]
    clock = watch.clock(8, lambda: found[0])
    watch.run(clock, 40)
    found[0] = StackActivity.QUIET
    assert watch.run(clock, 100) == "idle"
    assert 48 <= watch.now <= 51


def test_once_the_commit_is_there_a_minute_is_left_whatever_the_idle_limit(watch: Watch) -> None:
    for idle in (8, 600):
        clock, began = watch.clock(idle, always(StackActivity.ARRIVED)), watch.now
        assert watch.run(clock, 1000) == "hung"
        assert 60 <= watch.now - began <= 60 + 16


def test_the_minute_begins_when_the_commit_is_there_not_with_the_silence(watch: Watch) -> None:
    found = [StackActivity.MOVING]
    clock = watch.clock(600, lambda: found[0])
    watch.run(clock, 300)
    found[0] = StackActivity.ARRIVED
    assert watch.run(clock, 59) is None
    assert watch.run(clock, 30) == "hung"


def test_a_cli_that_goes_on_talking_is_not_hung(watch: Watch) -> None:
    clock = watch.clock(600, always(StackActivity.ARRIVED))
    for _ in range(10):
        assert watch.run(clock, 50) is None
        clock.note_output()


def test_a_question_that_fails_leaves_the_last_answer(watch: Watch) -> None:
    answers = [StackActivity.MOVING]
    clock = watch.clock(8, lambda: answers.pop() if answers else None)
    assert watch.run(clock, 1000) is None


def test_questions_that_only_fail_leave_the_idle_limit(watch: Watch) -> None:
    assert watch.run(watch.clock(8, always(None)), 1000) == "idle"


def test_a_child_that_talks_costs_no_question_and_a_silent_one_few(watch: Watch) -> None:
    asked: list[float] = []

    def look() -> StackActivity:
        asked.append(watch.now)
        return StackActivity.MOVING

    clock = watch.clock(600, look)
    for _ in range(60):
        watch.run(clock, 10)
        clock.note_output()
    assert asked == []
    watch.run(clock, 600)
    assert len(asked) <= 600 / 15


def test_an_answer_that_does_not_come_holds_nothing_up() -> None:
    never = threading.Event()

    def look() -> None:
        never.wait()

    clock = Silence(0.2, ActivityProbe(look))
    until(lambda: clock.exceeded_limit() is not None, "the limit, though nobody has answered")
    assert sum(thread.name == "activity" for thread in threading.enumerate()) == 1
    never.set()
