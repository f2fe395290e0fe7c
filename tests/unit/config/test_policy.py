"""Whose configuration rules: real repositories, whose remote has another version than the file here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.bootstrap import open_engine, reload_config
from promote_tui.config.loader import load
from promote_tui.core.errors import ConfigError, UsageError
from promote_tui.core.value import replace
from promote_tui.paths import cache_folder
from promote_tui.policy import with_policy
from tests.integration.adapters.git.test_remote_config import git
from tests.support.engine_world import engine_on

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = """\
version: 1
project: shop
ledger: {single_machine: true}
stages:
  - {name: dev, aws: {region: eu-west-1, account: "111111111111"}}
  - {name: prod, aws: {region: eu-west-1, account: "222222222222"}}
services:
  - {name: orders, repo: ., path: orders}
"""
GATED = PLAIN.replace('"222222222222"}}', '"222222222222"}, gates: {approvals: 1}}')


def committed(folder: Path, content: str) -> Path:
    """Return the file of a clone, whose remote has this content."""
    upstream = folder / "upstream" / "ops"
    upstream.mkdir(parents=True)
    git(upstream.parent, "init", "-q")
    (upstream / "promote-tui.yml").write_text(content, encoding="utf-8")
    git(upstream, "add", "-A")
    git(upstream, "commit", "-q", "-m", "Our rules")
    git(folder, "clone", "-q", str(upstream.parent), "clone")
    return folder / "clone" / "ops" / "promote-tui.yml"


@pytest.mark.parametrize("edited", [PLAIN, PLAIN + "policy: local\n"])
def test_gates_and_the_policy_itself_are_not_edited_away(tmp_path: Path, edited: str) -> None:
    path = committed(tmp_path, GATED)
    path.write_text(edited, encoding="utf-8")
    seen, ruling = with_policy(load(path))
    assert ruling is not None
    assert seen.pipeline.policy is not None
    assert seen.pipeline.policy.differs == ("prod: approvals",)
    assert seen.pipeline.stage("prod") == ruling.pipeline.stage("prod")


def test_a_repository_that_cannot_be_read_is_no_policy_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = committed(tmp_path, GATED)
    path.write_text(PLAIN, encoding="utf-8")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(path.parent.parent))  # git does not look above this folder
    policy = with_policy(load(path))[0].pipeline.policy
    assert policy is not None
    assert policy.unread
    assert "it is not a git repository" in policy.why


def test_a_committed_file_that_is_wrong_is_told_from_the_one_here(tmp_path: Path) -> None:
    path = committed(tmp_path, GATED + "bogus: 1\n")
    path.write_text(PLAIN, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"^.*origin/main@[0-9a-f]{7}: promote-tui\.yml:9:1: bogus.*fix it there"):
        with_policy(load(path))


def forked(folder: Path, team: str, fork: str) -> Path:
    """Return the file of a clone of a fork, which has `fork`; the team's repository, its `upstream`, has `team`."""
    path = committed(folder, team)
    clone, upstream = path.parent.parent, folder / "upstream"
    git(folder, "clone", "-q", str(upstream), "fork")
    (folder / "fork" / "ops" / path.name).write_text(fork, encoding="utf-8")
    git(folder / "fork", "commit", "-qa", "--allow-empty", "-m", "Our own rules")
    git(clone, "remote", "rename", "origin", "upstream")
    git(clone, "remote", "add", "-f", "origin", str(folder / "fork"))
    git(clone, "remote", "set-head", "origin", "--auto")
    path.write_text(fork, encoding="utf-8")
    return path


UPSTREAM = GATED + "remote: upstream\n"


@pytest.mark.parametrize(
    ("here", "fork"),
    [
        (PLAIN + "remote: upstream\n", PLAIN),  # the file here names the team's
        (PLAIN + "remote: origin\n", UPSTREAM),  # the committed one of the fork does, and the file here cannot undo it
        (PLAIN, UPSTREAM),
    ],
)
def test_the_rules_are_the_teams_whatever_a_fork_has(here: str, fork: str, tmp_path: Path) -> None:
    path = forked(tmp_path, UPSTREAM, fork)
    path.write_text(here, encoding="utf-8")
    policy = with_policy(load(path))[0].pipeline.policy
    assert policy is not None
    assert (policy.kind, policy.ref) == ("remote", "upstream/main")
    assert "prod: approvals" in policy.differs


