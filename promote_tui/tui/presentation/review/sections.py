"""What a person reads before a deploy, in full: commits, changes, gates, approvals, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.durations import duration
from promote_tui.core.model.pipeline import Halfway, Never, Unreachable, Unreported
from promote_tui.core.runs.verification import NotVerified, Observed, VerifiedBy
from promote_tui.core.text import plural
from promote_tui.tui.presentation.lines import commit_line, gate_line, head, marked_gate, person
from promote_tui.tui.presentation.next_steps import of_gate
from promote_tui.tui.presentation.review import changes as changing
from promote_tui.tui.presentation.review.model import doing, is_infrastructure, is_shared, mark, old, sameness, untold
from promote_tui.tui.presentation.style import BLANK, Role, fit, ink, line, spread, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.content import Content

    from promote_tui.core.gates.builtin import GateResult
    from promote_tui.core.model.pipeline import Commit, FileChange
    from promote_tui.core.package.artifact_diff import Comparison
    from promote_tui.core.package.package import Package
    from promote_tui.core.planning.plan import Draft
    from promote_tui.tui.presentation.review.model import Review, Standing

_LISTED = 40
_NAMED = 4
_AT = 16


def people(commits: Sequence[Commit]) -> str:
    """Return `ana, joe and lea`, each once; more than a few are counted."""
    names = list(dict.fromkeys(person(commit.author, 20) for commit in commits))
    named, rest = names[:_NAMED], len(names) - _NAMED
    last = f"{rest} more" if rest > 0 else named.pop() if len(named) > 1 else ""
    return f"{', '.join(named)} and {last}" if last else ", ".join(named)


def moved(draft: Draft) -> str:
    """Return `brings 2 commits`, or `takes away 3 commits` where it brings none."""
    if draft.removes and not draft.brings:
        return f"takes away {plural(len(draft.removes), 'commit')}"
    return f"brings {plural(len(draft.brings), 'commit')}"


def commits(review: Review, width: int) -> list[Content]:
    """Return the commits: those that the stage would lose first, then those that it would gain."""
    draft = review.draft
    if draft is None:
        return [_label("1 commits"), *_pending(review)]
    if untold(draft):
        return [_label("1 commits", ink("cannot be told", "warn")), *wrap(ink(why_untold(draft), "warn"), width)]
    if not draft.removes:
        return [_label("1 commits", _note(review, draft)), *_rows(review, draft.brings, width)]
    brought = ink(moved(draft), "muted")
    taken = ink(f"{plural(len(draft.removes), 'commit')} by {people(draft.removes)}", "warn")
    lines = [_label("1 commits", brought), line(ink("TAKES AWAY", "strong warn"), "  ", taken)]
    lines += _rows(review, draft.removes, width, "warn")
    if draft.brings:
        note = ink(f"{plural(len(draft.brings), 'commit')} by {people(draft.brings)}", "muted")
        lines += [BLANK, head("brings", note), *_rows(review, draft.brings, width)]
    return lines


def _label(words: str, *notes: Content) -> Content:
    return line(ink(words.upper(), "label"), *(line("  ", note) for note in notes))


def _note(review: Review, draft: Draft) -> Content:
    if not draft.brings:
        return ink(f"none: {review.target.stage} runs the same code already", "muted")
    first = "   its first deploy" if isinstance(draft.cell, Never) else ""
    return ink(f"{len(draft.brings)}, by {people(draft.brings)}{first}", "muted")


def _pending(review: Review) -> list[Content]:
    return [] if review.error else [doing(review)]


def _rows(review: Review, found: Sequence[Commit], width: int, role: Role = "plain") -> list[Content]:
    rows = [commit_line(commit, review.now, width, sha=role) for commit in found[:_LISTED]]
    return [*rows, *_more(len(found))]


def _more(count: int) -> list[Content]:
    return [ink(f"and {count - _LISTED} more", "muted")] if count > _LISTED else []


def why_untold(draft: Draft) -> str:
    """Return why it cannot be told what would change."""
    match draft.cell:
        case Unreachable(reason=reason):
            return f"the stage could not be read: {reason}"
        case Unreported(reason=reason):
            return reason
        case Halfway(between=between):
            return str(between)
        case _:
            return "what runs there now is not in this clone"


def changes(review: Review, width: int) -> list[Content]:
    """Return what would happen to the stack's resources, the files that change, and what the package holds."""
    if review.draft is None:
        return [_label("2 changes")]
    return [*changing.resources(review, width), BLANK, *files(review, review.draft, width)]


def files(review: Review, draft: Draft, width: int) -> list[Content]:
    """Return the files that change, those that describe the stack first, and what the package holds."""
    if untold(draft):
        return [_label("files", ink("cannot be told", "warn")), *_packaged(review)]
    found = sorted(draft.files, key=lambda change: (not is_infrastructure(change.path), change.path))
    rows = [_file(review, change, width) for change in found[:_LISTED]]
    return [_label("files", *_counts(review, draft)), *rows, *_more(len(found)), *_packaged(review)]


def _counts(review: Review, draft: Draft) -> list[Content]:
    if not draft.files:
        return [ink("no file changes", "muted")]
    infrastructure, shared = kinds(review, draft)
    notes = [ink(f"{plural(len(draft.files), 'file')}", "muted")]
    notes += [ink(f" {len(infrastructure)} infrastructure", "warn")] if infrastructure else []
    return notes + ([ink(f" {shared} shared", "muted")] if shared else [])


