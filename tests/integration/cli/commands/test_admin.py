"""`config`, `doctor`, `prune`, `demo`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest
import yaml

from promote_tui.ports import ToolCheck
from tests.integration.cli.conftest import calls

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.cli.conftest import CommandLine
    from tests.support.fakes.engine import FakeEngine

EXAMPLE = Path(__file__).parents[4] / "config.example.yml"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the example as its configuration, and we are in it."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "promote-tui.yml"
    path.write_bytes(EXAMPLE.read_bytes())
    return path


def test_config_path_says_which_file_is_used(
    cli: CommandLine, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("config", "path").out == f"{config}\n"
    assert cli("config", "path", "--json").json == {"schema": 1, "path": str(config)}
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert cli("-C", "a/b", "config", "path").out == f"{config}\n"
    other = below / "other.yml"
    other.write_bytes(EXAMPLE.read_bytes())
    assert cli("config", "path", "-C", "a", "--config", "b/other.yml").out == f"{other}\n"
    monkeypatch.setenv("PROMOTE_TUI_CONFIG", str(other))
    assert cli("config", "path").out == f"{other}\n"


def test_a_folder_that_does_not_exist_is_a_usage_error(cli: CommandLine) -> None:
    answer = cli("-C", "/nowhere", "config", "path")
    assert (answer.code, answer.err) == (2, "-C /nowhere: there is no such folder; name one that exists\n")


def test_without_a_configuration_one_line_says_where_was_looked(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = cli("config", "validate")
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert answer.err.startswith("no configuration: looked for promote-tui.yml in")


def test_a_valid_configuration_is_said_to_be_valid(cli: CommandLine, config: Path) -> None:
    answer = cli("config", "validate")
    assert (answer.code, answer.out) == (0, f"{config}: valid\n")
    document = cli("config", "validate", "--json").json
    assert (document["valid"], document["path"]) == (True, str(config))
    assert answer.err.splitlines() == document["notes"]


def test_every_problem_of_a_configuration_is_a_line_of_its_own(cli: CommandLine, config: Path) -> None:
    config.write_text("version: 1\nproject: acme\nstages: []\nservices: []\nnonsense: true\n")
    answer = cli("config", "validate")
    assert (answer.code, answer.out) == (2, "")
    problems = [line for line in answer.err.splitlines() if line.startswith("promote-tui.yml:")]
    assert len(problems) >= 2
    assert any(line.startswith("promote-tui.yml:5:1: nonsense:") for line in problems)


def test_a_single_problem_keeps_its_own_remedy_and_the_general_one_has_a_line(cli: CommandLine, config: Path) -> None:
    config.write_text(config.read_text().replace("confirm: type", "confirm: yes", 1))
    problem, general = cli("config", "validate").err.splitlines()
    assert problem.endswith(".confirm: yes is read as true by YAML; write none or ask or type")
    assert general == "fix it and try again; docs/configuration.md explains every key"


def test_a_folder_in_place_of_the_configuration_is_one_line(cli: CommandLine, config: Path) -> None:
    config.unlink()
    config.mkdir()
    answer = cli("config", "validate")
    told = f"{config}: it is a folder; put a file in its place, or name another with --config FILE"
    assert (answer.code, answer.out, answer.err) == (2, "", f"{told}\n")


def test_problems_are_json_too(cli: CommandLine, config: Path) -> None:
    config.write_text("version: 1\nproject: acme\nstages: []\nservices: []\nnonsense: true\n")
    lines = cli("config", "validate").err.splitlines()
    answer = cli("config", "validate", "--json")
    assert (answer.code, answer.err) == (2, "")
    assert answer.json == {"schema": 1, "valid": False, "problems": lines[:-1]}
    config.unlink()
    (line,) = cli("config", "validate").err.splitlines()
    assert cli("config", "validate", "--json").json["problems"] == [line]


def test_the_configuration_in_force_can_be_shown(cli: CommandLine, config: Path) -> None:
    assert yaml.safe_load(cli("config", "show").out)["project"] == "acme"
    shown = cli("config", "show", "--json").json["config"]
    assert (shown["project"], shown["path"]) == ("acme", str(config))


def test_the_schema_is_a_json_schema_of_the_file(cli: CommandLine) -> None:
    schema = json.loads(cli("config", "schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert {"version", "project", "stages", "services"} <= set(schema["properties"])


CHECKS = (
    ToolCheck("git", ok=True, found="2.39.5"),
    ToolCheck("aws CLI", ok=None, found="missing", remedy="needed for SSO log-ins"),
    ToolCheck("account of prod", ok=False, found="the SSO session has expired", remedy="aws sso login"),
)
DOCTOR = """\
✓  git                         2.39.5
!  aws CLI                     missing
   needed for SSO log-ins
✗  account of prod             the SSO session has expired
   aws sso login
"""


def test_doctor_tells_each_check_and_what_to_do(cli: CommandLine, engine: FakeEngine) -> None:
    engine.script.checks = CHECKS
    answer = cli("doctor")
    assert (answer.code, answer.out, answer.err) == (1, DOCTOR, "")


@pytest.mark.parametrize(("checks", "expected"), [(CHECKS[:1], 0), (CHECKS[:2], 0), (CHECKS, 1)])
def test_doctor_fails_only_for_what_is_needed(
    cli: CommandLine, engine: FakeEngine, checks: tuple[ToolCheck, ...], expected: int
) -> None:
    engine.script.checks = checks
    assert cli("doctor").code == expected


def test_doctor_json(cli: CommandLine, engine: FakeEngine) -> None:
    engine.script.checks = CHECKS
    document = cli("doctor", "--json").json
    assert document["checks"] == [
        {"name": "git", "ok": True, "found": "2.39.5", "remedy": None},
        {"name": "aws CLI", "ok": None, "found": "missing", "remedy": "needed for SSO log-ins"},
        {"name": "account of prod", "ok": False, "found": "the SSO session has expired", "remedy": "aws sso login"},
    ]


def test_doctor_looks_at_some_services_and_one_stage(cli: CommandLine, engine: FakeEngine) -> None:
    cli("doctor")
    cli("doctor", "billing", "orders", "billing", "--stage", "prod")
    assert calls(engine, "doctor") == [((), None), (("billing", "orders"), "prod")]


def test_prune_says_what_went(cli: CommandLine, engine: FakeEngine) -> None:
    assert (cli("prune").out, cli("prune").err) == ("", "nothing to prune\n")
    engine.script.pruned = ("2 expired plans", "1 checkout")
    assert cli("prune").out == "2 expired plans\n1 checkout\n"


@pytest.mark.parametrize(("words", "check"), [((), False), (("--check",), True)])
def test_demo_hands_over_narrates_on_stderr_and_returns_its_exit_code(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], check: bool
) -> None:
    seen: list[bool] = []

    def run(*, check: bool, in_shell: bool, say: Callable[[str], None]) -> int:
        assert not in_shell
        seen.append(check)
        say("building the sandbox")
        return 7

    monkeypatch.setattr("promote_tui.cli.commands.demo.run", run)
    answer = cli("demo", *words)
    assert (answer.code, seen) == (7, [check])
    assert (answer.out, answer.err) == ("", "building the sandbox\n")
