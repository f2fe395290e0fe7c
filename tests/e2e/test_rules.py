"""A lead's day: approvals by somebody else, holds, freezes and windows that are overridden, owners, the way back."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.support.waiting import until

if TYPE_CHECKING:
    import subprocess

    from tests.support.aliases import Json
    from tests.support.workspace import Workspace

pytestmark = pytest.mark.aws

ROLE = "arn:aws:iam::{account}:role/{who}"


def ruled(workspace: Workspace, **rules: Json) -> None:
    """Let dev have these settings; whoever assumes the role `people` is who the session says."""
    content = yaml.safe_load(workspace.config.read_text(encoding="utf-8"))
    content["stages"][0] |= rules
    content |= {"ledger": {"single_machine": True}, "trusted_roles": ["people"]}
    workspace.config.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def acts(workspace: Workspace, who: str, role: str = "people") -> None:
    """Let somebody be at the keyboard, with a role on."""
    account = workspace.accounts["dev"]
    text = (
        f"[profile base]\naws_access_key_id = {account}\naws_secret_access_key = x\nregion = eu-west-1\n"
        f"[profile acme-dev]\nrole_arn = {ROLE.format(account=account, who=role)}\nsource_profile = base\n"
        f"role_session_name = {who}\nregion = eu-west-1\n"
    )
    (workspace.folder / "home" / "aws-config").write_text(text, encoding="utf-8")


def promote(workspace: Workspace, *more: str) -> subprocess.CompletedProcess[str]:
    return workspace.run("promote", "orders", "--to", "dev", "--yes", *more)


def test_a_leads_day(workspace: Workspace) -> None:
    ruled(workspace, gates={"approvals": 1, "checklist": ["QA signed off"]})
    first = workspace.commit("Begin")
    decide = ("orders", "--to", "dev", "--commit", "main")
    acts(workspace, "ana")
    refused = promote(workspace)
    assert refused.returncode == 3
    assert "approvals: 0 of 1 approval so far" in refused.stderr
    assert "checklist: 0 of 1 item ticked; missing: QA signed off" in refused.stderr
    own = workspace.run("approve", *decide)
    counts = "1 of 1 approval by ana, enough only if somebody else promotes; if ana does, 1 more is needed"
    assert (own.returncode, own.stdout) == (0, f"orders/dev: approved {first[:7]} as ana: {counts}\n")
    assert "your own does not count" in promote(workspace).stderr

    acts(workspace, "ben")
    assert workspace.run("approve", *decide, "--reason", "seen").returncode == 0
    assert workspace.run("check", "QA signed off", *decide).returncode == 0
    acts(workspace, "ana")
    (plan,) = workspace.json("plan", "orders", "--to", "dev")["plans"]
    told = {gate["name"]: gate["reason"] for gate in plan["gates"]}
    assert told["approvals"] == "ben approved it (your own does not count)"
    assert told["checklist"] == "QA signed off (ben)"
    done = promote(workspace)
    assert done.returncode == 0, done.stderr

    second = workspace.commit("Break it", {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "2"}}})
    assert "approvals: 0 of 1 approval so far" in promote(workspace).stderr
    year = {"start": "2020-01-01", "end": "2099-12-31", "timezone": "Europe/Berlin", "reason": "audit"}
    ruled(workspace, gates={"freeze": [year]}, overridable=["freeze"])
    frozen = promote(workspace)
    assert frozen.returncode == 3
    assert "freeze: audit, until Thu 31 Dec 23:00 UTC" in frozen.stderr
    passed = promote(workspace, "--override", "freeze=the shop is down")
    assert passed.returncode == 0, passed.stderr
    newest = workspace.json("runs")["runs"][0]
    assert newest["overrides"] == [{"gate": "freeze", "reason": "the shop is down"}]

    back = workspace.run("rollback", "orders", "--stage", "dev", "--reason", "incident 42")
    assert back.returncode == 0, back.stderr
    assert workspace.deployed("dev") == first
    run = workspace.json("runs")["runs"][0]
    assert (run["kind"], run["from"], run["to"]) == ("rollback", second, first)
    held = promote(workspace, "--override", "freeze=the shop is down")
    assert held.returncode == 3
    assert f"{second[:7]} was rolled back by run {run['id']}: incident 42" in held.stderr
    assert workspace.run("unhold", "orders", "dev", "--reason", "mended").returncode == 0
    again = promote(workspace, "--override", "freeze=mended")
    assert again.returncode == 0, again.stderr
    assert workspace.deployed("dev") == second


def test_one_person_with_two_roles_and_a_shared_role_approve_nothing_of_their_own(workspace: Workspace) -> None:
    ruled(workspace, gates={"approvals": 1})
    workspace.commit("Begin")
    decide = ("orders", "--to", "dev", "--commit", "main")
    for who, role in (("ana", "people"), ("ben", "deployer")):
        acts(workspace, who, role)
        assert workspace.run("approve", *decide).returncode == 0
    acts(workspace, "eve", "deployer")
    refused = promote(workspace)
    assert refused.returncode == 0, refused.stderr  # ana is somebody else than the role deployer
    acts(workspace, "ana")
    workspace.commit("Go on", {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "2"}}})
    assert workspace.run("approve", *decide).returncode == 0
    assert "your own does not count" in promote(workspace).stderr


def test_checks_run_on_the_commit_without_an_account(workspace: Workspace) -> None:
    script = 'test -z "$AWS_PROFILE$AWS_ACCESS_KEY_ID" && test "$AWS_CONFIG_FILE" = /dev/null && cat good.txt'
    ruled(workspace, gates={"checks": [["sh", "-c", script]]})
    workspace.commit("Begin")
    wanted = ("check", "--run", "orders", "--to", "dev", "--commit", "main")
    failed = workspace.run(*wanted)
    assert failed.returncode == 1
    assert "ended with exit code 1: cat: good.txt: No such file or directory" in failed.stdout
    assert "checks: " in promote(workspace).stderr
    workspace.commit("Be good", files={"good.txt": "fine\n"})
    (end,) = workspace.json(*wanted)["checks"]
    assert (end["passed"], end["reason"]) == (True, "")
    assert Path(end["log"]).read_text(encoding="utf-8").endswith("fine\n")
    (plan,) = workspace.json("plan", "orders", "--to", "dev")["plans"]
    assert plan["ready"]

    ruled(workspace, gates={"checks": [["sh", "-c", "echo begun; exec sleep 6543"]]})
    logs = Path(end["log"]).parent
    before = sorted(logs.iterdir())
    running = workspace.start(*wanted)
    until(lambda: any("\nbegun\n" in path.read_text() for path in logs.glob("*.log")), "the check's first word")
    assert workspace.processes("sleep 6543")
    running.terminate()
    running.communicate(timeout=300)
    assert running.returncode == 128 + signal.SIGTERM
    assert not workspace.processes("sleep 6543")
    assert sorted(logs.iterdir()) == before
    (plan,) = workspace.json("plan", "orders", "--to", "dev")["plans"]
    assert {gate["name"]: gate["reason"] for gate in plan["gates"]}["checks"].startswith("not run on this code")


def test_a_policy_is_not_edited_away(workspace: Workspace) -> None:
    ruled(workspace, gates={"approvals": 1})
    workspace.commit("Begin")
    top = workspace.folder
    for words in (
        ("init", "-q", "--bare", "-b", "main", "policy.git"),
        ("init", "-q", "-b", "main"),
        ("add", workspace.config.name),
        ("commit", "-q", "-m", "Our rules"),
        ("remote", "add", "origin", str(top / "policy.git")),
        ("push", "-q", "origin", "main"),
        ("fetch", "-q"),
    ):
        workspace.git("-C", str(top), *words)
    content = yaml.safe_load(workspace.config.read_text(encoding="utf-8"))
    del content["stages"][0]["gates"]
    content["policy"] = "local"
    workspace.config.write_text(yaml.safe_dump(content), encoding="utf-8")
    refused = promote(workspace)
    assert refused.returncode == 3
    assert "approvals: 0 of 1 approval so far" in refused.stderr
    sha = workspace.git("-C", str(top), "rev-parse", "--short=7", "origin/main")
    assert f"as on origin/main@{sha}" in refused.stderr
    assert "your file differs, which has no effect: dev: approvals" in refused.stderr
    shown = workspace.run("config", "show")
    assert shown.stdout.startswith(f"# policy: remote (origin/main@{sha})\n")
    assert "this file differs" in shown.stderr


def test_a_stage_is_held_as_a_whole_and_is_open_only_in_its_windows(workspace: Workspace) -> None:
    acts(workspace, "ana")
    always = {"start": "2020-01-01", "end": "2099-12-31", "timezone": "Europe/Berlin", "reason": "release days"}
    ruled(workspace, gates={"window": [always]})
    workspace.commit("Begin")
    hold = ("hold", "--all", "dev", "--reason", "incident 42")
    held = workspace.run(*hold)
    assert (held.returncode, held.stdout) == (0, "orders/dev: held as ana\n")
    assert workspace.run(*hold).stdout.startswith("orders/dev: already held by ana since ")
    refused = promote(workspace)
    assert (refused.returncode, "hold: on hold by ana since" in refused.stderr) == (3, True)
    lifted = workspace.run("unhold", "--all", "dev", "--reason", "over")
    assert lifted.returncode == 0
    assert lifted.stdout.startswith("orders/dev: lifted the hold (held by ana since ")
    (plan,) = workspace.json("plan", "orders", "--to", "dev")["plans"]
    told = {gate["name"]: gate["reason"] for gate in plan["gates"]}
    assert told["window"] == "open until Thu 31 Dec 23:00 UTC"

    ruled(workspace, gates={"window": [{**always, "end": "2020-01-02"}]}, overridable=["window"])
    closed = promote(workspace)
    assert (closed.returncode, "window: no window ahead" in closed.stderr) == (3, True)
    passed = promote(workspace, "--override", "window=the shop is down")
    assert passed.returncode == 0, passed.stderr
    assert workspace.json("runs")["runs"][0]["overrides"] == [{"gate": "window", "reason": "the shop is down"}]


def test_services_are_found_by_who_owns_them(workspace: Workspace) -> None:
    acts(workspace, "ana")
    content = yaml.safe_load(workspace.config.read_text(encoding="utf-8"))
    content["services"][0]["owner"] = "leads"
    content |= {"groups": {"leads": ["ben", "ana"]}, "trusted_roles": ["people"]}
    content["views"] = [{"name": "team", "filter": "owner:leads", "group_by": "owner"}]
    workspace.config.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    workspace.commit("Begin")
    for words in (("--filter", "mine"), ("--filter", "owner:ben"), ("--view", "team")):
        (service,) = workspace.json("status", *words)["services"]
        assert (service["name"], service["owner"]) == ("orders", "leads")
    assert workspace.json("status", "--filter", "owner:eve")["services"] == []
    acts(workspace, "eve")
    assert workspace.json("status", "--filter", "mine")["services"] == []
