"""Two projects on one machine, whose services have equal names: what is decided in one is not so in the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    import subprocess

    from tests.support.aliases import Json
    from tests.support.workspace import Workspace

pytestmark = pytest.mark.aws


class Umbrella:
    """A second project in the same home: the same service name, stages and repository, stacks of its own."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.config = workspace.folder / "umbrella.yml"
        content = yaml.safe_load(workspace.config.read_text(encoding="utf-8"))
        content["project"] = "umbrella"
        content["services"][0]["stack"] = "umbrella-{stage}"
        self.config.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.workspace.run("--config", str(self.config), *arguments)

    def json(self, *arguments: str) -> Json:
        return self.workspace.json("--config", str(self.config), *arguments)


def test_what_people_decide_in_one_project_is_not_so_in_another_of_equal_names(workspace: Workspace) -> None:
    sha = workspace.commit("Begin", provider={"stackName": "umbrella-${sls:stage}"})
    umbrella = Umbrella(workspace)
    assert workspace.run("hold", "orders", "dev", "--reason", "incident 42").returncode == 0
    assert workspace.run("veto", sha, "--service", "orders", "--reason", "loses money").returncode == 0
    (held,) = workspace.json("status")["services"]
    assert held["stages"]["dev"]["hold"]["reason"] == "incident 42"
    refused = workspace.promote("dev")
    assert (refused.returncode, "incident 42" in refused.stderr) == (3, True)

    (free,) = umbrella.json("status")["services"]
    assert free["stages"]["dev"]["hold"] is None
    done = umbrella.run("promote", "orders", "--to", "dev", "--yes")
    assert done.returncode == 0, done.stderr
    (run,) = umbrella.json("runs")["runs"]
    assert (run["service"], run["stage"], run["to"]) == ("orders", "dev", sha)
    (seen,) = umbrella.json("status")["services"]
    assert (seen["stages"]["dev"]["verified"], seen["stages"]["dev"]["veto"]) == ("verified", None)

    assert workspace.json("runs")["runs"] == []
    exported = umbrella.run("ledger", "export").stdout.splitlines()
    assert exported[0] == '{"promote-tui-ledger":1,"project":"umbrella"}'
    assert "incident 42" not in "".join(exported)
    mine = workspace.run("ledger", "export").stdout
    assert ("incident 42" in mine, run["id"] in mine) == (True, False)
