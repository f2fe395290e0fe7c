"""The programs that `doctor` looks for where the deployer is the Serverless CLI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.process import tools
from promote_tui.adapters.process.tools import LocalTools
from promote_tui.adapters.serverless.tools import list_checks
from promote_tui.ports import ToolCheck
from tests.support import services

if TYPE_CHECKING:
    from pathlib import Path


def script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with the plain programs of the system and scripts in the place of those looked for."""
    folder = tmp_path / "bin"
    for name, said in (
        ("git", "git version 2.39.5"),
        ("node", "v20.20.2"),
        ("npm", "11.1.0"),
        ("aws", "aws-cli/2.15.0 Python/3.11 Linux"),
        ("osls", "osls version: 4.3.1"),
    ):
        script(folder / name, f"echo '{said}'")
    monkeypatch.setenv("PATH", str(folder))
    return folder


def checked(*commands: tuple[str, ...], folders: tuple[Path, ...] = ()) -> dict[str, ToolCheck]:
    return {check.name: check for check in LocalTools(list_checks(commands, folders)).check()}


@pytest.mark.usefixtures("bin_folder")
def test_versions_are_found() -> None:
    found = checked(("osls",))
    assert {name: (check.ok, check.found) for name, check in found.items()} == {
        "git": (True, "2.39.5"),
        "node": (True, "20.20.2"),
        "npm": (True, "11.1.0"),
        "osls": (True, "4.3.1"),
        "aws": (True, "2.15.0"),
    }
    assert list(found) == ["git", "node", "npm", "osls", "aws"]


@pytest.mark.parametrize(
    ("name", "ok", "found", "remedy"),
    [
        ("git", False, "it is not on the PATH", "install git"),
        ("node", False, "it is not on the PATH", "install Node.js 20.19 or newer"),
        ("npm", False, "it is not on the PATH", "install Node.js 20.19 or newer, which brings npm"),
        (
            "aws",
            None,
            "it is not on the PATH; it is only needed to log in",
            "install the AWS CLI, if you log in with aws sso login",
        ),
        (
            "osls",
            None,
            "it is not on the PATH; a project's own copy is used where it pins one",
            "add it to the project's devDependencies, or install it globally (osls)",
        ),
    ],
)
def test_what_is_missing_comes_with_what_to_do(
    bin_folder: Path, name: str, found: str, remedy: str, *, ok: bool | None
) -> None:
    (bin_folder / name).unlink()
    assert checked(("osls",))[name] == ToolCheck(name, ok, found, remedy)


def test_an_old_node_is_a_warning(bin_folder: Path) -> None:
    script(bin_folder / "node", "echo v18.19.1")
    check = checked()["node"]
    assert (check.ok, check.found) == (None, "18.19.1; osls needs 20.19 or newer")


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("Framework Core: 3.40.0 (local)\nPlugin: 7.2.3\nSDK: 4.5.1", "3.40.0"),
        ("Serverless Framework 4.4.18\n", "4.4.18"),
        ("Serverless \u03df 4.4.18\n", "4.4.18"),
        ("osls version: 4.3.1", "4.3.1"),
        ("a wrapper\x1b[31m", "a wrapper\ufffd[31m"),
        ("", "no version"),
    ],
)
def test_versions_of_the_family_are_read(bin_folder: Path, said: str, version: str) -> None:
    script(bin_folder / "sls", f"echo '{said}'" if said else "")
    assert checked(("sls",))["sls"].found == version


def test_a_program_that_hangs_or_fails_does_not_hold_the_others_up(
    bin_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "_SECONDS", 0.3)
    script(bin_folder / "osls", "read x < /dev/zero; while :; do :; done")
    script(bin_folder / "aws", "echo broken; exit 1")
    found = checked(("osls",))
    assert found["osls"].found.startswith("no answer within 0 s")
    assert found["aws"].found.startswith("--version ended with exit code 1")
    assert found["git"].ok


@pytest.mark.cli
def test_a_projects_own_cli_is_found_before_the_global_one(tmp_path: Path) -> None:
    folder = services.DEMO / "serverless"
    found = checked(("osls",), ("npx", "osls"), (str(services.OSLS),), ("./nowhere",), folders=(tmp_path, folder))
    assert found["osls"].found == "4.3.1, the project's own"
    assert found["npx osls"].found == "4.3.1, the project's own"
    assert found["./nowhere"].ok is None
    assert not list(tmp_path.iterdir())
