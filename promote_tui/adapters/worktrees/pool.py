"""Work trees of our own, a few for each repository, reused with the dependencies that are installed in them."""

from __future__ import annotations

import contextlib
import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.adapters.files import private
from promote_tui.adapters.git.mirror import FETCH_SECONDS, Repositories, digest, is_url, label
from promote_tui.adapters.process.system import SystemClock
from promote_tui.adapters.worktrees import commands as checkouts_commands
from promote_tui.adapters.worktrees.commands import Output
from promote_tui.adapters.worktrees.extra_files import files_in
from promote_tui.adapters.worktrees.leases import UnusableError, enter_worktree, mark_if_changed, release
from promote_tui.adapters.worktrees.preparation import prepare_tree
from promote_tui.adapters.worktrees.pruning import prune_slots
from promote_tui.adapters.worktrees.slots import LIFE, LIMIT, SLACK, editing
from promote_tui.adapters.worktrees.spec import CheckoutSpec, gather
from promote_tui.adapters.worktrees.worktree import Tree
from promote_tui.core.errors import DeployError, GitError
from promote_tui.core.package.package import Checkout
from promote_tui.core.text import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import datetime

    from promote_tui.core.model.pipeline import Service
    from promote_tui.ports import CheckoutRequest, Clock, ProjectCommand

_FOLDER = "checkouts"
_HOME = re.compile(r"[0-9a-f]{16}")


