"""What releases wait for: answers, somebody to resume them, sign-offs of their sets."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.inbox.item import Viewer
from promote_tui.core.inbox.promotions import PendingPromotion
from promote_tui.core.inbox.releases import release_items
from promote_tui.core.model.team_rules import Approvals, Rules
from promote_tui.core.releases import events as e
from promote_tui.core.releases.fold import fold_release
from promote_tui.core.runs.run import Process
from promote_tui.core.value import replace
from tests.support.gates import SSO, decision
from tests.support.values import NOW, STAGING, A, commit

if TYPE_CHECKING:
    from promote_tui.core.gates.decisions import Decision
    from promote_tui.core.inbox.item import InboxItem
    from promote_tui.core.releases.release import Release

ME = Viewer("ana@example.com", "ana")
ANA, BOB = (SSO.format("Developer", f"{who}@example.com") for who in ("ana", "bob"))
NAMES = ("orders", "web")
PLANNED = e.ReleasePlanned(
    NOW - timedelta(hours=9),
    "friday",
    "prod",
    "staging",
    tuple(e.Member(name, A, "Change", None) for name in NAMES),
    (NAMES,),
    (),
    "bob",
    BOB,
)
CONFIRMED = e.ReleaseConfirmed(NOW - timedelta(hours=3), "bob", BOB, "release friday prod")
WORKER = e.ProcessStarted(NOW - timedelta(hours=2), "a1", "host", Process(1, "then"))
STARTED = e.MemberStarted(NOW - timedelta(hours=1), "orders", "r1")
RUNNING = (CONFIRMED, WORKER, STARTED)
RULES = Rules(approvals=Approvals(1), checklist=("QA",))


def release(*more: e.ReleaseEvent, planned: e.ReleasePlanned = PLANNED) -> Release:
    found = fold_release([planned, *more])
    assert found is not None
    return found


def pending(name: str, *decisions: Decision, rules: Rules = RULES) -> PendingPromotion:
    return PendingPromotion(name, replace(STAGING, name="prod", rules=rules), commit(A), decisions=decisions)


def found(of: Release, *waiting: PendingPromotion, viewer: Viewer = ME, is_at_work: bool = True) -> list[InboxItem]:
    return list(release_items(of, waiting, viewer, confirm="ask", is_at_work=is_at_work))


@pytest.mark.parametrize(
    ("why", "words", "services", "command"),
    [
        ("failure", "in trouble: orders", ("orders",), "promote-tui release resume friday --retry orders --yes"),
        ("go", "wave 2 waits for its go", ("web",), "promote-tui release resume friday --go --yes"),
        ("credentials", "they end at 12:00", (), "promote-tui release resume friday"),
    ],
)
def test_a_release_that_waits_for_an_answer_says_for_which(
    why: e.PauseCause, words: str, services: tuple[str, ...], command: str
) -> None:
    failed = e.MemberEnded(NOW, "orders", "r1", "failed", "it broke")
    trouble = (STARTED, failed) if why == "failure" else ()
    paused = release(CONFIRMED, WORKER, *trouble, e.ReleasePaused(NOW, why, words, services))
    (item,) = found(paused, is_at_work=False)
    assert (item.kind, item.words, item.command, item.since) == ("release", words, command, NOW)
    assert item.services == (services or NAMES)
    assert (item.about, item.stage, item.release) == ("release friday", "prod", "friday")


def test_a_release_that_nobody_works_on_any_more_waits_to_be_resumed() -> None:
    assert found(release(*RUNNING)) == []
    (item,) = found(release(*RUNNING), is_at_work=False)
    assert (item.words, item.command) == ("interrupted: no process works on it", "promote-tui release resume friday")
    assert (item.since, item.services) == (STARTED.at, NAMES)


def test_a_release_that_nobody_has_confirmed_or_that_has_ended_is_not_interrupted() -> None:
    assert found(release(), is_at_work=False) == []
    ended = release(*RUNNING, e.ReleaseEnded(NOW, "stopped"))
    assert found(ended, pending("orders"), is_at_work=False) == []


def test_an_approval_is_wanted_once_for_all_services_that_lack_it() -> None:
    (item, tick) = found(release(), pending("orders"), pending("web", decision("check", "eve", item="QA")))
    assert (item.kind, item.words) == ("approval", "0 of 1 approval so far, 2 services")
    assert (item.command, item.services, item.since) == ("promote-tui release approve friday", NAMES, PLANNED.at)
    assert (tick.kind, tick.words, tick.entry, tick.services) == ("tick", "QA, 1 service", "QA", ("orders",))
    assert tick.command == "promote-tui release check friday QA"


def test_a_service_that_is_approved_already_is_not_asked_about() -> None:
    rules = replace(RULES, checklist=())
    given = pending("orders", decision("approve", "eve"), rules=rules)
    (item,) = found(release(), given, pending("web", rules=rules))
    assert item.services == ("web",)
    assert found(release(), given) == []


@pytest.mark.parametrize(
    ("planned_by", "confirmed_by", "is_asked"),
    [(BOB, None, True), (ANA, None, False), (ANA, BOB, True), (BOB, ANA, False)],
)
def test_nobody_is_asked_to_approve_what_they_promote_themselves(
    planned_by: str, confirmed_by: str | None, is_asked: bool
) -> None:
    more = [replace(CONFIRMED, arn=confirmed_by)] if confirmed_by else []
    of = release(*more, planned=replace(PLANNED, arn=planned_by))
    assert [item.kind for item in found(of, pending("orders"))] == ["approval"] * is_asked + ["tick"]


def test_the_approval_of_who_promotes_does_not_make_it_enough() -> None:
    rules = replace(RULES, checklist=())
    assert len(found(release(), pending("orders", decision("approve", "bob"), rules=rules))) == 1


def test_a_release_is_whose_who_planned_or_confirmed_it() -> None:
    paused = e.ReleasePaused(NOW, "go", "wave 2 waits for its go")
    assert [item.is_mine for item in found(release(CONFIRMED, paused))] == [False]
    assert [item.is_mine for item in found(release(replace(CONFIRMED, arn=ANA), paused))] == [True]
    assert [item.is_mine for item in found(release(CONFIRMED, paused, planned=replace(PLANNED, arn=ANA)))] == [True]
