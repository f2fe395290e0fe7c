"""Something is killed: the run goes on without its terminal, and without its runner it gets a true verdict."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

import pytest

from tests.support.faults import drop_request, fault_proxy
from tests.support.waiting import until
from tests.support.workspace import TOPIC, Workspace, waiting

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.aliases import Json
    from tests.support.faults import Call, Forward, Reply

pytestmark = pytest.mark.aws

RUNNER = "promote_tui.runner"
CLI = "deploy --stage"


def status(workspace: Workspace, run: str) -> str:
    """Return a run's status."""
    found: str = next(each["status"] for each in workspace.json("runs")["runs"] if each["id"] == run)
    return found


def in_progress(workspace: Workspace) -> bool:
    """Tell whether the dev stack is being updated."""
    return (workspace.stack("dev") or {}).get("StackStatus") == "UPDATE_IN_PROGRESS"


def begin(workspace: Workspace) -> str:
    """Promote to dev without waiting, and return the run."""
    done = workspace.promote("dev", "--detach")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


# The CLI makes a new stack in two steps: create it with a bucket, then update it. So a first deploy
# begins two updates, and one over an adopted stack a second.


def slow(workspace: Workspace) -> str:
    """Deploy a first commit, begin a run that waits in CloudFormation, and return the run."""
    workspace.adopted("dev", workspace.commit("Add a topic"))
    workspace.commit("Wait for it", {"Topic": TOPIC, **waiting(600)})
    run = begin(workspace)
    until(lambda: in_progress(workspace), "the update has begun")
    return run


def left_behind(workspace: Workspace) -> list[Path]:
    """Return what a run must not leave: plans with packages, credentials, raw logs."""
    state = workspace.folder / "home" / "state"
    return [*state.glob("*/plans/*"), *state.glob("*/runs/*/aws/*"), *state.glob("*/runs/*/*.raw")]


def reconciled(workspace: Workspace, run: str, expected: str) -> Json:
    """Reconcile, check the verdict and that nothing is left, and return the run."""
    done = workspace.run("runs", "reconcile", run)
    assert "Traceback" not in done.stderr
    found = workspace.json("runs", "show", run)
    assert found["run"]["status"] == expected, done.stderr
    assert left_behind(workspace) == []
    logs = workspace.run("logs", run)
    assert logs.returncode == 0 or "there is no log" in logs.stderr
    return found["run"]


def test_kill_9_of_the_terminal_leaves_a_run_that_finishes(workspace: Workspace) -> None:
    workspace.adopted("dev", workspace.commit("Add a topic"))
    sha = workspace.commit("Wait for it", {"Topic": TOPIC, **waiting(600)})
    watching = workspace.start("promote", "orders", "--to", "dev")
    until(lambda: in_progress(workspace), "the update has begun")
    os.kill(watching.pid, signal.SIGKILL)
    watching.communicate()
    run = workspace.json("runs", "--live")["runs"][0]["id"]
    workspace.let_go("dev")
    until(lambda: status(workspace, run) == "succeeded", "the run has finished by itself")
    assert workspace.deployed("dev") == sha
    until(lambda: not left_behind(workspace), "the runner has cleaned up")


def test_ctrl_c_while_watching_says_how_to_attach_and_leaves_the_run(workspace: Workspace) -> None:
    run = slow(workspace)
    watching = workspace.start("attach", run)
    until(lambda: workspace.processes(f"attach {run}"), "it watches")
    line = watching.stderr.readline() if watching.stderr else ""
    watching.send_signal(signal.SIGINT)
    _out, err = watching.communicate(timeout=300)
    assert watching.returncode == 130, line + err
    assert f"promote-tui attach {run}" in err
    assert f"promote-tui cancel {run}" in err
    workspace.let_go("dev")
    attached = workspace.run("attach", run)
    assert attached.returncode == 0, attached.stderr


