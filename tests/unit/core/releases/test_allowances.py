"""What has to be allowed by name of a release: what its promotions would lose, and what its rollbacks would."""

from __future__ import annotations

import pytest

from promote_tui.core.gates.model import Allowance
from promote_tui.core.gates.options import Override
from promote_tui.core.releases import events as e
from promote_tui.core.releases.blockers import missing_allowances
from promote_tui.core.releases.next_commands import next_commands
from promote_tui.core.releases.review import MemberReview, ReviewedChange
from promote_tui.core.value import replace
from tests.unit.core.releases.test_schedule import ALL, AT, CONFIRMED, FIRST, answer, back, hold, release_after

TABLE = ReviewedChange("Table", "AWS::DynamoDB::Table", "modify", "true", holds_data=True)
BUCKET = ReviewedChange("Bucket", "AWS::S3::Bucket", "remove", holds_data=True)
REPLACE, REMOVE = Allowance("replace", "Table"), Allowance("remove", "Bucket")
PAUSED = e.ReleasePaused(AT, "failure", "in trouble", ("web",))
REVIEW = MemberReview(changes=(TABLE, BUCKET))


def allow(before: e.Answered, service: str, *given: Allowance) -> e.Answered:
    return replace(before, allowances=tuple((service, each) for each in given))


def lost(service: str, *losses: Allowance) -> e.MemberHeld:
    return e.MemberHeld(AT, service, "blocked", "data: Table would be replaced", "type its name", losses=losses)


BACK = [*ALL, answer("roll_back_all"), *back("web")]


@pytest.mark.parametrize(
    ("happened", "missing"),
    [
        ([*FIRST, lost("orders", REPLACE, REMOVE)], (REPLACE, REMOVE)),
        # an earlier version wrote only what the plan said
        ([*FIRST, replace(hold("orders"), review=REVIEW)], (REPLACE, REMOVE)),
        ([*FIRST, hold("orders")], ()),
        ([*FIRST], ()),
    ],
)
def test_what_holds_a_promotion_says_what_has_to_be_allowed(
    happened: list[e.ReleaseEvent], missing: tuple[Allowance, ...]
) -> None:
    assert missing_allowances(release_after(*happened), "orders") == missing


def test_what_holds_a_rollback_says_what_has_to_be_allowed() -> None:
    assert missing_allowances(release_after(*BACK, lost("web", REMOVE)), "web") == (REMOVE,)


def test_what_an_earlier_answer_has_allowed_is_not_asked_again() -> None:
    retry = allow(answer("retry", "web"), "web", REMOVE)
    release = release_after(*BACK, lost("web", REMOVE), retry, *back("web"), lost("web", REMOVE, REPLACE))
    assert missing_allowances(release, "web") == (REPLACE,)
    assert release.allowances_for("web", "rollback") == (REMOVE,)


def test_what_the_promotion_may_lose_its_rollback_may_not() -> None:
    confirmed = replace(CONFIRMED, allowances=(("web", REPLACE), ("orders", REMOVE)))
    release = release_after(confirmed, *BACK, lost("web", REPLACE))
    assert release.allowances_for("web", "promotion") == (REPLACE,)
    assert release.allowances_for("web", "rollback") == ()
    assert missing_allowances(release, "web") == (REPLACE,)


@pytest.mark.parametrize("kind", ["roll_back", "roll_back_all"])
def test_what_a_rollback_may_lose_is_given_with_it_and_after_it(kind: e.AnswerKind) -> None:
    begun = allow(answer(kind, *(["web"] if kind == "roll_back" else [])), "web", REMOVE)
    again = allow(answer("retry", "web"), "web", REPLACE)
    release = release_after(*ALL, begun, *back("web"), lost("web", REPLACE), again)
    assert release.allowances_for("web", "rollback") == (REMOVE, REPLACE)
    assert release.allowances_for("web", "promotion") == ()


def test_the_rollback_of_one_allows_nothing_for_the_promotion_of_another() -> None:
    given = replace(answer("roll_back", "catalog"), allowances=(("orders", REPLACE),))
    assert release_after(*FIRST, given).allowances_for("orders", "promotion") == (REPLACE,)
    assert release_after(*FIRST, given).allowances_for("orders", "rollback") == ()


def test_an_unconfirmed_answer_neither_overrides_nor_allows_anything() -> None:
    given = e.Answered(
        AT,
        "bob",
        "arn:bob",
        "skip",
        ("catalog",),
        overrides=(("orders", Override("approvals", "why not")),),
        allowances=(("orders", REPLACE),),
    )
    release = release_after(hold("catalog"), given)
    assert (release.overrides, release.allowances_for("orders", "promotion")) == ((), ())


def test_what_was_lost_once_is_forgotten_when_the_run_begins() -> None:
    release = release_after(*BACK, lost("web", REMOVE), answer("retry", "web"), *back("web"))
    assert release.progress["web"].losses == ()


def test_the_commands_name_what_has_to_be_allowed() -> None:
    release = release_after(*BACK, lost("web", REMOVE, REPLACE), PAUSED)
    commands = [each.command for each in next_commands(release, "none", is_at_work=False)]
    allowed = "--allow-remove web:Bucket --allow-replace web:Table"
    assert commands[0] == f"promote-tui release resume 2026-11-30 --retry web {allowed}"
    assert f"promote-tui release rollback 2026-11-30 {allowed}" in commands


def test_the_rollback_of_all_does_not_name_what_a_promotion_would_lose() -> None:
    release = release_after(*FIRST, lost("orders", REPLACE), PAUSED)
    commands = [each.command for each in next_commands(release, "none", is_at_work=False)]
    assert commands[0] == "promote-tui release resume 2026-11-30 --retry orders --allow-replace orders:Table"
    assert "promote-tui release rollback 2026-11-30" in commands
