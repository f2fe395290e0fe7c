"""What a drift comes from, under the list: settings side by side, expected and actual, hotfixes and reverts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.changes.stack_drift import differences
from promote_tui.core.drift.wording import PARTS, revert_words
from promote_tui.core.text import plural
from promote_tui.tui.presentation.drift.model import Kind, has_same_code, is_drift
from promote_tui.tui.presentation.lines import commit_line
from promote_tui.tui.presentation.pipeline.detail import key_action
from promote_tui.tui.presentation.style import BLANK, Role, cut_middle, fit, ink, line, rule, wrap
from promote_tui.tui.presentation.wording import ago

if TYPE_CHECKING:
    from datetime import datetime

    from textual.content import Content

    from promote_tui.core.changes.stack_drift import ResourceDrift
    from promote_tui.core.drift.config import Difference
    from promote_tui.tui.presentation.drift.model import DriftRow
    from promote_tui.tui.presentation.glyphs import Glyphs
    from promote_tui.tui.presentation.pipeline.pane import CellPane

_LISTED = 40


def title(row: DriftRow, now: datetime, glyphs: Glyphs, width: int) -> Content:
    """Return `payments · prod ──── ✗ stack drift, checked 4d ago`."""
    name = line(ink(row.service, "strong"), ink(f" {glyphs.dot} ", "faint"), ink(row.stage, "strong"))
    return rule(name, _said(row, now, glyphs), width, glyphs.rule)


def _said(row: DriftRow, now: datetime, glyphs: Glyphs) -> Content:
    if row.kind is Kind.CONFIG:
        count = len(row.config.differences) if row.config else 0
        words = f"{plural(count, 'setting')} differ{'s' if count == 1 else ''} from {row.view.against}"
        return ink(f"{glyphs.modified} {words}", "warn")
    if row.detecting is not None:
        return ink(f"{glyphs.running()} CloudFormation detects drift", "live")
    at = f", checked {ago(row.stack.checked_at, now)}" if row.stack and row.stack.checked_at else ""
    return ink(f"{glyphs.failed} stack drift{at}", "bad") if is_drift(row) else ink(f"no drift{at}", "muted")


def config_lines(row: DriftRow, diff: str, glyphs: Glyphs, width: int) -> list[Content]:
    """Return each setting that differs, here and in the stage before."""
    before = row.view.against or "the stage before"
    lines = [key_action(diff, f"difference between {row.stage} and {before}", glyphs)]
    if not has_same_code(row):
        lines += wrap(
            ink(f"{row.stage} runs other code than {before}: some differences may come with it", "muted"), width
        )
    found = sorted(row.config.differences, key=lambda each: PARTS.index(each.part)) if row.config else []
    lines += [BLANK, _columns("SETTING", row.stage.upper(), before.upper(), width, ("label", "label"))]
    rows = [_columns(_name(each), *_sides(each, glyphs), width, ("strong warn", "plain")) for each in found[:_LISTED]]
    return [*lines, *rows, *_more(len(found))]


def _more(count: int) -> list[Content]:
    return [ink(f"and {count - _LISTED} more", "muted")] if count > _LISTED else []


def _name(found: Difference) -> str:
    match found.part:
        case "resource":
            return f"{found.name} {found.resource_type.removeprefix('AWS::')}"
        case "environment":
            return f"{found.name} env {found.path}"
        case "property":
            return f"{found.name}.{found.path}"
        case _:
            return f"{found.part} {found.name}"


def _sides(found: Difference, glyphs: Glyphs) -> tuple[str, str]:
    """Return what each side has; what may not be shown is `set` where only one has it, else `differs`."""
    if found.holder == "both" and found.here is None:
        return "differs", "not shown"
    here = found.here if found.here is not None else "has it"
    before = found.before if found.before is not None else "has it"
    return (glyphs.none if found.holder == "before" else here), (glyphs.none if found.holder == "here" else before)


def _columns(name: str, left: str, right: str, width: int, roles: tuple[Role, Role]) -> Content:
    """Return a name and two values in columns; the name is cut in its middle."""
    at = max(24, width * 2 // 5)
    each = max(8, (width - at) // 2 - 1)
    first = fit(ink(cut_middle(name, at - 2), "label" if roles[0] == "label" else "plain"), at)
    return line(
        first, fit(ink(cut_middle(left, each - 1), roles[0]), each), " ", ink(cut_middle(right, each), roles[1])
    )


def stack_lines(row: DriftRow, pane: CellPane, width: int) -> list[Content]:
    """Return what each resource should be and is, as the last detection has found it."""
    detect, glyphs = pane.key_of("drift.detect"), pane.glyphs
    again = "detect again" if row.stack is not None and row.stack.checked_at else "detect drift"
    lines = [key_action(detect, again, glyphs), BLANK]
    if row.detecting is not None:
        return [
            line(
                ink(glyphs.running(), "live"),
                ink(" detecting; this takes a minute or so, and changes nothing", "muted"),
            )
        ]
    if row.view.altered:
        lines += wrap(ink(f"other code than was deployed: {', '.join(row.view.altered)}", "bad"), width)
    if row.stack is not None and row.stack.unknown:
        lines += wrap(ink(row.stack.unknown, "warn"), width)
    resources = row.stack.resources if row.stack else ()
    if not resources:
        return [*lines, *([] if row.view.altered else [ink("every resource is as CloudFormation left it", "muted")])]
    lines.append(_columns("PROPERTY", "TEMPLATE", "AWS", width, ("label", "label")))
    rows = [each for resource in resources for each in _drifted(resource, glyphs, width)]
    file = pane.deployer.configuration if pane.deployer else "the configuration"
    words = f"A deploy that changes these resources overwrites this. To keep a change, put it into {file} first."
    return [*lines, *rows[:_LISTED], *_more(len(rows)), BLANK, *wrap(ink(words, "muted"), width)]


def _drifted(resource: ResourceDrift, glyphs: Glyphs, width: int) -> list[Content]:
    if resource.deleted:
        return [_columns(resource.logical_id, "has it", "deleted", width, ("muted", "strong bad"))]
    rows: list[Content] = []
    for each in differences(resource):
        values = ("not shown", "changed") if each.before is None else (each.before, each.after or "")
        shown = tuple(value or glyphs.none for value in values)
        rows.append(_columns(f"{resource.logical_id}.{each.path}", shown[0], shown[1], width, ("muted", "strong bad")))
    return rows or [_columns(resource.logical_id, "", "changed", width, ("muted", "strong bad"))]


def traffic_lines(row: DriftRow, width: int) -> list[Content]:
    """Return each alias that sends requests to other code than was deployed."""
    found = row.view.traffic.details if row.view.traffic else ()
    return [each for words in found[:_LISTED] for each in wrap(ink(words, "bad"), width)]


def commit_lines(row: DriftRow, now: datetime, glyphs: Glyphs, width: int) -> list[Content]:
    """Return the hotfixes that the stage before lacks, and the reverts that one of them lacks; nothing where none."""
    found, before = row.commits, row.view.against or "the stage before"
    if found is None:
        return []
    lines: list[Content] = []
    if found.hotfixes:
        words = f" {plural(len(found.hotfixes), 'commit')} on {row.stage} that {before} lacks"
        lines.append(line(ink(glyphs.attention, "strong bad"), ink(words, "bad")))
        lines += [commit_line(commit, now, width, sha="bad") for commit in found.hotfixes[:3]]
    for revert in found.reverts[:3]:
        head = line(ink(glyphs.attention, "strong warn"), " ")
        lines += wrap(line(head, ink(revert_words(revert, row.stage, before), "warn")), width, 2)
    return lines
