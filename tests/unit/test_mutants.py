"""The settings of `make mutants`, which names modules and folders of the program: each of them is there."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SETTINGS: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mutmut"]


def test_every_module_that_is_to_be_changed_is_there() -> None:
    assert [pattern for pattern in SETTINGS["only_mutate"] if not [*ROOT.glob(pattern)]] == []


def test_every_test_that_has_to_notice_is_there() -> None:
    assert [path for path in SETTINGS["pytest_add_cli_args_test_selection"] if not (ROOT / path).exists()] == []


def test_the_whole_program_is_copied_but_for_the_demo_whose_serverless_cli_is_large() -> None:
    copied = {ROOT / path for path in (*SETTINGS["source_paths"], *SETTINGS["also_copy"])}
    assert {path for path in copied if not path.exists()} == set()
    program = {path for path in (ROOT / "promote_tui").iterdir() if path.name not in {"__pycache__", "demo"}}
    assert program - copied == set()
