"""A lead's Friday on the command line, with real processes: plan, sign-offs, run, trouble, resume, rollback."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest

from tests.support.release_workspace import PROCESS, Shop
from tests.support.waiting import until
from tests.support.workspace import REGION

if TYPE_CHECKING:
    import subprocess

    from tests.support.aliases import Json
    from tests.support.workspace import Workspace

pytestmark = pytest.mark.aws

SERVICES = ("catalog", "orders", "mobile")
TYPED = ("--confirm", "release friday prod")
GATES = {"approvals": 1, "checklist": ["QA signed off"]}


@pytest.fixture
def shop(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Return three services in a line, verified in staging; prod asks for an approval and a tick."""
    for name, value in workspace.environment.items():
        monkeypatch.setenv(name, value)
    shop = Shop(workspace, SERVICES)
    shop.set_up(prod={"gates": GATES}, ledger={"single_machine": True}, trusted_roles=["people"])
    acts(workspace, "ana")
    return shop


def acts(workspace: Workspace, who: str) -> None:
    """Let somebody be at the keyboard, with a role on in each account."""
    blocks = [
        f"[profile base-{stage}]\naws_access_key_id = {account}\naws_secret_access_key = x\nregion = {REGION}\n"
        f"[profile acme-{stage}]\nrole_arn = arn:aws:iam::{account}:role/people\nsource_profile = base-{stage}\n"
        f"role_session_name = {who}\nregion = {REGION}\n"
        for stage, account in workspace.accounts.items()
    ]
    (workspace.folder / "home" / "aws-config").write_text("\n".join(blocks), encoding="utf-8")


def release(workspace: Workspace, *words: str) -> subprocess.CompletedProcess[str]:
    return workspace.run("release", *words)


def shown(workspace: Workspace) -> Json:
    return json.loads(release(workspace, "show", "friday", "--json").stdout)["release"]


def states(workspace: Workspace) -> dict[str, str]:
    """Return how each service stands, as a script reads it."""
    return {member["service"]: member["state"] for member in shown(workspace)["members"]}


def test_a_leads_friday(shop: Shop) -> None:
    workspace = shop.workspace
    planned = release(workspace, "plan", "friday", "--to", "prod", "--reason", "week 48")
    assert planned.returncode == 0, planned.stderr
    assert "  approvals     missing for catalog, orders, mobile\n" in planned.stdout
    assert shown(workspace)["waves"] == [["catalog"], ["orders"], ["mobile"]]
    assert release(workspace, "plan", "friday", "--to", "prod").returncode == 2

    unsigned = release(workspace, "run", "friday", *TYPED)
    assert unsigned.returncode == 3
    assert "catalog: not started: checklist: 0 of 1 item ticked; missing: QA signed off" in unsigned.stderr
    assert states(workspace) == {"catalog": "held", "orders": "waiting", "mobile": "waiting"}

    acts(workspace, "ben")
    approved = release(workspace, "approve", "friday", "--reason", "seen on staging")
    assert approved.stdout == "release friday: approved 3 services as ben\n"
    assert release(workspace, "check", "friday", "QA signed off").returncode == 0
    acts(workspace, "ana")
    assert [(each["name"], each["by"], each["missing"]) for each in shown(workspace)["sign_offs"]] == [
        ("approvals", ["ben"], []),
        ("QA signed off", ["ben"], []),
    ]

    shop.fail("orders")
    failed = release(workspace, "resume", "friday", "--retry", "catalog", *TYPED)
    assert failed.returncode == 1, failed.stderr
    assert states(workspace) == {"catalog": "verified", "orders": "failed", "mobile": "waiting"}
    assert 'promote-tui release resume friday --retry orders --confirm "release friday prod"' in failed.stderr
    assert release(workspace, "resume", "friday").returncode == 3

    shop.recover("orders")
    shop.hold("orders")
    watching = workspace.start("release", "resume", "friday", "--retry", "orders", *TYPED)
    until(lambda: states(workspace)["orders"] == "running", "orders is tried again")
    watching.send_signal(signal.SIGINT)
    _, told = watching.communicate(timeout=60)
    assert watching.returncode == 130, told
    assert "the release continues: promote-tui release show friday --watch" in told
    busy = release(workspace, "resume", "friday")
    assert busy.returncode == 3
    assert "works on it since" in busy.stderr

    workspace.kill(PROCESS)
    until(lambda: shown(workspace)["interrupted"], "its process is gone")
    assert "interrupted" in release(workspace, "list").stdout
    shop.let_go("orders")
    resumed = release(workspace, "resume", "friday", "--json")
    assert resumed.returncode == 0, resumed.stderr
    assert json.loads(resumed.stdout)["release"]["status"] == "done"
    assert set(shop.running().values()) == {"new"}
    assert shop.deploys() == dict.fromkeys(SERVICES, 1)


