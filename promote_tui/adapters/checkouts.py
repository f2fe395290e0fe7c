"""Work trees of our own, a few for each repository, reused with the dependencies that are installed in them."""

from __future__ import annotations

import contextlib
import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.adapters import checkouts_commands, git_folders
from promote_tui.adapters.checkouts_files import write_extras
from promote_tui.adapters.checkouts_slots import LIFE, LIMIT, SLACK, Slot, editing
from promote_tui.adapters.checkouts_tree import Tree, make_store
from promote_tui.adapters.checkouts_wanted import Wanted, gather, refuse_pointers
from promote_tui.adapters.git_mirror import FETCH_SECONDS, Repositories, digest, is_url, label
from promote_tui.adapters.system import SystemClock
from promote_tui.core.errors import DeployError, GitError
from promote_tui.core.package import Checkout
from promote_tui.core.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from promote_tui.adapters.checkouts_slots import Slots
    from promote_tui.core.model import Service
    from promote_tui.ports import Clock

_FOLDER = "checkouts"
_HOME = re.compile(r"[0-9a-f]{16}")


class WorkTrees:
    """The port Checkouts: `cache/checkouts/<repository>/<n>`, 0700, tied to a bare repository of our own."""

    def __init__(self, cache: Path, *, clock: Clock | None = None, fetch_timeout: float = FETCH_SECONDS) -> None:
        self._cache = cache.resolve()
        self._clock = clock or SystemClock()
        self._repositories = Repositories(self._cache, fetch_timeout)

    def prepare(self, service: Service, stage: str, commit: str, owner: str, log: Path) -> Checkout:
        """Return a clean work tree at the commit with its dependencies, reserved for `owner`.

        The reservation outlasts the packaging, at its limit, and the hour in which the plan may be run.
        Raises GitError, or DeployError where a file to copy is missing, a command fails, or what the
        service consists of is not supported; nothing stays reserved then.
        """
        wanted = gather(self._repositories.open(service.repo), service, stage, commit)
        try:
            tree, keep = self._reserve(wanted, owner)
            return self._prepare(wanted, tree, log, keep=keep)
        except BaseException:
            self.release(owner)
            raise

    def digest(self, checkout: Checkout) -> str:
        """Return a digest of the work tree's commit, index, tracked files' changes and copied files."""
        root = Path(checkout.root)
        if root.parent.parent != self._cache / _FOLDER or not root.name.isdecimal():
            raise GitError(checkout.root, "it is not a checkout of ours", "plan again")
        tree = Tree(root.parent, int(root.name), checkout.root)
        if not tree.intact:
            raise GitError(checkout.root, "the checkout is gone", "plan again")
        with editing(tree.home) as slots:
            slot = slots.all.get(tree.number)
        return tree.state(slot.files if slot else ())

    def keep(self, owner: str) -> None:
        """Keep the reservation until release; raises DeployError where there is none any more."""
        if not any(_kept(home, owner) for home in self._homes()):
            raise DeployError("checkout", "it was given to another plan, because this one expired", "plan again")

    def release(self, owner: str) -> None:
        """Give the work tree back, without what the plan left in it; its dependencies stay."""
        for home in self._homes():
            slot = _kept(home, owner)
            if slot:
                emptied = _emptied(Tree(home, slot.number, str(home)), slot)
                with editing(home) as slots:
                    slots.all[slot.number] = emptied

    def prune(self, now: datetime) -> tuple[str, ...]:
        """Remove what expired plans, crashes and repositories that are gone left behind; return what went."""
        unfinished = self._repositories.prune()
        gone = [plural(unfinished, "unfinished mirror")] if unfinished else []
        for home in self._homes():
            with editing(home) as slots:
                gone += _pruned(home, slots, now.timestamp())
        return tuple(gone)

    def _reserve(self, wanted: Wanted, owner: str) -> tuple[Tree, bool]:
        """Return a work tree as its last plan left it, and whether its dependencies are the wanted ones.

        It is on record as holding none until they are known to be complete.
        """
        repo = wanted.service.repo
        home = git_folders.private(self._cache, _FOLDER) / digest(repo)
        with editing(home) as slots:
            git_folders.private(home)
            slots.repo = repo
            # Each command may take its limit: the installation, those of `deploy.before`, the packaging.
            until = self._until(wanted, commands=2 + len(wanted.service.deploy.before))
            slot = slots.reserve(owner, wanted.key, self._clock.now().timestamp(), until)
            if slot is None:
                raise _all_taken(wanted)
            tree = Tree(home, slot.number, label(repo))
            keep = bool(wanted.key) and slot.key == wanted.key and tree.intact
            slots.change(slot, key="", files=tuple(extra.name for extra in wanted.extras))
            store = make_store(home, wanted.source)
            if not tree.intact:
                tree.make(store, wanted.commit)
        return tree, keep

    def _prepare(self, wanted: Wanted, tree: Tree, log: Path, *, keep: bool) -> Checkout:
        keep = _filled(wanted, tree, keep=keep)
        refuse_pointers(wanted, tree.root)
        write_extras(wanted.extras, tree.root, wanted.subject)
        if wanted.install and not (keep and wanted.install.present(tree.root)):
            self._run(wanted, tree, wanted.install.argv, tree.root / wanted.install.folder, log)
        with editing(tree.home) as slots:
            slots.change(slots.all[tree.number], key=wanted.key)
        folder = tree.root / posixpath.normpath(wanted.service.path)
        for argv in wanted.service.deploy.before:
            self._run(wanted, tree, argv, folder, log)
        with editing(tree.home) as slots:
            slots.change(slots.all[tree.number], until=self._until(wanted, commands=1))
        return Checkout(str(tree.root), str(folder), wanted.commit)

    def _until(self, wanted: Wanted, *, commands: int) -> float:
        """Return when a plan is over that still has so many commands to run before its hour begins."""
        limit = commands * wanted.service.deploy.total_seconds
        return self._clock.now().timestamp() + limit + (SLACK + LIFE).total_seconds()

    def _run(self, wanted: Wanted, tree: Tree, argv: tuple[str, ...], folder: Path, log: Path) -> None:
        checkouts_commands.run(wanted.service, wanted.stage, argv, folder, tree.root, log)

    def _homes(self) -> Iterator[Path]:
        folder = self._cache / _FOLDER
        if folder.is_dir():
            yield from sorted(
                home
                for home in folder.iterdir()
                if _HOME.fullmatch(home.name) and home.is_dir() and not home.is_symlink()
            )


