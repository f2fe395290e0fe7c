"""The AWS organization that the stages' accounts belong to."""

from __future__ import annotations

from pydantic import Field, model_validator

from promote_tui.config import types as f
from promote_tui.config.schema.block import Aws, Block
from promote_tui.config.schema.stage_access import StageName
from promote_tui.core.model.organization import AccountRule, AccountRules


class StageRule(Block):
    """Which accounts of the organization are a stage's; with both keys, those that match both."""

    name: f.Line | None = Field(
        None, description="A pattern of the accounts' names; * matches any characters, {user} is the user."
    )
    tag: f.AccountTag | None = Field(
        None, description="A tag of the accounts, KEY=VALUE; * and {user} in the value too."
    )

    @model_validator(mode="after")
    def _says_something(self) -> StageRule:
        if not self.name and not self.tag:
            raise f.value_error("matches every account; set `name` or `tag`")
        return self


class Organization(Block):
    """Where the organization is read, and which of its accounts belong to which stage."""

    aws: Aws = Field(description="The management account, or a delegated administrator's, and how it is reached.")
    stages: dict[StageName, StageRule] = Field({}, description="Which accounts are a stage's.")
    ignore: list[f.Line] = Field([], description="Names of accounts that are no stage's on purpose; * matches.")


def account_rules(block: Organization | None) -> AccountRules:
    """Return the rules by which accounts are checked; without any where there is no block."""
    if block is None:
        return AccountRules()
    rules = tuple((stage, AccountRule(rule.name or "", rule.tag or "")) for stage, rule in block.stages.items())
    return AccountRules(rules, tuple(block.ignore))
