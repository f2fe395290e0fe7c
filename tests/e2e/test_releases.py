"""Releases with real processes on the emulator: what is killed, fails, is vetoed, or is done by somebody else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from promote_tui import bootstrap
from promote_tui.core.errors import Refused
from promote_tui.core.releases.release import MemberState, ReleaseStatus
from promote_tui.engine.decisions import DecisionRequest
from tests.support.release_workspace import NAME, NEEDS, PROCESS, WAVES, Shop
from tests.support.waiting import until
from tests.support.workspace import REGION

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from promote_tui.core.releases.release import Release
    from tests.support.programs import Programs
    from tests.support.workspace import Workspace

pytestmark = pytest.mark.aws


@pytest.fixture
def open_shop(
    workspace: Workspace, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Collection[str]], Shop]:
    """Return a function that makes the shop with these services; this process lives in the project's environment.

    Processes of releases are forked; tests/e2e/test_release_commands.py and test_release_screen.py have them started.
    """
    monkeypatch.setattr(bootstrap, "RunnerLauncher", programs.launcher)
    for name, value in workspace.environment.items():
        monkeypatch.setenv(name, value)
    return lambda services: Shop(workspace, tuple(services))


def states(release: Release) -> dict[str, MemberState]:
    """Return how each member stands."""
    return {name: progress.state for name, progress in release.progress.items()}


def test_kill_9_of_the_process_in_each_wave_loses_nothing_and_repeats_nothing(
    open_shop: Callable[[Collection[str]], Shop],
) -> None:
    shop = open_shop(NEEDS)
    shop.set_up()
    assert shop.plan().planned.waves == WAVES
    held = ("catalog", "orders", "web")
    shop.hold(*held)
    shop.start()
    for attempt, service in enumerate(held, 1):
        shop.await_deploy(service)
        shop.workspace.kill(PROCESS)
        until(lambda: shop.engine.releases.worker(NAME) is None, "the process is gone")
        assert shop.release().status is ReleaseStatus.RUNNING
        shop.engine.releases.resume(NAME)
        with pytest.raises(Refused, match="works on it since"):
            shop.engine.releases.resume(NAME)
        assert shop.release().attempts == attempt + 1
        shop.let_go(service)
    assert shop.at_rest().status is ReleaseStatus.DONE
    assert shop.deploys() == dict.fromkeys(NEEDS, 1)
    assert set(shop.running().values()) == {"new"}
    until(lambda: not shop.workspace.processes(PROCESS), "its process has ended")


def test_kill_9_of_a_runner_in_each_wave_is_settled_by_the_release(
    open_shop: Callable[[Collection[str]], Shop],
) -> None:
    shop = open_shop(NEEDS)
    shop.set_up()
    shop.plan()
    held = ("identity", "billing", "mobile")
    shop.hold(*held)
    shop.start()
    for service in held:
        run = shop.await_deploy(service)
        shop.workspace.kill(f"promote_tui.runner {run}")
        shop.let_go(service)  # the CLI goes on by itself
        until(lambda: shop.engine.runs.find(run).released, "the run is settled")  # noqa: B023 - waited for at once
    release = shop.at_rest()
    assert (release.status, set(states(release).values())) == (ReleaseStatus.DONE, {MemberState.VERIFIED})
    assert release.attempts == 1
    assert shop.deploys() == dict.fromkeys(NEEDS, 1)


def test_process_and_runner_die_before_the_deploy_and_the_release_is_resumed(
    open_shop: Callable[[Collection[str]], Shop],
) -> None:
    shop = open_shop(("catalog",))
    shop.set_up()
    shop.plan()
    shop.hold("catalog")
    shop.start()
    run = shop.await_deploy("catalog")
    shop.workspace.kill(PROCESS)
    shop.workspace.kill(f"promote_tui.runner {run}")
    shop.workspace.kill("wrapper.sh deploy")
    shop.let_go("catalog")
    until(lambda: shop.engine.releases.worker(NAME) is None, "the process is gone")
    shop.engine.releases.resume(NAME)
    release = shop.at_rest()
    assert states(release) == {"catalog": MemberState.FAILED}
    assert shop.answer("retry").status is ReleaseStatus.DONE
    assert shop.deploys() == {"catalog": 1}


def test_each_choice_after_a_failure(open_shop: Callable[[Collection[str]], Shop]) -> None:
    shop = open_shop(NEEDS)
    shop.set_up(broken=("billing",))
    shop.plan()
    shop.fail("catalog")
    shop.start()
    release = shop.at_rest()
    assert (release.paused.services if release.paused else ()) == ("catalog",)
    assert states(release)["orders"] is MemberState.WAITING

    shop.recover("catalog")
    release = shop.answer("retry", "catalog")
    assert states(release)["billing"] is MemberState.FAILED
    assert (states(release)["orders"], states(release)["web"]) == (MemberState.VERIFIED, MemberState.WAITING)

    shop.fail("mobile")
    release = shop.answer("roll_back", "billing")  # CloudFormation has done so already
    assert states(release) == {
        "identity": MemberState.VERIFIED,
        "catalog": MemberState.VERIFIED,
        "orders": MemberState.VERIFIED,
        "billing": MemberState.ROLLED_BACK,
        "web": MemberState.SKIPPED,
        "mobile": MemberState.FAILED,
    }
    release = shop.answer("skip", "mobile")
    assert (release.status, states(release)["mobile"]) == (ReleaseStatus.DONE, MemberState.SKIPPED)

    shop.recover("mobile")
    release = shop.answer("roll_back_all")
    assert release.status is ReleaseStatus.ROLLED_BACK
    assert set(shop.running().values()) == {"old"}
    ended = {name: progress.ended_at for name, progress in release.progress.items() if progress.rollback}
    begun = {
        name: shop.engine.runs.find(release.progress[name].rollback).started_at for name in ("identity", "catalog")
    }
    assert ended["orders"] is not None
    assert all(moment > ended["orders"] for moment in begun.values())


@pytest.mark.cli
def test_stop_leaves_it_as_it_is(open_shop: Callable[[Collection[str]], Shop]) -> None:
    shop = open_shop(("catalog", "orders"))
    shop.set_up()
    shop.plan()
    shop.fail("orders")
    shop.start()
    assert states(shop.at_rest()) == {"catalog": MemberState.VERIFIED, "orders": MemberState.FAILED}
    assert shop.answer("stop").status is ReleaseStatus.STOPPED
    assert shop.running() == {"catalog": "new", "orders": "old"}
    until(lambda: not shop.workspace.processes(PROCESS), "its process has ended")


def test_a_veto_and_a_teammates_promotion_between_plan_and_run(
    open_shop: Callable[[Collection[str]], Shop],
) -> None:
    shop = open_shop(("identity", "catalog", "orders"))
    shop.set_up()
    shop.plan()
    done = shop.workspace.run("promote", "identity", "--to", "prod", "--confirm", "identity prod")
    assert done.returncode == 0, done.stderr
    shop.engine.decisions.record(DecisionRequest("veto", "catalog", None, shop.new, "it loses carts"))
    shop.start()
    release = shop.at_rest()
    assert states(release) == {
        "identity": MemberState.UNCHANGED,
        "catalog": MemberState.HELD,
        "orders": MemberState.WAITING,
    }
    assert "it loses carts" in release.progress["catalog"].cause
    assert shop.answer("skip", "catalog").status is ReleaseStatus.DONE
    assert shop.deploys() == {"identity": 1, "catalog": 0, "orders": 0}


def test_one_asks_and_another_approves_on_another_machine(
    open_shop: Callable[[Collection[str]], Shop],
) -> None:
    shop = open_shop(("catalog", "orders"))
    workspace = shop.workspace
    where = {"profile": "acme-dev", "region": REGION, "account": workspace.accounts["dev"]}
    put_on_role(workspace, "ana")
    ben = put_on_role(workspace, "ben", "elsewhere")
    team = {"kind": "dynamodb", "table": "promote-tui", "aws": where}
    shop.set_up(prod={"gates": {"approvals": 1}}, ledger=team, trusted_roles=["people"])
    assert workspace.run("ledger", "init").returncode == 0
    shop.plan()
    shop.start()
    release = shop.at_rest()
    assert states(release) == {"catalog": MemberState.HELD, "orders": MemberState.WAITING}
    assert "0 of 1 approval so far" in release.progress["catalog"].cause
    for service in ("catalog", "orders"):
        given = workspace.run("approve", service, "--to", "prod", "--commit", shop.new, **ben)
        assert given.returncode == 0, given.stderr
    assert shop.answer("retry").status is ReleaseStatus.DONE
    assert shop.deploys() == {"catalog": 1, "orders": 1}


def put_on_role(workspace: Workspace, who: str, machine: str = "home") -> dict[str, str]:
    """Let somebody be at the keyboard of a machine, and return what is different there."""
    home = workspace.folder / machine
    home.mkdir(exist_ok=True)
    blocks = []
    for stage, account in workspace.accounts.items():
        base = f"[profile base-{stage}]\naws_access_key_id = {account}\naws_secret_access_key = x\nregion = {REGION}\n"
        role = (
            f"role_arn = arn:aws:iam::{account}:role/people\nrole_session_name = {who}\nsource_profile = base-{stage}"
        )
        blocks.append(f"{base}\n[profile acme-{stage}]\n{role}\nregion = {REGION}\n")
    config = Path(home / "aws-config")
    config.write_text("\n".join(blocks), encoding="utf-8")
    return {"XDG_STATE_HOME": str(home / "state"), "HOME": str(home), "AWS_CONFIG_FILE": str(config)}