class WorkTrees:
    """The port Checkouts: `cache/checkouts/<repository>/<n>`, 0700, tied to a bare repository of our own."""

    def __init__(
        self,
        cache: Path,
        *,
        deployer: str = "deployer",
        clock: Clock | None = None,
        fetch_timeout: float = FETCH_SECONDS,
    ) -> None:
        self._deployer = deployer
        self._cache = cache.resolve()
        self._clock = clock or SystemClock()
        self._repositories = Repositories(self._cache, fetch_timeout)

    def prepare(self, wanted: CheckoutRequest, on_poll: Callable[[], None] | None = None) -> Checkout:
        """Return a clean work tree at the commit with its dependencies, reserved for its owner.

        A work tree that holds the very same for another plan is shared, but with `apart`. The reservation outlasts the
        packaging, at its limit, and the hour in which the plan may be run. Raises GitError, or DeployError
        where a file to copy is missing, a command fails, or what the service consists of is not
        supported; nothing stays reserved then. What `on_poll` raises, called about once a second of a command,
        stops it.
        """
        service, owner = wanted.service, wanted.owner
        spec = gather(self._repositories.open(service.repo), service.at(wanted.stage), wanted.stage, wanted.commit)
        self.release(owner)
        try:
            while True:
                tree = self._reserve(spec, owner, apart=wanted.apart)
                with contextlib.suppress(UnusableError):
                    return self._prepared(spec, tree, owner, Output(wanted.log, on_poll))
                self.release(owner)
        except BaseException:
            self.release(owner)
            raise

    def present(
        self, service: Service, checkout: Checkout, names: Collection[str]
    ) -> tuple[frozenset[str], frozenset[str]]:
        """Return which of the files are in the checkout, and which in the user's own folder (none, for a URL)."""
        yours = () if is_url(service.repo) else files_in(Path(service.repo), names)
        return frozenset(files_in(self._tree(checkout).root, names)), frozenset(yours)

    @contextlib.contextmanager
    def alone(self, checkout: Checkout, owner: str, on_wait: Callable[[], None]) -> Iterator[None]:
        """Keep every other plan that shares the work tree out of it meanwhile; waits until it is free.

        `on_wait` is called about every second of waiting, and may raise. Raises DeployError where the work
        tree is no longer what was prepared for the owner: it went to another plan, another plan's files
        lie in it, or a process died in it whose child may still work there.
        """
        tree = self._tree(checkout)
        with enter_worktree(tree, owner, self._clock, on_wait, self._deployer) as slot:
            try:
                yield
            finally:
                mark_if_changed(tree, slot, owner)

    def digest(self, checkout: Checkout) -> str:
        """Return a digest of the work tree's commit, index, tracked files' changes and copied files."""
        tree = self._tree(checkout)
        with editing(tree.home) as slots:
            slot = slots.all.get(tree.number)
        return tree.state(slot.files if slot else ())

    def run(self, command: ProjectCommand, on_poll: Callable[[], None] | None = None) -> None:
        """Run a command of the project's own in the service's folder; raises DeployError where it does not end well."""
        environment = {**command.extra, **checkouts_commands.NO_ACCOUNT}
        folder, root = Path(command.checkout.service), self._tree(command.checkout).root
        checkouts_commands.run(
            command.service.at(command.stage),
            command.stage,
            command.argv,
            folder,
            root,
            command.log,
            extra=environment,
            hidden=command.hidden,
            on_poll=on_poll,
        )

    def keep(self, owner: str) -> None:
        """Keep the reservation until release; raises DeployError where there is none any more."""
        if not any(_kept(home, owner) for home in self._homes()):
            raise DeployError("checkout", "it was given to another plan, because this one expired", "plan again")

    def release(self, owner: str) -> None:
        """Give the work tree back; with its last owner goes all that plans left in it, but for its dependencies."""
        for home in self._homes():
            release(home, owner, self._clock.now().timestamp())

    def prune(self, now: datetime) -> tuple[str, ...]:
        """Remove what expired plans, crashes and repositories that are gone left behind; return what went."""
        unfinished = self._repositories.prune()
        gone = [plural(unfinished, "unfinished mirror")] if unfinished else []
        for home in self._homes():
            with editing(home) as slots:
                gone += prune_slots(home, slots, now.timestamp())
        return tuple(gone)

    def _tree(self, checkout: Checkout) -> Tree:
        root = Path(checkout.root)
        if root.parent.parent != self._cache / _FOLDER or not root.name.isdecimal():
            raise GitError(checkout.root, "it is not a checkout of ours", "plan again")
        tree = Tree(root.parent, int(root.name), checkout.root)
        if not tree.intact:
            raise GitError(checkout.root, "the checkout is gone", "plan again")
        return tree

    def _reserve(self, wanted: CheckoutSpec, owner: str, *, apart: bool) -> Tree:
        repo = wanted.service.repo
        home = private.make_private_folder(self._cache, _FOLDER) / digest(repo)
        with editing(home) as slots:
            private.make_private_folder(home)
            slots.repo = repo
            # Each command may take its limit: the installation, those of `deploy.before`, the packaging.
            until = self._until(wanted, commands=2 + len(wanted.service.deploy.before))
            slot = slots.reserve(owner, wanted.recipe, wanted.key, self._clock.now().timestamp(), until, apart=apart)
            if slot is None:
                raise _all_taken(wanted)
        return Tree(home, slot.number, label(repo))

    def _prepared(self, wanted: CheckoutSpec, tree: Tree, owner: str, output: Output) -> Checkout:
        """Prepare the work tree, or find it prepared by a plan that wanted the same."""
        with enter_worktree(tree, owner, self._clock, lambda: None, self._deployer) as slot:
            if not slot.ready:
                prepare_tree(wanted, tree, output, slot)
            elif mark_if_changed(tree, slot, owner):
                raise UnusableError
            with editing(tree.home) as slots:
                until = self._until(wanted, commands=1)
                limit = wanted.service.deploy.total_seconds
                now = slots.all[tree.number]
                slots.change(now, ready=True, limit=limit, owners={**now.owners, owner: until})
        folder = tree.root / posixpath.normpath(wanted.service.path)
        return Checkout(str(tree.root), str(folder), wanted.commit, wanted.dependencies, wanted.warnings)

    def _until(self, wanted: CheckoutSpec, *, commands: int) -> float:
        """Return when a plan is over that still has so many commands to run before its hour begins."""
        limit = commands * wanted.service.deploy.total_seconds
        return self._clock.now().timestamp() + limit + (SLACK + LIFE).total_seconds()

    def _homes(self) -> Iterator[Path]:
        folder = self._cache / _FOLDER
        if folder.is_dir():
            yield from sorted(
                home
                for home in folder.iterdir()
                if _HOME.fullmatch(home.name) and home.is_dir() and not home.is_symlink()
            )


def _kept(home: Path, owner: str) -> bool:
    """Make an owner's reservation last until release; tell whether there is one."""
    with editing(home) as slots:
        slot = slots.of(owner)
        if slot:
            slots.change(slot, owners={**slot.owners, owner: None})
    return slot is not None


def _all_taken(wanted: CheckoutSpec) -> DeployError:
    return DeployError(
        wanted.subject,
        f"all {LIMIT} checkouts of {label(wanted.service.repo)} are held by other plans",
        "end one of them, or wait: a plan that is not run releases its checkout some time after it expired",
    )
