"""Facts about docs/configuration.md: what it shows is true."""

from __future__ import annotations

import re
from pathlib import Path

from promote_tui.config.schema.deploy import Deploy
from promote_tui.config.schema.files import File, LocalFile
from promote_tui.config.schema.gates import Gates
from promote_tui.config.schema.services import Service, StageExceptions
from promote_tui.config.schema.stages import Stage
from tests.support.configs import config, edited, problems

DOCS = Path(__file__).parents[3] / "docs"
TEXT = (DOCS / "configuration.md").read_text()


def example(containing: str) -> str:
    """Return the YAML example that holds a word."""
    (found,) = [block for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL) if containing in block]
    return str(found)


def test_its_smallest_file_works(tmp_path: Path) -> None:
    assert [one.name for one in config(tmp_path, example("services:\n  - name: orders\n")).pipeline.services] == [
        "orders"
    ]


def test_its_monorepo_works(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "serverless-compose.yml").write_text("services: {api: {path: apps/api}}\n", encoding="utf-8")
    text = example("compose: .")
    stages = text.index("stages:")
    assert len(text[:stages].splitlines()) == 3
    assert [one.path for one in config(tmp_path, text).pipeline.services] == ["apps/api"]


def test_its_local_file_works(tmp_path: Path) -> None:
    assert config(tmp_path, local=example("user: ana")).pipeline.stage("sandbox").after is None


def test_its_problem_line_is_one_that_the_program_prints(tmp_path: Path) -> None:
    (shown,) = re.findall(r"^promote-tui\.yml:14:7: (.*)$", TEXT, re.MULTILINE)
    assert problems(tmp_path, edited("7 +     gates: {soak: 4 hours}")) == [f"promote-tui.yml:8:13: {shown}"]


def test_it_names_every_key() -> None:
    for block in (File, LocalFile, Stage, Service, StageExceptions, Deploy):
        for key in block.model_fields:
            assert f"`{key}`" in TEXT or f"\n{key}:" in TEXT or f"## {key}\n" in TEXT, key


def test_the_gates_that_a_stage_can_ask_for_are_those_of_the_document() -> None:
    rows = re.findall(r"^\| `(\w+): ", (DOCS / "gates.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(Gates.model_fields)
