"""The lock holds while its holders are killed and stopped, and the harness that says so can tell.

`lock_torture.py` beside this file is the same for as long as one likes. PROMOTE_TUI_TORTURE_KILLS
sets the kills of the first two tests.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TORTURE = Path(__file__).parents[3] / "support/lock_torture.py"
KILLS = os.environ.get("PROMOTE_TUI_TORTURE_KILLS", "60")
TEAM_KILLS = os.environ.get("PROMOTE_TUI_TORTURE_KILLS", "16")


def torture(*wanted: str) -> dict[str, Any]:
    argv = [sys.executable, "-W", "error", str(TORTURE), *wanted]
    answer = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=1200)
    assert answer.stderr == ""
    report: dict[str, Any] = json.loads(answer.stdout)
    return report


@pytest.mark.timeout(1200)
def test_holders_of_a_lock_never_overlap_whatever_is_killed_or_stopped() -> None:
    report = torture("--kills", KILLS, "--rounds", "10")
    assert report["kills"] >= int(KILLS)
    assert report["starts"] >= 10
    assert report["reconciled"] > 0
    assert report["overlaps"] == 0
    assert (report["fences_fell"], report["journal_fell"]) == (0, 0)
    assert report["troubles"] == []


@pytest.mark.aws
@pytest.mark.timeout(1200)
def test_holders_of_a_teams_lock_never_overlap_also_where_one_wakes_after_it_was_taken_over() -> None:
    report = torture("--lock", "team", "--kills", TEAM_KILLS, "--rounds", "8")
    assert report["kills"] >= int(TEAM_KILLS)
    assert report["starts"] >= 8
    assert report["reconciled"] > 0
    assert report["overlaps"] == 0
    assert (report["fences_fell"], report["journal_fell"]) == (0, 0)
    assert report["troubles"] == []


def test_the_same_harness_catches_a_time_to_live_lock() -> None:
    report = torture("--lock", "ttl", "--longest", "0.6", "--until-overlap", "--kills", "100000", "--seconds", "90")
    assert report["overlaps"] > 0
