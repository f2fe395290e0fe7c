"""What is next in a release, after each thing that can happen in it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.model.pipeline import ReleaseSettings
from promote_tui.core.releases import events as e
from promote_tui.core.releases.fold import apply_event, fold_release
from promote_tui.core.releases.release import MemberState, Release, ReleaseStatus
from promote_tui.core.releases.review import MemberReview
from promote_tui.core.releases.schedule import Finish, Pause, Start, Wait, next_action
from promote_tui.core.runs.run import Process
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from promote_tui.core.releases.schedule import NextAction

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
NEEDS = {"identity": (), "catalog": (), "orders": ("catalog",), "billing": ("identity",), "web": ("orders", "billing")}
PLANNED = e.ReleasePlanned(
    AT,
    "2026-11-30",
    "prod",
    "staging",
    tuple(e.Member(name, name[0] * 40, f"Change {name}", "0" * 40, needs) for name, needs in NEEDS.items()),
    (("identity", "catalog"), ("orders", "billing"), ("web",)),
    (),
    "ana",
    "arn:ana",
)
CONFIRMED = e.ReleaseConfirmed(AT, "ana", "arn:ana", "release 2026-11-30 prod")
WORKER = e.ProcessStarted(AT, "attempt-1", "host", Process(1, "then"))


def start(*services: str) -> list[e.ReleaseEvent]:
    return [e.MemberStarted(AT, each, f"run-{each}") for each in services]


def end(outcome: e.MemberOutcome, *services: str) -> list[e.ReleaseEvent]:
    return [e.MemberEnded(AT, each, f"run-{each}", outcome, "why" if outcome == "failed" else "") for each in services]


def promote(*services: str) -> list[e.ReleaseEvent]:
    return [*start(*services), *end("verified", *services)]


def back(*services: str, outcome: e.MemberOutcome | None = None) -> list[e.ReleaseEvent]:
    begun = [e.MemberStarted(AT, each, f"back-{each}", "rollback") for each in services]
    over = [e.MemberEnded(AT, each, f"back-{each}", outcome, purpose="rollback") for each in services if outcome]
    return [*begun, *over]


def answer(kind: e.AnswerKind, *services: str, reason: str = "") -> e.Answered:
    return e.Answered(AT, "lea", "arn:lea", kind, services, reason)


def hold(service: str, why: e.HoldCause = "changed") -> e.MemberHeld:
    return e.MemberHeld(AT, service, why, "Orders would be replaced")


def release_after(*more: e.ReleaseEvent) -> Release:
    found = fold_release([PLANNED, CONFIRMED, WORKER, *more])
    assert found is not None
    return found


FIRST = promote("identity", "catalog")
SECOND = promote("orders", "billing")
ALL = [*FIRST, *SECOND, *promote("web")]


@pytest.mark.parametrize(
    ("happened", "then"),
    [
        ([], Start(("identity", "catalog"))),
        (start("identity"), Start(("catalog",))),
        (start("identity", "catalog"), Wait()),
        ([*promote("identity"), *start("catalog")], Wait()),
        (FIRST, Start(("orders", "billing"))),
        ([*end("unchanged", "identity"), *promote("catalog")], Start(("orders", "billing"))),
        ([*FIRST, *SECOND], Start(("web",))),
        (ALL, Finish("done")),
        # trouble: what is at work ends, nothing new is started
        ([*start("identity", "catalog"), *end("failed", "catalog")], Wait()),
        ([*promote("identity"), *start("catalog"), *end("failed", "catalog")], Pause("failure", "", ("catalog",))),
        ([*end("failed", "identity")], Pause("failure", "", ("identity",))),
        ([hold("identity")], Pause("failure", "", ("identity",))),
        ([hold("identity"), answer("retry", "identity")], Start(("identity", "catalog"))),
        ([*promote("identity"), *end("failed", "catalog"), answer("retry", "catalog")], Start(("catalog",))),
        # skipping takes along who needs it
        ([*promote("identity"), *end("failed", "catalog"), answer("skip", "catalog")], Start(("billing",))),
        (
            [*promote("identity"), *end("failed", "catalog"), answer("skip", "catalog"), *promote("billing")],
            Finish("done"),
        ),
        # rolling one back takes along who waits for it, and the others go on
        (
            [*promote("identity"), *end("failed", "catalog"), answer("roll_back", "catalog")],
            Start(("catalog",), "rollback"),
        ),
        (
            [*FIRST, *end("failed", "orders"), answer("roll_back", "orders"), *back("orders", outcome="verified")],
            Start(("billing",)),
        ),
        # rolling all back goes from the last wave to the first
        ([*FIRST, *SECOND, *end("failed", "web"), answer("roll_back_all")], Start(("web",), "rollback")),
        (
            [*FIRST, *SECOND, *end("failed", "web"), answer("roll_back_all"), *back("web", outcome="unchanged")],
            Start(("orders", "billing"), "rollback"),
        ),
        ([*FIRST, *SECOND, answer("roll_back_all"), *back("orders")], Start(("billing",), "rollback")),
        (
            [*FIRST, *SECOND, answer("roll_back_all"), *back("orders", outcome="verified"), *back("billing")],
            Wait(),
        ),
        ([*FIRST, answer("roll_back_all"), *back("identity", "catalog", outcome="verified")], Finish("rolled_back")),
        (
            [
                *FIRST,
                answer("roll_back_all"),
                *back("identity", outcome="failed"),
                *back("catalog", outcome="verified"),
            ],
            Pause("failure", "", ("identity",)),
        ),
        ([*start("identity"), *promote("catalog"), answer("roll_back_all")], Wait()),
        # nothing is taken back from under what could not be taken back
        (
            [*ALL, answer("roll_back_all"), *back("web", outcome="failed")],
            Pause("failure", "", ("web",)),
        ),
        (
            [*ALL, answer("roll_back_all"), *back("web", outcome="failed"), answer("skip", "web")],
            Start(("orders", "billing"), "rollback"),
        ),
        # a stop holds for rollbacks too
        ([*FIRST, *SECOND, answer("roll_back_all"), *back("orders"), answer("stop")], Wait()),
        ([*FIRST, answer("roll_back_all"), answer("stop")], Finish("stopped")),
        # stopping lets what is at work end
        ([answer("stop")], Finish("stopped")),
        ([*start("identity", "catalog"), answer("stop")], Wait()),
        ([*FIRST, answer("stop")], Finish("stopped")),
        ([*end("failed", "identity"), answer("stop")], Finish("stopped")),
    ],
)
def test_what_is_next(happened: list[e.ReleaseEvent], then: NextAction) -> None:
    found = next_action(release_after(*happened), ReleaseSettings())
    if isinstance(then, Pause):
        assert isinstance(found, Pause)
        assert (found.why, found.services) == (then.why, then.services)
    else:
        assert found == then


@pytest.mark.parametrize(
    ("happened", "then"),
    [
        ([], Start(("identity",))),
        (start("identity"), Wait()),
        ([*FIRST], Start(("orders",))),
        ([*FIRST, answer("roll_back_all")], Start(("identity",), "rollback")),
        ([*FIRST, answer("roll_back_all"), *back("identity")], Wait()),
    ],
)
def test_no_more_than_the_limit_are_at_work(happened: list[e.ReleaseEvent], then: NextAction) -> None:
    assert next_action(release_after(*happened), ReleaseSettings(parallel=1)) == then


def test_a_wave_waits_for_its_go_where_the_stage_says_so() -> None:
    settings = ReleaseSettings(between_waves="ask")
    assert next_action(release_after(), settings) == Start(("identity", "catalog"))
    assert next_action(release_after(*FIRST), settings) == Pause(
        "go", "wave 2 waits for its go", ("orders", "billing", "web")
    )
    assert next_action(release_after(*FIRST, answer("go")), settings) == Start(("orders", "billing"))
    assert isinstance(next_action(release_after(*FIRST, answer("go"), *SECOND), settings), Pause)


def test_one_go_is_enough_where_a_wave_was_left_out() -> None:
    settings = ReleaseSettings(between_waves="ask")
    needless = replace(PLANNED, members=tuple(replace(each, needs=()) for each in PLANNED.members))
    left_out = fold_release([needless, CONFIRMED, WORKER, *FIRST, answer("skip", "orders", "billing")])
    assert left_out is not None
    assert next_action(left_out, settings) == Pause("go", "wave 3 waits for its go", ("web",))
    assert next_action(apply_event(left_out, answer("go")), settings) == Start(("web",))


@pytest.mark.parametrize(
    ("happened", "status"),
    [
        ([], ReleaseStatus.RUNNING),
        ([e.ReleasePaused(AT, "failure", "orders failed", ("orders",))], ReleaseStatus.PAUSED),
        ([e.ReleasePaused(AT, "failure", ""), answer("retry", "orders")], ReleaseStatus.RUNNING),
        ([e.ReleaseEnded(AT, "done")], ReleaseStatus.DONE),
        ([e.ReleaseEnded(AT, "stopped")], ReleaseStatus.STOPPED),
        ([e.ReleaseEnded(AT, "rolled_back")], ReleaseStatus.ROLLED_BACK),
    ],
)
def test_how_a_release_stands(happened: list[e.ReleaseEvent], status: ReleaseStatus) -> None:
    assert release_after(*happened).status is status


def test_a_release_that_nobody_has_confirmed_is_planned() -> None:
    found = fold_release([PLANNED])
    assert found is not None
    assert found.status is ReleaseStatus.PLANNED


def test_skipping_one_skips_whoever_needs_it_with_the_reason() -> None:
    release = release_after(hold("catalog"), answer("skip", "catalog", reason="after the fair"))
    assert release.in_state(MemberState.SKIPPED) == ("catalog", "orders", "web")
    assert release.progress["web"].reason == "after the fair"


def test_what_is_done_is_not_skipped() -> None:
    release = release_after(*FIRST, *end("failed", "orders"), answer("skip", "orders", "identity"))
    assert release.in_state(MemberState.VERIFIED) == ("identity", "catalog")


def test_every_event_is_read_back_as_it_was_written() -> None:
    every = [PLANNED, CONFIRMED, WORKER, *start("web"), *end("failed", "web"), hold("web"), answer("go")]
    assert [e.from_dict(e.to_dict(each)) for each in every] == every


def test_what_a_newer_version_wrote_is_kept_as_it_came() -> None:
    raw = {"event": "shipped", "schema": 2, "at": AT.isoformat(), "by": "rocket"}
    event = e.from_dict(raw)
    assert isinstance(event, e.UnknownReleaseEvent)
    assert e.to_dict(event) == raw
    assert release_after(event).unknown_events == 1


def test_what_is_at_work_when_all_is_to_be_rolled_back_is_taken_back_once_it_has_ended() -> None:
    begun = [*promote("identity"), *start("catalog"), answer("roll_back_all")]
    for outcome in ("verified", "failed", "unknown"):
        release = release_after(*begun, *end(outcome, "catalog"))
        assert release.in_state(MemberState.TO_ROLL_BACK) == ("identity", "catalog")
    assert release_after(*begun, *end("unchanged", "catalog")).in_state(MemberState.UNCHANGED) == ("catalog",)


def test_one_that_was_held_has_nothing_to_take_back() -> None:
    release = release_after(*promote("identity"), hold("catalog"), answer("roll_back_all", reason="too late"))
    assert release.in_state(MemberState.SKIPPED) == ("catalog",)
    back_again = [*back("identity", outcome="verified")]
    done = release_after(*promote("identity"), hold("catalog"), answer("roll_back_all"), *back_again)
    assert next_action(done, ReleaseSettings()) == Finish("rolled_back")


def test_a_release_that_has_ended_can_still_be_rolled_back() -> None:
    for before in ([*ALL, e.ReleaseEnded(AT, "done")], [*FIRST, answer("stop"), e.ReleaseEnded(AT, "stopped")]):
        release = release_after(*before, answer("roll_back_all"))
        assert release.status is ReleaseStatus.RUNNING
        assert isinstance(next_action(release, ReleaseSettings()), Start)


def test_a_rollback_that_was_blocked_is_tried_again_as_one() -> None:
    begun = [*FIRST, answer("roll_back_all"), *back("identity"), hold("identity", "blocked")]
    release = release_after(*begun)
    assert release.in_state(MemberState.ROLLBACK_FAILED) == ("identity",)
    assert release_after(*begun, answer("retry", "identity")).in_state(MemberState.TO_ROLL_BACK) == (
        "identity",
        "catalog",
    )


def test_what_a_retry_agrees_to_is_what_was_found() -> None:
    moved = e.MemberHeld(AT, "web", "moved", "prod runs another", found="f" * 40)
    release = release_after(moved, answer("retry", "web"), moved, answer("retry", "web"))
    assert release.progress["web"].agreed == ("f" * 40, "f" * 40)
    assert release_after(hold("web"), answer("retry", "web")).progress["web"].agreed == ()


def test_what_is_typed_beside_a_skip_is_no_confirmation() -> None:
    skip = e.Answered(AT, "lea", "arn:lea", "skip", ("web",), "later", "nonsense")
    retry = e.Answered(AT, "lea", "arn:lea", "retry", ("orders",), "", "release 2026-11-30 prod")
    assert release_after(skip, retry).typed == (CONFIRMED.typed, retry.typed)


def test_a_review_that_came_after_the_confirmation_was_seen_by_nobody() -> None:
    assert release_after(e.MemberReviewed(AT, "web", MemberReview(3))).reviews == {}


def test_what_was_found_at_a_rollback_is_agreed_to_by_a_retry() -> None:
    moved = e.MemberHeld(AT, "catalog", "moved", "prod runs another commit", found="f" * 40)
    happened = [*FIRST, answer("roll_back_all"), *back("catalog"), moved, answer("retry", "catalog")]
    progress = release_after(*happened).progress["catalog"]
    assert (progress.state, progress.agreed) == (MemberState.TO_ROLL_BACK, ("f" * 40,))
