"""What a description says in words, row by row."""

from __future__ import annotations

from datetime import timedelta

import pytest

from promote_tui.core.description import wording
from promote_tui.core.description.function_logs import FunctionLog, FunctionLogs
from promote_tui.core.description.model import Description, Unread
from promote_tui.core.model.cells import Cell, InProgress, Never, Unreachable, Unreported
from promote_tui.core.model.log_lines import LogLine
from promote_tui.core.runs.events import RolledBack, Verified
from promote_tui.core.runs.fold import fold
from promote_tui.core.traffic.model import RoutedVersion, ServedAlias, Traffic
from promote_tui.core.value import replace
from tests.support.values import NOW, TARGET, A, B, deployed, planned, stack

CELLS: dict[str, tuple[Cell, str]] = {
    "a commit": (deployed(), f"runs {A[:7]}"),
    "a commit, while it is updated": (InProgress(TARGET, stack(), A), f"runs {A[:7]}"),
    "nothing yet": (InProgress(TARGET, stack(None, "CREATE_IN_PROGRESS"), None), "its first deploy is at work"),
    "nothing": (Never(TARGET), "was never deployed"),
    "an unnamed commit": (Unreported(TARGET, stack(None), "it names none", "promote"), "it names none"),
    "what nobody may see": (Unreachable(TARGET, "expired", "log in"), "not read"),
}


@pytest.mark.parametrize("name", CELLS)
def test_a_stage_is_said_to_run(name: str) -> None:
    cell, words = CELLS[name]
    assert wording.describe_cell(Description(TARGET, NOW, cell)) == words


LOGS = {
    "not read: no permission": FunctionLog("f", "g", cause="no permission"),
    "has never logged: there is no log group g": FunctionLog("f", "g", has_group=False),
    "it logs too much: these are the lines before 12:00:00 UTC": FunctionLog("f", "g", read_until=NOW),
    "logged nothing": FunctionLog("f", "g"),
    "": FunctionLog("f", "g", (LogLine(NOW, "x"),)),
}


@pytest.mark.parametrize("words", LOGS)
def test_a_log_says(words: str) -> None:
    assert wording.describe_log(LOGS[words]) == words


def test_functions_that_are_left_out_are_named() -> None:
    logs = FunctionLogs(NOW - timedelta(minutes=15), NOW)
    assert (wording.describe_left_out(logs), wording.period(logs)) == ("", "2026-03-20 11:45 UTC to 12:00 UTC")
    many = FunctionLogs(NOW, NOW, left_out=("a", "b"))
    assert wording.describe_left_out(many) == "not read, because there are too many functions: a, b"


def test_a_deployment_says_who_and_why_and_what_became_of_it() -> None:
    def said(*ended: RolledBack | Verified, **changed: str) -> str:
        run = fold((planned(**changed), *ended))
        assert run is not None
        return wording.describe_deployment(run)

    assert said(Verified(NOW), reason="weekly") == "ana: weekly"
    assert said(Verified(NOW)) == "ana"
    assert said(RolledBack(NOW, "no such key", A), reason="weekly") == "ana: weekly (no such key)"
    assert (
        said(Verified(NOW), kind="foreign", reason="UpdateStack by x") == "ana outside of promote-tui: UpdateStack by x"
    )


def test_other_code_that_serves_requests_stands_beside_the_commit() -> None:
    routed = (RoutedVersion("41", 0.9, "old", B), RoutedVersion("42", 0.1, "new", A))
    traffic = Traffic((ServedAlias("hello", "live", routed, "new"),))
    found = Description(TARGET, NOW, deployed(), traffic=traffic)
    assert wording.describe_cell(found) == f"runs {A[:7]}, traffic 90 % on {B[:7]}"


def test_that_nothing_is_on_record_is_said_only_where_the_record_was_read() -> None:
    found = Description(TARGET, NOW, deployed())
    assert wording.describe_no_deployment(found) == "no deployment of it is on record"
    assert wording.describe_no_deployment(Description(TARGET, NOW, Never(TARGET))) == ""
    unread = replace(found, unread=(Unread("deployments", "out of reach"),))
    assert wording.describe_no_deployment(unread) == ""
    run = fold((planned(), Verified(NOW)))
    assert run is not None
    assert wording.describe_no_deployment(replace(found, deployments=(run,))) == ""


def test_a_part_that_is_missing_is_known_as_such() -> None:
    found = Description(TARGET, NOW, deployed(), unread=(Unread("resources", "no permission"),))
    assert (found.has_read("resources"), found.has_read("deployments")) == (False, True)
