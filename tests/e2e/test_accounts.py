"""`accounts` of the program itself, on the emulator's organization: its accounts, tags and a closed account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.workspace import REGION

if TYPE_CHECKING:
    from tests.support.workspace import Workspace

pytestmark = [pytest.mark.aws]


def join_organization(workspace: Workspace) -> dict[str, str]:
    """Let the account of dev manage an organization, and the other stages have accounts in it; return their numbers."""
    client = workspace.client("dev", "organizations")
    numbers = {"dev": workspace.accounts["dev"]}
    for stage in ("staging", "prod", "payments"):
        tags = [{"Key": "stage", "Value": "prod" if stage == "payments" else stage}]
        asked = {"Email": f"{stage}@example.com", "AccountName": f"acme-{stage}", "Tags": tags}
        numbers[stage] = client.create_account(**asked)["CreateAccountStatus"]["AccountId"]
    workspace.accounts = {stage: numbers[stage] for stage in workspace.accounts}
    workspace.write_profiles(numbers)
    return numbers


def test_the_stages_are_held_to_the_organization(workspace: Workspace) -> None:
    numbers = join_organization(workspace)
    aws = {"profile": "acme-dev", "region": REGION, "account": numbers["dev"]}
    rules = {"staging": {"name": "*-staging"}, "prod": {"tag": "stage=prod"}}
    own = {"prod": {"account": numbers["payments"], "profile": "acme-payments"}}
    services = [{"name": "orders", "repo": "orders"}, {"name": "billing", "repo": "orders", "stages": own}]
    workspace.configure(organization={"aws": aws, "stages": rules}, services=services)
    found = workspace.json("accounts")
    assert (found["findings"], found["not_checked"]) == ([], [])
    places = {place["stage"]: row for row in found["accounts"] for place in row["stages"] if not place["services"]}
    assert {stage: row["account"] for stage, row in places.items()} == workspace.accounts
    assert workspace.run("accounts", "--exit-code").returncode == 0

    workspace.client("dev", "organizations").close_account(AccountId=numbers["payments"])
    workspace.write_profiles({**numbers, "prod": numbers["staging"]})
    done = workspace.run("accounts", "--exit-code")
    assert done.returncode == 5
    assert f"✗  prod (billing)  acme-payments {numbers['payments']} is suspended" in done.stdout
    credentials = f"the credentials are for acme-staging {numbers['staging']}, not for acme-prod {numbers['prod']}"
    assert f"✗  prod  {credentials}" in done.stdout


def test_who_may_not_read_the_organization_is_told_so(workspace: Workspace) -> None:
    aws = {"profile": "nobody", "region": REGION, "account": "999999999999"}
    workspace.configure(organization={"aws": aws})
    done = workspace.run("accounts")
    assert done.returncode == 4
    assert "!  organization  not checked: there is no AWS profile nobody" in done.stdout
    assert f"?  {workspace.accounts['prod']}  not checked  prod" in done.stdout
