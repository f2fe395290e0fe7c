"""Questions that several keys of a service ask: which stage, which branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.model.pipeline import Branch, Stage
from promote_tui.tui.dialogs.choose import ChooseDialog
from promote_tui.tui.dialogs.finder import FinderDialog, FinderRow
from promote_tui.tui.presentation.commits.rail import stage_words
from promote_tui.tui.presentation.style import fit, ink, line, spread
from promote_tui.tui.presentation.wording import age, confirmation_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.content import Content

    from promote_tui.core.model.cells import CellKey
    from promote_tui.tui.host import Host


def choose_stage(host: Host, key: CellKey, title: str, then: Callable[[Stage | None], None]) -> None:
    """Ask for a stage of a service, with the cursor on the one of the cell."""
    stages = host.pipeline.stages

    def draw(stage: Stage, width: int) -> Content:
        view = host.cells.views.get((key[0], stage.name))
        left = line(fit(ink(stage.name, "strong"), 14), stage_words(view, host.glyphs))
        return spread(left, ink(f"{stage.aws.account}   {confirmation_words(stage.confirm):<18}", "muted"), width)

    at = [stage.name for stage in stages].index(key[1])
    host.push_screen(ChooseDialog[Stage](title, stages, draw, index=at, marks=host.marks), then)


def choose_branch(
    host: Host, service: str, branches: Sequence[Branch], now: str | None, then: Callable[[Branch | None], None]
) -> None:
    """Ask for one of a service's branches, with the cursor on the one that is shown."""
    rows = [FinderRow("", branch.name, _tip(host, branch), branch) for branch in branches]
    names = [branch.name for branch in branches]
    title = f"{len(names)} {'branch' if len(names) == 1 else 'branches'} of {service}"
    at = names.index(now) if now in names else 0
    finder = FinderDialog[Branch](title, rows, placeholder="letters of its name", at=at, marks=host.marks, middle=True)
    host.push_screen(finder, then)


def _tip(host: Host, branch: Branch) -> str:
    return f"{branch.tip.author[:12]}  {age(branch.tip.authored_at, host.now()):>3}"
