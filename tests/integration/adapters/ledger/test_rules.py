"""What ledgers of every kind keep to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.ledger.dynamodb.items import encoded_decision
from promote_tui.adapters.ledger.rules import decided, decoded, encoded
from tests.support.recorded import DECISIONS, EVENTS, lines

if TYPE_CHECKING:
    from promote_tui.core.gates.decisions import Decision


@pytest.mark.parametrize(("line", "decision"), list(zip(lines("decisions.jsonl"), DECISIONS, strict=True)))
def test_a_decision_that_a_ledger_holds_is_read_and_would_be_written_the_same(line: str, decision: Decision) -> None:
    assert decided(decision.service, line) == decision
    assert encoded_decision(decision) == line


def test_the_events_that_a_ledger_holds_are_read_and_would_be_written_the_same() -> None:
    written = lines("events.jsonl")
    assert [decoded("run", line) for line in written] == [*EVENTS]
    assert [encoded("run", event) for event in EVENTS] == written
