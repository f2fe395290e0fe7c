"""Whose branches count, with real clones: default branches, forks, bare clones, remotes that were never fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.repositories import Repository

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.workspace import Workspace

pytestmark = pytest.mark.aws

TRUNKS = ("main", "master", "develop", "v3")


SERVICE = {
    "serverless.yml": """\
service: {name}
provider: {{name: aws, runtime: nodejs20.x}}
resources: {{Resources: {{Topic: {{Type: "AWS::SNS::Topic"}}}}}}
"""
}


def tell(workspace: Workspace, services: list[dict[str, Any]], **dev: object) -> None:
    """Write a small configuration: two stages without profiles, dev with more settings, and the services."""
    stages = [
        {"name": name, "aws": {"region": "eu-west-1", "account": workspace.accounts[name]}, **more}
        for name, more in (("dev", dev), ("prod", {}))
    ]
    workspace.configure(stages=stages, services=services)


def origin_of(folder: Path, trunk: str) -> Repository:
    """Return a repository whose default branch is this one; whichever it is, an old main is there."""
    found = Repository(folder / f"{trunk}.git", bare=True)
    found.commit({"serverless.yml": f"service: {trunk}"}, "Begin, long ago")
    if trunk != "main":
        found.branch(trunk)
    service = {name: text.format(name=trunk) for name, text in SERVICE.items()}
    found.commit(service, f"Go on with {trunk}", branch=trunk)
    found.branch("feature/x", trunk)
    found.commit({"a": "1"}, "Try something", branch="feature/x")
    found.name_default(trunk)
    return found


def test_the_smallest_file_works_whatever_the_default_branch_is(workspace: Workspace) -> None:
    for trunk in TRUNKS:
        origin_of(workspace.folder, trunk).clone(workspace.folder / trunk)
    origin_of(workspace.folder / "more", "v3").clone(workspace.folder / "bare", "--bare")
    names = (*TRUNKS, "bare")
    tell(workspace, [{"name": name, "repo": name} for name in names])
    for name in names:
        trunk = "v3" if name == "bare" else name
        log = workspace.json("log", name)
        assert (log["branch"], log["commits"][0]["subject"]) == (trunk, f"Go on with {trunk}"), name
        done = workspace.run("log", name)
        assert done.stderr.startswith(f"{name}, branch {trunk}\n")
        plan = workspace.json("plan", name, "--to", "dev", "--read-only")["plans"][0]
        assert plan["commit"] == log["commits"][0]["commit"], name
        assert next(gate for gate in plan["gates"] if gate["name"] == "branch")["passed"], name
    profile = {"AWS_PROFILE": "acme-dev"}
    done = workspace.run("promote", "v3", "--to", "dev", "--yes", **profile)
    assert done.returncode == 0, done.stderr
    tip = Repository(workspace.folder / "v3").git("rev-parse", "origin/v3")
    outputs = (workspace.stack("dev", "v3-dev") or {})["Outputs"]
    assert tip in {output["OutputValue"] for output in outputs}


def test_a_commit_on_the_main_of_a_fork_is_not_on_main(workspace: Workspace) -> None:
    team = Repository(workspace.folder / "team.git", bare=True)
    team.commit({"serverless.yml": "service: shop"}, "Begin")
    fork = team.clone(workspace.folder / "fork.git", "--bare")
    alone = fork.commit({"a": "1"}, "Mine alone")
    clone = fork.clone(workspace.folder / "shop")
    clone.git("remote", "add", "upstream", team.url)
    clone.git("fetch", "--quiet", "upstream")

    def gates(**changes: object) -> dict[str, Any]:
        tell(workspace, [{"name": "shop", "repo": "shop", **changes}], branches=["main"], gates={"pushed": True})
        plan = workspace.json("plan", "shop", "--to", "dev", "--commit", alone, "--read-only")["plans"][0]
        return {gate["name"]: gate for gate in plan["gates"]}

    assert gates()["branch"]["passed"]
    for named in ("upstream", ["team", "upstream", "origin"]):
        found = gates(remote=named)
        assert not found["branch"]["passed"]
        assert found["branch"]["reason"] == f"{alone[:7]} is on no branch; dev allows main"
        assert found["pushed"]["reason"] == f"{alone[:7]} is on no branch of the remote"
    clone.git("branch", "--quiet", "--set-upstream-to=upstream/main", "main")
    assert not gates()["branch"]["passed"]
    assert workspace.json("log", "shop")["commits"][0]["subject"] == "Begin"


def test_a_remote_that_was_never_fetched_is_named_with_the_fetch(workspace: Workspace) -> None:
    sha = workspace.commit("Add a topic")
    workspace.git("remote", "add", "origin", str(workspace.folder / "origin.git"))
    never = "its remote origin has no branch here: never fetched, or empty"
    remedy = f"run `git fetch origin` in {workspace.repo}"
    for words in (
        ("log", "orders"),
        ("plan", "orders", "--to", "dev", "--read-only"),
        ("plan", "orders", "--to", "dev", "--commit", sha, "--read-only"),
    ):
        done = workspace.run(*words)
        assert (done.returncode, done.stderr) == (1, f"{workspace.repo}: {never}; {remedy}\n"), words
