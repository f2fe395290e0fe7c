"""What the record of a release holds from outside never reaches a terminal as something that it acts on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.gates.options import Override
from promote_tui.core.releases import events as e
from promote_tui.core.releases.review import BlockedGate, MemberReview, ReviewedChange
from promote_tui.core.runs.run import Process
from tests.integration.cli.test_hostile_text import NEEDLE, _harmless

if TYPE_CHECKING:
    from tests.integration.cli.conftest import CommandLine
    from tests.support.fakes.engine import FakeEngine

PAUSED = f"friday{NEEDLE}"


@pytest.fixture(autouse=True)
def _planted(engine: FakeEngine) -> None:
    """The needle in every text of a release's events."""
    now = engine.clock.now()
    service = f"orders{NEEDLE}"
    change = ReviewedChange(NEEDLE, NEEDLE, "modify", "true", holds_data=True)
    gate = BlockedGate("soak", NEEDLE, NEEDLE, "time", overridable=True)
    review = MemberReview(2, (NEEDLE,), (change,), blocked=(gate,), unknown=NEEDLE, one_way=NEEDLE)
    member = e.Member(service, NEEDLE, NEEDLE, NEEDLE)
    left = (e.LeftOut(NEEDLE, NEEDLE, remedy=NEEDLE),)
    planned = e.ReleasePlanned(
        now, PAUSED, "prod", NEEDLE, (member,), ((service,),), left, NEEDLE, NEEDLE, NEEDLE, NEEDLE, NEEDLE
    )
    engine.write_release(
        PAUSED,
        planned,
        e.MemberReviewed(now, service, review),
        e.ReleaseConfirmed(now, NEEDLE, NEEDLE, NEEDLE, NEEDLE, ((service, Override("soak", NEEDLE)),)),
        e.ProcessStarted(now, NEEDLE, NEEDLE, Process(1, NEEDLE)),
        e.MemberHeld(now, service, "blocked", NEEDLE, NEEDLE),
        e.MemberStarted(now, service, NEEDLE),
        e.Answered(now, NEEDLE, NEEDLE, "retry", (service,), NEEDLE),
        e.MemberStarted(now, service, NEEDLE),
        e.MemberEnded(now, service, NEEDLE, "failed", NEEDLE, NEEDLE),
        e.ReleasePaused(now, "failure", NEEDLE, (service,)),
    )


@pytest.mark.parametrize(
    "words",
    [
        ("list",),
        ("list", "--json"),
        ("show", PAUSED),
        ("show", PAUSED, "--json"),
        ("show", PAUSED, "--watch"),
        ("resume", PAUSED),
        ("resume", PAUSED, "--skip", NEEDLE, "--reason", NEEDLE),
        ("run", PAUSED),
        ("rollback", PAUSED),
        ("rollback", PAUSED, "--confirm", f"release {PAUSED} prod", "--json"),
        ("stop", PAUSED),
        ("approve", PAUSED),
        ("check", PAUSED, NEEDLE),
        ("plan", NEEDLE, "--to", "prod"),
        ("plan", PAUSED, "--to", "prod"),
        ("run", NEEDLE, "--at", NEEDLE),
        ("run", PAUSED, "--override", NEEDLE),
        ("show", NEEDLE),
    ],
)
def test_a_planted_needle_is_never_written_as_it_is(
    cli: CommandLine, engine: FakeEngine, words: tuple[str, ...]
) -> None:
    engine.script.dead.add(PAUSED)
    answer = cli("release", *words)
    assert answer.out + answer.err
    assert _harmless(answer.out + answer.err)
    assert "internal error" not in answer.err


def test_what_still_runs_is_named_harmlessly(cli: CommandLine, engine: FakeEngine) -> None:
    now = engine.clock.now()
    engine.write_release(
        PAUSED,
        e.Answered(now, "ana", "arn", "retry", (f"orders{NEEDLE}",)),
        e.ProcessStarted(now, "a2", "laptop", Process(1, "then")),
        e.MemberStarted(now, f"orders{NEEDLE}", "run-2"),
    )
    answer = cli("release", "stop", PAUSED)
    assert "starts nothing more" in answer.err
    assert _harmless(answer.err)
