"""An AWS organization in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError
from promote_tui.core.model.organization import MemberAccount
from promote_tui.core.model.pipeline import Aws, Target
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

READERS = "name the management account or a delegated administrator in `organization.aws`, see docs/iam.md"


@dataclass
class FakeOrganization:
    """The port OrganizationReader; `fails` are errors by the method that raises them."""

    account: str = "999999999999"
    accounts: dict[str, MemberAccount] = field(default_factory=dict)
    labels: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    fails: dict[str, AwsError] = field(default_factory=dict)

    def add(self, name: str, number: str = "", **tags: str) -> str:
        """Add an account and return its number."""
        number = number or f"{len(self.accounts) + 1:012}"
        self.accounts[number] = MemberAccount(number, name)
        self.labels[number] = tuple(tags.items())
        return number

    def close(self, number: str) -> None:
        """Close an account: it stays listed for some time."""
        self.accounts[number] = replace(self.accounts[number], state="suspended")

    def leave(self) -> None:
        """Let the account that reads it be in no organization."""
        self.fails["members"] = AwsError("organization", "its account is in no organization", READERS)

    def deny(self, method: str, operation: str) -> None:
        """Let a method be denied, which makes a call of this name."""
        said = f"no permission for {operation}: refused by the test"
        self.fails[method] = AwsError("organization", said, READERS)

    def target(self) -> Target:
        return Target("organization", "organization", "", "", Aws("eu-west-1", self.account, "acme-root"))

    def members(self) -> tuple[MemberAccount, ...]:
        if "members" in self.fails:
            raise self.fails["members"]
        return tuple(self.accounts.values())

    def tags(self, accounts: Sequence[str]) -> Mapping[str, tuple[tuple[str, str], ...]]:
        if "tags" in self.fails:
            raise self.fails["tags"]
        return {number: self.labels[number] for number in accounts}
