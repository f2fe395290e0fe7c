"""What is missing is named; the Serverless CLI is installed once."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from promote_tui.core.errors import PromoteError
from promote_tui.demo import toolchain

GOOD_NPM = "mkdir -p node_modules/.bin && echo osls > node_modules/.bin/osls && echo $PWD $* >> $HOME/calls\n"


def tool(folder: Path, name: str, body: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{body}")
    (folder / name).chmod(0o755)


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with git and node of the right version, and the few tools that a shell script needs."""
    folder = tmp_path / "tools"
    tool(folder, "git", "")
    tool(folder, "node", "echo v20.19.0\n")
    monkeypatch.setenv("PATH", f"{folder}:/nowhere")
    for name in ("mkdir", "sh"):
        (folder / name).symlink_to(
            next(Path(place, name) for place in ("/bin", "/usr/bin") if Path(place, name).exists())
        )
    return folder


@pytest.fixture
def manifests(tmp_path: Path) -> Path:
    folder = tmp_path / "manifests"
    folder.mkdir()
    (folder / "package.json").write_text("{}")
    (folder / "package-lock.json").write_text("{}")
    return folder


def test_nothing_is_missing_where_all_is_there(tools: Path) -> None:
    assert tools.exists()
    toolchain.check_programs()


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("git", "demo: git is not installed; install git"),
        ("node", "demo: node is not installed; install Node.js 20.19 or newer"),
    ],
)
def test_a_missing_program_is_named_with_what_to_install(tools: Path, name: str, line: str) -> None:
    (tools / name).unlink()
    with pytest.raises(PromoteError, match=re.escape(line)):
        toolchain.check_programs()


def test_homes_share_what_the_cli_compiled_beside_its_packages(tmp_path: Path) -> None:
    cli = tmp_path / "node_modules" / ".bin" / "osls"
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        toolchain.share_compiled(cli, tmp_path / name)
    (tmp_path / "first" / ".serverless" / "compiled").touch()
    assert (tmp_path / "second" / ".serverless" / "compiled").exists()
    assert [path.name for path in (tmp_path / "node_modules").iterdir()] == [".cache"]


@pytest.mark.parametrize("version", ["v18.20.4", "v20.18.9", "nonsense"])
def test_an_old_node_is_refused(tools: Path, version: str) -> None:
    tool(tools, "node", f"echo {version}\n")
    with pytest.raises(PromoteError, match="is too old"):
        toolchain.check_programs()


@pytest.mark.usefixtures("tools")
def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(PromoteError, match=r'pip install "promote-tui\[demo\]"'):
        toolchain.check_programs()


def test_the_cli_beside_the_manifests_is_used(manifests: Path) -> None:
    beside = manifests / "node_modules" / ".bin" / "osls"
    beside.parent.mkdir(parents=True)
    beside.touch()
    assert toolchain.install_cli(manifests=manifests) == beside


def test_the_cli_is_installed_once_and_only_into_the_cache(tools: Path, manifests: Path, home: Path) -> None:
    tool(tools, "npm", GOOD_NPM)
    said: list[str] = []
    first = toolchain.install_cli(said.append, manifests)
    assert toolchain.install_cli(said.append, manifests) == first
    assert first.read_text() == "osls\n"
    assert first.is_relative_to(home / ".cache" / "promote-tui")
    assert said == ["installing the Serverless CLI, once (npm ci)"]
    calls = (home / "calls").read_text().splitlines()
    assert len(calls) == 1
    assert "ci --ignore-scripts" in calls[0]
    assert sorted(path.name for path in manifests.iterdir()) == ["package-lock.json", "package.json"]


def test_another_lockfile_is_another_installation(tools: Path, manifests: Path) -> None:
    tool(tools, "npm", GOOD_NPM)
    first = toolchain.install_cli(manifests=manifests)
    (manifests / "package-lock.json").write_text('{"other": 1}')
    assert toolchain.install_cli(manifests=manifests) != first


@pytest.mark.parametrize(
    ("body", "cause"),
    [("echo 'npm error network' >&2; exit 1\n", "npm error network"), ("exit 0\n", "it installed no osls")],
)
def test_a_failed_installation_says_why_and_leaves_nothing(
    tools: Path, manifests: Path, home: Path, body: str, cause: str
) -> None:
    tool(tools, "npm", body)
    with pytest.raises(PromoteError, match=cause):
        toolchain.install_cli(manifests=manifests)
    assert list((home / ".cache" / "promote-tui").iterdir()) == []


@pytest.mark.usefixtures("tools")
def test_a_missing_npm_is_named(manifests: Path) -> None:
    with pytest.raises(PromoteError, match="npm is not installed"):
        toolchain.install_cli(manifests=manifests)
