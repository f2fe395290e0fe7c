"""The runner's start: what is secret comes through a pipe, and is nowhere else to be seen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.process.launcher import RunnerLauncher

if TYPE_CHECKING:
    from collections.abc import Callable

from tests.support.waiting import until

SECRET = b"canary-5d1f-secret" * 8000
"""More than a pipe holds."""


@pytest.fixture
def standing_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let the launched program be a script of ours, with the runner's arguments."""

    def be(script: str) -> None:
        path = tmp_path / "python"
        path.write_text(f"#!{sys.executable}\nimport os, sys\n{script}\n", encoding="utf-8")
        path.chmod(0o700)
        monkeypatch.setattr(sys, "executable", str(path))

    return be


def open_files() -> set[str]:
    return {path.name for path in Path("/proc/self/fd").iterdir()}


READS = """
from pathlib import Path
from promote_tui.adapters.process.launcher import read_handed_over
seen = Path("/proc/self/cmdline").read_bytes() + Path("/proc/self/environ").read_bytes()
found = read_handed_over()
print(len(found), found[:6], b"canary" in seen, os.readlink("/proc/self/fd/0"), os.read(0, 10))
"""


def test_what_is_handed_over_is_read_once_and_is_in_no_argument_and_no_variable(
    tmp_path: Path, standing_in: Callable[[str], None]
) -> None:
    standing_in(READS)
    log = tmp_path / "log"
    until(RunnerLauncher().launch("r1", tmp_path / "plan", log, SECRET))
    assert log.read_text(encoding="utf-8") == f"{len(SECRET)} {SECRET[:6]!r} False /dev/null b''\n"


def test_it_is_told_who_the_user_is_and_nothing_where_that_is_nobody(
    tmp_path: Path, standing_in: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PROMOTE_TUI_USER", raising=False)
    standing_in('print(os.environ.get("PROMOTE_TUI_USER"), sys.argv[-1])')
    for user in ("ana", ""):
        log = tmp_path / f"log-{user}"
        until(RunnerLauncher(user).launch_release("r", tmp_path, log))
        assert log.read_text(encoding="utf-8") == f"{user or None} {tmp_path}\n"


def test_without_anything_secret_there_is_no_input(tmp_path: Path, standing_in: Callable[[str], None]) -> None:
    standing_in(READS)
    log = tmp_path / "log"
    until(RunnerLauncher().launch("r1", tmp_path / "plan", log))
    assert log.read_text(encoding="utf-8") == "0 b'' False /dev/null b''\n"


def test_a_runner_that_dies_before_it_reads_is_noticed_as_one(
    tmp_path: Path, standing_in: Callable[[str], None]
) -> None:
    standing_in("os._exit(3)")
    before = open_files()
    ended = RunnerLauncher().launch("r1", tmp_path / "plan", tmp_path / "log", SECRET)
    until(ended)
    assert open_files() == before


def test_input_that_is_no_pipe_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "input"
    path.write_bytes(b"not for the runner")
    script = "from promote_tui.adapters.process.launcher import read_handed_over; print(read_handed_over())"
    with path.open("rb") as given:
        done = subprocess.run([sys.executable, "-c", script], stdin=given, capture_output=True, check=True)
    assert done.stdout == b"b''\n"
