"""The accounts of the organization and of the configuration: what each is used for, and what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.organization.facts import AccountFacts, NotChecked, StageAccount
from promote_tui.core.organization.findings import AccountFinding, find_wrong_accounts
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from promote_tui.core.model.organization import MemberAccount

_WORKED, _FAILED, _LOGIN, _FOUND = 0, 1, 4, 5


class AccountRow(Value):
    """One account; `name` and `state` are None where it is not in the organization, or that was not read.

    `stages` deploy to it, `given_to` are the stages whose rules give it to them, `used_for` what else it is used for.
    """

    account: str
    name: str | None = None
    state: str | None = None
    stages: tuple[StageAccount, ...] = ()
    given_to: tuple[str, ...] = ()
    used_for: tuple[str, ...] = ()
    is_ignored: bool = False


class AccountsReport(Value):
    """Every account, what is wrong with them, and what could not be checked; `was_read`: the organization was."""

    accounts: tuple[AccountRow, ...]
    findings: tuple[AccountFinding, ...]
    not_checked: tuple[NotChecked, ...] = ()
    was_read: bool = True


def report_accounts(facts: AccountFacts, not_checked: Sequence[NotChecked]) -> AccountsReport:
    """Return the report of what is known."""
    was_read = facts.members is not None
    return AccountsReport(tuple(_rows(facts)), find_wrong_accounts(facts), tuple(not_checked), was_read)


def exit_code(report: AccountsReport, *, tell: bool) -> int:
    """Return how `accounts` ends; with `tell`, 5 says that something is wrong, 1 or 4 that not all was checked."""
    if tell and report.findings:
        return _FOUND
    if not report.not_checked or (report.was_read and not tell):
        return _WORKED
    return _LOGIN if any(each.login for each in report.not_checked) else _FAILED


def _rows(facts: AccountFacts) -> Iterator[AccountRow]:
    """Yield the organization's accounts by their names, then those that it lacks, in the configuration's order."""
    members = sorted(facts.members or (), key=lambda account: (account.name, account.id))
    yield from (_member_row(facts, account) for account in members)
    used = [place.account for place in facts.stages] + [account for account, _ in facts.others]
    for account in dict.fromkeys(used):
        if facts.member(account) is None:
            yield AccountRow(account, stages=facts.deploying_to(account), used_for=_uses(facts, account))


def _member_row(facts: AccountFacts, account: MemberAccount) -> AccountRow:
    return AccountRow(
        account.id,
        account.name,
        account.state,
        facts.deploying_to(account.id),
        tuple(facts.given_to(account)),
        _uses(facts, account.id) + (("another user",) if facts.is_of_another_user(account) else ()),
        facts.rules.ignores(account),
    )


def _uses(facts: AccountFacts, account: str) -> tuple[str, ...]:
    return tuple(use for one, use in facts.others if one == account)
