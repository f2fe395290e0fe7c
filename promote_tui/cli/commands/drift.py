"""`drift`: the three drifts of services, each with its causes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from promote_tui.cli import json_output
from promote_tui.cli.click_types import Leaf, as_json, services_of, with_session
from promote_tui.cli.text import cells
from promote_tui.cli.text.drift import text
from promote_tui.core.changes.stack_drift import differences
from promote_tui.core.drift.report import KINDS
from promote_tui.core.errors import CredentialsError, UsageError
from promote_tui.core.git import relation as relations
from promote_tui.core.text import clean
from promote_tui.engine.drift_report import Survey, survey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.cli.context import Session
    from promote_tui.core.changes.stack_drift import ResourceDrift, StackDrift
    from promote_tui.core.drift.commits import CommitDrift
    from promote_tui.core.drift.config import ConfigDrift
    from promote_tui.core.drift.report import DriftKind, StageDrift

_DRIFT = 5
_LIMIT = 4_096


@click.command(cls=Leaf)
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@click.option("--stage", "stages", multiple=True, metavar="S", help="Only this stage; may be repeated.")
@click.option("--kind", "kinds", multiple=True, metavar="KINDS", help="commit, config, stack (default: all of them).")
@click.option("--exit-code", "tell", is_flag=True, help="Exit 5 where there is drift of a kind that was asked for.")
@as_json
@with_session
def drift(  # noqa: PLR0913 - one parameter an option
    session: Session,
    services: tuple[str, ...],
    stages: tuple[str, ...],
    kinds: tuple[str, ...],
    *,
    tell: bool,
    as_json: bool,
) -> int:
    """Show how far the stages are apart: commits, configuration, and what was changed by hand.

    CloudFormation is asked to look at each stack now; with --read-only what it found last is shown.
    """
    engine, asked = session.engine, _kinds(kinds)
    known = [stage.name for stage in engine.pipeline.stages]
    for name in stages:
        if name not in known:
            raise UsageError(f"stage {name}", "there is no such stage", f"one of: {', '.join(known)}")
    chosen = tuple(service.name for service in services_of(engine, services)) if services else ()
    wanted = Survey(chosen, stages, asked, detect=not engine.pipeline.read_only)
    rows = survey(engine, wanted, lambda words: session.err.line(clean(words)))
    if as_json:
        session.json(document(engine.pipeline.project, rows, asked))
    else:
        session.out.lines(text(rows, asked, session.out.style, session.now))
    return _code(rows, asked, tell=tell)


def _kinds(words: Sequence[str]) -> tuple[DriftKind, ...]:
    names = [name.strip() for word in words for name in word.split(",")]
    for name in names:
        if name not in KINDS:
            raise UsageError("--kind", f"{name!r} is no kind of drift", f"one of: {', '.join(KINDS)}")
    return tuple(kind for kind in KINDS if not names or kind in names)


def _code(rows: Sequence[StageDrift], kinds: Sequence[DriftKind], *, tell: bool) -> int:
    if rows and all(row.unread for row in rows):
        return CredentialsError.exit_code
    told = [row.unread or row.verdict(kind) is not False for row in rows for kind in kinds]
    return _DRIFT if tell and any(told) else 0


def document(project: str, rows: Sequence[StageDrift], kinds: Sequence[DriftKind]) -> dict[str, Any]:
    """Return `drift --json`; a kind that was not asked for, or that there cannot be, is null."""
    return {"project": _text(project), "kinds": [*kinds], "drifts": [_row(row) for row in rows]}


def _row(row: StageDrift) -> dict[str, Any]:
    reason, remedy = cells.why(row.view) if row.unread else ("", "")
    return {
        "service": row.service,
        "stage": row.stage,
        "against": row.against,
        "reason": _maybe(reason),
        "remedy": _maybe(remedy),
        "commit": _commits(row, row.commits) if row.commits and not row.unread else None,
        "config": _config(row, row.config) if row.config and not row.unread else None,
        "stack": _stack(row, row.stack) if row.stack else None,
    }


def _commits(row: StageDrift, found: CommitDrift) -> dict[str, Any]:
    ahead, behind = relations.counts(row.view.relation)
    return {
        "drifted": row.verdict("commit"),
        "relation": relations.name(row.view.relation),
        "ahead": ahead,
        "behind": behind,
        "waits": [json_output.commit_(commit) for commit in found.waits],
        "own": [json_output.commit_(commit) for commit in found.own],
        "hotfixes": [commit.sha for commit in found.hotfixes],
        "reverts": [
            {
                "commit": each.commit.sha,
                "reverts": _text(each.what),
                "runs_in": row.stage if each.running == "here" else row.against,
            }
            for each in found.reverts
        ],
        "unknown": _maybe(row.unknown("commit")),
    }


def _config(row: StageDrift, found: ConfigDrift) -> dict[str, Any]:
    return {
        "drifted": row.verdict("config"),
        "differences": [
            {
                "part": each.part,
                "name": _text(each.name),
                "type": _maybe(each.resource_type),
                "path": _maybe(each.path),
                "in": each.holder,
                "here": None if each.here is None else _text(each.here),
                "before": None if each.before is None else _text(each.before),
            }
            for each in found.differences
        ],
        "unknown": _maybe(found.unknown),
    }


def _stack(row: StageDrift, found: StackDrift) -> dict[str, Any]:
    return {
        "drifted": row.verdict("stack"),
        "checked_at": json_output.moment(found.checked_at),
        "altered": [_text(name) for name in row.view.altered or ()],
        "resources": [_resource(each) for each in found.resources],
        "unknown": _maybe(found.unknown),
    }


def _resource(found: ResourceDrift) -> dict[str, Any]:
    return {
        "logical_id": _text(found.logical_id),
        "type": _text(found.resource_type),
        "deleted": found.deleted,
        "properties": [
            {
                "path": _text(each.path),
                "expected": None if each.before is None else _text(each.before),
                "actual": None if each.after is None else _text(each.after),
            }
            for each in differences(found)
        ],
    }


def _text(value: str) -> str:
    return clean(value, limit=_LIMIT)


def _maybe(value: str | None) -> str | None:
    return _text(value) if value else None
