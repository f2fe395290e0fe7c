"""Plans that share a work tree: one at a time in it, each finding it as it was prepared, the last one cleaning up."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from promote_tui.adapters.files import locks, private
from promote_tui.adapters.worktrees.slots import LIFE, SLACK, Slot, editing
from promote_tui.adapters.worktrees.worktree import Tree
from promote_tui.core.errors import DeployError, GitError
from promote_tui.private_files import write_private

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from promote_tui.ports import Clock


class UnusableError(DeployError):
    """A work tree is not what was prepared for the owner, or not any more."""

    def __init__(self, cause: str = "it was changed", remedy: str = "plan again") -> None:
        super().__init__("checkout", cause, remedy)


@contextlib.contextmanager
def enter_worktree(tree: Tree, owner: str, clock: Clock, on_wait: Callable[[], None], deployer: str) -> Iterator[Slot]:
    """Be the only one in a work tree, as one of its owners; raises UnusableError.

    Who enters is on record until it leaves: the lock ends with a process that dies, its children do not. `deployer`
    is what an error calls such a child.
    """
    with locks.hold_lock_patiently(_file(tree, "lock"), on_wait):
        with editing(tree.home) as slots:
            slot = slots.all.get(tree.number, Slot(tree.number))
            problem = _problem(slot, owner, deployer)
            if not problem:
                slot = slots.change(slot, busy=owner, owners=_longer(slot, owner, clock.now().timestamp()))
            elif slot.busy:
                slots.change(slot, marked=slot.busy)
        if problem:
            raise problem
        try:
            yield slot
        finally:
            _leave(tree, owner)


def _leave(tree: Tree, owner: str) -> None:
    """Remove the mark of whoever was in the work tree; where that fails nobody else gets in, and nothing is raised."""
    with contextlib.suppress(GitError), editing(tree.home) as slots:
        slot = slots.all.get(tree.number)
        if slot and slot.busy == owner:
            slots.change(slot, busy="")


def _problem(slot: Slot, owner: str, deployer: str) -> UnusableError | None:
    """Return why an owner may not enter, although nobody holds the lock."""
    if owner not in slot.owners:
        return UnusableError("it was given to another plan, because this one expired")
    if slot.busy:
        cause = f"a process died in it, and the {deployer} that it started may still run"
        return UnusableError(cause, "see `promote-tui runs`, then plan again")
    if slot.marked not in {"", owner}:
        return UnusableError("another plan left files in it")
    return None


def _longer(slot: Slot, owner: str, now: float) -> dict[str, float | None]:
    """Extend the owner's reservation beyond the command that it is for, and a plan's hour after it."""
    until = slot.owners[owner]
    least = now + slot.limit + (SLACK + LIFE).total_seconds()
    return {**slot.owners, owner: None if until is None else max(until, least)}


def write_marks(tree: Tree, files: tuple[str, ...]) -> None:
    """Write down how the work tree looks now that it is prepared."""
    _write(_file(tree, "json"), tree.marks(files))


def write_dependencies(tree: Tree) -> None:
    """Write down how the dependencies look before anybody can change them."""
    _write(_file(tree, "dependencies"), tree.dependencies())


def _write(file: Path, looks: dict[str, str]) -> None:
    with private.translate_os_errors(file):
        write_private(file, json.dumps(looks).encode())


def is_as_prepared(tree: Tree, slot: Slot) -> bool:
    """Tell whether the work tree looks as it did when it was prepared."""
    return tree.intact and tree.marks(slot.files) == _read(_file(tree, "json"))


def mark_if_changed(tree: Tree, slot: Slot, owner: str) -> bool:
    """Write down where the work tree looks different: it serves nobody but this owner then. Tell whether it does."""
    with contextlib.suppress(GitError):
        if is_as_prepared(tree, slot):
            return False
    with contextlib.suppress(GitError), editing(tree.home) as slots:
        now = slots.all.get(tree.number)
        if now and owner in now.owners:
            slots.change(now, marked=owner)
    return True


def release(home: Path, owner: str, now: float) -> None:
    """Remove an owner from its work tree; the last one's removal cleans it of all but its dependencies."""
    with editing(home) as slots:
        slot = slots.of(owner)
        if slot is None:
            return
        tree = Tree(home, slot.number, str(home))
        rest = {name: until for name, until in slot.owners.items() if name != owner}
        busy = "" if slot.busy == owner else slot.busy
        slot = slots.change(slot, owners=rest, busy=busy)
        if slot.holders(now):
            if slot.marked == owner and _is_restored(tree, slot):
                slots.change(slot, marked="")
            return
        slot = slots.change(slot, owners={owner: None}, recipe="", ready=False)  # nobody joins it any more
    free = remove_empty(tree, slot)
    with editing(home) as slots:
        slots.all[slot.number] = free


def remove_empty(tree: Tree, slot: Slot) -> Slot:
    """Remove what plans left behind, and return the slot as free."""
    private.remove(_file(tree, "json"))
    before = _read(_file(tree, "dependencies"))
    private.remove(_file(tree, "dependencies"))
    if tree.intact:
        with contextlib.suppress(GitError):
            for name in slot.files:
                private.remove(tree.root / name)
            key = slot.key if not slot.apart or (before and tree.restore_dependencies(before)) else ""
            tree.clean(keep=bool(key))
            return Slot(slot.number, key=key)
    tree.discard()
    return Slot(slot.number)


def _is_restored(tree: Tree, slot: Slot) -> bool:
    """Remove what an owner's work left; the work tree is marked, so nobody else is in it."""
    try:
        return tree.intact and tree.restore(_read(_file(tree, "json")), slot.files)
    except GitError:
        return False


def _read(file: Path) -> dict[str, str]:
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _file(tree: Tree, kind: str) -> Path:
    return tree.home / f"{tree.number}.{kind}"
