"""Two machines with one ledger: what one does the other sees, and is kept from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_recovery import RUNNER, reconciled, slow
from tests.support.waiting import until
from tests.support.workspace import REGION

if TYPE_CHECKING:
    from tests.support.workspace import Workspace

pytestmark = pytest.mark.aws


def test_a_teammate_sees_follows_and_waits_for_a_run_of_another_machine(workspace: Workspace) -> None:
    where = {"profile": "acme-prod", "region": REGION, "account": workspace.accounts["prod"]}
    workspace.configure(ledger={"kind": "dynamodb", "table": "promote-tui", "aws": where})
    refused = workspace.run("runs")
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "there is no such table" in refused.stderr
    assert "promote-tui ledger init" in refused.stderr
    assert workspace.run("ledger", "init").returncode == 0

    run = slow(workspace)
    elsewhere = {"XDG_STATE_HOME": str(workspace.folder / "elsewhere"), "HOME": str(workspace.folder / "elsewhere")}
    assert workspace.run("runs", "--live", **elsewhere).stdout.count(run) == 1
    assert f"promote-tui attach {run}" in workspace.run("status", **elsewhere).stdout
    held = workspace.run("promote", "orders", "--to", "dev", "--yes", **elsewhere)
    assert held.returncode == 3, held.stderr
    attached = workspace.start("attach", run, **elsewhere)
    until(lambda: workspace.processes(f"attach {run}"), "the teammate watches")

    # The runner's own machine knows at once that it is gone, whatever kind of ledger it writes to.
    workspace.kill(RUNNER)
    workspace.let_go("dev")
    assert reconciled(workspace, run, "succeeded")["id"] == run
    _, told = attached.communicate(timeout=300)
    assert attached.returncode == 0, told
    assert "verified" in told
    assert "verified: confirmed after a crash" in workspace.run("runs", "show", run, **elsewhere).stdout
    assert workspace.run("runs", "--live", **elsewhere).stderr == "no runs\n"
    assert workspace.updates("dev") == 2


def test_a_rollback_goes_on_without_the_ledger_and_is_imported_later(workspace: Workspace) -> None:
    where = {"profile": "acme-prod", "region": REGION, "account": workspace.accounts["prod"]}
    workspace.configure(ledger={"kind": "dynamodb", "table": "promote-tui", "aws": where})
    assert workspace.run("ledger", "init").returncode == 0
    good = workspace.commit("Begin")
    assert workspace.promote("dev").returncode == 0
    workspace.commit("Break it", {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "2"}}})
    assert workspace.promote("dev").returncode == 0

    back = ("rollback", "orders", "--stage", "dev", "--commit", good, "--yes", "--reason", "2 am")
    glass = ("--break-glass", "orders dev")
    answers = workspace.run(*back, *glass)
    assert (answers.returncode, "--break-glass: the team's ledger answers" in answers.stderr) == (2, True)
    gone = {"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:9"}
    assert workspace.run(*back, **gone).returncode == 1
    typed = workspace.run(*back, "--break-glass", "orders", **gone)
    assert (typed.returncode, 'pass --break-glass "orders dev"' in typed.stderr) == (2, True)
    done = workspace.run(*back, *glass, **gone)
    assert done.returncode == 0, done.stderr
    assert "locks, holds and vetoes of others are unknown" in done.stderr
    assert workspace.deployed("dev") == good

    imported = workspace.run("ledger", "import", "--break-glass")
    assert imported.returncode == 0, imported.stderr
    newest = workspace.json("runs")["runs"][0]
    assert (newest["kind"], newest["status"], newest["to"]) == ("rollback", "succeeded", good)
    assert newest["overrides"] == [{"gate": "ledger", "reason": "--break-glass"}]
    assert "was rolled back by run" in workspace.promote("dev").stderr
    again = workspace.run("ledger", "import", "--break-glass")
    assert (again.returncode, "nothing was journalled" in again.stderr) == (2, True)
