"""A small valid configuration, and what its edits come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.config.loader import Config, load
from promote_tui.core.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

BASE = """\
version: 1
project: acme
stages:
  - name: dev
    aws: {region: eu-west-1, account: "111111111111"}
  - name: prod
    aws: {region: eu-west-1, account: "222222222222"}
services:
  - name: orders
  - name: billing
"""


def edited(*edits: str) -> str:
    """Return the base with its lines edited: `5 = TEXT` replaces line 5, `5 + TEXT` follows it, `5 -` removes it."""
    lines = {number: [line] for number, line in enumerate(BASE.splitlines(), 1)}
    for edit in edits:
        number, how, *text = edit.split(" ", 2)
        lines[int(number)] = [*lines[int(number)], *text] if how == "+" else text
    return "".join(f"{line}\n" for block in lines.values() for line in block)


def write(folder: Path, shared: str | bytes = BASE, local: str | bytes | None = None) -> Path:
    """Write both files and return the shared one's path."""
    path = folder / "promote-tui.yml"
    path.write_bytes(shared if isinstance(shared, bytes) else shared.encode())
    if local is not None:
        path.with_name("promote-tui.local.yml").write_bytes(local if isinstance(local, bytes) else local.encode())
    return path


def config(folder: Path, shared: str | bytes = BASE, local: str | bytes | None = None) -> Config:
    """Return what both files come to."""
    return load(write(folder, shared, local))


def problems(folder: Path, shared: str | bytes = BASE, local: str | bytes | None = None) -> list[str]:
    """Return the lines that both files are refused with."""
    with pytest.raises(ConfigError) as caught:
        load(write(folder, shared, local))
    assert caught.value.exit_code == 2
    return list(caught.value.problems)
