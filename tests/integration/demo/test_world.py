"""What programs of the sandbox see: its accounts, and nothing of the user."""

from __future__ import annotations

import configparser
from typing import TYPE_CHECKING

import pytest

from promote_tui.demo.emulator import Emulator
from promote_tui.demo.repositories.script import Fork
from promote_tui.demo.repositories.shop import SHOP
from promote_tui.demo.repositories.webhooks import WEBHOOKS
from promote_tui.demo.world import ACCOUNTS, DEPLOYMENTS, SERVICES, aws_profiles, sandbox_environment

if TYPE_CHECKING:
    from pathlib import Path

RUNNING = Emulator("http://127.0.0.1:1", 1)


@pytest.mark.parametrize(
    "name",
    [
        "AWS_PROFILE",
        "AWS_PROD_PROFILE",
        "AWS_CA_BUNDLE",
        "GIT_DIR",
        "XDG_RUNTIME_DIR",
        "PROMOTE_TUI_CONFIG",
        "https_proxy",
    ],
)
def test_what_leads_out_of_the_sandbox_is_left_out(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "of the user")
    assert name not in sandbox_environment(tmp_path, RUNNING)


def test_what_a_screen_needs_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLORTERM", "truecolor")
    assert sandbox_environment(tmp_path, RUNNING)["COLORTERM"] == "truecolor"


def test_every_home_lies_in_the_sandbox(tmp_path: Path) -> None:
    built = sandbox_environment(tmp_path, RUNNING)
    names = ["HOME", "TMPDIR", "AWS_CONFIG_FILE", *(name for name in built if name.startswith("XDG_"))]
    assert all(built[name].startswith(f"{tmp_path}/") for name in names)
    assert built["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"


def test_a_profile_speaks_for_its_account() -> None:
    parsed = configparser.ConfigParser()
    parsed.read_string(aws_profiles(RUNNING))
    assert {name: parsed[f"profile acme-{name}"]["aws_access_key_id"] for name in ACCOUNTS} == ACCOUNTS


def test_every_deployment_names_a_point_of_its_story() -> None:
    for deployment in DEPLOYMENTS:
        told = SHOP if SERVICES[deployment.service] == "shop" else WEBHOOKS
        labels = {step.label for step in told.steps if not isinstance(step, Fork)}
        assert deployment.revision in labels | set(told.branches)
