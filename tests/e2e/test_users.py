"""A stage for each user of the team's file, each in an account of their own, through the whole program."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.support.workspace import REGION

if TYPE_CHECKING:
    from tests.support.workspace import Workspace

pytestmark = pytest.mark.aws


def share(workspace: Workspace, profile: str) -> None:
    """Write the team's file: a stage for each user, ana's and joe's in accounts of their own, before prod."""
    ana, joe, prod = workspace.accounts.values()
    workspace.write_profiles({"ana": ana, "joe": joe, "prod": prod})
    own = {"profile": profile, "region": REGION, "account": {"ana": ana, "joe": joe}}
    stages = [
        {"name": "dev-{user}", "aws": own, "confirm": "none", "deploy_on_merge": "main"},
        {"name": "prod", "aws": {"profile": "acme-prod", "region": REGION, "account": prod}, "confirm": "none"},
    ]
    workspace.configure(stages=stages)


def test_everybody_deploys_to_an_account_of_their_own_and_nobody_to_nobodys(workspace: Workspace) -> None:
    share(workspace, "acme-{user}")
    commits = {}
    for user in ("ana", "joe"):
        commits[user] = workspace.commit(f"Begin, {user}")
        done = workspace.run("promote", "orders", "--to", f"dev-{user}", "--yes", PROMOTE_TUI_USER=user)
        assert done.returncode == 0, done.stderr
    names = [
        (stage, user)
        for stage in ("dev", "staging")
        for user in commits
        if workspace.stack(stage, f"orders-dev-{user}")
    ]
    assert names == [("dev", "ana"), ("staging", "joe")]

    # Each sees their own stage, and its history alone; the ledger knows both by name.
    for user, commit in commits.items():
        seen = workspace.run("status", "--json", PROMOTE_TUI_USER=user).stdout
        assert f'"dev-{user}"' in seen
        assert commit in seen
        assert not any(f"dev-{other}" in seen for other in commits if other != user)
    assert {run["stage"] for run in workspace.json("runs")["runs"]} == {"dev-ana", "dev-joe"}
    other = workspace.run("promote", "orders", "--to", "dev-joe", "--yes", PROMOTE_TUI_USER="ana")
    assert (other.returncode, other.stderr) == (2, "stage dev-joe: there is no such stage; one of: dev-ana, prod\n")

    # Who has no account, and who is nobody, is told so in a line, and nothing is deployed, by sync neither.
    zoe = workspace.run("promote", "orders", "--to", "dev-zoe", "--yes", PROMOTE_TUI_USER="zoe")
    why = "zoe has no account there; add zoe to stages.dev-zoe.aws.account"
    assert (zoe.returncode, zoe.stderr) == (2, f"orders/dev-zoe: {why}\n")
    nobody = workspace.run("promote", "orders", "--to", "dev-{user}", "--yes")
    assert nobody.returncode == 2
    assert nobody.stderr.startswith("orders/dev-{user}: {user} stands for nobody here, and AWS cannot be asked with")
    assert nobody.stderr.count("\n") == 1
    assert "{user} stands for nobody here" in workspace.run("status").stdout
    synced = workspace.run("sync", "--no-fetch")
    assert synced.returncode == 1
    assert "{user} stands for nobody here" in synced.stdout + synced.stderr
    assert workspace.stack("dev", "orders-dev-{user}") is None


def test_without_a_name_here_aws_says_who_it_is_and_a_role_of_several_is_nobody(workspace: Workspace) -> None:
    workspace.commit("Begin")
    share(workspace, "mine")
    sso = "AWSReservedSSO_Developer_0123456789abcdef"
    assume(workspace, sso, "ana")
    done = workspace.run("promote", "orders", "--to", "dev-ana", "--yes")
    assert done.returncode == 0, done.stderr
    assert workspace.stack("dev", "orders-dev-ana") is not None
    assert "dev-ana" in workspace.run("why", "orders", "dev-ana").stdout
    (account,) = [row["found"] for row in workspace.json("doctor")["checks"] if row["name"] == "account of dev-ana"]
    assert account.startswith(f"{workspace.accounts['dev']} as ana, for 59m")

    # Whoever assumes another role chooses the name of the session: it may be anybody's.
    assume(workspace, "shared", "ana")
    refused = workspace.run("promote", "orders", "--to", "dev-ana", "--yes")
    assert refused.returncode == 2
    assert ":assumed-role/shared/ana, which may be several people; set `user` in promote-tui.local" in refused.stderr
    assume(workspace, sso, "ana@partner.example")
    other = workspace.run("promote", "orders", "--to", "dev-ana", "--yes").stderr
    assert re.fullmatch(r"stage dev-ana: .*; one of: dev-ana-partner-example-[0-9a-f]{6}, prod\n", other)


def assume(workspace: Workspace, role: str, session: str) -> None:
    """Let the profile `mine` assume a role of the first account, in a session of this name."""
    arn = f"arn:aws:iam::{workspace.accounts['dev']}:role/{role}"
    workspace.write_profiles({"dev": workspace.accounts["dev"], "prod": workspace.accounts["prod"]})
    keys = {"role_arn": arn, "source_profile": "acme-dev", "role_session_name": session, "region": REGION}
    with (workspace.folder / "home" / "aws-config").open("a", encoding="utf-8") as file:
        file.write("\n".join(["", "[profile mine]", *(f"{key} = {value}" for key, value in keys.items()), ""]))
