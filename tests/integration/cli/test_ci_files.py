"""The files for CI services in docs/ci.md are YAML, their scripts are shell, and their commands do what they say."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from promote_tui.cli.errors import run_guarded
from promote_tui.cli.main import run
from promote_tui.core.value import replace
from promote_tui.ports import RunFilter
from tests.integration.cli.conftest import Answer
from tests.support.engine_world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENT = (Path(__file__).parents[3] / "docs" / "ci.md").read_text(encoding="utf-8")
FILES: dict[str, Any] = {
    title: yaml.safe_load(body)
    for title, body in re.findall(r"^## (.+?)\n.*?^```yaml\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
}
BRANCHES = (
    *("BRANCH", "CI_COMMIT_BRANCH", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"),
    *("BITBUCKET_BRANCH", "BITBUCKET_PR_DESTINATION_BRANCH"),
)
COMMITS = ("HEAD_SHA", "SHA", "BITBUCKET_COMMIT")
DUE = 5


def scripts(node: object) -> Iterator[str]:
    """Yield each script of a file: the lines of `run`, `script` and `before_script`."""
    if isinstance(node, list):
        for each in node:
            yield from scripts(each)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in {"run", "script", "before_script"}:
                yield "\n".join(value) if isinstance(value, list) else value
            else:
                yield from scripts(value)


def commands(title: str) -> list[str]:
    """The commands of promote-tui in a file, without what the shell does with their output."""
    lines = [line.strip() for script in scripts(FILES[title]) for line in script.splitlines()]
    return [re.split(r" (?:\|\||>) ", line)[0] for line in lines if line.startswith("promote-tui ")]


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    dev, *others = world.pipeline.stages
    world.pipeline = replace(world.pipeline, stages=(replace(dev, deploy_on_merge=("main",)), *others))
    return world


def test_there_is_a_file_for_each_service() -> None:
    assert [*FILES] == ["GitHub Actions", "GitLab CI", "Bitbucket Pipelines"]


@pytest.mark.parametrize("title", FILES)
def test_a_script_is_shell_and_installs_before_it_promotes(title: str) -> None:
    found = [*scripts(FILES[title])]
    for script in found:
        checked = subprocess.run(["bash", "-n", "-c", script], capture_output=True, text=True, check=False)
        assert (checked.returncode, checked.stderr) == (0, "")
    text = "\n".join(found)
    assert 0 <= text.index("pip install /tmp/promote-tui") < text.index("promote-tui sync")


@pytest.mark.parametrize("title", FILES)
def test_a_file_syncs_pushes_and_checks_and_plans_pull_requests(title: str) -> None:
    assert [re.sub(r'"\$\w+"', "X", each) for each in commands(title)] == [
        "promote-tui sync --branch X --wait",
        "promote-tui sync --check --branch X",
        "promote-tui plan orders --to dev --commit X --markdown",
    ]


@pytest.mark.parametrize("title", FILES)
def test_the_commands_of_a_file_do_what_they_say(title: str, world: World, capsys: pytest.CaptureFixture[str]) -> None:
    def call(command: str, sha: str) -> Answer:
        variables = dict.fromkeys(BRANCHES, "main") | dict.fromkeys(COMMITS, sha)
        words = shlex.split(Template(command).substitute(variables))[1:]
        code = run_guarded(lambda: run(words, lambda _options: world.engine))
        said = capsys.readouterr()
        return Answer(code, said.out, said.err)

    sync, check, plan = commands(title)
    sha = world.commit("one")
    assert call(check, sha).code == DUE
    planned = call(plan, sha)
    assert planned.code == 0
    assert planned.out.startswith("## promote-tui: plan for dev\n\n### orders/dev: every gate passes\n")
    assert call(sync, sha).code == 0
    assert world.ledger.runs(RunFilter(), limit=5).runs[0].to_commit == sha
    assert call(check, sha).code == 0
