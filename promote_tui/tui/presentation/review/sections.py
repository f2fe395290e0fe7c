"""What a person reads before a deploy, in full: commits, changes, gates and approvals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates.package import SameArtifactGate
from promote_tui.core.model.cells import Halfway, Never, Unreachable, Unreported
from promote_tui.core.text import plural
from promote_tui.tui.presentation.lines import commit_line, gate_line, gate_with_sign, head
from promote_tui.tui.presentation.next_steps import gate_step_words
from promote_tui.tui.presentation.review import changes as changing
from promote_tui.tui.presentation.review.authors import author_names, commit_count_words
from promote_tui.tui.presentation.review.facts import (
    artifact_standing,
    is_infrastructure,
    is_shared,
    is_unknown_base,
)
from promote_tui.tui.presentation.review.given_values import given_values
from promote_tui.tui.presentation.review.steps import activity, standing_mark
from promote_tui.tui.presentation.style import BLANK, Role, ink, line, spread, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.content import Content

    from promote_tui.core.gates.model import GateResult
    from promote_tui.core.model.pipeline import Commit, FileChange
    from promote_tui.core.package.artifact_diff import Comparison
    from promote_tui.core.package.package import Package
    from promote_tui.core.planning.plan import Draft
    from promote_tui.tui.presentation.review.facts import Standing
    from promote_tui.tui.presentation.review.model import Review


_LISTED = 40
KEY_WIDTH = 16


def commits(review: Review, width: int) -> list[Content]:
    """Return the commits: those that the stage would lose first, then those that it would gain."""
    draft = review.draft
    if draft is None:
        return [section_head("1 commits"), *_pending(review)]
    if is_unknown_base(draft):
        return [
            section_head("1 commits", ink("unknown", "warn")),
            *wrap(ink(unknown_base_reason(draft), "warn"), width),
        ]
    if not draft.removes:
        return [section_head("1 commits", _note(review, draft)), *_rows(review, draft.brings, width)]
    brought = ink(commit_count_words(draft), "muted")
    taken = ink(f"{plural(len(draft.removes), 'commit')} by {author_names(draft.removes)}", "warn")
    lines = [section_head("1 commits", brought), line(ink("REMOVES", "strong warn"), "  ", taken)]
    lines += _rows(review, draft.removes, width, "warn")
    if draft.brings:
        note = ink(f"{plural(len(draft.brings), 'commit')} by {author_names(draft.brings)}", "muted")
        lines += [BLANK, head("deploys", note), *_rows(review, draft.brings, width)]
    return lines


def section_head(words: str, *notes: Content) -> Content:
    """Return the head of a section, with notes behind it."""
    return line(ink(words.upper(), "label"), *(line("  ", note) for note in notes))


def _note(review: Review, draft: Draft) -> Content:
    if not draft.brings:
        return ink(f"none: {review.target.stage} already runs this code", "muted")
    first = "   its first deploy" if isinstance(draft.cell, Never) else ""
    return ink(f"{len(draft.brings)}, by {author_names(draft.brings)}{first}", "muted")


def _pending(review: Review) -> list[Content]:
    return [] if review.error else [activity(review)]


def _rows(review: Review, found: Sequence[Commit], width: int, role: Role = "plain") -> list[Content]:
    rows = [commit_line(commit, review.now, width, sha=role) for commit in found[:_LISTED]]
    return [*rows, *_more(len(found))]


def _more(count: int) -> list[Content]:
    return [ink(f"and {count - _LISTED} more", "muted")] if count > _LISTED else []


def unknown_base_reason(draft: Draft) -> str:
    """Return why it cannot be told what would change."""
    match draft.cell:
        case Unreachable(reason=reason):
            return f"the stage could not be read: {reason}"
        case Unreported(reason=reason):
            return reason
        case Halfway(between=between):
            return str(between)
        case _:
            return "the deployed commit is not in this clone"


def changes(review: Review, width: int) -> list[Content]:
    """Return what would happen to the stack's resources, the files that change, and what the package holds."""
    if review.draft is None:
        return [section_head("2 changes")]
    return [
        *changing.resources(review, width),
        BLANK,
        *files(review, review.draft, width),
        *given_values(review.draft, width),
    ]


def files(review: Review, draft: Draft, width: int) -> list[Content]:
    """Return the files that change, those that describe the stack first, and what the package holds."""
    if is_unknown_base(draft):
        return [section_head("files", ink("unknown", "warn")), *_packaged(review)]
    found = sorted(draft.files, key=lambda change: (not is_infrastructure(change.path, review.deployer), change.path))
    rows = [_file(review, change, width) for change in found[:_LISTED]]
    return [section_head("files", *_counts(review, draft)), *rows, *_more(len(found)), *_packaged(review)]


