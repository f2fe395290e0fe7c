"""What a runner says that could not begin, for whoever started it: with its next step as a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import LockHeld, PromoteError, Refused
from promote_tui.core.next_steps import NextStep
from promote_tui.engine.runs.control import REFUSAL_FILE, encode_refusal, refusal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "error",
    [
        LockHeld("orders/prod", "held by run r1", "watch it").by(NextStep("run", ("r1",))),
        Refused("orders/prod", "vetoed", "promote another commit"),
    ],
)
def test_a_refusal_crosses_the_process_with_its_next_step(error: PromoteError, tmp_path: Path) -> None:
    said = tmp_path / REFUSAL_FILE
    said.write_text(encode_refusal(error), encoding="utf-8")
    found = refusal(said, "run r2", tmp_path / "runner.log")
    assert (type(found), found.args, found.step) == (type(error), error.args, error.step)


def test_a_process_that_said_nothing_names_its_log(tmp_path: Path) -> None:
    log = tmp_path / "release.log"
    found = refusal(tmp_path / REFUSAL_FILE, "release r", log)
    assert str(found) == f"release r: its process ended before it began; see {log}"
