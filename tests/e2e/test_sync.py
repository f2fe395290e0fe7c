"""Branches drive stages: real remotes over file://, pushes, force-pushes and deletions, kills, two syncs at once."""

from __future__ import annotations

import json
import os
import signal
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.support.repositories import Repository
from tests.support.waiting import until
from tests.support.workspace import TOPIC, waiting

if TYPE_CHECKING:
    import subprocess

    from tests.support.aliases import Json
    from tests.support.workspace import Workspace

pytestmark = pytest.mark.aws

LONG = "release/" + "x" * 192
UNICODE = "añadir/ünïcödé-日本"


def serverless(name: str, resources: Json = None) -> str:
    """The configuration of a service."""
    return json.dumps(
        {
            "service": name,
            "provider": {"name": "aws", "runtime": "nodejs20.x"},
            "resources": {"Resources": resources or {"Topic": TOPIC}},
        }
    )


def change(origin: Repository, text: str, *, branch: str = "main", name: str = "orders") -> str:
    """Commit a change of a resource; the emulator updates no stack for less."""
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": text}}
    return origin.commit({f"{name}/serverless.yml": serverless(name, {"Topic": topic})}, text, branch=branch)


def team(workspace: Workspace, *, branch: str = "main", names: tuple[str, ...] = ("orders",)) -> Repository:
    """Return the team's bare repository of these services, with a branch that dev and staging get on merge."""
    origin = Repository(workspace.folder / "team.git", bare=True)
    files = {f"{name}/serverless.yml": serverless(name) for name in names}
    origin.commit(files, "Begin", branch=branch)
    origin.name_default(branch)
    stages = [
        {
            "name": name,
            "aws": {"profile": f"acme-{name}", "region": "eu-west-1", "account": workspace.accounts[name]},
            "deploy_on_merge": branch,
            "confirm": "ask",
        }
        for name in ("dev", "staging")
    ]
    services = [{"name": name, "repo": origin.url, "path": name} for name in names]
    workspace.configure(stages=stages, services=services)
    return origin


def synced(workspace: Workspace, *words: str) -> tuple[int, list[tuple[str, str, str]]]:
    """Sync, and return the exit code with (service, stage, decision) of each."""
    done = workspace.run("sync", "--json", *words)
    assert done.stdout, done.stderr
    items = json.loads(done.stdout)["items"]
    return done.returncode, [(item["service"], item["stage"], item["decision"]) for item in items]


def test_a_push_goes_through_the_stages_and_what_did_not_change_is_left(workspace: Workspace) -> None:
    origin = team(workspace, names=("billing", "orders"))
    first = origin.tip("main")
    found = workspace.run("sync", "--check")
    assert found.returncode == 5, found.stderr
    assert "once it is verified in dev" in found.stdout
    code, decided = synced(workspace)
    assert (code, {each for _, _, each in decided}) == (0, {"deploy"})
    assert [stage for _, stage, _ in decided] == ["dev", "dev", "staging", "staging"]
    targets = [(stage, name) for stage in ("dev", "staging") for name in ("billing", "orders")]
    assert {workspace.deployed(*each) for each in targets} == {first}
    runs = workspace.json("runs")["runs"]
    assert [(run["started_by"], run["status"]) for run in runs] == [("sync", "succeeded")] * 4
    assert "started by  sync" in workspace.run("runs", "show", runs[0]["id"]).stdout
    second = change(origin, "two")
    assert synced(workspace, "--branch", "main") == (
        0,
        [
            ("billing", "dev", "unchanged"),
            ("orders", "dev", "deploy"),
            ("billing", "staging", "unchanged"),
            ("orders", "staging", "deploy"),
        ],
    )
    assert (workspace.deployed("staging"), workspace.deployed("staging", "billing")) == (second, first)
    assert workspace.run("sync", "--check").returncode == 0
    assert synced(workspace, "--branch", "feature/x") == (0, [])


@pytest.mark.parametrize("branch", ["feature/a/b", UNICODE, LONG], ids=["slashes", "unicode", "200 characters"])
def test_a_branch_may_have_any_name(workspace: Workspace, branch: str) -> None:
    origin = team(workspace, branch=branch)
    origin.branch("-dash", branch)
    tip = origin.tip(branch)
    code, decided = synced(workspace, "--stage", "dev", f"--branch=refs/heads/{branch}")
    assert (code, decided) == (0, [("orders", "dev", "deploy")])
    assert workspace.deployed("dev") == tip
    assert synced(workspace, "--branch=-dash") == (0, [])


