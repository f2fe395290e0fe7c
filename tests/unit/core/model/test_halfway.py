"""What a stuck stack stands between, read from its events."""

from __future__ import annotations

import pytest

from promote_tui.core.model.halfway import StuckOperation, find_stuck_operation
from promote_tui.core.model.stack_status import FIRST_ATTEMPT_FAILED, STATUSES, Phase, StackEvent
from promote_tui.core.runs.events import Verdict, from_dict, to_dict
from promote_tui.core.runs.fold import fold
from promote_tui.core.runs.verdict import Evidence, StillRunning, judge
from promote_tui.core.stacks.cells import is_halfway
from promote_tui.core.value import replace
from tests.support.values import NOW, A, B, C, event, planned, stack

STUCK = sorted(name for name, row in STATUSES.items() if row.phase is Phase.STUCK and name not in FIRST_ATTEMPT_FAILED)


def of(name: str, status: str, reason: str = "") -> StackEvent:
    """An event of a resource."""
    found = event(status)
    return replace(found, id=f"{name}-{status}", logical_id=name, physical_id=f"{name}-1", reason=reason)


def verdict_on(seen: Evidence) -> Verdict:
    """The verdict, which there is."""
    found = judge(seen, NOW)
    assert not isinstance(found, StillRunning)
    return found


FAILED = (
    event("UPDATE_IN_PROGRESS"),
    of("Worker", "UPDATE_IN_PROGRESS"),
    of("Worker", "UPDATE_COMPLETE"),
    of("Queue", "CREATE_COMPLETE"),
    of("Broken", "CREATE_FAILED", "no ServiceToken"),
    of("Topic", "UPDATE_FAILED", "Resource update cancelled"),
)
ROWS = [
    ("rollback disabled", "UPDATE_FAILED", (*FAILED, event("UPDATE_FAILED")), ("Worker", "Queue"), ("Broken",)),
    ("nothing began", "UPDATE_FAILED", (event("UPDATE_IN_PROGRESS"), event("UPDATE_FAILED")), (), ()),
    (
        "what the rollback has set back is not updated",
        "UPDATE_ROLLBACK_FAILED",
        (
            *FAILED,
            event("UPDATE_ROLLBACK_IN_PROGRESS"),
            of("Queue", "DELETE_COMPLETE"),
            of("Worker", "UPDATE_FAILED", "no such key"),
            event("UPDATE_ROLLBACK_FAILED"),
        ),
        ("Worker",),
        ("Broken", "Worker"),
    ),
    (
        "an update that was tried again goes on from there",
        "UPDATE_FAILED",
        (
            *FAILED,
            event("UPDATE_FAILED"),
            event("UPDATE_IN_PROGRESS"),
            of("Table", "UPDATE_COMPLETE"),
            event("UPDATE_FAILED"),
        ),
        ("Worker", "Queue", "Table"),
        ("Broken",),
    ),
    (
        "what an earlier update did is settled",
        "DELETE_FAILED",
        (
            *FAILED[:3],
            event("UPDATE_COMPLETE"),
            event("DELETE_IN_PROGRESS"),
            of("Queue", "DELETE_COMPLETE"),
            of("Bucket", "DELETE_FAILED", "not empty"),
            event("DELETE_FAILED"),
        ),
        ("Queue",),
        ("Bucket",),
    ),
]


@pytest.mark.parametrize(("status", "events", "updated", "failed"), [row[1:] for row in ROWS], ids=[r[0] for r in ROWS])
def test_the_resources_that_are_changed_now_are_told_from_the_events(
    status: str, events: tuple[StackEvent, ...], updated: tuple[str, ...], failed: tuple[str, ...]
) -> None:
    found = find_stuck_operation(status, A, B, events)
    assert (found.updated, found.failed) == (updated, failed)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            StuckOperation("UPDATE_FAILED", A, B, ("Worker",), ("Broken",)),
            "half-way between aaaaaaa and bbbbbbb (UPDATE_FAILED); updated: Worker; failed: Broken",
        ),
        (
            StuckOperation("UPDATE_FAILED", None, B, (), ()),
            "half-way between nothing and bbbbbbb (UPDATE_FAILED); no resource was updated",
        ),
        (
            StuckOperation("UPDATE_ROLLBACK_FAILED", "", "", ("A", "B", "C", "D", "E"), ()),
            (
                "half-way between an unknown commit and an unknown commit (UPDATE_ROLLBACK_FAILED); "
                "updated: A, B, C and 2 more"
            ),
        ),
        (
            StuckOperation("UPDATE_FAILED", A, B),
            "half-way between aaaaaaa and bbbbbbb (UPDATE_FAILED); unknown which resources were updated",
        ),
        (
            StuckOperation("DELETE_FAILED", A, "", ("Queue",), ("Bucket",)),
            "half deleted, ran aaaaaaa (DELETE_FAILED); deleted: Queue; failed: Bucket",
        ),
    ],
)
def test_it_is_said_in_a_line(found: StuckOperation, words: str) -> None:
    assert str(found) == words


def test_the_stuck_statuses_are_these() -> None:
    assert STUCK == ["DELETE_FAILED", "IMPORT_ROLLBACK_FAILED", "UPDATE_FAILED", "UPDATE_ROLLBACK_FAILED"]
    assert {name for name in STATUSES if is_halfway(stack(A, name))} == {*STUCK}


@pytest.mark.parametrize("status", STUCK)
@pytest.mark.parametrize("names", [A, B, C, None])
@pytest.mark.parametrize("code", [0, 1, None])
def test_a_run_whose_stack_got_stuck_failed_and_neither_commit_runs_there(
    status: str, names: str | None, code: int | None
) -> None:
    begin = "DELETE_IN_PROGRESS" if status == "DELETE_FAILED" else "UPDATE_IN_PROGRESS"
    events = (event(begin), of("Worker", "UPDATE_COMPLETE"), event(status))
    seen = Evidence("g1", "orders", "staging", A, B, "Serverless CLI", submitted=True, exit_code=code)
    verdict = verdict_on(replace(seen, stack=stack(names, status), events=events))
    run = fold([planned(B), from_dict(to_dict(verdict))])
    assert run is not None
    assert (run.status.value, run.still_on) == ("failed", None)
    assert run.halfway is not None
    assert run.halfway.updated == ("Worker",)
    assert status in run.cause
    assert run.remedy == STATUSES[status].remedy
    ends = ("B" if names == B else "A", "") if status == "DELETE_FAILED" else ("A", B)
    if names != C:
        assert (run.halfway.was, run.halfway.to) == ({"A": A, "B": B}[ends[0]], ends[1])


@pytest.mark.parametrize("status", sorted(FIRST_ATTEMPT_FAILED))
def test_nothing_runs_in_a_stack_that_was_never_created_whatever_its_tag_says(status: str) -> None:
    events = (event("CREATE_IN_PROGRESS"), event("CREATE_FAILED"))
    seen = Evidence(
        "g1", "orders", "staging", None, B, "Serverless CLI", submitted=True, exit_code=1, stack=stack(B, status)
    )
    verdict = verdict_on(replace(seen, events=events))
    run = fold([planned(B, from_commit=None), verdict])
    assert run is not None
    assert (run.still_on, run.halfway) == (None, None)


def test_a_failure_without_a_stuck_stack_reads_as_before() -> None:
    seen = Evidence("g1", "orders", "staging", A, B, "Serverless CLI", submitted=True, exit_code=1, stack=stack(A))
    assert "halfway" not in to_dict(verdict_on(seen))