def kinds(review: Review, draft: Draft) -> tuple[list[str], int]:
    """Return the paths that describe the stack, and how many are shared with other services."""
    paths = [change.path for change in draft.files]
    infrastructure = [path for path in paths if is_infrastructure(path)]
    return infrastructure, sum(is_shared(path, review.shared) for path in paths)


def _file(review: Review, change: FileChange, width: int) -> Content:
    ours, shared = is_infrastructure(change.path), is_shared(change.path, review.shared)
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
    blocked, given = len(review.failing), sum(bool(gate.overridden) for gate in review.gates)
    counts: tuple[tuple[int, str, Role], ...] = (
        (blocked, "blocked", "strong bad"),
        (given, "overridden", "warn"),
        (len(review.gates) - blocked - given, "pass", "muted"),
    )
    notes = [ink(f"{count} {words}", role) for count, words, role in counts if count]
    lines = [_label("3 gates", *notes)]
    for gate, standing in review.judged:
        lines += wrap(_gate(review, gate, standing), width, _AT)
        next_ = _taken_here(review, gate) if standing == "fail" else BLANK
        lines += wrap(line(" " * _AT, next_), width, _AT) if next_.plain else []
    if review.artifact_apart is not None:
        lines += wrap(_artifact(review, review.artifact_apart), width, _AT)
    pending = review.draft is not None and review.plan is None and bool(review.doing)
    return [*lines, *([line(mark(review, "pending"), ink(" more after packaging", "muted"))] if pending else [])]


def _gate(review: Review, gate: GateResult, standing: Standing) -> Content:
    if standing in {"pass", "fail"}:
        return gate_line(gate, review.glyphs, _AT)
    given = ink(f"allowed by name: {' '.join(need.logical_id for need in gate.needs)}", "warn")
    reason = given if gate.needs else ink(gate.reason, "warn" if standing == "attention" else "plain")
    return marked_gate(mark(review, standing), gate.name, reason, _AT, quiet=standing == "quiet")


def _artifact(review: Review, found: Comparison) -> Content:
    standing = sameness(found)
    reason = ink(found.reason, "warn" if standing == "attention" else "plain")
    return marked_gate(mark(review, standing), "same artifact", reason, _AT, quiet=standing != "attention")


def _taken_here(review: Review, gate: GateResult) -> Content:
    """Return the next step as it is taken here: what is typed, or the key."""
    if gate.needs:
        return ink("type its name below" if len(gate.needs) == 1 else "type their names below", "muted")
    return of_gate(gate, "promote", review.keys.of)


def approvals(review: Review, width: int) -> list[Content]:
    """Return who has to approve, and who did."""
    lines = [_label("4 approvals")]
    if review.draft is None:
        return lines
    if not review.approvals:
        return [*lines, ink(f"{review.target.stage} asks for none", "muted")]
    for gate in review.approvals:
        lines += wrap(gate_line(gate, review.glyphs, _AT), width, _AT)
    return lines


def way_back(review: Review, width: int) -> list[Content]:
    """Return what there is to go back to, how long that takes, and what does not come back."""
    lines = [head("if it goes wrong")]
    after = review.draft.afterwards if review.draft else ()
    for sign, name, words in (*_ways(review), *((ink(" "), name, ink(words)) for name, words in after)):
        lines += wrap(line(sign, " ", fit(ink(name, "muted"), _AT - 2), words), width, _AT)
    return lines


def _ways(review: Review) -> list[tuple[Content, str, Content]]:
    draft, glyphs = review.draft, review.glyphs
    if draft is None:
        return []
    back = ink(glyphs.back, "muted")
    if untold(draft):
        return [(ink(glyphs.unknown, "warn"), "back to", ink("what runs there now is not known", "warn"))]
    if draft.deployed is None:
        return [(back, "back to", ink("nothing runs there yet: the stack itself would have to be deleted"))]
    rows = [(back, "back to", back_to(review))]
    rows += [(ink(" "), "if it fails", ink("the stack rolls back by itself"))]
    if draft.removes:
        lost = f"{plural(len(draft.removes), 'commit')} of {people(draft.removes)}, until you go back"
        rows += [(ink(glyphs.failed, "bad"), "missing", ink(lost, "warn"))]
    lost = changing.gone(review.resources)
    if lost:
        return [*rows, (ink(glyphs.failed, "bad"), "not back", ink(f"what {lost} held", "bad"))]
    return [*rows, (ink(" "), "not back", ink("data that it has changed by then", "muted"))]


def back_to(review: Review) -> Content:
    """Return `2c7e914, verified, usually 3m10s`: the commit that runs there now."""
    view, draft = review.view, review.draft
    known = draft is not None and draft.deployed is not None
    if draft is None or not known:
        return BLANK
    usual = f", usually {duration(view.usual)}" if view is not None and view.usual else ""
    words, role = _trusted(review, old(draft))
    return line(ink(old(draft)), ink(words, role), ink(usual))


def _trusted(review: Review, shown: str) -> tuple[str, Role]:
    match review.view.verification if review.view else None:
        case VerifiedBy(run=run):
            return f", verified by run {run}", "plain"
        case Observed():
            return ", seen there, not verified by a run", "plain"
        case NotVerified(reason=reason):
            return (", not verified" if reason.startswith(shown) else f", not verified: {reason}"), "warn"
        case _:
            return "", "plain"
