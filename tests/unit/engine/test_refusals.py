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
    (tmp_path / REFUSAL_FILE).write_text(encode_refusal(error), encoding="utf-8")
    found = refusal(tmp_path, "r2")
    assert (type(found), found.args, found.step) == (type(error), error.args, error.step)
