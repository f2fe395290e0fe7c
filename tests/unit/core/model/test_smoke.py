"""What a smoke test asks, and what counts as an answer."""

from __future__ import annotations

import pytest

from promote_tui.core.errors import DeployError
from promote_tui.core.model.smoke import HttpAnswer, SmokeRequest, check, interpolate

OUTPUTS = {"Url": "https://orders.example", "Path": "health"}


def test_outputs_are_filled_in() -> None:
    assert interpolate("{output.Url}/{output.Path}?x={y}", OUTPUTS) == "https://orders.example/health?x={y}"
    with pytest.raises(DeployError, match="the stack has no output Endpoint"):
        interpolate("{output.Endpoint}", OUTPUTS)


@pytest.mark.parametrize(
    ("asked", "answer", "told"),
    [
        ({}, HttpAnswer(200, "anything"), ""),
        ({"status": 204}, HttpAnswer(200, ""), "it answered 200, 204 is expected"),
        (
            {},
            HttpAnswer(502, "no\n  upstream " + "x" * 200),
            "it answered 502, 200 is expected: no upstream " + "x" * 66,
        ),
        ({"body": '"ok":true'}, HttpAnswer(200, '{"ok":true}'), ""),
        ({"body": "fine"}, HttpAnswer(200, "ill"), "its answer does not hold 'fine'"),
    ],
)
def test_an_answer_is_right_or_it_is_said_what_is_wrong(
    asked: dict[str, object], answer: HttpAnswer, told: str
) -> None:
    assert check(SmokeRequest("https://x", **asked), answer) == told  # type: ignore[arg-type]
