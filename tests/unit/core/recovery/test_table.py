"""What may be done about a stack follows from its status alone."""

from __future__ import annotations

import pytest

from promote_tui.core.errors import Refused
from promote_tui.core.model.stack_status import STATUSES, Phase
from promote_tui.core.recovery.table import CALLS, choose_act, describe_act, stack_remedy

ACTS = {
    "UPDATE_ROLLBACK_FAILED": "continue",
    "UPDATE_FAILED": "roll_back",
    "CREATE_FAILED": "delete",
    "ROLLBACK_COMPLETE": "delete",
    "ROLLBACK_FAILED": "delete",
    "REVIEW_IN_PROGRESS": "delete",
}


@pytest.mark.parametrize(("name", "act"), ACTS.items())
def test_a_stuck_stack_has_one_way_out(name: str, act: str) -> None:
    found = choose_act("orders/dev", name)
    assert found == act
    assert CALLS[found] in describe_act(found)


@pytest.mark.parametrize("name", [*sorted(STATUSES.keys() - ACTS.keys()), "SOMETHING_NEW"])
def test_every_other_status_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(Refused, match=name) as found:
        choose_act("orders/dev", name)
    phase = STATUSES[name].phase if name in STATUSES else Phase.UNKNOWN
    words = {Phase.STABLE: "not stuck", Phase.GONE: "not stuck", Phase.MOVING: "at work"}
    assert words.get(phase, "no call of CloudFormation frees") in found.value.cause
    assert found.value.remedy


@pytest.mark.parametrize("name", STATUSES)
def test_the_command_is_named_where_it_frees_the_stack_and_nowhere_else(name: str) -> None:
    remedy = STATUSES[name].remedy
    found = stack_remedy("promote-tui recover orders dev", name)
    assert ": promote-tui recover orders dev, then promote again" in found if name in ACTS else found == remedy
    assert found.replace(": promote-tui recover orders dev", "") == remedy
