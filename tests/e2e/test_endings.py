"""A deploy is what the stack says and what the CLI says: one of them alone proves nothing."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from promote_tui.adapters.process.launcher import RunnerLauncher
from promote_tui.adapters.serverless.cli import ServerlessCli
from promote_tui.bootstrap import open_engine
from promote_tui.core.planning.plan import Confirmation, approve
from promote_tui.engine.plan_store import read_plan
from promote_tui.engine.runs.execute import RunExecution
from tests.support.faults import drop_request, fault_proxy, refuse
from tests.support.waiting import until
from tests.support.workspace import STAGES, TOPIC, Workspace, waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from promote_tui.demo.emulator import Emulator
    from promote_tui.engine.context import Ports
    from promote_tui.engine.engine import Engine
    from tests.support.faults import Call, Faults
    from tests.support.programs import Programs

pytestmark = [pytest.mark.aws, pytest.mark.cli]

THROWS = "throw new Error('the chat is down')"
NEVER_ENDS = "await new Promise(() => setInterval(() => {}, 1000))"
OTHER_TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "second"}}


def plugin(does: str, hook: str = "after:deploy:finalize") -> dict[str, str]:
    """Return a plugin of the service's own whose hook does this."""
    code = f"module.exports = class {{ constructor() {{ this.hooks = {{'{hook}': async () => {{ {does} }} }} }} }}"
    return {"plugin.js": code}


def commit_with(workspace: Workspace, does: str) -> str:
    """Let dev run a commit already, then commit a change with a plugin whose last hook does this."""
    workspace.adopted("dev", workspace.commit("Add a topic"))
    return workspace.commit("Tell the chat", {"Topic": OTHER_TOPIC}, plugin(does), plugins=["./plugin.js"])


def test_a_hook_that_fails_after_the_deploy_leaves_it_unproved_until_it_is_adopted(workspace: Workspace) -> None:
    sha = commit_with(workspace, THROWS)
    done = workspace.promote("dev")
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert workspace.deployed("dev") == sha
    assert "deployed, not proved: the Serverless CLI failed afterwards: the chat is down" in said
    assert "verified" not in said
    run = workspace.json("runs")["runs"][0]
    assert (run["status"], run["to"]) == ("failed", sha)
    cell = workspace.json("status")["services"][0]["stages"]["dev"]
    assert (cell["state"], cell["commit"], cell["verified"]) == ("deployed", sha, "no")
    assert (cell["last_attempt"], cell["lock"]) == ("failed", None)
    assert "the chat is down" in cell["reason"]
    assert "not proved" in workspace.run("runs").stdout
    assert "not proved" in workspace.run("runs", "show", run["id"]).stdout
    refused = workspace.promote("staging", "--commit", sha)
    assert refused.returncode == 3
    assert "was not proved in dev" in refused.stdout + refused.stderr
    assert workspace.run("adopt", "orders", "dev", "--reason", "the hook only tells a chat").returncode == 0
    assert workspace.json("status")["services"][0]["stages"]["dev"]["verified"] == "verified"


def test_a_first_deploy_that_ends_before_its_first_update_gives_the_clis_own_reason(workspace: Workspace) -> None:
    workspace.commit(
        "Fail before the update",
        files=plugin(THROWS, "before:aws:deploy:deploy:uploadArtifacts"),
        plugins=["./plugin.js"],
    )
    done = workspace.promote("dev")
    assert done.returncode == 1
    assert "before its first update" in done.stdout + done.stderr
    assert "the Serverless CLI says: the chat is down" in done.stdout + done.stderr


def test_a_cli_that_is_silent_while_the_stack_moves_is_not_stopped(workspace: Workspace) -> None:
    idle = 15
    workspace.adopted("dev", workspace.commit("Add a topic"))
    sha = workspace.commit("Wait for something", {"Topic": TOPIC, **waiting(600)})
    workspace.configure(deploy={"command": workspace.command, "timeout": {"idle": f"{idle}s"}})
    promoting = workspace.start("promote", "orders", "--to", "dev", "--yes")
    log = until(lambda: next(iter(sorted((workspace.folder / "home" / "state").rglob("deploy.log"))), None), "a log")
    until(lambda: "WaitCondition - Wait" in _read(log), "the stack waits")
    until(lambda: time.time() - _last_word(log) > 1.6 * idle, "a silence that is longer than the limit")
    workspace.let_go("dev")
    out, err = promoting.communicate(timeout=300)
    assert promoting.returncode == 0, out + err
    assert workspace.deployed("dev") == sha
    assert workspace.json("runs")["runs"][0]["status"] == "succeeded"


def _read(log: Path) -> str:
    return "".join(path.read_text(errors="replace") for path in log.parent.glob("deploy.log*"))


def _last_word(log: Path) -> float:
    return max(path.stat().st_mtime for path in log.parent.glob("deploy.log*"))