def test_a_merge_is_deployed_and_a_force_push_and_a_deletion_are_refused(workspace: Workspace) -> None:
    origin = team(workspace)
    first = origin.tip("main") or ""
    origin.branch("feature/x")
    change(origin, "one", branch="feature/x")
    merged = origin.merge("feature/x")
    only = ("--stage", "dev")
    assert synced(workspace, *only) == (0, [("orders", "dev", "deploy")])
    assert workspace.deployed("dev") == merged
    origin.branch("main", first)
    done = workspace.run("sync", *only)
    assert done.returncode == 3
    assert "would go back" in done.stdout
    assert "that dev runs" in done.stdout
    rewritten = change(origin, "rewritten")
    done = workspace.run("sync", *only)
    assert (done.returncode, "has another history" in done.stdout) == (3, True)
    origin.branch("other", rewritten)
    origin.name_default("other")
    origin.git("update-ref", "-d", "refs/heads/main")
    done = workspace.run("sync", *only)
    assert (done.returncode, "has no branch main, or no longer" in done.stdout) == (1, True)
    assert workspace.deployed("dev") == merged
    assert workspace.updates("dev") == 2


def test_a_remote_that_is_gone_leaves_everything_unknown(workspace: Workspace) -> None:
    origin = team(workspace)
    assert synced(workspace, "--stage", "dev")[0] == 0
    change(origin, "two")
    (workspace.folder / "team.git").rename(workspace.folder / "away.git")
    done = workspace.run("sync", "--stage", "dev")
    assert (done.returncode, "git fetch failed" in done.stdout) == (1, True)
    assert workspace.updates("dev") == 2