def test_kill_9_while_it_is_planned_leaves_what_run_goes_on_with(workspace: Workspace) -> None:
    shop = Shop(workspace, SERVICES)
    shop.set_up()
    shop.hold_packaging("orders", "mobile")
    killed = workspace.start("release", "plan", "friday", "--to", "prod")
    until(lambda: reviewed(workspace) == {"catalog"}, "catalog is reviewed")
    killed.kill()
    killed.communicate()
    workspace.kill("wrapper.sh package")
    shop.let_packaging_go("mobile")

    unseen = workspace.start("release", "run", "friday", *TYPED)  # reviews first, and is killed at that, too
    until(lambda: reviewed(workspace) == {"catalog", "mobile"}, "mobile is reviewed")
    unseen.kill()
    unseen.communicate()
    workspace.kill("wrapper.sh package")
    assert shown(workspace)["status"] == "planned"
    assert not workspace.processes(PROCESS)

    shop.let_packaging_go("orders")
    done = release(workspace, "run", "friday", *TYPED)
    assert done.returncode == 0, done.stderr
    assert set(shop.running().values()) == {"new"}
    assert shop.deploys() == dict.fromkeys(SERVICES, 1)


def reviewed(workspace: Workspace) -> set[str]:
    """Return the services whose plan was made."""
    found = release(workspace, "show", "friday", "--json")
    members = json.loads(found.stdout)["release"]["members"] if found.returncode != 2 else []
    return {member["service"] for member in members if member["review"] is not None}


def test_the_whole_set_goes_back_with_one_confirmation(shop: Shop) -> None:
    workspace = shop.workspace
    acts(workspace, "ben")
    assert release(workspace, "plan", "friday", "--to", "prod").returncode == 0
    assert release(workspace, "check", "friday", "QA signed off").returncode == 0
    acts(workspace, "eve")
    assert release(workspace, "approve", "friday").returncode == 0
    for service in SERVICES:  # what ran there before was approved when it was promoted
        words = ("approve", service, "--to", "prod", "--commit", shop.old)
        assert workspace.run(*words).returncode == 0
    acts(workspace, "ana")
    done = release(workspace, "run", "friday", *TYPED)
    assert done.returncode == 0, done.stderr
    assert set(shop.running().values()) == {"new"}

    assert release(workspace, "rollback", "friday").returncode == 3
    back = release(workspace, "rollback", "friday", "--reason", "it leaks", *TYPED)
    assert back.returncode == 0, back.stderr
    assert set(shop.running().values()) == {"old"}
    begun = [line.split()[1] for line in back.stderr.splitlines() if "rollback begins" in line]
    assert begun == ["mobile:", "orders:", "catalog:"]
    assert shown(workspace)["status"] == "rolled_back"


def test_a_release_for_later_is_seen_and_cancelled(shop: Shop) -> None:
    workspace = shop.workspace
    words = ("--to", "prod", "--at", "8h", "--detach", "--confirm", "release saturday prod")
    later = release(workspace, "run", "saturday", "catalog", *words)
    assert (later.returncode, later.stdout) == (0, "saturday\n"), later.stderr
    assert "scheduled" in release(workspace, "list").stdout
    assert release(workspace, "stop", "saturday").returncode == 0
    until(lambda: not workspace.processes(PROCESS), "its process has ended")
    assert "stopped" in release(workspace, "list").stdout
    assert shop.deploys() == dict.fromkeys(SERVICES, 0)
