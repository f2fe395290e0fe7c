"""`accounts` on the command line: its lines, its JSON, its exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from promote_tui.cli.errors import run_guarded
from promote_tui.cli.main import run
from promote_tui.core.errors import CredentialsError
from promote_tui.core.model.organization import AccountRule, AccountRules
from promote_tui.core.value import replace
from tests.integration.cli.conftest import Answer
from tests.support.engine_world import World
from tests.support.fakes.organization import READERS, FakeOrganization
from tests.support.json_outputs import hold_to_schema

DOCUMENT = (Path(__file__).parents[4] / "docs/accounts.md").read_text(encoding="utf-8")


class Accounts:
    """The command on an engine with everything in memory."""

    def __init__(self, world: World, organization: FakeOrganization, capsys: pytest.CaptureFixture[str]) -> None:
        self.world, self.organization, self._capsys = world, organization, capsys

    def __call__(self, *words: str) -> Answer:
        self._capsys.readouterr()
        code = run_guarded(lambda: run(["accounts", *words], lambda _: self.world.engine))
        said = self._capsys.readouterr()
        hold_to_schema(("accounts", *words), said.out)
        return Answer(code, said.out, said.err)


@pytest.fixture
def accounts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Accounts:
    """An organization with the accounts of dev, staging and prod, and one for its logs."""
    world, organization = World(tmp_path), FakeOrganization()
    world.organization = organization
    for stage, number in (("dev", "1" * 12), ("staging", "2" * 12), ("prod", "3" * 12)):
        organization.add(f"acme-{stage}", number)
    organization.add("log-archive")
    organization.add("acme-root", organization.account)
    rules = (("prod", AccountRule("*-prod")), ("staging", AccountRule("*-staging")))
    world.pipeline = replace(world.pipeline, account_rules=AccountRules(rules, ("log-*",)))
    return Accounts(world, organization, capsys)


def test_the_accounts_are_listed_with_their_stages(accounts: Accounts) -> None:
    accounts.organization.add("shop-prod", "444444444444")
    answer = accounts("--exit-code")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines() == [
        "acme-dev      111111111111  active  dev",
        "acme-prod     333333333333  active  prod",
        "acme-root     999999999999  active  organization",
        "acme-staging  222222222222  active  staging",
        "log-archive   000000000004  active  ignored",
        "shop-prod     444444444444  active  prod by its rule",
        "",
        "✓ nothing is wrong with these accounts",
    ]


def test_what_is_wrong_and_what_was_not_checked_is_said_and_exits_with_5(accounts: Accounts) -> None:
    accounts.organization.close("3" * 12)
    del accounts.organization.accounts["1" * 12]
    accounts.world.accounts.log_out("staging")
    answer = accounts("--exit-code")
    assert answer.code == 5
    assert answer.out.splitlines() == [
        "acme-prod     333333333333  suspended                prod",
        "acme-root     999999999999  active                   organization",
        "acme-staging  222222222222  active                   staging",
        "log-archive   000000000004  active                   ignored",
        "?             111111111111  not in the organization  dev",
        "",
        "✗  dev  111111111111 is not in the organization",
        "   next: correct the account of dev",
        "✗  prod  acme-prod 333333333333 is suspended",
        "   next: have the account reopened, or correct the account of prod",
        "!  credentials of staging  not checked: the session of profile staging has expired",
        "   next: aws sso login --profile staging",
    ]
    assert accounts().code == 0


def test_the_json_says_all_of_it(accounts: Accounts) -> None:
    accounts.world.accounts.wrong_account("prod", "1" * 12)
    answer = accounts("--json", "--exit-code")
    assert answer.code == 5
    assert answer.json["accounts"][1] == {
        "account": "333333333333",
        "name": "acme-prod",
        "state": "active",
        "stages": [{"stage": "prod", "services": [], "credentials": "111111111111"}],
        "given_to": ["prod"],
        "used_for": [],
        "ignored": False,
    }
    assert answer.json["findings"] == [
        {
            "kind": "credentials",
            "stages": ["prod"],
            "account": "333333333333",
            "services": [],
            "reason": "the credentials are for acme-dev 111111111111, not for acme-prod 333333333333",
            "remedy": "fix its profile or its role",
        }
    ]
    assert answer.json["not_checked"] == []


def test_an_organization_that_may_not_be_read_is_never_fine(accounts: Accounts) -> None:
    accounts.organization.leave()
    answer = accounts()
    assert answer.code == 1
    assert answer.out.splitlines() == [
        "?  111111111111  not checked  dev",
        "?  222222222222  not checked  staging",
        "?  333333333333  not checked  prod",
        "?  999999999999  not checked  organization",
        "",
        "!  organization  not checked: its account is in no organization",
        f"   next: {READERS}",
    ]
    assert accounts("--json").json["not_checked"][0]["reason"] == "its account is in no organization"


def test_the_document_shows_what_is_printed(accounts: Accounts) -> None:
    organization, world = accounts.organization, accounts.world
    rules = (("dev", AccountRule("acme-dev*")), ("staging", AccountRule(tag="stage=staging")))
    world.pipeline = replace(world.pipeline, account_rules=AccountRules((*rules, ("prod", AccountRule("*-prod")))))
    organization.labels["2" * 12] = (("stage", "staging"),)
    del organization.accounts["000000000004"]
    organization.add("acme-sandbox", "5" * 12)
    organization.close("3" * 12)
    error = CredentialsError(
        "staging", "the session of profile acme-staging has expired", "aws sso login --profile acme-staging"
    )
    world.accounts.log_out("staging", error)
    shown = DOCUMENT.partition("$ promote-tui accounts\n")[2].partition("```")[0]
    answer = accounts()
    assert (answer.out, answer.err) == (shown, "")


def test_names_from_aws_cannot_act_on_a_terminal(accounts: Accounts) -> None:
    accounts.organization.add("\x1b]52;c;aGk=\x07evil")
    for words in ((), ("--json",)):
        assert "\x1b" not in accounts(*words).out