def test_cancelling_an_update_rolls_it_back(workspace: Workspace) -> None:
    run = slow(workspace)
    done = workspace.run("cancel", run)
    assert done.returncode == 0, done.stderr
    until(lambda: "cancel_requested" in str(workspace.json("runs", "show", run)), "CloudFormation was asked")
    workspace.let_go("dev")
    until(lambda: status(workspace, run) == "cancelled", "the run is cancelled")
    assert (workspace.stack("dev") or {})["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"


def test_a_second_promotion_of_the_same_stack_is_refused_while_one_runs(workspace: Workspace) -> None:
    run = slow(workspace)
    done = workspace.promote("dev")
    assert done.returncode == 3
    assert run in done.stderr or "UPDATE_IN_PROGRESS" in done.stderr
    workspace.let_go("dev")
    until(lambda: status(workspace, run) == "succeeded", "the first has finished")
    assert workspace.updates("dev") == 2


@pytest.mark.cli
def test_the_runner_dies_after_submit_and_the_cli_finishes(workspace: Workspace) -> None:
    run = slow(workspace)
    workspace.kill(RUNNER)
    blocked = workspace.promote("dev")
    assert blocked.returncode == 3
    workspace.let_go("dev")
    assert reconciled(workspace, run, "succeeded")["to"] == workspace.deployed("dev")
    assert workspace.updates("dev") == 2


@pytest.mark.cli
def test_runner_and_cli_die_after_submit_and_cloudformation_finishes(workspace: Workspace) -> None:
    run = slow(workspace)
    workspace.kill(RUNNER)
    workspace.kill(CLI)
    workspace.let_go("dev")
    reconciled(workspace, run, "succeeded")
    assert workspace.updates("dev") == 2
    assert workspace.promote("dev").returncode == 0


def test_runner_and_cli_die_after_submit_and_cloudformation_rolls_back(workspace: Workspace) -> None:
    run = slow(workspace)
    before = workspace.deployed("dev")
    workspace.kill(RUNNER)
    workspace.kill(CLI)
    workspace.let_go("dev", "FAILURE")
    found = reconciled(workspace, run, "rolled_back")
    assert "Wait (AWS::CloudFormation::WaitCondition)" in str(found)
    assert workspace.deployed("dev") == before


def test_runner_and_cli_die_before_cloudformation_hears_of_it(workspace: Workspace) -> None:
    workspace.wrap('[ "$1" = deploy ] && sleep 60\nexec "$OSLS" "$@"')
    workspace.commit("Add a topic")
    run = begin(workspace)
    until(lambda: workspace.processes("sleep 60"), "the CLI was started")
    workspace.kill(RUNNER)
    workspace.kill(CLI)  # the wrapper before its sleep, or it would go on
    workspace.kill("sleep 60")
    found = reconciled(workspace, run, "failed")
    assert "never submitted" in str(found)
    assert workspace.stack("dev") is None


def test_runner_and_cli_die_after_completion(workspace: Workspace) -> None:
    workspace.wrap('"$OSLS" "$@" || exit $?\n[ "$1" = deploy ] && sleep 60\nexit 0')
    sha = workspace.commit("Add a topic")
    run = begin(workspace)
    until(lambda: workspace.processes("sleep 60"), "the CLI has deployed")
    workspace.kill(RUNNER)
    workspace.kill(CLI)  # the wrapper before its sleep, or it would go on
    workspace.kill("sleep 60")
    found = reconciled(workspace, run, "succeeded")
    assert "confirmed after a crash" in str(found)
    assert workspace.deployed("dev") == sha
    assert workspace.updates("dev") == 2


def test_the_runner_dies_between_the_lock_and_the_deploy(workspace: Workspace) -> None:
    workspace.commit("Add a topic")
    with fault_proxy(workspace.emulator.url) as faults:
        reached = threading.Event()

        def stop_here(call: Call, forward: Forward) -> Reply:
            reached.set()
            return faults.black_hole(call, forward)

        faults.spoil("DescribeStacks", stop_here, when=lambda _call: bool(workspace.processes(RUNNER)))
        workspace.environment["AWS_ENDPOINT_URL"] = faults.url
        watching = workspace.start("promote", "orders", "--to", "dev", "--detach")
        assert reached.wait(180), "the runner reads the stack under its lock"
        workspace.kill(RUNNER)
        out, err = watching.communicate(timeout=300)
        run = out.strip()
        assert run, err
        faults.mend()
        found = reconciled(workspace, run, "failed")
        assert "interrupted before the deploy; nothing changed" in str(found)
        assert workspace.stack("dev") is None
        assert workspace.promote("dev").returncode == 0


def test_without_aws_the_verdict_is_unknown_and_blocks_until_it_is_reconciled(workspace: Workspace) -> None:
    run = slow(workspace)
    workspace.kill(RUNNER)
    workspace.kill(CLI)
    workspace.let_go("dev")
    with fault_proxy(workspace.emulator.url) as faults:
        faults.spoil("*", drop_request)
        done = workspace.run("runs", "reconcile", run, AWS_ENDPOINT_URL=faults.url)
    assert done.returncode == 1, done.stderr
    assert status(workspace, run) == "unknown"
    blocked = workspace.promote("dev")
    assert blocked.returncode == 3
    assert f"runs reconcile {run}" in blocked.stderr
    reconciled(workspace, run, "succeeded")
