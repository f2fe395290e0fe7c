"""An AWS organization: what AWS says of its accounts, and which of them the configuration gives to each stage."""

from __future__ import annotations

from promote_tui.core import wildcard
from promote_tui.core.model.users import PLACEHOLDER
from promote_tui.core.value import Value, replace

ACTIVE = "active"


class MemberAccount(Value):
    """An account of the organization; `state` is AWS's word in lower case. `tags` are None where they were not read."""

    id: str
    name: str
    state: str = ACTIVE
    tags: tuple[tuple[str, str], ...] | None = None

    @property
    def is_active(self) -> bool:
        """Whether something can be deployed there."""
        return self.state == ACTIVE

    def __str__(self) -> str:
        """Return its name and its number, as messages say it."""
        return f"{self.name} {self.id}"


class AccountRule(Value):
    """Which accounts are a stage's: by a pattern of their names, by a tag `KEY=VALUE`, or by both; `*` is any text.

    `{user}` in it stands for whoever uses the configuration, see `of_user`.
    """

    name: str = ""
    tag: str = ""

    def matches(self, account: MemberAccount) -> bool | None:
        """Tell whether an account is the stage's; None where that depends on tags that were not read."""
        if self.name and not wildcard.matches(self.name, account.name):
            return False
        if not self.tag:
            return True
        if account.tags is None:
            return None
        key, _, value = self.tag.partition("=")
        return any(key == name and wildcard.matches(value, given) for name, given in account.tags)

    @property
    def is_of_users(self) -> bool:
        """Whether each user has accounts of their own by this rule."""
        return PLACEHOLDER in self.name + self.tag

    def of_user(self, user: str) -> AccountRule:
        """Return the rule as it is for a user; for `*` it gives the accounts of all of them."""
        return AccountRule(self.name.replace(PLACEHOLDER, user), self.tag.replace(PLACEHOLDER, user))

    def __str__(self) -> str:
        """Return it as messages say it."""
        return " and ".join(f"{kind} {value}" for kind, value in (("name", self.name), ("tag", self.tag)) if value)


class AccountRules(Value):
    """The rules by stage, and patterns of the names of accounts that are no stage's on purpose.

    `users` give accounts to users, of which each has only their own in their configuration.
    """

    stages: tuple[tuple[str, AccountRule], ...] = ()
    ignore: tuple[str, ...] = ()
    users: tuple[AccountRule, ...] = ()

    def of(self, stage: str) -> AccountRule | None:
        """Return the rule of a stage; None where it has none."""
        return dict(self.stages).get(stage)

    def of_user(self, user: str) -> AccountRules:
        """Return the rules as they are for a user; where nobody is known, stages of users have none."""
        own = tuple((stage, rule.of_user(user)) for stage, rule in self.stages if user or not rule.is_of_users)
        return replace(self, stages=own, users=tuple(rule.of_user("*") for _, rule in self.stages if rule.is_of_users))

    @property
    def asks_for_tags(self) -> bool:
        """Whether a rule goes by tags."""
        return any(rule.tag for rule in (*self.users, *(rule for _, rule in self.stages)))

    def ignores(self, account: MemberAccount) -> bool:
        """Tell whether an account is no stage's on purpose."""
        return any(wildcard.matches(pattern, account.name) for pattern in self.ignore)