def test_a_cli_that_does_not_end_after_the_deploy_is_stopped_after_its_grace(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha = commit_with(workspace, NEVER_ENDS)
    for name, value in workspace.environment.items():
        monkeypatch.setenv(name, value)
    engine = open_engine(workspace.config)
    engine = _with_ports(engine, replace(engine.context.ports, deployer=ServerlessCli(grace=2.0)))
    engine = _with_ports(engine, replace(engine.context.ports, launcher=Here(engine)))
    plan = engine.plans.make(engine.plans.draft("orders", "dev"))
    began = time.monotonic()
    run = engine.runs.find(engine.runs.start(approve(plan, Confirmation(yes=True), engine.clock.now())))
    assert time.monotonic() - began < 120  # the idle limit is ten minutes
    assert (run.to_commit, run.unproved, run.released) == (sha, True, True)
    assert "it stayed silent after the stack was complete" in run.cause
    assert engine.snapshot().view("orders", "dev").unproved


def _with_ports(engine: Engine, ports: Ports) -> Engine:
    context = replace(engine.context, ports=ports)
    return replace(engine, governance=replace(engine.governance, context=context))


class Here(RunnerLauncher):
    """Runs the runner's work at once, in this process; a release still has a process of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def launch(self, run: str, plan_folder: Path, log: Path, handed: bytes = b"") -> Callable[[], bool]:
        """Execute the plan."""
        context = self._engine.context
        plan, answer = read_plan(plan_folder)
        approved = approve(plan, answer, context.clock.now())
        RunExecution(context, approved, run).execute(self._engine.me)
        return lambda: True


@pytest.fixture
def lost(aws: Emulator, programs: Programs, tmp_path: Path, account: str) -> Iterator[tuple[Workspace, Faults]]:
    """A project whose AWS is behind a proxy, with dev deployed and a change on the way."""
    accounts = {stage: str(int(account) + index) for index, stage in enumerate(STAGES)}
    with fault_proxy(aws.url) as faults:
        made = Workspace(tmp_path, aws, accounts, endpoint=faults.url, programs=programs)
        made.adopted("dev", made.commit("Add a topic"))
        made.commit("Rename it", {"Topic": OTHER_TOPIC})
        yield made, faults
        made.end()


def submitted(faults: Faults) -> Callable[[Call], bool]:
    """Tell whether the update has begun."""
    return lambda _call: any(call.action in {"ExecuteChangeSet", "UpdateStack"} for call in faults.calls)


def events_of(workspace: Workspace) -> list[dict[str, Any]]:
    """The events of the newest run; none before it has begun."""
    runs = workspace.json("runs")["runs"]
    found: list[dict[str, Any]] = workspace.json("runs", "show", runs[0]["id"])["run"]["events"] if runs else []
    return found


def test_a_network_that_goes_away_after_the_submit_is_waited_for(lost: tuple[Workspace, Faults]) -> None:
    workspace, faults = lost
    for action in ("DescribeStacks", "DescribeStackEvents"):
        faults.spoil(action, drop_request, when=submitted(faults))
    promoting = workspace.start("promote", "orders", "--to", "dev", "--yes")
    unread = until(lambda: [each for each in events_of(workspace) if each.get("unread")], "it cannot be read")
    assert unread[0]["stack_status"] is None
    cell = workspace.json("status")["services"][0]["stages"]["dev"]
    assert cell["lock"]["status"] == "running"  # its runner waits, and is not disturbed
    faults.mend()
    out, err = promoting.communicate(timeout=300)
    assert "the stack could not be read: no" in err
    assert "is gone" not in out + err
    # the CLI lost the network too, and gave up: the stack alone does not prove what it left undone
    assert promoting.returncode == 1, out + err
    assert "deployed, not proved: the Serverless CLI failed afterwards" in out + err
    assert workspace.json("runs")["runs"][0]["status"] == "failed"


def test_a_token_that_expires_leaves_it_unknown_until_a_refresh_is_answered(lost: tuple[Workspace, Faults]) -> None:
    workspace, faults = lost
    for action in ("DescribeStacks", "DescribeStackEvents"):
        faults.spoil(action, refuse("ExpiredToken", 403), when=submitted(faults))
    done = workspace.promote("dev")
    assert done.returncode == 1
    assert "have expired" in done.stdout + done.stderr
    run = workspace.json("runs")["runs"][0]
    assert run["status"] == "unknown"
    find_out = f"promote-tui runs reconcile {run['id']}"
    away = workspace.run("status")
    for said in (done.stdout + done.stderr, away.stdout, workspace.run("runs", "show", run["id"]).stdout):
        assert find_out in said
        assert "promote-tui attach" not in said
    assert "deploying" not in away.stdout
    assert workspace.run("attach", run["id"]).returncode == 1
    faults.mend()
    read_only = workspace.run("--read-only", "status")
    assert "? unknown" in read_only.stdout
    assert find_out in read_only.stdout
    assert workspace.json("runs")["runs"][0]["status"] == "unknown"
    back = workspace.run("status")
    assert f"run {run['id']} was reconciled: failed" in back.stderr
    assert find_out not in back.stdout
    assert workspace.json("status")["services"][0]["stages"]["dev"]["lock"] is None
