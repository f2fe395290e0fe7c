"""What a description says in words, the same on every screen and in every text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.durations import utc_minute
from promote_tui.core.model.cells import Never, Unreachable, commit_of
from promote_tui.core.runs.run import Outcome
from promote_tui.core.stacks.cells import unknown_words
from promote_tui.core.text import list_first, plural, short

if TYPE_CHECKING:
    from promote_tui.core.description.failed_update import FailedUpdate
    from promote_tui.core.description.function_logs import FunctionLog, FunctionLogs
    from promote_tui.core.description.model import Description
    from promote_tui.core.runs.run import Run


def describe_cell(found: Description) -> str:
    """Return what a stage runs by its stack, and which other code serves requests."""
    commit = commit_of(found.cell)
    if commit:
        traffic = found.traffic.headline if found.traffic is not None else ""
        return f"runs {short(commit)}" + (f", {traffic}" if traffic else "")
    if isinstance(found.cell, Unreachable):
        return "not read"
    unknown = unknown_words(found.cell) or "its first deploy is at work"
    return "was never deployed" if isinstance(found.cell, Never) else unknown


def resource_count(found: Description) -> str:
    """Return how many resources there are, and how many of them failed."""
    failed = sum(each.has_failed for each in found.resources)
    return plural(len(found.resources), "resource") + (f", {failed} failed" if failed else "")


def describe_actor(failed: FailedUpdate) -> str:
    """Return who made an attempt, and how, or why that is not known."""
    actor = failed.actor
    if actor.problem:
        return actor.problem
    where = "outside of promote-tui" if failed.is_external else f"in run {failed.run}"
    return f"by {actor.who} {where}" + (f": {actor.how}" if actor.how else "")


def describe_deployment(run: Run) -> str:
    """Return who made a run, and why (of an update from outside: by which call), and what became of it if it failed."""
    where = " outside of promote-tui" if run.is_external_update else ""
    why = f": {run.planned.reason}" if run.planned.reason else ""
    failed = "" if run.outcome is Outcome.VERIFIED else run.cause
    return f"{run.promoter_words}{where}{why}" + (f" ({failed})" if failed else "")


def describe_log(log: FunctionLog) -> str:
    """Return what there is to say of a function's log before its lines; empty where there are just lines."""
    if log.cause:
        return f"not read: {log.cause}"
    if not log.has_group:
        return f"has never logged: there is no log group {log.group}"
    if log.read_until is not None:
        return f"it logs too much: these are the lines before {log.read_until:%H:%M:%S} UTC"
    return "" if log.lines else "logged nothing"


def describe_no_deployment(found: Description) -> str:
    """Return that a stack has no deployment on record; empty where it has one, or the record could not be read."""
    known = found.deployments or not found.has_read("deployments")
    return "" if known or found.cell == Never(found.target) else "no deployment of it is on record"


def describe_left_out(logs: FunctionLogs) -> str:
    """Return which functions were not read because there are too many; empty where all were."""
    return f"not read, because there are too many functions: {list_first(logs.left_out)}" if logs.left_out else ""


def period(logs: FunctionLogs) -> str:
    """Return the time that the logs are of."""
    return f"{utc_minute(logs.since)} to {logs.until:%H:%M} UTC"
