"""A rollback on one screen: both commits, how long it takes, what it undoes, and what happens to the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.durations import age, duration, span
from promote_tui.core.gates.provenance import VerifiedHereGate
from promote_tui.core.planning import rollback_risks
from promote_tui.core.text import plural
from promote_tui.tui.presentation.review import resource_effects
from promote_tui.tui.presentation.review.authors import author_names
from promote_tui.tui.presentation.review.facts import base_name, is_unknown_base
from promote_tui.tui.presentation.review.steps import activity
from promote_tui.tui.presentation.style import BLANK, Role, fit, ink, line

if TYPE_CHECKING:
    from textual.content import Content

    from promote_tui.core.planning.plan import Draft
    from promote_tui.core.planning.rollback_history import RollbackHistory
    from promote_tui.core.runs.run import Run
    from promote_tui.tui.presentation.review.model import Review

_AT, _WORDS = 14, 17
"""Where the values begin, and how many cells they have at least on a screen that is wide enough."""
_NARROW = 76


def rollback_table(review: Review, past: RollbackHistory, width: int) -> list[Content]:
    """Return the rows; what is still being read says so, what has failed stands in the frame."""
    draft = review.draft
    if draft is None:
        return [] if review.error else [activity(review)]
    back = line(
        ink(f"{review.glyphs.back} ", "strong"), ink(review.target.service, "plain"), " ", ink(review.target.stage)
    )
    head = line(
        back, ink(" rolls back to "), ink(draft.commit.short, "strong"), ink(f'   "{draft.commit.subject}"', "muted")
    )
    rows = [
        ("from", _from(draft), *_brought(review, past)),
        ("to", ink(draft.commit.short, "strong"), *_did(review, past)),
        ("takes", *_takes(past)),
        ("undoes", *_undoes(draft)),
        ("keeps", *_keeps(review)),
        *_migrations(draft),
        ("then", ink(f"{review.target.stage} is on hold"), "until somebody lifts it", "muted"),
    ]
    longest = max(row[1].cell_length for row in rows)
    column = min(width // 2, _AT + max(longest + 2, _WORDS if width >= _NARROW else 0))
    return [fit(head, width), BLANK, *(_row(row, column, width) for row in rows)]


def _row(row: tuple[str, Content, str, Role], column: int, width: int) -> Content:
    """Return a name, its value, and what is said of that."""
    name, value, words, role = row
    label = fit(ink(f"  {name}", "muted"), _AT)
    return fit(line(fit(line(label, value), column), ink(words, role)), width)


def _from(draft: Draft) -> Content:
    return ink("unknown", "warn") if is_unknown_base(draft) else ink(base_name(draft) or "nothing")


def _brought(review: Review, past: RollbackHistory) -> tuple[str, Role]:
    run = past.now
    if run is None:
        return "no run on record deployed it", "muted"
    words = f"deployed {age(run.ended_at or run.started_at, review.now)} ago by {run.planned.who}"
    failed = run.outcome.value != "verified"
    return (f"{words}, {_shortened(run)}" if failed else words), ("bad" if failed else "plain")


def _shortened(run: Run) -> str:
    return run.cause.partition(":")[0] if run.cause else run.status.value


def _did(review: Review, past: RollbackHistory) -> tuple[str, Role]:
    gate = next((gate for gate in review.gates if gate.name == VerifiedHereGate.name), None)
    if gate is not None and not gate.passed:
        return gate.reason, "bad"
    if past.good is None:
        return (gate.reason if gate else ""), "warn"
    ran = f"ran here for {span(past.ran)}, " if past.ran else ""
    proof = ", smoke test passed" if past.good.smoke_test and past.good.smoke_test.passed else ""
    return f"{ran}verified{proof}", "good"


def _takes(past: RollbackHistory) -> tuple[Content, str, Role]:
    if not past.took:
        return ink("unknown"), "no run there has passed yet", "muted"
    middle, least, most = sorted(past.took)[len(past.took) // 2], min(past.took), max(past.took)
    counted = f"the last {len(past.took)}" if len(past.took) > 1 else "the last one"
    between = f"{duration(least)} to {duration(most)}" if len(past.took) > 1 else duration(least)
    return ink(f"about {duration(middle)}"), f"{counted} took {between}", "muted"


def _undoes(draft: Draft) -> tuple[Content, str, Role]:
    if is_unknown_base(draft):
        return ink("unknown", "warn"), "the deployed commit is unknown to git", "warn"
    count = plural(len(draft.removes), "commit")
    brings = f", and deploys {len(draft.brings)}" if draft.brings else ""
    return ink(count), (f"by {author_names(draft.removes)}" if draft.removes else "") + brings, "muted"


def _keeps(review: Review) -> tuple[Content, str, Role]:
    found = review.resources
    if found is None:
        return ink("reading", "muted"), review.activity, "muted"
    if found.unknown:
        return ink("unknown", "warn"), found.unknown, "warn"
    if found.replaced_data or found.removed_data:
        return ink("not all data", "strong bad"), rollback_risks.stateful_changes(found), "bad"
    words = (
        ", ".join(each.plain for each in resource_effects.signed_counts(found, review.glyphs))
        or found.without_resources
    )
    return ink("all data"), words, "muted"


def _migrations(draft: Draft) -> list[tuple[str, Content, str, Role]]:
    told = rollback_risks.describe_migrations(draft)
    if not told or not draft.migrated:
        return []
    names = ", ".join(draft.migrated)
    return [("migrations", ink(f"{len(draft.migrated)} stay", "warn"), f"older code does not undo {names}", "warn")]
