"""The record of a file of this machine is read without what takes long to import; a team's is read by the engine."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.ledger.sqlite.database import LedgerFile
from promote_tui.adapters.ledger.sqlite.ledger import SqliteLedger
from promote_tui.bootstrap import open_engine
from promote_tui.core.gates.decisions import Decision
from promote_tui.core.runs.events import Released, Verified
from promote_tui.paths import state_folder
from promote_tui.record import open_record
from tests.integration.adapters.git.test_remote_config import git
from tests.support.engine_world import FakeClock
from tests.support.values import planned

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
version: 1
project: shop
ledger: {single_machine: true}
stages:
  - {name: dev, aws: {region: eu-west-1, account: "111111111111"}}
  - {name: staging, aws: {region: eu-west-1, account: "222222222222"}}
services:
  - {name: orders, repo: ., path: orders}
"""
TEAM = CONFIG.replace(
    "{single_machine: true}", '{kind: dynamodb, table: promote-tui, aws: {region: eu-west-1, account: "111111111111"}}'
)
ASKED = """
import sys
from promote_tui.cli.main import run
run({words!r})
print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)
"""
HEAVY = ("boto3", "botocore", "git", "yaml", "promote_tui.bootstrap", "promote_tui.engine.engine")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    (tmp_path / "promote-tui.yml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


def fill(commit: str) -> datetime:
    """Write a run of orders into staging, and return when it ended."""
    clock = FakeClock()
    ledger = SqliteLedger(LedgerFile(state_folder()), "shop", clock)
    first = planned(commit, key="222222222222/eu-west-1/orders-staging", at=clock.now())
    lease = ledger.acquire(first.key, first.run)
    for event in (first, Verified(clock.now()), Released(clock.now(), lease.fence)):
        lease.append(event)
    lease.release()
    return clock.now()


def test_questions_about_the_past_import_neither_aws_nor_git(folder: Path) -> None:
    fill("b" * 40)
    open_record(folder / "promote-tui.yml")  # so that the configuration is cached, and no YAML has to be read
    for words in (["why", "orders", "staging"], ["status", "--at", "1d"]):
        script = ASKED.format(words=["-C", str(folder), *words], heavy=HEAVY)
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=300)
        assert "bbbbbbb" in done.stdout
        assert done.stderr.splitlines()[-1] == "[]"


def test_a_teams_record_is_read_by_the_engine(folder: Path) -> None:
    assert open_record(folder / "promote-tui.yml") is not None
    (folder / "promote-tui.yml").write_text(TEAM, encoding="utf-8")
    assert open_record(folder / "promote-tui.yml") is None


def test_engine_and_record_give_the_same_answer(folder: Path) -> None:
    ended = fill("b" * 40)
    record, engine = open_record(folder / "promote-tui.yml"), open_engine(folder / "promote-tui.yml")
    assert record is not None
    told = record.provenance("orders", "staging", ended + timedelta(hours=1))
    assert told == engine.record.provenance("orders", "staging", ended + timedelta(hours=1))
    assert told.record.commit == "b" * 40
    services = record.pipeline.services
    assert record.matrix_at(services, ended) == engine.record.matrix_at(services, ended)


def test_an_approval_of_the_same_code_counts_under_another_commit(folder: Path) -> None:
    git(folder, "init", "-q")
    (folder / "orders").mkdir()
    (folder / "orders" / "serverless.yml").write_text("service: orders\n", encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "Begin")
    first = git(folder, "rev-parse", "HEAD").strip()
    git(folder, "commit", "-q", "--allow-empty", "-m", "Elsewhere")
    second = git(folder, "rev-parse", "HEAD").strip()
    ended = fill(second)
    ledger = SqliteLedger(LedgerFile(state_folder()), "shop", FakeClock())
    for commit, who in ((first, "bob"), ("c" * 40, "eve")):
        at, arn = ended - timedelta(hours=1), f"arn:aws:iam::222222222222:user/{who}"
        made = Decision(at, "approve", "orders", "staging", commit, who, arn)
        ledger.append_decision(made)
    record = open_record(folder / "promote-tui.yml")
    assert record is not None
    assert [each.who for each in record.provenance("orders", "staging", ended).approvals] == ["bob"]
