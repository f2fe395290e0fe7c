"""A person at a real terminal: the question, the answer, and Ctrl-C while a run goes on."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pexpect
import pytest

pytestmark = pytest.mark.pty

ROOT = Path(__file__).parents[3]
PROGRAM = """
import sys
from pathlib import Path
from promote_tui.cli.main import run
from promote_tui.cli.errors import run_guarded
from tests.support.fakes.engine import FakeEngine
engine = FakeEngine(folder=Path(sys.argv[1]))
engine.script.outcome = None if sys.argv[2] == "goes on" else "succeeded"
code = run_guarded(lambda: run(sys.argv[3:], lambda settings: engine))
print("STARTED", len(engine.called("runs.start")), "DISCARDED", len(engine.discarded))
sys.exit(code)
"""


def _spawn(folder: Path, outcome: str, *words: str) -> pexpect.spawn[str]:
    return pexpect.spawn(
        sys.executable,
        ["-c", PROGRAM, str(folder), outcome, *words],
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm"},
        encoding="utf-8",
        timeout=300,
        dimensions=(40, 200),
    )


def _end(child: pexpect.spawn[str]) -> tuple[int | None, str]:
    said = child.read()
    child.close()
    return child.exitstatus, said


@pytest.mark.parametrize(
    ("stage", "question", "typed", "code", "end"),
    [
        ("staging", r"Promote 8d20b6e to orders/staging.* \[y/N\] ", "y\n", 0, "STARTED 1 DISCARDED 0"),
        ("staging", r"Promote 8d20b6e to orders/staging.* \[y/N\] ", "\n", 3, "STARTED 0 DISCARDED 1"),
        (
            "prod",
            r'Type "orders prod" to deploy to .*account 333333333333',
            "orders prod\n",
            0,
            "STARTED 1 DISCARDED 0",
        ),
        ("prod", r'Type "orders prod" to deploy to .*account 333333333333', "orders\n", 3, "STARTED 0 DISCARDED 1"),
        ("prod", r'Type "orders prod" to deploy to .*account 333333333333', "\x04", 3, "STARTED 0 DISCARDED 1"),
        ("prod", r'Type "orders prod" to deploy to .*account 333333333333', "\x03", 130, "STARTED 0 DISCARDED 1"),
    ],
)
def test_the_answer_on_a_terminal_decides(
    tmp_path: Path, stage: str, question: str, typed: str, code: int, end: str
) -> None:
    child = _spawn(tmp_path, "succeeds", "promote", "orders", "--to", stage)
    child.expect(question)
    child.send(typed)
    status, said = _end(child)
    assert (status, end in said) == (code, True)
    assert "Traceback" not in said


def test_ctrl_c_while_watching_says_how_to_go_on(tmp_path: Path) -> None:
    child = _spawn(tmp_path, "goes on", "promote", "orders", "--to", "dev")
    child.expect("run run-0001 by ana")
    child.sendintr()
    status, said = _end(child)
    assert status == 130
    assert "the run continues: promote-tui attach run-0001" in said
    assert "STARTED 1 DISCARDED 0" in said


def test_a_terminal_gets_colours_and_no_color_takes_them_away(tmp_path: Path) -> None:
    _, said = _end(_spawn(tmp_path, "succeeds", "status", "orders"))
    assert "\x1b[33m▼ 2c7e914\x1b[0m" in said
    _, said = _end(_spawn(tmp_path, "succeeds", "--color", "never", "status", "orders"))
    assert "\x1b" not in said
