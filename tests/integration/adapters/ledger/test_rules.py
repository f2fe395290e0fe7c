"""What ledgers of every kind keep to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.ledger.dynamodb.items import encode_decision
from promote_tui.adapters.ledger.rules import decode_decision, decode_event, encode_event
from tests.support.recorded import DECISIONS, EVENTS, lines

if TYPE_CHECKING:
    from promote_tui.core.gates.decisions import Decision


@pytest.mark.parametrize(("line", "decision"), list(zip(lines("decisions.jsonl"), DECISIONS, strict=True)))
def test_a_decision_that_a_ledger_holds_is_read_and_would_be_written_the_same(line: str, decision: Decision) -> None:
    assert decode_decision(decision.service, line) == decision
    assert encode_decision(decision) == line


def test_the_events_that_a_ledger_holds_are_read_and_would_be_written_the_same() -> None:
    written = lines("events.jsonl")
    assert [decode_event("run", line) for line in written] == [*EVENTS]
    assert [encode_event("run", event) for event in EVENTS] == written
