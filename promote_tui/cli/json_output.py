"""Core values as the JSON that scripts rely on: pure functions, each returns a plain dict.

Text from outside is cleaned here too: `jq -r` would hand it to a terminal as it is.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from promote_tui.cli.text import cells
from promote_tui.core import codec
from promote_tui.core.git import relation
from promote_tui.core.model.channels import secret
from promote_tui.core.model.pipeline import Deployed, Halfway
from promote_tui.core.runs import events
from promote_tui.core.runs.dora import DEFINITIONS
from promote_tui.core.text import clean, short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from promote_tui.core.changes.model import ChangeReview, PropertyChange, ResourceChange
    from promote_tui.core.gates.builtin import GateResult
    from promote_tui.core.gates.decisions import Decision
    from promote_tui.core.matrix import CellView, Snapshot
    from promote_tui.core.model.halfway import Between
    from promote_tui.core.model.pipeline import Commit, Pipeline, Service
    from promote_tui.core.package.artifact_diff import Comparison
    from promote_tui.core.planning.plan import Draft, Plan
    from promote_tui.core.runs.backmerge import MergeBack
    from promote_tui.core.runs.dora import Metrics
    from promote_tui.core.runs.run import Run
    from promote_tui.engine.checks import CheckEnd
    from promote_tui.ports import Recorded, ToolCheck

_LIMIT = 4_096


def moment(at: datetime | None) -> str | None:
    """Return a time as `2026-01-31T12:00:00Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def _text(value: str) -> str:
    return clean(value, limit=_LIMIT)


def _maybe(value: str | None) -> str | None:
    return _text(value) if value else None


def status(pipeline: Pipeline, services: Sequence[Service], snapshot: Snapshot) -> dict[str, Any]:
    """Return `status --json`."""
    names = [stage.name for stage in pipeline.stages]
    return {
        "project": _text(pipeline.project),
        "taken_at": moment(snapshot.taken_at),
        "unrecorded": _maybe(snapshot.unrecorded),
        "stages": names,
        "services": [
            {
                "name": service.name,
                "stages": {
                    name: cell(snapshot.view(service.name, name))
                    for name in names
                    if (service.name, name) in snapshot.cells
                },
            }
            for service in services
        ],
        "merge_back": [
            {"service": service, "stage": stage, **_merge_back(view.merge_back)}
            for (service, stage), view in snapshot.cells.items()
            if view.merge_back is not None
        ],
    }


def _merge_back(found: MergeBack) -> dict[str, Any]:
    return {"run": found.run, "commit": found.commit, "branch": _text(found.branch), "since": moment(found.since)}


def _decision(found: Decision | None) -> dict[str, Any] | None:
    """Return a hold or a veto as `status --json` has it."""
    if found is None:
        return None
    until = moment(found.expires_at)
    return {"who": _text(found.who), "since": moment(found.at), "until": until, "reason": _text(found.reason)}


def cell(view: CellView) -> dict[str, Any]:
    """Return one cell of `status --json`."""
    found, stack, commit = view.cell, cells.stack_of(view.cell), cells.commit_of(view.cell)
    ahead, behind = relation.counts(view.relation)
    reason, remedy = cells.why(view)
    return {
        "state": cells.state(found),
        "commit": _maybe(commit),
        "short": _text(short(commit)) if commit else None,
        "adopted": _maybe(found.adopted) if isinstance(found, Deployed) else None,
        "named": _maybe(cells.named(found)),
        "subject": _text(view.commit.subject) if view.commit else None,
        "stack": _text(found.target.stack),
        "stack_status": _text(stack.status_name) if stack else None,
        "between": _between(found.between) if isinstance(found, Halfway) else None,
        "last_attempt": "failed" if view.unproved else cells.last_attempt(found),
        "updated_at": moment(stack.updated_at) if stack else None,
        "verified": cells.verified(view.verification),
        "drift": {"against": view.against, "relation": relation.name(view.relation), "ahead": ahead, "behind": behind},
        "altered": None if view.altered is None else [_text(name) for name in view.altered],
        "lock": {"run": view.run, "status": "unknown" if view.unsettled else "running"} if view.run else None,
        "hold": _decision(view.hold),
        "veto": _decision(view.veto),
        "foreign": _maybe(view.foreign),
        "reason": _maybe(reason),
        "remedy": _maybe(remedy),
    }


def _between(told: Between) -> dict[str, Any]:
    """Return what a stuck stack stands between; null is what is not known, or in `from` nothing."""
    updated, failed = (
        [_text(name) for name in names] if names is not None else None for names in (told.updated, told.failed)
    )
    return {"from": _maybe(told.was), "to": _maybe(told.to), "updated": updated, "failed": failed}


def commit_(commit: Commit) -> dict[str, Any]:
    """Return a commit."""
    return {
        "commit": commit.sha,
        "short": commit.short,
        "subject": _text(commit.subject),
        "author": _text(commit.author),
        "authored_at": moment(commit.authored_at),
    }


def log(service: str, branch: str, commits: Sequence[Commit], stages: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return `log --json` of a branch, or of any revision; `stages` maps a full hash to the stages that run it."""
    listed = [{**commit_(commit), "stages": [*stages.get(commit.sha, ())]} for commit in commits]
    return {"service": service, "branch": _text(branch), "commits": listed}


def check_end(end: CheckEnd) -> dict[str, Any]:
    """Return one of `check --run --json`."""
    made = end.decision
    return {
        "command": _text(made.item),
        "commit": made.commit,
        "passed": made.passed,
        "reason": _text(made.reason),
        "digest": made.evidence,
        "log": str(end.log),
        "who": _text(made.who),
        "at": moment(made.at),
    }


def plan(draft: Draft, made: Plan | None) -> dict[str, Any]:
    """Return one of `plan --json`; `fingerprint` is null where a closed gate forbids to package."""
    target = draft.target
    deployed = cells.commit_of(draft.cell)
    return {
        "service": target.service,
        "stage": target.stage,
        "account": target.aws.account,
        "region": target.aws.region,
        "commit": draft.commit.sha,
        "deployed": _maybe(deployed),
        "deployed_named": _maybe(cells.named(draft.cell)),
        "fingerprint": made.fingerprint.digest if made else None,
        "commits": [commit_(commit) for commit in draft.brings],
        "files": [{"status": change.status, "path": _text(change.path)} for change in draft.files],
        "artifact": _artifact(made.artifact) if made and made.artifact else None,
        "changes": [_change(each) for each in made.review.changes] if made else [],
        "review": _review(made.review) if made else None,
        "warnings": [_text(words) for words in made.warnings] if made else [],
        "gates": [_gate(gate) for gate in (made.gates if made else draft.gates)],
        "afterwards": [{"name": name, "what": _text(words)} for name, words in draft.afterwards],
        "ready": made.ready if made else False,
    }


def _artifact(found: Comparison) -> dict[str, Any]:
    return {
        "verdict": found.verdict,
        "reason": _text(found.reason),
        "functions": [_text(name) for name in found.functions],
    }


def _change(change: ResourceChange) -> dict[str, Any]:
    return {
        "logical_id": _text(change.logical_id),
        "type": _text(change.resource_type),
        "action": change.action,
        "replacement": change.replacement,
        "holds_data": change.holds_data,
        "predicted": change.predicted,
        "kept": change.kept,
        "properties": [_property(each) for each in change.properties],
        "notes": [_text(note) for note in change.notes],
        "origins": [commit.sha for commit in change.origins],
        "overwrites": [_text(path) for path in change.overwrites],
    }


def _property(change: PropertyChange) -> dict[str, Any]:
    values = (None if side is None else _text(side) for side in (change.before, change.after))
    return dict(zip(("path", "before", "after"), (_text(change.path), *values), strict=True))


def _review(found: ChangeReview) -> dict[str, Any]:
    return {
        "predicted": _maybe(found.predicted),
        "unknown": _maybe(found.unknown),
        "folded": [_text(words) for words in found.folded],
        "warnings": [_text(words) for words in found.warnings],
        "exports": [
            {
                "name": _text(each.name),
                "importers": None if each.importers is None else [_text(name) for name in each.importers],
            }
            for each in found.exports
        ],
    }


def _gate(gate: GateResult) -> dict[str, Any]:
    return {
        "name": gate.name,
        "passed": gate.passed,
        "reason": _text(gate.reason),
        "overridable": gate.overridable,
    }


def run(found: Run) -> dict[str, Any]:
    """Return one of `runs --json`."""
    return {
        "id": _text(found.id),
        "kind": found.kind,
        "service": _text(found.service),
        "stage": _text(found.stage),
        "from": _maybe(found.from_commit),
        "from_unknown": not found.from_commit and found.from_commit is not None,
        "to": _maybe(found.to_commit),
        "who": _text(found.planned.who),
        "arn": _text(found.planned.arn),
        "reason": _text(found.planned.reason),
        "started_at": moment(found.started_at),
        "ended_at": moment(found.ended_at),
        "status": found.status.value,
        "overrides": [{"gate": _text(each.gate), "reason": _text(each.reason)} for each in found.planned.overrides],
        "policy": _maybe(found.planned.policy),
    }


def exported(found: Run) -> dict[str, Any]:
    """Return one of `runs export --format json`: all that a run's record holds but its single steps."""
    account, region, stack = (*found.planned.key.split("/", 2), "", "")[:3]
    return {
        **run(found),
        "account": _text(account),
        "region": _text(region),
        "stack": _text(stack),
        "subject": _text(found.planned.subject),
        "outcome": found.outcome.value,
        "cause": _maybe(found.cause),
        "still_on": _maybe(found.still_on),
        "between": _between(found.halfway) if found.halfway else None,
        "rollback": _maybe(found.rollback),
        "gates": [
            {"name": _text(each.name), "passed": each.passed, "reason": _text(each.reason)} for each in found.gates
        ],
        "host": _maybe(found.host),
        "config": _text(found.planned.config_digest),
        "artifacts": _maybe(found.artifacts),
    }


def metrics(found: Metrics) -> dict[str, Any]:
    """Return `metrics --json`; times are seconds, what nothing stands behind is null."""
    spread = {
        name: {"median": value[0], "p90": value[1]} if value else None
        for name, value in (("lead_time", found.lead), ("time_to_restore", found.restore))
    }
    return {
        "since": moment(found.since),
        "until": moment(found.until),
        "deployment_frequency": {"per_week": round(found.per_week, 3)},
        "change_failure_rate": found.failure_rate,
        **spread,
        "counts": dict(found.counts),
        "left_out": [_text(words) for words in found.left_out],
        "definitions": dict(DEFINITIONS),
    }


def run_with_events(found: Run, recorded: Sequence[Recorded]) -> dict[str, Any]:
    """Return `runs show --json`: the run, what came of it, and its events as the ledger has them."""
    return {
        **run(found),
        "subject": _text(found.planned.subject),
        "outcome": found.outcome.value,
        "cause": _maybe(found.cause),
        "remedy": _maybe(found.remedy),
        "still_on": _maybe(found.still_on),
        "between": _between(found.halfway) if found.halfway else None,
        "live": found.live,
        "events": [_cleaned({"seq": item.seq, **events.to_dict(item.event)}) for item in recorded],
    }


def check(found: ToolCheck) -> dict[str, Any]:
    """Return one of `doctor --json`; `ok` null: missing, but not needed for everything."""
    return {
        "name": _text(found.name),
        "ok": found.ok,
        "found": _text(found.found),
        "remedy": _maybe(found.remedy),
    }


def pipeline_(found: Pipeline) -> dict[str, Any]:
    """Return the configuration that is in force."""
    document: dict[str, Any] = _cleaned(codec.fields(found))
    for channel in document["notify"]:
        if "url" in channel:
            channel["url"] = secret(channel["url"])
    return document


def _cleaned(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    match value:
        case str():
            return _text(value)
        case dict():
            return {_text(str(key)): _cleaned(item) for key, item in value.items()}
        case list():
            return [_cleaned(item) for item in value]
        case _:
            return value