def _kept(home: Path, owner: str) -> Slot | None:
    """Make an owner's reservation last until release, and return it."""
    with editing(home) as slots:
        slot = slots.of(owner)
        return slots.change(slot, until=None) if slot else None


def _filled(wanted: Wanted, tree: Tree, *, keep: bool) -> bool:
    """Bring the work tree to the commit, a new one where it is broken; tell whether its dependencies stayed."""
    try:
        tree.fill(wanted.commit, keep=keep)
    except GitError:
        with editing(tree.home):
            tree.make(make_store(tree.home, wanted.source), wanted.commit)
        tree.fill(wanted.commit, keep=False)
        return False
    return keep


def _emptied(tree: Tree, slot: Slot) -> Slot:
    """Remove what a plan left behind, and return the slot as free."""
    if tree.intact:
        with contextlib.suppress(GitError):
            for name in slot.files:
                git_folders.remove(tree.root / name)
            tree.clean(keep=bool(slot.key))
            return Slot(slot.number, key=slot.key)
    tree.discard()
    return Slot(slot.number)


def _pruned(home: Path, slots: Slots, now: float) -> Iterator[str]:
    """Yield what goes; the lock is held."""
    repo = label(slots.repo)
    for slot in tuple(slots.all.values()):
        if slot.owner is not None and slot.free(now):
            slots.all[slot.number] = _emptied(Tree(home, slot.number, repo), slot)
            yield f"a checkout of {repo}, whose plan expired"
    if not any(slot.owner for slot in slots.all.values()) and _gone(slots.repo):
        git_folders.remove(home)
        yield f"the checkouts of {repo or home}, which is no longer there"
        return
    for folder in home.iterdir():
        if folder.name.isdecimal() and int(folder.name) not in slots.all:
            Tree(home, int(folder.name), repo).discard()
            yield f"a checkout of {repo} that belonged to nobody"


def _gone(repo: str) -> bool:
    return not repo or (not is_url(repo) and not Path(repo).exists())


def _all_taken(wanted: Wanted) -> DeployError:
    return DeployError(
        wanted.subject,
        f"all {LIMIT} checkouts of {label(wanted.service.repo)} are held by other plans",
        "end one of them, or wait: a plan that is not run gives its checkout back some time after it expired",
    )