def _counts(review: Review, draft: Draft) -> list[Content]:
    if not draft.files:
        return [ink("no file changes", "muted")]
    infrastructure, shared = infrastructure_and_shared(review, draft)
    notes = [ink(f"{plural(len(draft.files), 'file')}", "muted")]
    notes += [ink(f" {len(infrastructure)} infrastructure", "warn")] if infrastructure else []
    return notes + ([ink(f" {shared} shared", "muted")] if shared else [])


def infrastructure_and_shared(review: Review, draft: Draft) -> tuple[list[str], int]:
    """Return the paths that describe the stack, and how many are shared with other services."""
    paths = [change.path for change in draft.files]
    infrastructure = [path for path in paths if is_infrastructure(path, review.deployer)]
    return infrastructure, sum(is_shared(path, review.shared) for path in paths)


def _file(review: Review, change: FileChange, width: int) -> Content:
    ours, shared = is_infrastructure(change.path, review.deployer), is_shared(change.path, review.shared)
    tag = ink("infrastructure", "warn") if ours else ink("shared" if shared else "", "muted")
    letter = ink(f"{change.status} ", "warn" if change.status == "D" else "muted")
    return spread(line(letter, ink(change.path, "strong" if ours else "plain")), tag, width)


def _packaged(review: Review) -> list[Content]:
    words = package_words(review.plan.package) if review.plan else ""
    return [BLANK, line(ink("package", "muted"), "  ", ink(words))] if words else []


def package_words(package: Package) -> str:
    """Return what a package holds: `6 files, 2 of them archives`; nothing where it does not say."""
    if not package.files:
        return ""
    archives = sum(path.endswith((".zip", ".jar")) for path, _ in package.files)
    return plural(len(package.files), "file") + (f", {archives} of them code" if archives else "")


def gates(review: Review, width: int) -> list[Content]:
    """Return each gate with its reason, the closed ones first and with their next step."""
    blocked, given = len(review.failing_gates), sum(bool(gate.overridden) for gate in review.gates)
    counts: tuple[tuple[int, str, Role], ...] = (
        (blocked, "blocked", "strong bad"),
        (given, "overridden", "warn"),
        (len(review.gates) - blocked - given, "pass", "muted"),
    )
    notes = [ink(f"{count} {words}", role) for count, words, role in counts if count]
    lines = [section_head("3 gates", *notes)]
    for gate, standing in review.gate_standings:
        lines += wrap(_gate(review, gate, standing), width, KEY_WIDTH)
        next_ = _taken_here(review, gate) if standing == "fail" else BLANK
        lines += wrap(line(" " * KEY_WIDTH, next_), width, KEY_WIDTH) if next_.plain else []
    if review.ungated_comparison is not None:
        lines += wrap(_artifact(review, review.ungated_comparison), width, KEY_WIDTH)
    pending = review.draft is not None and review.plan is None and bool(review.activity)
    return [
        *lines,
        *([line(standing_mark(review, "pending"), ink(" more after packaging", "muted"))] if pending else []),
    ]


def _gate(review: Review, gate: GateResult, standing: Standing) -> Content:
    if standing in {"pass", "fail"}:
        return gate_line(gate, review.glyphs, KEY_WIDTH)
    given = ink(f"allowed by name: {' '.join(need.logical_id for need in gate.missing_allowances)}", "warn")
    reason = given if gate.missing_allowances else ink(gate.reason, "warn" if standing == "attention" else "plain")
    return gate_with_sign(standing_mark(review, standing), gate.name, reason, KEY_WIDTH, quiet=standing == "quiet")


def _artifact(review: Review, found: Comparison) -> Content:
    standing = artifact_standing(found)
    reason = ink(found.reason, "warn" if standing == "attention" else "plain")
    return gate_with_sign(
        standing_mark(review, standing), SameArtifactGate.name, reason, KEY_WIDTH, quiet=standing != "attention"
    )


def _taken_here(review: Review, gate: GateResult) -> Content:
    """Return the next step as it is taken here: what is typed, or the key."""
    if gate.missing_allowances:
        return ink("type its name below" if len(gate.missing_allowances) == 1 else "type their names below", "muted")
    return gate_step_words(gate, "promote", review.keys.of)


def approvals(review: Review, width: int) -> list[Content]:
    """Return who has to approve, and who did."""
    lines = [section_head("4 approvals")]
    if review.draft is None:
        return lines
    if not review.approval_gates:
        return [*lines, ink("none required", "muted")]
    for gate in review.approval_gates:
        lines += wrap(gate_line(gate, review.glyphs, KEY_WIDTH), width, KEY_WIDTH)
    return lines
