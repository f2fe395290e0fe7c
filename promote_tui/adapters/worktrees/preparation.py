"""Prepares a work tree for a deploy: the commit, copied files, dependencies, what `deploy.before` makes."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from promote_tui.adapters.worktrees import commands as checkouts_commands
from promote_tui.adapters.worktrees.extra_files import write_extras
from promote_tui.adapters.worktrees.leases import write_dependencies, write_marks
from promote_tui.adapters.worktrees.slots import editing
from promote_tui.adapters.worktrees.spec import CheckoutSpec, refuse_pointers
from promote_tui.adapters.worktrees.worktree import Tree, make_store
from promote_tui.core.errors import GitError

if TYPE_CHECKING:
    from promote_tui.adapters.worktrees.commands import Output
    from promote_tui.adapters.worktrees.slots import Slot


def prepare_tree(wanted: CheckoutSpec, tree: Tree, output: Output, slot: Slot) -> None:
    """Fill a work tree; it is on record as holding no dependencies until they are known to be complete."""
    keep = bool(wanted.key) and slot.key == wanted.key and tree.intact
    with editing(tree.home) as slots:
        files = tuple(extra.name for extra in wanted.extras)
        slots.change(slots.all[tree.number], key="", files=files)
        store = make_store(tree.home, wanted.source)
        if not tree.intact:
            tree.make(store, wanted.commit)
    keep = _filled(wanted, tree, keep=keep)
    write_extras(wanted.extras, tree.root, wanted.subject)
    refuse_pointers(wanted, tree.root)
    if wanted.install and not (keep and wanted.install.present(tree.root)):
        checkouts_commands.install(wanted.service, wanted.stage, wanted.install, tree.root, output)
    checkouts_commands.note(output.log, f"dependencies: {wanted.dependencies}\n")
    with editing(tree.home) as slots:
        slots.change(slots.all[tree.number], key=wanted.key)
    for argv in wanted.service.deploy.before:
        _run(wanted, tree, argv, output)
    write_marks(tree, files)
    if slot.apart:
        write_dependencies(tree)


def _filled(wanted: CheckoutSpec, tree: Tree, *, keep: bool) -> bool:
    """Bring the work tree to the commit, a new one where it is broken; tell whether its dependencies stayed."""
    try:
        tree.fill(wanted.commit, keep=keep)
    except GitError:
        with editing(tree.home):
            tree.make(make_store(tree.home, wanted.source), wanted.commit)
        tree.fill(wanted.commit, keep=False)
        return False
    return keep


def _run(wanted: CheckoutSpec, tree: Tree, argv: tuple[str, ...], output: Output) -> None:
    folder = tree.root / posixpath.normpath(wanted.service.path)
    poll = output.on_poll
    checkouts_commands.run(wanted.service, wanted.stage, argv, folder, tree.root, output.log, on_poll=poll)
