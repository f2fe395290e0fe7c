"""What is known of the accounts: where stages deploy, with which credentials, and what the organization has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.model.organization import AccountRules, MemberAccount
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator


class NotChecked(Value):
    """What could not be read, and why; `login` where a log-in would help."""

    subject: str
    reason: str
    remedy: str = ""
    login: bool = False


class StageAccount(Value):
    """An account that a stage deploys to: all its services, or those of `services`, which are exceptions.

    `reached` is the account that the credentials are for, None where AWS could not be asked.
    """

    stage: str
    account: str
    services: tuple[str, ...] = ()
    reached: str | None = None


class AccountFacts(Value):
    """Everything that the accounts are judged by.

    `members` are the organization's accounts, None where they were not read. `others` are (account, what it is used
    for) pairs of accounts that no stage deploys to.
    """

    rules: AccountRules
    stages: tuple[StageAccount, ...]
    members: tuple[MemberAccount, ...] | None
    others: tuple[tuple[str, str], ...] = ()

    def member(self, account: str) -> MemberAccount | None:
        """Return the organization's account of that number; None where it has none, or was not read."""
        return next((each for each in self.members or () if each.id == account), None)

    def label(self, account: str) -> str:
        """Return an account as messages say it: with its name, where that is known."""
        return str(self.member(account) or account)

    def deploying_to(self, account: str) -> tuple[StageAccount, ...]:
        """Return the stages that deploy to an account."""
        return tuple(each for each in self.stages if each.account == account)

    def given_to(self, account: MemberAccount) -> Iterator[str]:
        """Yield the stages whose rules give them an account."""
        return (stage for stage, rule in self.rules.stages if rule.matches(account))

    def is_of_another_user(self, account: MemberAccount) -> bool:
        """Tell whether an account is one that another user has in a stage of their own."""
        given = any(rule.matches(account) for rule in self.rules.users)
        return given and not self.deploying_to(account.id) and not any(self.given_to(account))

    def is_undecided(self, account: MemberAccount) -> bool:
        """Tell whether a rule may give somebody an account, and its tags were not read."""
        rules = (*self.rules.users, *(rule for _, rule in self.rules.stages))
        return any(rule.matches(account) is None for rule in rules)
