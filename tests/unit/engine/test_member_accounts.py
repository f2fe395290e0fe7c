"""Which accounts are read, with what is wrong, and what is named as not checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import AwsError, CredentialsError
from promote_tui.core.model.organization import AccountRule, AccountRules
from promote_tui.core.model.pipeline import PreviewSettings
from promote_tui.core.model.users import Unresolved
from promote_tui.core.organization.facts import NotChecked, StageAccount
from promote_tui.core.value import replace
from tests.support.engine_world import World
from tests.support.fakes.organization import READERS, FakeOrganization

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.core.model.pipeline import Aws
    from promote_tui.core.organization.report import AccountsReport

DEV, STAGING, PROD, PAY = "111111111111", "222222222222", "333333333333", "444444444444"
RULES = AccountRules((("prod", AccountRule("*-prod")), ("staging", AccountRule(tag="stage=staging"))))


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Two services in three stages whose accounts the organization has."""
    made = World(tmp_path, services={"orders": (), "billing": ()})
    made.organization = FakeOrganization()
    for name, number in (("acme-dev", DEV), ("acme-prod", PROD), ("pay-prod", PAY)):
        made.organization.add(name, number)
    made.organization.add("acme-test", STAGING, stage="staging")
    made.organization.add("acme-root", made.organization.account)
    made.pipeline = replace(made.pipeline, account_rules=RULES)
    return made


def move(world: World, service: str, stage: str, **aws: str | Unresolved | None) -> None:
    """Let a service reach AWS otherwise in a stage."""

    def other(given: Aws) -> Aws:
        return replace(given, **aws)  # type: ignore[arg-type]

    services = tuple(
        replace(
            each,
            targets=tuple(
                replace(target, aws=other(target.aws)) if (each.name, target.stage) == (service, stage) else target
                for target in each.targets
            ),
        )
        for each in world.pipeline.services
    )
    world.pipeline = replace(world.pipeline, services=services)


def places(report: AccountsReport) -> list[StageAccount]:
    """Where the stages deploy."""
    return [place for row in report.accounts for place in row.stages]


def test_every_stage_has_its_account_and_nothing_is_wrong(world: World) -> None:
    report = world.engine.accounts()
    assert (report.findings, report.not_checked) == ((), ())
    assert [
        (row.name, [place.stage for place in row.stages], row.given_to, row.used_for) for row in report.accounts
    ] == [
        ("acme-dev", ["dev"], (), ()),
        ("acme-prod", ["prod"], ("prod",), ()),
        ("acme-root", [], (), ("organization",)),
        ("acme-test", ["staging"], ("staging",), ()),
        ("pay-prod", [], ("prod",), ()),
    ]


def test_the_account_of_previews_is_no_account_without_a_stage(world: World) -> None:
    assert world.organization
    number = world.organization.add("acme-previews", "555555555555")
    assert [each.kind for each in world.engine.accounts().findings] == ["account_without_stage"]
    previews = PreviewSettings(("feature/*",), replace(world.pipeline.stage("dev").aws, account=number), "dev", ())
    world.pipeline = replace(world.pipeline, previews=previews)
    report = world.engine.accounts()
    assert report.findings == ()
    assert [row.used_for for row in report.accounts if row.name == "acme-previews"] == [("previews",)]


def test_the_exceptions_of_services_count_but_for_their_regions(world: World) -> None:
    move(world, "billing", "prod", account=PAY, profile="pay")
    move(world, "billing", "dev", region="eu-central-1")
    report = world.engine.accounts()
    assert report.findings == ()
    assert StageAccount("prod", PAY, ("billing",), PAY) in places(report)
    assert [place for place in places(report) if place.stage == "dev"] == [StageAccount("dev", DEV, (), DEV)]


def test_the_account_of_the_credentials_is_asked_for(world: World) -> None:
    world.accounts.wrong_account("prod", DEV)
    (finding,) = world.engine.accounts().findings
    assert (finding.kind, finding.stages) == ("credentials", ("prod",))


def test_what_cannot_be_reached_is_not_checked_and_the_rest_is(world: World) -> None:
    move(world, "billing", "prod", account=PAY, profile="pay")
    world.accounts.log_out("prod")
    report = world.engine.accounts()
    expired = ("the session of profile prod has expired", "aws sso login --profile prod")
    assert report.not_checked == (
        NotChecked("credentials of prod", *expired, login=True),
        NotChecked("credentials of prod for billing", *expired, login=True),
    )
    assert [place.reached for place in places(report) if place.stage == "prod"] == [None, None]
    assert report.findings == ()


def test_an_organization_that_is_not_read_is_named_and_stages_are_checked_all_the_same(world: World) -> None:
    assert world.organization
    world.organization.deny("members", "ListAccounts")
    world.accounts.wrong_account("prod", DEV)
    report = world.engine.accounts()
    said = "no permission for ListAccounts: refused by the test"
    assert report.not_checked == (NotChecked("organization", said, READERS),)
    assert [finding.kind for finding in report.findings] == ["credentials"]
    assert not report.was_read


def test_without_the_block_the_organization_is_not_checked(world: World) -> None:
    world.organization = None
    report = world.engine.accounts()
    reason = "the configuration does not say where it is read"
    assert report.not_checked == (NotChecked("organization", reason, "add `organization`: see docs/accounts.md"),)
    assert [row.account for row in report.accounts] == [DEV, STAGING, PROD]


@pytest.mark.parametrize(
    ("error", "login"),
    [(AwsError("organization", "denied"), False), (CredentialsError("organization", "expired", "log in"), True)],
)
def test_rules_by_tags_are_not_checked_where_tags_are_not_read(world: World, error: AwsError, login: bool) -> None:
    assert world.organization
    world.organization.fails["tags"] = error
    report = world.engine.accounts()
    assert report.not_checked == (NotChecked("rules that go by tags", error.cause, error.remedy, login),)
    assert report.findings == ()  # acme-test may be staging's
    assert report.was_read


def test_tags_are_not_asked_for_where_no_rule_goes_by_them(world: World) -> None:
    assert world.organization
    world.organization.deny("tags", "ListTagsForResource")
    world.pipeline = replace(world.pipeline, account_rules=AccountRules(RULES.stages[:1], ("acme-*",)))
    report = world.engine.accounts()
    assert (report.not_checked, report.findings) == ((), ())


def test_a_stage_of_nobody_is_named_as_not_checked_and_in_no_account(world: World) -> None:
    for service in ("orders", "billing"):
        move(world, service, "dev", account="", unresolved=Unresolved("nobody", "be somebody"))
    report = world.engine.accounts()
    assert [(each.reason, each.remedy) for each in report.not_checked] == [("nobody", "be somebody")]
    assert {place.stage for place in places(report)} == {"staging", "prod"}
    assert [found.kind for found in report.findings] == ["account_without_stage"]