def test_a_remote_may_be_reached_over_http(workspace: Workspace) -> None:
    origin = team(workspace)
    handler = partial(SimpleHTTPRequestHandler, directory=str(workspace.folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        clone = origin.clone(workspace.folder / "clone")
        clone.git("remote", "set-url", "origin", f"http://127.0.0.1:{server.server_port}/team.git")
        workspace.config.write_text(workspace.config.read_text().replace(origin.url, "clone"))
        for text in ("two", "three"):
            tip = change(origin, text)
            origin.git("update-server-info")  # what a server of mere files needs
            assert synced(workspace, "--stage", "dev") == (0, [("orders", "dev", "deploy")])
            assert workspace.deployed("dev") == tip
        server.shutdown()


def test_a_folder_of_ones_own_is_fetched_and_left_alone(workspace: Workspace) -> None:
    origin = team(workspace)
    clone = origin.clone(workspace.folder / "clone")
    clone.git("checkout", "--quiet", "-b", "mine")
    (clone.path / "notes.txt").write_text("mine")
    stages = [
        {"name": name, "aws": {"profile": f"acme-{name}", "region": "eu-west-1", "account": workspace.accounts[name]}}
        for name in ("dev", "staging")
    ]
    stages[0] |= {"deploy_on_merge": "main", "confirm": "none"}
    workspace.configure(stages=stages, services=[{"name": "orders", "repo": "clone", "path": "orders"}])
    tip = change(origin, "two")
    before = clone.git("status", "--porcelain", "--branch")
    assert synced(workspace, "--no-fetch", "--check")[1] == [("orders", "dev", "deploy")]
    assert clone.git("rev-parse", "origin/main") != tip
    assert synced(workspace) == (0, [("orders", "dev", "deploy")])
    assert workspace.deployed("dev") == tip == clone.git("rev-parse", "origin/main")
    assert clone.git("status", "--porcelain", "--branch") == before
    assert (clone.path / "notes.txt").read_text() == "mine"


def test_a_shallow_clone_deploys_nothing_in_doubt(workspace: Workspace) -> None:
    origin = team(workspace)
    workspace.adopted("dev", origin.tip("main") or "")
    change(origin, "two")
    origin.clone(workspace.folder / "shallow", "--depth", "1")
    content = workspace.config.read_text().replace(origin.url, "shallow")
    workspace.config.write_text(content)
    done = workspace.run("sync", "--stage", "dev")
    assert (done.returncode, "unknown" in done.stdout, "fetch the whole history" in done.stdout) == (1, True, True)
    assert workspace.updates("dev") == 1


def once_soaked(workspace: Workspace) -> list[tuple[int, list[tuple[str, str, str]]]]:
    """Sync, and return what it did; nothing where staging waits still: a machine may take less than the soak."""
    code, items = synced(workspace, "--no-fetch")
    return [] if ("orders", "staging", "waits") in items else [(code, items)]


def test_what_is_verified_soaks_and_goes_on_by_itself(workspace: Workspace) -> None:
    origin = team(workspace)
    settings = yaml.safe_load(workspace.config.read_text())
    staging = settings["stages"][1]
    del staging["deploy_on_merge"]
    staging |= {"promote_on": "verified", "only": "sync", "confirm": "type", "gates": {"soak": "1h"}}
    workspace.config.write_text(yaml.safe_dump(settings))
    assert synced(workspace) == (0, [("orders", "dev", "deploy"), ("orders", "staging", "waits")])
    assert "soak: verified" in workspace.run("sync").stdout
    staging["gates"] = {"soak": "1s"}
    workspace.config.write_text(yaml.safe_dump(settings))
    change(origin, "two")
    first = workspace.deployed("dev")
    assert until(lambda: once_soaked(workspace), "staging has soaked") == [
        (0, [("orders", "dev", "current"), ("orders", "staging", "deploy")])
    ]
    assert workspace.deployed("staging") == first
    run = workspace.json("runs", "--stage", "staging")["runs"][0]
    assert (run["started_by"], run["reason"]) == ("sync", "sync: verified in dev")
    assert "sync as " in workspace.run("why", "orders", "staging").stdout


def slow(workspace: Workspace) -> tuple[Repository, subprocess.Popen[str], str]:
    """Begin a sync whose update stays in progress; return its process and its run."""
    origin = team(workspace)
    workspace.adopted("dev", origin.tip("main") or "")
    origin.commit({"orders/serverless.yml": serverless("orders", {"Topic": TOPIC, **waiting(90)})}, "Wait for it")
    syncing = workspace.start("sync", "--stage", "dev")
    until(lambda: (workspace.stack("dev") or {}).get("StackStatus") == "UPDATE_IN_PROGRESS", "the update has begun")
    return origin, syncing, workspace.json("runs", "--live")["runs"][0]["id"]


def test_kill_9_of_a_sync_leaves_a_run_that_the_next_one_finds(workspace: Workspace) -> None:
    origin, syncing, run = slow(workspace)
    os.kill(syncing.pid, signal.SIGKILL)
    syncing.communicate()
    newer = origin.commit({"orders/serverless.yml": serverless("orders")}, "Do not wait")
    done = workspace.run("sync", "--stage", "dev")
    assert done.returncode == 3
    assert f"run {run}" in done.stdout
    waiting_one = workspace.start("sync", "--stage", "dev", "--wait")
    assert waiting_one.stderr is not None
    assert any("; waiting" in line for line in waiting_one.stderr)
    workspace.let_go("dev")
    out, err = waiting_one.communicate(timeout=300)
    assert waiting_one.returncode == 0, out + err
    assert workspace.deployed("dev") == newer
    assert workspace.updates("dev") == 3


def test_two_syncs_at_once_deploy_once(workspace: Workspace) -> None:
    team(workspace)
    both = [workspace.start("sync", "--stage", "dev", "--wait") for _ in range(2)]
    ends = [(process.communicate(timeout=300), process.returncode) for process in both]
    assert [code for _, code in ends] == [0, 0], ends
    runs = [run for run in workspace.json("runs")["runs"] if run["status"] == "succeeded"]
    assert len(runs) == 1


def test_a_watch_deploys_each_push_says_what_is_new_and_ends_on_term(workspace: Workspace) -> None:
    origin = team(workspace)
    watching = workspace.start("sync", "--stage", "dev", "--watch", "--interval", "5s")
    until(lambda: workspace.deployed("dev") == origin.tip("main"), "the first commit is there")
    tip = change(origin, "two")
    until(lambda: workspace.deployed("dev") == tip, "the second commit is there")
    assert watching.stdout is not None
    told = islice((line for line in watching.stdout if "deployed" in line), 2)  # each as soon as it is said
    assert [tip[:7] in line for line in told] == [False, True]
    watching.send_signal(signal.SIGTERM)
    out, err = watching.communicate(timeout=60)
    assert watching.returncode == 143, err
    assert "Traceback" not in err
    assert "deployed" not in out


def test_what_only_sync_may_deploy_no_person_promotes(workspace: Workspace) -> None:
    origin = team(workspace)
    content = workspace.config.read_text().replace(
        "confirm: ask", "confirm: type\n  only: sync\n  overridable: [only]", 1
    )
    workspace.config.write_text(content)
    done = workspace.promote("dev")
    assert done.returncode == 3
    assert "only: dev takes only what sync deploys; promote-tui sync orders --stage dev" in done.stderr
    assert synced(workspace, "--stage", "dev") == (0, [("orders", "dev", "deploy")])
    first = origin.tip("main")
    change(origin, "two")
    assert synced(workspace, "--check", "--stage", "dev")[0] == 5  # which fetches
    done = workspace.promote("dev", "--override", "only=the branch is broken")
    assert done.returncode == 0, done.stderr
    back = workspace.run("rollback", "orders", "--stage", "dev", "--confirm", "orders dev")
    assert back.returncode == 0, back.stderr
    assert workspace.deployed("dev") == first
