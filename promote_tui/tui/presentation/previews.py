"""Previews on the screen: a row for each, all about the one under the cursor, and what a dialog says of a removal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.previews.preview import prune_reason
from promote_tui.core.text import join_words, plural, short
from promote_tui.tui.presentation.lines import AGE, pair_of
from promote_tui.tui.presentation.style import Role, align_right, cut_middle, fit, ink, line, rule, spread, wrap
from promote_tui.tui.presentation.wording import age

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from textual.content import Content

    from promote_tui.core.model.pipeline import PreviewSettings
    from promote_tui.core.previews.preview import BranchState, Preview
    from promote_tui.engine.previews.deploying import PreviewUp
    from promote_tui.engine.previews.removing import PreviewRemoval
    from promote_tui.tui.presentation.glyphs import Glyphs

_NAME, _STATE, _OWNER, _KEYED = 23, 8, 8, 10
_ROLES: dict[BranchState, Role] = {"open": "muted", "merged": "warn", "deleted": "warn", "unknown": "warn"}


def summary(previews: Sequence[Preview], settings: PreviewSettings, now: datetime, doing: str) -> Content:
    """Return how many previews there are and may be, how many can be pruned, and what is being done."""
    old = sum(bool(prune_reason(each, now, settings.max_age)) for each in previews)
    parts = [ink(f"{len(previews)} of {plural(settings.limit, 'preview')}", "strong")]
    parts += [ink(f"{old} can be pruned", "warn")] if old else []
    parts += [ink(doing, "live")] if doing else []
    return line(*(part if at == 0 else line("   ", part) for at, part in enumerate(parts)))


def preview_line(preview: Preview, now: datetime, width: int) -> Content:
    """Return `pv-login-df7c7a  feature/login   open   ana   2h`."""
    right = line(
        fit(ink(preview.branch_state, _ROLES[preview.branch_state]), _STATE),
        " ",
        fit(ink(preview.owner or "?", "muted"), _OWNER),
        align_right(ink(age(preview.updated_at, now), "muted"), AGE),
    )
    room = max(8, width - _NAME - right.cell_length - 2)
    name = fit(ink(preview.name, "strong"), _NAME)
    return spread(line(name, ink(cut_middle(preview.branch, room))), right, width)


def title(preview: Preview, settings: PreviewSettings, now: datetime, glyphs: Glyphs, width: int) -> Content:
    """Return `pv-login-df7c7a ───── feature/login is merged`, with why it can be pruned."""
    why = prune_reason(preview, now, settings.max_age)
    return rule(ink(preview.name, "strong"), ink(why, "warn"), width, glyphs.rule)


def detail(preview: Preview, width: int, height: int) -> list[Content]:
    """Return all that is known of a preview: its branch, its addresses, its stacks, and what it costs."""
    rows = [
        ("branch", ink(preview.branch)),
        ("unknown", ink(preview.branch_problem, "warn")),
        *((each.target.service, ink(url)) for each in preview.stacks for _, url in each.urls),
        *((each.target.service, ink(each.problem, "warn")) for each in preview.stacks if each.problem),
        ("stacks", ink(", ".join(f"{each.target.service} {each.status}".strip() for each in preview.stacks))),
        ("runs", ink(", ".join(dict.fromkeys(short(each.commit) for each in preview.stacks if each.commit)))),
        ("costs", ink(preview.cost_words, "warn")),
    ]
    shown = [pair_of(ink(name, "muted"), value, _KEYED) for name, value in rows if value.plain]
    return [part for row in shown for part in wrap(row, width, _KEYED)][:height]


def removal_words(planned: Sequence[PreviewRemoval]) -> list[str]:
    """Return what a dialog says of what is going to be removed, with what blocks it and what stays."""
    return [words for each in planned for words in _removal(each)]


def _removal(each: PreviewRemoval) -> Iterator[str]:
    yield f"{each.preview.name}, the preview of {each.preview.branch}" + (f": {each.why}" if each.why else "")
    for service in each.services:
        target = service.removal.target
        yield f"  {target.stack}, account {target.aws.account}"
        yield from (f"    bucket {name} holds something" for name in service.blocking)
        if service.kept:
            yield f"    stays in the account: {join_words(service.kept)}"


def up_words(wanted: PreviewUp, settings: PreviewSettings) -> list[str]:
    """Return what a dialog says of what is going to be deployed."""
    services = [f"  {service.name}  {short(sha)}" for service, sha in wanted.commits]
    return [f"The preview of {wanted.branch}, in account {settings.aws.account}:", *services]
