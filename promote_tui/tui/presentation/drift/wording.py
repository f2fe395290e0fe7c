"""What a row of the drift screen says: its kind of drift, and the first thing that has drifted."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from promote_tui.core.changes.stack_drift import ResourceDrift, differences
from promote_tui.core.drift.wording import PARTS, revert_words, setting_words
from promote_tui.core.durations import duration
from promote_tui.core.git.relation import Ahead, Behind, Diverged, Unknown
from promote_tui.core.model.cells import Halfway, Never, Unreachable, Unreported, commit_of, stack_of
from promote_tui.core.model.stack_status import Phase
from promote_tui.core.text import short
from promote_tui.tui.presentation.drift.model import DriftRow, Kind, has_failed, has_same_code

if TYPE_CHECKING:
    from promote_tui.tui.presentation.glyphs import Glyphs


def row_words(row: DriftRow, glyphs: Glyphs) -> tuple[str, str]:
    """Return what has drifted, and what stands in the last column."""
    match row.kind:
        case Kind.TROUBLE:
            return _trouble_words(row)
        case Kind.TRAFFIC:
            found = row.view.traffic
            return (found.headline, "; ".join(found.details)) if found else ("", "")
        case Kind.STACK:
            return _stack_words(row, glyphs)
        case Kind.CONFIG:
            return _config_words(row)
        case Kind.UNREAD:
            cell = row.view.cell
            login = isinstance(cell, Unreachable) and cell.login
            return "needs a log-in" if login else "cannot be read", cell.reason if isinstance(cell, Unreachable) else ""
        case Kind.COMMIT:
            return _commit_words(row)
        case _:
            assert_never(row.kind)


def _stack_words(row: DriftRow, glyphs: Glyphs) -> tuple[str, str]:
    """Return `Timeout 6 → 30 by hand` and the resource; the first of what has drifted."""
    found = row.stack
    if row.detecting is not None:
        (seconds,) = row.detecting
        return (
            "detecting" if seconds is None else f"detecting, {duration(seconds)}",
            "CloudFormation checks each resource",
        )
    if found is not None and found.resources:
        first, *others = found.resources
        more = len(others) + max(0, len(first.properties) - 1)
        return hand_words(first, glyphs), f"{first.logical_id}{_and_more(more)}"
    if row.view.altered:
        return "other code than deployed", ", ".join(row.view.altered)
    if found is not None and found.unknown:
        return "could not be detected", found.unknown
    return "no drift", "every resource is as CloudFormation left it"


def hand_words(resource: ResourceDrift, glyphs: Glyphs) -> str:
    """Return what was done to a resource by hand, the first of it."""
    if resource.deleted:
        return f"{resource.resource_type.rpartition('::')[2].lower() or 'resource'} deleted"
    first = next(iter(differences(resource)), None)
    if first is None:
        return "changed by hand"
    values = f"{first.before} {glyphs.arrow} {first.after}" if first.before is not None else "changed"
    return f"{first.path} {values} by hand"


def _and_more(count: int) -> str:
    return f"   and {count} more" if count else ""


def _config_words(row: DriftRow) -> tuple[str, str]:
    """Return `MemorySize 1024 (staging: 512)` and the resource: the first of what differs."""
    found = sorted(row.config.differences, key=lambda each: PARTS.index(each.part)) if row.config else []
    if not found:
        return "", ""
    code = "" if has_same_code(row) else "   code differs too"
    words = setting_words(found[0], row.view.against or "the stage before")
    return words, f"{found[0].name}{_and_more(len(found) - 1)}{code}"


def _trouble_words(row: DriftRow) -> tuple[str, str]:
    cell, stack = row.view.cell, stack_of(row.view.cell)
    status = stack.status_name if stack else ""
    if isinstance(cell, Halfway):
        return "half deleted" if cell.between.deleting else "half-way", str(cell.between)
    if has_failed(row):
        return "the first deploy failed" if isinstance(cell, Never) else "the last deploy failed", status
    if stack is not None and stack.status.phase is Phase.UNKNOWN:
        return "unknown status", status
    if isinstance(cell, Unreported):
        return f"names {cell.says}" if cell.says else "names no commit", cell.reason
    return "the stack is stuck", status


def _commit_words(row: DriftRow) -> tuple[str, str]:
    where = row.view.against or "the stage before"
    waits = row.before.commit.subject if row.before and row.before.commit else ""
    mine = f": {row.view.commit.subject}" if row.view.commit else ""
    own = _cause(row, where) or f"{short(commit_of(row.view.cell) or '')} is not in {where}{mine}"
    waits = waits if row.commits is None or not row.commits.reverts else own
    match row.view.relation:
        case Behind(behind):
            return f"{behind} behind {where}", waits
        case Ahead(ahead):
            return f"{ahead} ahead of {where}", own
        case Diverged(ahead, behind):
            return f"{behind} behind, {ahead} ahead of {where}", own
        case Unknown(reason):
            return "cannot be compared", reason
        case _:
            return "never deployed", waits


def _cause(row: DriftRow, where: str) -> str:
    """Return what stands out: a hotfix that the stage before lacks, a revert that one of them lacks."""
    found = row.commits
    if found is None or not (found.hotfixes or found.reverts):
        return ""
    if found.hotfixes:
        first, *others = found.hotfixes
        more = f" and {len(others)} more" if others else ""
        return f"hotfix {first.short}{more} is not in {where}: {first.subject}"
    return revert_words(found.reverts[0], row.stage, where)
