"""The sandbox shows what it promises, and nothing of it is left behind."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import pytest

from promote_tui.core.errors import DeployError
from promote_tui.demo import seed, world
from promote_tui.demo.sandbox import Sandbox, sandbox
from promote_tui.demo.verify import SeenStack, read_stacks
from promote_tui.demo.world import Deployment
from tests.support import compiled_cli
from tests.support.json_outputs import hold_to_schema
from tests.support.processes import line, naming, started
from tests.support.waiting import until

pytestmark = [pytest.mark.aws]

HOLDER = """
import signal, subprocess, sys, time
from promote_tui.demo.sandbox import sandbox
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whatever started the tests may ignore it, as nohup does
with sandbox(lambda line: None, services=sys.argv[1:]) as built:
    program = subprocess.Popen(["sleep", "600"], env=built.environment, start_new_session=True)
    print(built.folder, flush=True)
    time.sleep(600)
"""
BUILDER = """
import sys
from promote_tui.demo.sandbox import sandbox
def say(line):
    print(line, flush=True)
with sandbox(say, services=["orders"]):
    pass
"""


def quiet(_line: str) -> None:
    pass


def relations(built: Sandbox) -> dict[str, list[str]]:
    """What `status` says of every cell, against the stage before; the state where there is nothing to compare."""
    told = built.run("status", "--json").stdout
    hold_to_schema(("status", "--json"), told)
    rows = json.loads(told)["services"]
    words = {row["name"]: [row["stages"][stage] for stage in world.ACCOUNTS] for row in rows}
    return {
        name: [cell["drift"]["relation"] if cell["state"] == "deployed" else cell["state"] for cell in cells]
        for name, cells in words.items()
    }


@pytest.mark.cli
def test_the_matrix_has_every_state_and_the_user_is_left_alone(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All deployments by the real CLI; the failed one has rolled back, and the user's home is as it was."""
    cli = compiled_cli.install_for_demo(tmp_path)
    monkeypatch.setattr("promote_tui.demo.toolchain.install_cli", lambda _say: cli)
    said: list[str] = []
    with sandbox(said.append) as built:
        found = read_stacks(built)
        assert relations(built) == {
            "orders": ["none", "diverged", "behind"],
            "billing": ["none", "same", "ahead"],
            "catalog": ["none", "behind", "same"],
            "webhooks": ["none", "behind", "never"],
        }
    last = {(each.service, each.stage): each for each in world.DEPLOYMENTS if not each.fails}
    failed = {(each.service, each.stage) for each in world.DEPLOYMENTS if each.fails}
    assert found.keys() - last.keys() == {("webhooks", "prod")}
    for key, stack in found.items():
        status = "UPDATE_ROLLBACK_COMPLETE" if key in failed else "UPDATE_COMPLETE"
        assert stack == (SeenStack(status, built.commit(key[0], last[key].revision)) if key in last else None)
    assert said[-1].startswith("[12/12] ")
    assert list(home.iterdir()) == []
    assert not built.folder.exists()
    assert not naming(built.folder)


def test_a_sandbox_without_deployments_has_repositories_accounts_and_a_config() -> None:
    with sandbox(quiet, services=()) as built:
        assert built.folder.stat().st_mode & 0o777 == 0o700
        assert set(read_stacks(built).values()) == {None}
        assert "project: acme" in built.config.read_text()
        assert len(built.commit("orders", "main")) == 40
    assert not built.folder.exists()


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGKILL, -9), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, -2)]
)
def test_whatever_signal_ends_it_nothing_is_left(number: signal.Signals, code: int) -> None:
    with started(sys.executable, "-c", HOLDER) as holder:
        folder = Path(line(holder))
        assert folder.is_dir()
        until(lambda: len(naming(folder)) >= 3)  # the emulator, the program, the watchdog
        holder.send_signal(number)
        assert holder.wait(120) == code
    until(lambda: not folder.exists() and not naming(folder))


@pytest.mark.cli
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_stopping_it_while_it_deploys_leaves_nothing(number: signal.Signals) -> None:
    with started(sys.executable, "-c", BUILDER) as builder:
        folder = Path(line(builder).rsplit(" ", 1)[-1])
        until(lambda: any(b"osls" in process for process in naming(folder)))
        builder.send_signal(number)
        builder.wait(120)
    until(lambda: not folder.exists() and not naming(folder))


@pytest.mark.cli
def test_a_deploy_that_ends_otherwise_than_it_should_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Deployment("webhooks", "dev", "broken")
    monkeypatch.setattr(world, "DEPLOYMENTS", (broken,))
    with pytest.raises(DeployError, match=r"demo: webhooks-dev: .*ServiceToken"), sandbox(quiet):
        pass


def test_a_deploy_without_end_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(seed, "_LIMIT_SECONDS", 0.2)
    monkeypatch.setattr(world, "DEPLOYMENTS", (Deployment("webhooks", "dev", "develop"),))
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 600\n")
    slow.chmod(0o755)
    monkeypatch.setattr("promote_tui.demo.toolchain.install_cli", lambda _say: slow)
    with pytest.raises(DeployError, match="no end within"), sandbox(quiet):
        pass
