"""What the host of a commit is told of a run: nothing that nobody saw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.runs.ci_reports import ci_report
from promote_tui.core.runs.events import Failed
from tests.support.values import NOW, B, run, unknown_run, verified_run

if TYPE_CHECKING:
    from promote_tui.core.model.ci import CiReportState
    from promote_tui.core.runs.run import Run

FAILED = Failed(NOW, "the stack did not take it", None, "fix it")


@pytest.mark.parametrize(
    ("told", "state", "words"),
    [
        (run(), "running", "run g1: deploying"),
        (verified_run(B), "success", "run g1: verified"),
        (unknown_run(B), "running", "run g1: unknown: no network"),
        (run(FAILED), "failed", "run g1: failed: the stack did not take it"),
    ],
)
def test_each_outcome_has_its_state_and_words(told: Run, state: CiReportState, words: str) -> None:
    found = ci_report(told)
    assert found is not None
    assert found.state == state
    assert found.words == words


def test_a_run_to_a_commit_without_a_name_is_not_told() -> None:
    assert ci_report(run(to="")) is None


def test_no_key_and_no_more_than_a_host_takes_is_told() -> None:
    found = ci_report(run(Failed(NOW, f"AKIAIOSFODNN7EXAMPLE {'x' * 300}", None)))
    assert found is not None
    assert len(found.words) <= 140
    assert "AKIAIOSFODNN7EXAMPLE" not in found.words
