"""A release whose process falls silent on another machine: who comes later waits, takes over, and repeats nothing."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from promote_tui import bootstrap
from promote_tui.adapters.aws.accounts import AwsAccounts
from promote_tui.bootstrap import build
from promote_tui.config.loader import load
from promote_tui.core.errors import Refused
from promote_tui.core.releases.release import MemberState, ReleaseStatus
from promote_tui.core.runs.run import Outcome
from promote_tui.engine.releases.control import ReleaseAnswer
from tests.support.dynamo import LeapingClock
from tests.support.release_workspace import AT_REST, NAME, PROCESS, TYPED, Shop
from tests.support.waiting import until
from tests.support.workspace import REGION

if TYPE_CHECKING:
    from promote_tui.core.releases.release import Release
    from promote_tui.engine.engine import Engine
    from tests.support.programs import Programs
    from tests.support.workspace import Workspace

pytestmark = pytest.mark.aws
SILENCE = 3_901.0


@dataclass
class Elsewhere:
    """Another machine, on whose clock time leaps."""

    shop: Shop
    clock: LeapingClock = field(default_factory=LeapingClock)

    def __post_init__(self) -> None:
        config = self.shop.workspace.config
        self.engine: Engine = build(load(config, None), accounts=AwsAccounts(self.clock))

    def wait_out(self) -> None:
        """Let the silence last for long enough."""
        self.clock.leaped += SILENCE

    def at_rest(self) -> Release:
        """Return the release once it waits for a person, or has ended."""
        until(lambda: self.engine.releases.find(NAME).status in AT_REST, "the release is at rest")
        return self.engine.releases.find(NAME)


@pytest.fixture
def shop(workspace: Workspace, programs: Programs, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Two services, one after the other, in a ledger that machines share; the first one's deploy waits."""
    monkeypatch.setattr(bootstrap, "RunnerLauncher", programs.launcher)
    for name, value in workspace.environment.items():
        monkeypatch.setenv(name, value)
    where = {"profile": "acme-dev", "region": REGION, "account": workspace.accounts["dev"]}
    made = Shop(workspace, ("catalog", "orders"))
    made.set_up(ledger={"kind": "dynamodb", "table": "promote-tui", "aws": where})
    assert workspace.run("ledger", "init").returncode == 0
    made.plan()
    made.hold("catalog")
    made.start()
    return made


@pytest.fixture
def elsewhere(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    """Go to another machine: its folders are its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(shop.workspace.folder / "elsewhere"))
    return Elsewhere(shop)


def test_a_machine_that_is_lost_is_taken_over_from_after_a_silence(shop: Shop, elsewhere: Elsewhere) -> None:
    run, engine = shop.await_deploy("catalog"), elsewhere.engine
    with pytest.raises(Refused, match=r"works on it since .*, and cannot be seen from here"):
        engine.releases.resume(NAME)
    for words in (PROCESS, f"promote_tui.runner {run}", "wrapper.sh deploy"):
        shop.workspace.kill(words)
    with pytest.raises(Refused, match="cannot be seen from here") as refused:
        engine.releases.resume(NAME)
    assert "\n" not in str(refused.value)
    assert engine.releases.worker(NAME) is not None

    elsewhere.wait_out()
    assert engine.releases.worker(NAME) is None
    assert engine.releases.resume(NAME).attempts == 2
    shop.let_go("catalog")
    assert engine.runs.is_alive(engine.runs.find(run))  # its silence is waited for, too
    assert shop.deploys() == {"catalog": 0, "orders": 0}

    elsewhere.wait_out()
    settled = engine.runs.reconcile(run, gone=True)
    assert settled is not None
    assert settled.outcome is Outcome.NOT_SUBMITTED
    release = elsewhere.at_rest()
    assert (release.progress["catalog"].state, release.progress["catalog"].remains) == (MemberState.FAILED, "before")
    engine.releases.answer(NAME, ReleaseAnswer("retry", ("catalog",), typed=TYPED))
    assert elsewhere.at_rest().status is ReleaseStatus.DONE
    assert shop.deploys() == {"catalog": 1, "orders": 1}


def test_a_process_that_slept_finds_that_it_was_taken_over_from(shop: Shop, elsewhere: Elsewhere) -> None:
    shop.await_deploy("catalog")
    (process,) = shop.workspace.processes(PROCESS)
    os.kill(process, signal.SIGSTOP)
    with pytest.raises(Refused):
        elsewhere.engine.releases.resume(NAME)
    elsewhere.wait_out()
    elsewhere.engine.releases.resume(NAME)
    os.kill(process, signal.SIGCONT)
    shop.let_go("catalog")
    assert elsewhere.at_rest().status is ReleaseStatus.DONE
    until(lambda: process not in shop.workspace.processes(PROCESS), "the first one has given up")
    logs = [file.read_text(encoding="utf-8") for file in shop.workspace.folder.rglob("release.log")]
    assert sum("has taken it over" in each for each in logs) == 1
    assert shop.deploys() == {"catalog": 1, "orders": 1}
