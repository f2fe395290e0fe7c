"""Choosing what a diff compares: any two of a service's stages, branches and commits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from promote_tui.core.model.cells import commit_of
from promote_tui.core.text import short
from promote_tui.tui.background import ignore_error
from promote_tui.tui.dialogs.finder import FinderDialog, FinderRow
from promote_tui.tui.presentation.style import cut_middle
from promote_tui.tui.presentation.wording import age

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from textual.screen import Screen

    from promote_tui.core.model.pipeline import Branch
    from promote_tui.tui.host import Host

_HASH = re.compile("[0-9a-f]{4,40}")
_WHOLE, _LONGEST = 40, 34


@dataclass(frozen=True, slots=True)
class CompareEnd:
    """One end by the name that it was chosen by; `revision` is a full hash, or what was typed."""

    name: str
    revision: str


@dataclass(frozen=True, slots=True)
class CompareEnds:
    """What a diff compares, as full hashes, and its title."""

    base: str
    head: str
    title: str


def ask_ends(host: Host, screen: Screen[Any], service: str, then: Callable[[CompareEnds], object]) -> None:
    """Ask for what is new and for what it is compared with; the screen hears both."""

    def first(head: CompareEnd | None) -> None:
        if head is not None:
            _ask(
                host, service, f"Compare {cut_middle(head.name, _LONGEST)} with what?", lambda base: second(head, base)
            )

    def second(head: CompareEnd, base: CompareEnd | None) -> None:
        if base is not None:
            host.background.run(screen, lambda: _chosen(host, service, base, head), then)

    _ask(host, service, "What is new?", first)


def _ask(host: Host, service: str, title: str, then: Callable[[CompareEnd | None], None]) -> None:
    finder = FinderDialog[CompareEnd](
        title,
        _stages(host, service),
        placeholder="stage, branch or hash",
        marks=host.marks,
        middle=True,
        typed_row=_typed,
    )
    host.push_screen(finder, then)
    engine, now = host.the_engine, host.now()

    def offer(branches: Sequence[Branch]) -> None:
        finder.extend([_branch(branch, now) for branch in branches])

    # without the branches, stages and hashes can be chosen all the same
    host.background.run(finder, lambda: engine.commits.branches(service), offer, ignore_error)


def _stages(host: Host, service: str) -> list[FinderRow[CompareEnd]]:
    views = ((stage.name, host.cells.views.get((service, stage.name))) for stage in host.pipeline.stages)
    running = ((name, commit_of(view.cell)) for name, view in views if view is not None)
    return [FinderRow("stage", name, short(sha), CompareEnd(name, sha)) for name, sha in running if sha]


def _branch(branch: Branch, now: datetime) -> FinderRow[CompareEnd]:
    note = f"{branch.tip.short}  {age(branch.tip.authored_at, now):>3}"
    return FinderRow("branch", branch.name, note, CompareEnd(branch.name, branch.tip.sha))


def _typed(typed: str) -> FinderRow[CompareEnd] | None:
    """Return a hash that was typed as something to choose."""
    return (
        FinderRow("commit", typed, "by its hash", CompareEnd(short(typed), typed)) if _HASH.fullmatch(typed) else None
    )


def _chosen(host: Host, service: str, base: CompareEnd, head: CompareEnd) -> CompareEnds:
    """Return both ends as full hashes; raises UsageError where a typed one is none."""
    engine = host.the_engine
    base_sha, head_sha = (
        end.revision if len(end.revision) == _WHOLE else engine.commits.resolve(service, end.revision)
        for end in (base, head)
    )
    return CompareEnds(base_sha, head_sha, f"{base.name} to {head.name}")
