"""Doctor with the real CLI and real package managers: what is missing is named for whom, and its logs stay."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.repositories import Repository

if TYPE_CHECKING:
    from tests.support.workspace import Workspace

pytestmark = pytest.mark.aws

STAGES = ("dev", "staging", "prod")


@pytest.fixture
def shop(workspace: Workspace) -> Repository:
    """Three services: one that installs nothing, one by yarn, and one whose lockfile is out of date."""
    files = {
        f"{name}/serverless.yml": f"service: {name}\nprovider: {{name: aws, runtime: nodejs20.x}}\n"
        for name in ("orders", "billing", "search")
    }
    package = {"name": "it", "version": "1.0.0", "dependencies": {"left": "1.0.0"}}
    files |= {"billing/package.json": json.dumps(package), "billing/yarn.lock": "# yarn lockfile v1\n"}
    lock = {"name": "it", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "it"}}}
    files |= {"search/package.json": json.dumps(package), "search/package-lock.json": json.dumps(lock)}
    found = Repository(workspace.folder / "shop.git", bare=True)
    found.commit(files, "Begin")
    workspace.configure(
        services=[{"name": name, "repo": "shop.git", "path": name} for name in ("orders", "billing", "search")]
    )
    return found


def without_yarn(folder: Path) -> str:
    """Return a PATH with what is needed, and without yarn."""
    folder.mkdir()
    for name in ("git", "node", "npm", "sh", "env", "aws"):
        program = shutil.which(name)
        if program:
            (folder / name).symlink_to(program)
    return str(folder)


def doctor(workspace: Workspace, *words: str, **environment: str) -> dict[str, dict[str, Any]]:
    """Return the rows of `doctor --json` by their names, in their order."""
    done = workspace.run("doctor", *words, "--json", **environment)
    assert done.stdout, done.stderr
    return {check["name"]: check for check in json.loads(done.stdout)["checks"]}


@pytest.mark.cli
@pytest.mark.usefixtures("shop")
def test_what_is_missing_is_named_for_the_service_and_its_log_stays(workspace: Workspace) -> None:
    checks = doctor(workspace, PATH=without_yarn(workspace.folder / "bin"))
    expected = [f"target of {name}/{stage}" for name in ("orders", "billing", "search") for stage in STAGES]
    assert [name for name in checks if name.startswith("target of")] == expected
    for stage in STAGES:
        assert checks[f"target of orders/{stage}"]["ok"]
        billing, search = checks[f"target of billing/{stage}"], checks[f"target of search/{stage}"]
        assert not billing["ok"]
        assert "yarn" in billing["found"]
        assert "not on the PATH" in billing["found"]
        assert billing["remedy"].startswith("run corepack enable, or npm install --global yarn")
        assert not search["ok"]
        assert search["found"].startswith("`npm ci --no-audit --no-fund` ended with exit code 1")
        log = Path(search["remedy"].rpartition(" ")[2])
        assert "npm" in log.read_text(encoding="utf-8")


def test_dependencies_are_installed_once_for_all_stages_and_looking_can_be_limited(
    workspace: Workspace, shop: Repository
) -> None:
    shop.commit({"orders/a": "1"}, "Go on")
    installs = workspace.folder / "installs"
    command = ["sh", "-c", f"echo once >> {installs}"]
    services = [{"name": "orders", "repo": "shop.git", "path": "orders", "deploy": {"install": command}}]
    workspace.configure(services=[*services, {"name": "billing", "repo": "shop.git", "path": "billing"}])
    checks = doctor(workspace, "orders")
    assert [name for name in checks if name.startswith("target of")] == [f"target of orders/{each}" for each in STAGES]
    assert all(check["ok"] for name, check in checks.items() if name.startswith("target of"))
    assert installs.read_text() == "once\n"
    limited = doctor(workspace, "orders", "--stage", "prod")
    assert [name for name in limited if " of " in name] == ["account of prod", "target of orders/prod"]
    done = workspace.run("doctor", "nobody")
    assert (done.returncode, done.stderr) == (
        2,
        "service nobody: there is no such service; one of: orders, billing\n",
    )
