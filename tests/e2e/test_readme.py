"""What the README tells people to type works."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.workspace import Workspace

TOP = Path(__file__).parents[2]
README = (TOP / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
LINES = [line.partition("#")[0].strip() for block in BLOCKS for line in block.splitlines()]


def test_every_command_of_the_readme_is_one_that_is_tried_here() -> None:
    first = {line.split()[0] for line in LINES if line}
    assert first == {"make", "pip", "cp", "promote-tui"}


@pytest.mark.parametrize("line", [line for line in LINES if line.startswith("make ")])
def test_make_knows_its_targets(line: str) -> None:
    done = subprocess.run(["make", "-n", *line.split()[1:]], cwd=TOP, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_what_is_copied_is_there() -> None:
    sources = [line.split()[1] for line in LINES if line.startswith("cp ")]
    assert sources
    assert all((TOP / source).is_file() for source in sources)


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)\)", README))
def test_links_lead_somewhere(link: str) -> None:
    assert link.startswith("https://") or (TOP / link).exists()


@pytest.mark.aws
def test_the_commands_do_what_they_say(workspace: Workspace) -> None:
    sha = workspace.commit("Add a topic")
    assert workspace.promote("dev").returncode == 0
    commands = [shlex.split(line)[1:] for line in LINES if line.startswith("promote-tui ")]
    for words in commands:
        done = workspace.run(*words)
        expected = 0 if words[0] != "doctor" else done.returncode  # the machine may lack the aws CLI's log-ins
        assert done.returncode == expected, f"{words}: {done.stderr}"
        assert "Traceback" not in done.stderr
    assert workspace.deployed("prod") == sha
