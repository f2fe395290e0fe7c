"""What sync needs of a stage; checked on the documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from promote_tui.config.problems import Problem
    from promote_tui.config.yaml_tree import Node


def broken_sync_stages(stages: Sequence[Node]) -> Iterator[Problem]:
    """Yield where a stage's `only` and `promote_on` do not fit the rest of it."""
    for index, stage in enumerate(stages):
        yield from _only(stage)
        yield from _promote_on(stage, is_first=not index)


def _only(stage: Node) -> Iterator[Problem]:
    if stage.get("only").text() and not _is_set(stage.get("deploy_on_merge")) and not stage.get("promote_on").text():
        what = "nothing could be deployed here: sync needs `deploy_on_merge` or `promote_on`; add one of them"
        yield stage.get("only").problem(what)


def _promote_on(stage: Node, *, is_first: bool) -> Iterator[Problem]:
    node = stage.get("promote_on")
    if not node.text():
        return
    if is_first:
        yield node.problem("the first stage has none before it; use `deploy_on_merge`")
    elif _is_set(stage.get("deploy_on_merge")):
        yield node.problem("`deploy_on_merge` says which commits belong here, too; remove one of them")


def _is_set(node: Node) -> bool:
    return node.text() is not None or bool(node.list() or node.entries())