def test_the_rules_are_upstreams_where_the_clone_itself_says_so(tmp_path: Path) -> None:
    path = forked(tmp_path, GATED, PLAIN)
    git(path.parent, "config", "checkout.defaultRemote", "upstream")
    policy = with_policy(load(path))[0].pipeline.policy
    assert policy is not None
    assert (policy.kind, policy.ref) == ("remote", "upstream/main")


def test_a_remote_that_the_repository_lacks_closes_the_stages(tmp_path: Path) -> None:
    path = committed(tmp_path, GATED)
    path.write_text(GATED + "remote: team\n", encoding="utf-8")
    policy = with_policy(load(path))[0].pipeline.policy
    assert policy is not None
    assert policy.unread
    assert "it has no remote team" in policy.why


def test_a_remote_that_was_never_fetched_is_no_lack_of_a_remote(tmp_path: Path) -> None:
    path = committed(tmp_path, GATED)
    git(path.parent, "remote", "add", "team", str(tmp_path / "elsewhere"))
    path.write_text(GATED + "remote: team\n", encoding="utf-8")
    policy = with_policy(load(path))[0].pipeline.policy
    assert policy is not None
    assert policy.why == "the remote team has no branch here: git fetch team"


def test_the_rules_are_read_again_once_they_were_fetched_and_who_is_logged_in_stays_so(tmp_path: Path) -> None:
    path = committed(tmp_path, PLAIN)
    before = open_engine(path)
    assert before.governance.committed is None
    upstream = tmp_path / "upstream"
    (upstream / "ops" / "promote-tui.yml").write_text(GATED, encoding="utf-8")
    git(upstream, "commit", "-q", "-a", "-m", "A gate for prod")
    assert reload_config(before, path).governance.committed is None
    assert before.commits.fetch() == ()
    after = reload_config(before, path)
    assert after.governance.committed is not None
    assert after.pipeline.stage("prod") == after.governance.committed.stage("prod") != before.pipeline.stage("prod")
    assert after.context.accounts is before.context.accounts


def test_a_file_that_lists_other_stages_by_now_is_not_taken_under_an_open_screen(tmp_path: Path) -> None:
    path = committed(tmp_path, PLAIN)
    before = open_engine(path)
    other = engine_on(before.context.ports, replace(before.pipeline, stages=before.pipeline.stages[:-1]))
    with pytest.raises(UsageError, match="its services or stages have changed"):
        reload_config(other, path)


COMPOSED = GATED.replace("services:\n  - {name: orders, repo: ., path: orders}\n", "compose: ..\n")


def composed(folder: Path, compose: str) -> Path:
    """Return the file of a clone that takes its services from its repository's compose file, which has this content."""
    path = committed(folder, COMPOSED)
    write_compose(folder / "upstream", compose)
    git(folder / "upstream", "add", "-A")
    git(folder / "upstream", "commit", "-q", "-m", "Compose the services")
    git(path.parent, "pull", "-q")
    return path


def write_compose(repository: Path, compose: str) -> None:
    (repository / "serverless-compose.yml").write_text(compose, encoding="utf-8")


def test_a_compose_file_rules_as_it_is_committed(tmp_path: Path) -> None:
    path = composed(tmp_path, "services: {users: {path: users}, orders: {path: orders, dependsOn: users}}\n")
    write_compose(tmp_path / "clone", "services: {users: {path: users}, orders: {path: mine}}\n")
    for _ in range(2):
        seen, ruling = with_policy(load(path, cache_folder()))
        assert ruling is not None
        assert seen.pipeline.policy is not None
        assert (ruling.pipeline.service("orders").path, seen.pipeline.service("orders").path) == ("orders", "mine")
        assert ruling.pipeline.service("orders").depends_on == ("users",)
        assert seen.pipeline.policy.differs == ("services.orders",)


def test_a_compose_file_that_is_not_committed_yet_is_named_with_the_branch(tmp_path: Path) -> None:
    path = committed(tmp_path, COMPOSED)
    write_compose(tmp_path / "clone", "services: {orders: {path: orders}}\n")
    with pytest.raises(ConfigError, match=r"^.*origin/main@[0-9a-f]{7}: .*compose: \"\.\.\" has no serverless-compose"):
        with_policy(load(path))
