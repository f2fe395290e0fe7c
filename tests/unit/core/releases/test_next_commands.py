"""What a person can do about a release next, as commands."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.releases import events as e
from promote_tui.core.releases.fold import fold_release
from promote_tui.core.releases.next_commands import is_interrupted, next_commands, sign_off_commands
from promote_tui.core.releases.sign_offs import ReleaseSignOff
from tests.unit.core.releases.test_schedule import AT, CONFIRMED, PLANNED, WORKER, answer, end, hold, promote, start

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Confirm
    from promote_tui.core.releases.release import Release

FAILURE = e.ReleasePaused(AT, "failure", "in trouble: catalog", ("catalog",))
TYPED = ' --confirm "release 2026-11-30 prod"'


def release_of(*events: e.ReleaseEvent) -> Release:
    release = fold_release([PLANNED, *events])
    assert release is not None
    return release


def commands(*events: e.ReleaseEvent, is_at_work: bool = False, confirm: Confirm = "none") -> list[str]:
    release = release_of(*events)
    found = next_commands(release, confirm, is_at_work=is_at_work)
    return [each.command.replace("promote-tui release ", "").replace(" 2026-11-30", "", 1) for each in found]


def words(*events: e.ReleaseEvent) -> list[str]:
    return [each.words for each in next_commands(release_of(*events), "none", is_at_work=False)]


@pytest.mark.parametrize(("confirm", "added"), [("none", ""), ("ask", " --yes"), ("type", TYPED)])
def test_a_planned_release_can_be_started_as_its_stage_asks_for(confirm: Confirm, added: str) -> None:
    assert commands(confirm=confirm) == [f"run{added}", "stop"]


def test_one_that_is_worked_on_can_be_watched_and_stopped() -> None:
    assert commands(CONFIRMED, WORKER, is_at_work=True) == ["show --watch", "stop"]


def test_one_whose_process_is_gone_can_be_resumed_without_another_confirmation() -> None:
    interrupted = CONFIRMED, WORKER, *promote("catalog"), *start("identity")
    assert commands(*interrupted, confirm="ask") == ["resume", "rollback --yes", "stop"]
    assert is_interrupted(release_of(*interrupted), is_at_work=False)
    assert not is_interrupted(release_of(*interrupted), is_at_work=True)
    assert not is_interrupted(release_of(*interrupted, FAILURE), is_at_work=False)


@pytest.mark.parametrize(
    ("happened", "is_beginning"),
    [
        ([CONFIRMED], True),
        ([CONFIRMED, WORKER], False),  # it has begun: whether it lives is for the lock to say
        ([CONFIRMED, WORKER, FAILURE], False),
        ([CONFIRMED, WORKER, FAILURE, answer("retry", "catalog")], True),
        ([], False),
    ],
)
def test_a_process_is_on_its_way_for_a_minute_after_it_was_asked_for(
    happened: list[e.ReleaseEvent], *, is_beginning: bool
) -> None:
    release = release_of(*happened)
    assert release.is_beginning(AT + timedelta(seconds=59)) is is_beginning
    assert not release.is_beginning(AT + timedelta(seconds=60))
    assert release.is_beginning(AT - timedelta(seconds=59)) is is_beginning  # a clock may be behind
    assert not release.is_beginning(AT - timedelta(hours=1))


def test_a_failure_can_be_retried_skipped_and_rolled_back() -> None:
    failed = CONFIRMED, WORKER, *promote("identity"), *start("catalog"), *end("failed", "catalog"), FAILURE
    assert commands(*failed) == [
        "resume --retry catalog",
        "resume --skip catalog --reason TEXT",
        "resume --roll-back catalog",
        "rollback",
        "stop",
    ]
    assert words(*failed) == [
        "try catalog again",
        "leave catalog out, with what needs it: orders and web",
        "return catalog to what ran before",
        "roll all of it back: catalog and identity",
        "leave it as it is, for good",
    ]


def test_what_was_never_started_is_not_rolled_back() -> None:
    assert commands(CONFIRMED, WORKER, hold("web"), FAILURE, confirm="ask") == [
        "resume --retry web --yes",
        "resume --skip web --reason TEXT",
        "stop",
    ]


def test_a_wave_that_waits_is_let_begin() -> None:
    paused = e.ReleasePaused(AT, "go", "wave 2 waits for its go", ("orders",))
    assert commands(CONFIRMED, WORKER, *promote("identity"), paused, confirm="type") == [
        f"resume --go{TYPED}",
        f"rollback{TYPED}",
        "stop",
    ]
    assert words(CONFIRMED, WORKER, paused)[0] == "let wave 2 begin"


def test_credentials_that_end_too_soon_are_renewed_first() -> None:
    paused = e.ReleasePaused(AT, "credentials", "333333333333: they end too soon")
    assert commands(CONFIRMED, WORKER, paused) == ["resume", "stop"]


def test_one_that_has_ended_can_be_told_of_and_rolled_back() -> None:
    ended = CONFIRMED, WORKER, *promote("web")
    assert commands(*ended, e.ReleaseEnded(AT, "done")) == ["promote-tui notes --release", "rollback"]
    assert commands(*ended, e.ReleaseEnded(AT, "stopped")) == ["rollback"]
    assert commands(e.ReleaseEnded(AT, "stopped")) == []


def test_what_is_missing_is_signed_off_by_a_command_each() -> None:
    missing = (
        ReleaseSignOff("approvals", "approvals", (), ("web",), ()),
        ReleaseSignOff("item", "QA ok", (), ("web",), ()),
    )
    given = ReleaseSignOff("item", "Ops", ("web",), (), ("mia",))
    assert [(each.words, each.command) for each in sign_off_commands(release_of(), (*missing, given))] == [
        ("ask somebody else to approve it", "promote-tui release approve 2026-11-30"),
        ("tick QA ok", "promote-tui release check 2026-11-30 'QA ok'"),
    ]
    assert sign_off_commands(release_of(e.ReleaseEnded(AT, "stopped")), missing) == ()
