"""The rows of accounts, and how the command ends."""

from __future__ import annotations

import pytest

from promote_tui.core.model.organization import AccountRule, AccountRules, MemberAccount
from promote_tui.core.organization.facts import AccountFacts, NotChecked, StageAccount
from promote_tui.core.organization.findings import AccountFinding
from promote_tui.core.organization.report import AccountRow, AccountsReport, exit_code, report_accounts

D, S, P = "111111111111", "222222222222", "333333333333"
DENIED = NotChecked("organization", "no permission", "ask for it")
EXPIRED = NotChecked("credentials of prod", "expired", "aws sso login", login=True)
WRONG = AccountFinding("not_in_organization", "x is not in the organization", "correct it", ("prod",), "x")


def test_the_accounts_come_by_name_then_those_that_the_organization_lacks() -> None:
    rules = AccountRules((("dev", AccountRule("*-dev")),), ("log-*",))
    members = (MemberAccount(D, "z-dev"), MemberAccount(S, "log-archive", "suspended"))
    dev, prod = StageAccount("dev", D, reached=D), StageAccount("prod", P, ("orders",))
    facts = AccountFacts(rules, (dev, prod), members, ((D, "ledger"), ("4" * 12, "organization")))
    assert report_accounts(facts, [EXPIRED]).accounts == (
        AccountRow(S, "log-archive", "suspended", is_ignored=True),
        AccountRow(D, "z-dev", "active", (dev,), ("dev",), ("ledger",)),
        AccountRow(P, stages=(prod,)),
        AccountRow("4" * 12, used_for=("organization",)),
    )
    assert report_accounts(facts, [EXPIRED]).not_checked == (EXPIRED,)


def test_accounts_of_other_users_say_so() -> None:
    rules = AccountRules((("dev", AccountRule("dev-{user}")),)).of_user("ana")
    members = (MemberAccount(D, "dev-ana"), MemberAccount(S, "dev-joe"))
    rows = report_accounts(AccountFacts(rules, (StageAccount("dev", D, reached=D),), members), []).accounts
    assert [row.used_for for row in rows] == [(), ("another user",)]


@pytest.mark.parametrize(
    ("findings", "not_checked", "was_read", "code", "told"),
    [
        ((), (), True, 0, 0),
        ((WRONG,), (), True, 0, 5),
        ((WRONG,), (DENIED,), False, 1, 5),
        ((), (DENIED,), False, 1, 1),
        ((), (EXPIRED, DENIED), False, 4, 4),
        ((), (EXPIRED,), True, 0, 4),
        ((), (DENIED,), True, 0, 1),
    ],
)
def test_what_is_wrong_or_not_checked_is_in_the_exit_code(
    findings: tuple[AccountFinding, ...], not_checked: tuple[NotChecked, ...], was_read: bool, code: int, told: int
) -> None:
    report = AccountsReport((), findings, not_checked, was_read)
    assert (exit_code(report, tell=False), exit_code(report, tell=True)) == (code, told)
