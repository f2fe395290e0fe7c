"""A monorepo with a serverless-compose.yml, in a real git repository, from three lines of configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.bootstrap import open_engine
from promote_tui.config.loader import load
from promote_tui.core.planning.waves import waves
from tests.integration.cli.conftest import CommandLine
from tests.support.fakes.engine import FakeEngine
from tests.support.repositories import Repository

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

CONFIG = """\
version: 1
project: shop
compose: .
stages:
  - {name: dev, aws: {region: eu-west-1, account: "111111111111"}}
  - {name: prod, aws: {region: eu-west-1, account: "222222222222"}, gates: {soak: 1h}}
"""
COMPOSE = """\
services:
  orders:
    path: apps/orders
    params:
      queueUrl: ${billing.QueueUrl}
  billing:
    path: apps/billing
    dependsOn: [users]
  users:
    path: apps/users
"""


def test_a_monorepo_has_services_commits_waves_and_rules_from_its_compose_file(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin = Repository(tmp_path / "shop.git", bare=True)
    files = {f"apps/{name}/serverless.yml": f"service: {name}\n" for name in ("orders", "billing", "users")}
    origin.commit({"promote-tui.yml": CONFIG, "serverless-compose.yml": COMPOSE, **files}, "Begin")
    origin.commit({"apps/users/handler.js": "1"}, "Let users log in")
    clone = origin.clone(tmp_path / "shop")
    monkeypatch.chdir(clone.path)
    engine = open_engine(clone.path / "promote-tui.yml")
    assert [wave.services for wave in waves(engine.pipeline.services)] == [("users",), ("billing",), ("orders",)]
    assert [commit.subject for commit in engine.commits.log("users")] == ["Let users log in", "Begin"]
    assert [commit.subject for commit in engine.commits.log("orders")] == ["Begin"]

    (clone.path / "promote-tui.yml").write_text(
        CONFIG + "services: [{name: billing, depends_on: []}, {name: legacy, path: legacy}]\n", encoding="utf-8"
    )
    said = cli("config", "validate")
    assert said.code == 0
    assert said.err.splitlines()[:3] == [
        "compose: sets the order of releases and of sync; other promotions wait for no service",
        "services.billing.depends_on: serverless-compose.yml has users; nothing is used, as this file says",
        "services.legacy: serverless-compose.yml has no such service",
    ]
    assert "which holds: services.billing" in cli("config", "show").err


def test_services_that_are_listed_by_hand_are_compared_with_the_compose_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "serverless-compose.yml").write_text(COMPOSE, encoding="utf-8")
    path = tmp_path / "promote-tui.yml"
    path.write_text(CONFIG.replace("compose: .", "services: [{name: users, path: apps/users}]"), encoding="utf-8")
    cli = CommandLine(FakeEngine(load(path).pipeline, tmp_path), capsys, monkeypatch)
    where = "serverless-compose.yml: this file lacks its services orders, billing"
    said = f"{where}; `compose: .` takes its services from there"
    assert said in cli("config", "validate").err.splitlines()
    assert said in cli("doctor").out
    assert said in [check["found"] for check in cli("doctor", "--json").json["checks"]]
