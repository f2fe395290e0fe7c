"""Choosing what a diff compares: any two of a service's stages, branches and commits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from promote_tui.core.model.cells import commit_of
from promote_tui.core.text import short
from promote_tui.tui.background import silent
from promote_tui.tui.dialogs.finder import Finder, Found
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
class End:
    """One end by the name that it was chosen by; `revision` is a full hash, or what was typed."""

    name: str
    revision: str


@dataclass(frozen=True, slots=True)
class Ends:
    """What a diff compares, as full hashes, and its title."""

    base: str
    head: str
    title: str


def ask_ends(host: Host, screen: Screen[Any], service: str, then: Callable[[Ends], object]) -> None:
    """Ask for what is new and for what it is compared with; the screen hears both."""

    def first(head: End | None) -> None:
        if head is not None:
            _ask(
                host, service, f"Compare {cut_middle(head.name, _LONGEST)} with what?", lambda base: second(head, base)
            )

    def second(head: End, base: End | None) -> None:
        if base is not None:
            host.background.run(screen, lambda: _chosen(host, service, base, head), then)

    _ask(host, service, "What is new?", first)


def _ask(host: Host, service: str, title: str, then: Callable[[End | None], None]) -> None:
    finder = Finder[End](
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
    host.background.run(finder, lambda: engine.commits.branches(service), offer, silent)


def _stages(host: Host, service: str) -> list[Found[End]]:
    views = ((stage.name, host.board.views.get((service, stage.name))) for stage in host.pipeline.stages)
    running = ((name, commit_of(view.cell)) for name, view in views if view is not None)
    return [Found("stage", name, short(sha), End(name, sha)) for name, sha in running if sha]


def _branch(branch: Branch, now: datetime) -> Found[End]:
    note = f"{branch.tip.short}  {age(branch.tip.authored_at, now):>3}"
    return Found("branch", branch.name, note, End(branch.name, branch.tip.sha))


def _typed(typed: str) -> Found[End] | None:
    """Return a hash that was typed as something to choose."""
    return Found("commit", typed, "by its hash", End(short(typed), typed)) if _HASH.fullmatch(typed) else None


def _chosen(host: Host, service: str, base: End, head: End) -> Ends:
    """Return both ends as full hashes; raises UsageError where a typed one is none."""
    engine = host.the_engine
    base_sha, head_sha = (
        end.revision if len(end.revision) == _WHOLE else engine.commits.resolve(service, end.revision)
        for end in (base, head)
    )
    return Ends(base_sha, head_sha, f"{base.name} to {head.name}")
