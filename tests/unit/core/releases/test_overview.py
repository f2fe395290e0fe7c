"""What a release comes to as a whole, and how that is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.model.pipeline import Aws, ReleaseSettings, Stage
from promote_tui.core.releases.events import LeftOut, MemberHeld, MemberReviewed, ReleaseEvent
from promote_tui.core.releases.fold import fold_release
from promote_tui.core.releases.overview import newest_review, summarize_release
from promote_tui.core.releases.overview_words import summary_rows
from promote_tui.core.releases.review import BlockedGate, MemberReview, ReviewedChange
from promote_tui.core.value import replace
from tests.unit.core.releases.test_schedule import AT, NEEDS, PLANNED, promote

if TYPE_CHECKING:
    from promote_tui.core.releases.overview import ReleaseSummary
    from promote_tui.core.releases.release import Release

PROD = Stage("prod", Aws("eu-west-1", "333333333333", "acme-prod"), release=ReleaseSettings(parallel=2))
TABLE = ReviewedChange("Orders", "AWS::DynamoDB::Table", "modify", "true", holds_data=True)
QUEUE = ReviewedChange("Queue", "AWS::SQS::Queue", "modify", "conditional")
TOPIC = ReviewedChange("Topic", "AWS::SNS::Topic", "add")
BUCKET = ReviewedChange("Bucket", "AWS::S3::Bucket", "remove", holds_data=True)
SOAK = BlockedGate("soak", "2h of 4h", "wait", "time", overridable=True)
APPROVALS = BlockedGate("approvals", "0 of 1 approval so far", "ask somebody else", "person")
ORDER = BlockedGate("stage order", "not verified in staging", "promote it there", "another commit")
REVIEWS = {
    "identity": MemberReview(2, ("Ana", "Bo"), (TOPIC,), blocked=(SOAK, APPROVALS), typical_seconds=60.0),
    "catalog": MemberReview(3, ("Bo", "Cy"), (QUEUE, BUCKET), blocked=(APPROVALS,), typical_seconds=120.0),
    "orders": MemberReview(1, ("Ana",), (TABLE,), one_way="Orders would be replaced", typical_seconds=30.0),
    "billing": MemberReview(1, ("Ana",), blocked=(ORDER,), unknown="it is not packaged", problem="no space left"),
}


def release_of(reviews: dict[str, MemberReview], *more: ReleaseEvent) -> Release:
    left_out = (LeftOut("mail", "prod runs abc already", unchanged=True), LeftOut("sms", "nothing verified"))
    planned = replace(PLANNED, left_out=left_out)
    reviewed = [MemberReviewed(AT, name, review) for name, review in reviews.items()]
    release = fold_release([planned, *reviewed, *more])
    assert release is not None
    return release


def summary_of(reviews: dict[str, MemberReview]) -> ReleaseSummary:
    return summarize_release(release_of(reviews), PROD)


def test_the_counts_are_those_of_all_services() -> None:
    found = summary_of(REVIEWS)
    assert (found.services, found.commits, found.authors) == (5, 7, ("Ana", "Bo", "Cy"))
    assert (found.added, found.modified, found.removed) == (1, 2, 1)


def test_a_replacement_is_named_with_its_service_and_what_holds_data_is_named_again() -> None:
    found = summary_of(REVIEWS)
    assert [(each.service, each.change) for each in found.replacements] == [("catalog", QUEUE), ("orders", TABLE)]
    assert [(each.service, each.change) for each in found.losses] == [("catalog", BUCKET), ("orders", TABLE)]


def test_a_service_without_a_plan_says_why_and_not_also_that_it_is_unknown() -> None:
    found = summary_of(REVIEWS)
    assert [(each.service, each.words) for each in found.problems] == [("billing", "no space left")]
    assert (found.unknown, found.unreviewed) == ((), ("web",))


def test_blocked_gates_are_grouped_and_what_only_another_commit_opens_is_first() -> None:
    groups = summary_of(REVIEWS).blocked
    assert [(each.name, each.services, each.overridable) for each in groups] == [
        ("stage order", ("billing",), False),
        ("approvals", ("identity", "catalog"), False),
        ("soak", ("identity",), True),
    ]
    assert summary_of(REVIEWS).approvals_missing == ("identity", "catalog")


def test_what_a_stage_would_lose_is_said() -> None:
    found = summary_of({"web": MemberReview(1, removes=2)})
    assert [(each.service, each.words) for each in found.removes] == [("web", "2 commits")]
    assert ("removes", "web: 2 commits") in [(row.name, row.words) for row in summary_rows(found)]


def test_the_way_back_is_safe_or_says_why_not() -> None:
    found = summary_of(REVIEWS)
    assert found.safe == ("identity", "catalog", "billing")
    assert [(each.service, each.words) for each in found.one_way] == [("orders", "Orders would be replaced")]


def test_the_expected_duration_says_of_whom_no_run_is_on_record() -> None:
    found = summary_of(REVIEWS)
    assert found.assumed == ("billing",)
    assert found.expected_seconds == 120 + 600 + 600  # two at once: identity beside catalog, orders beside billing, web


def test_what_is_done_is_not_expected_again() -> None:
    before = summarize_release(release_of(REVIEWS), PROD)
    after = summarize_release(release_of(REVIEWS, *promote("identity", "catalog")), PROD)
    assert before.expected_seconds - after.expected_seconds == 120


def test_unchanged_services_are_told_from_those_left_out_for_a_reason() -> None:
    found = summary_of(REVIEWS)
    assert found.unchanged == ("mail",)
    assert [each.service for each in found.left_out] == ["sms"]


def test_what_a_service_was_held_with_counts_instead_of_its_review() -> None:
    now = replace(REVIEWS["orders"], changes=(TABLE, TOPIC))
    release = release_of(REVIEWS, MemberHeld(AT, "orders", "changed", "Topic would be added", review=now))
    assert newest_review(release, "orders") == now
    assert summarize_release(release, PROD).added == 2


def test_the_summary_in_words() -> None:
    rows = [(each.name, each.words, each.concern) for each in summary_rows(summary_of(REVIEWS))]
    assert rows == [
        ("services", "5 in 3 waves", "none"),
        ("commits", "7 by Ana, Bo, Cy", "none"),
        ("resources", "1 added, 2 modified, 1 removed", "none"),
        ("replacements", "catalog Queue, orders Orders", "attention"),
        ("data at risk", "catalog Bucket, orders Orders", "danger"),
        ("no plan", "billing: no space left", "danger"),
        ("not reviewed", "web", "attention"),
        ("blocked", "stage order for billing (only another commit unblocks it): not verified in staging", "danger"),
        ("blocked", "approvals for identity, catalog (a person unblocks it): 0 of 1 approval so far", "danger"),
        ("blocked", "soak for identity (passes with time, or an override with a reason): 2h of 4h", "danger"),
        ("approvals", "missing for identity, catalog", "attention"),
        ("expected", "about 22m00s of work; 1 service without a run on record", "none"),
        ("rollback", "safe for 3 of 5 services; one-way: orders (Orders would be replaced)", "attention"),
        ("unchanged", "1 service left out, already there", "none"),
        ("left out", "sms: nothing verified", "attention"),
    ]


def test_where_no_work_is_left_none_is_expected() -> None:
    over = summarize_release(release_of(REVIEWS, *promote(*NEEDS)), PROD)
    assert "expected" not in [each.name for each in summary_rows(over)]


def test_a_release_without_trouble_says_no_more_than_what_it_is() -> None:
    plain = MemberReview(1, ("Ana",), typical_seconds=60.0)
    rows = summary_rows(summary_of(dict.fromkeys(REVIEWS, plain) | {"web": plain}))
    assert [each.name for each in rows if each.concern == "none"] == [
        "services", "commits", "resources", "expected", "rollback", "unchanged"
    ]  # fmt: skip
    assert [each.name for each in rows if each.concern != "none"] == ["left out"]
