"""Checkouts without git: a commit's files written to a plain folder."""

from __future__ import annotations

import contextlib
import fnmatch
import hashlib
import os
import posixpath
import shlex
import shutil
import subprocess
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.adapters.worktrees import install
from promote_tui.core.errors import DeployError, GitError
from promote_tui.core.package.checkout_deviations import Assessment, Deviations, assess_deviations
from promote_tui.core.package.package import Checkout
from promote_tui.core.text import short
from promote_tui.ports import CheckoutRequest, Clock, ProjectCommand
from tests.support.fakes.git import FakeRepository

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from promote_tui.core.model.pipeline import Service

LIMIT = 8
_WAIT_SECONDS = 1.0


@dataclass(slots=True)
class _Tree:
    """A work tree: who holds it until when, what it was prepared for, and how it looked then."""

    recipe: tuple[str, ...]
    owners: dict[str, datetime | None] = field(default_factory=dict)
    looks: str = ""
    marked: str = ""
    apart: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def holders(self, now: datetime) -> list[str]:
        return [owner for owner, until in self.owners.items() if until is None or until > now]

    def open_to(self, recipe: tuple[str, ...], now: datetime) -> bool:
        shared = self.recipe == recipe and not self.marked and None not in self.owners.values()
        return shared and not self.apart and bool(self.holders(now))


@dataclass(slots=True)
class FakeCheckouts:
    """The port Checkouts over repositories in memory; work trees are in `folder`.

    `prepared` lists the commits that were prepared, `kept` and `released` the owners that asked for it.
    `failing` is why preparing a service for a stage fails.
    """

    repositories: dict[str, FakeRepository]
    folder: Path
    clock: Clock
    held: dict[int, _Tree] = field(default_factory=dict)
    prepared: list[str] = field(default_factory=list)
    failing: dict[tuple[str, str], DeployError] = field(default_factory=dict)
    one_by_one: threading.RLock = field(default_factory=threading.RLock)
    kept: list[str] = field(default_factory=list)
    released: list[str] = field(default_factory=list)

    def prepare(self, wanted: CheckoutRequest, on_poll: Callable[[], None] | None = None) -> Checkout:
        if on_poll:
            on_poll()
        if (wanted.service.name, wanted.stage) in self.failing:
            wanted.log.write_text("what went wrong\n", encoding="utf-8")
            raise self.failing[wanted.service.name, wanted.stage]
        with self.one_by_one:
            return self._prepare(wanted)

    def _prepare(self, wanted: CheckoutRequest) -> Checkout:
        stage, commit, owner = wanted.stage, wanted.commit, wanted.owner
        service, repository = wanted.service.at(stage), self.repositories.get(wanted.service.repo)
        if repository is None or commit not in repository.files:
            raise GitError(service.repo, f"{short(commit)} is not in this clone", "run `git fetch` there")
        folder = posixpath.normpath(service.path)
        if not any(folder == "." or name.startswith(f"{folder}/") for name in repository.files[commit]):
            raise DeployError(f"{service.name}/{stage}", f"{short(commit)} has no folder {folder}", "choose another")
        if service.file and f"{folder}/{service.file}" not in repository.files[commit]:
            cause = f"{short(commit)} has no {service.file} in {folder}"
            raise DeployError(f"{service.name}/{stage}", cause, "choose another")
        self._copy_nothing(service, stage)
        found = _assess(service, repository.files[commit])
        if found.refused:
            raise DeployError(f"{service.name}/{stage}", found.refused, found.remedy)
        self._give_up(owner)
        number = self._reserve(service, stage, commit, owner, apart=wanted.apart)
        root = self.folder / str(number)
        if not self.held[number].looks:
            self._fill(root, repository.files[commit])
            self.held[number].looks = _looks(root)
            self.prepared.append(commit)
            with wanted.log.open("a", encoding="utf-8") as out:
                out.write(f"checked out {commit}\n")
        files = repository.files[commit]
        dependencies = install.describe_install(service, install.choose(service, files, (), ""), files)
        return Checkout(str(root), str(root / folder), commit, dependencies, found.warnings)

    def present(
        self, service: Service, checkout: Checkout, names: Collection[str]
    ) -> tuple[frozenset[str], frozenset[str]]:
        roots = (Path(checkout.root), Path(service.repo))
        there, yours = (frozenset(name for name in names if (root / name).is_file()) for root in roots)
        return there, yours

    @contextlib.contextmanager
    def alone(self, checkout: Checkout, owner: str, on_wait: Callable[[], None]) -> Iterator[None]:
        number = int(Path(checkout.root).name)
        lock = self.held[number].lock if number in self.held else threading.Lock()
        while not lock.acquire(blocking=False):
            on_wait()
            if lock.acquire(timeout=_WAIT_SECONDS):
                break
        try:
            tree = self.held.get(number)
            if tree is None or owner not in tree.owners:
                raise DeployError("checkout", "it was given to another plan, because this one expired", "plan again")
            if tree.marked not in {"", owner}:
                raise DeployError("checkout", "another plan left files in it", "plan again")
            yield
            if _looks(Path(checkout.root)) != tree.looks:
                tree.marked = owner
        finally:
            lock.release()

    def run(self, command: ProjectCommand, on_poll: Callable[[], None] | None = None) -> None:
        if on_poll:
            on_poll()
        try:
            done = subprocess.run(
                list(command.argv),
                cwd=command.checkout.service,
                env={"PATH": os.environ["PATH"], **command.extra},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
            )
        except FileNotFoundError:
            raise DeployError(command.argv[0], "it is not on the PATH", "install it, or fix the command") from None
        with command.log.open("ab") as out:
            out.write(done.stdout)
        if done.returncode:
            cause = f"`{shlex.join(command.argv)}` ended with exit code {done.returncode}"
            subject = f"{command.service.name}/{command.stage}"
            raise DeployError(subject, cause, f"the whole output is in {command.log}")

    def digest(self, checkout: Checkout) -> str:
        tracked = next(its.files[checkout.commit] for its in self.repositories.values() if checkout.commit in its.files)
        if not Path(checkout.root).is_dir():
            raise GitError(checkout.root, "the checkout is gone", "plan again")
        state = hashlib.sha256(checkout.commit.encode())
        for name in sorted(tracked):
            path = Path(checkout.root) / name
            state.update(name.encode() + (path.read_bytes() if path.is_file() else b"none"))
        return state.hexdigest()

    def keep(self, owner: str) -> None:
        number = self._number(owner)
        if number is None:
            raise DeployError("checkout", "it was given to another plan, because this one expired", "plan again")
        self.kept.append(owner)
        self.held[number].owners[owner] = None

    def release(self, owner: str) -> None:
        with self.one_by_one:
            self.released.append(owner)
            self._give_up(owner)

    def prune(self, now: datetime) -> tuple[str, ...]:
        over = [number for number, tree in self.held.items() if not tree.holders(now)]
        for number in over:
            self._empty(number)
        return tuple("a checkout, whose plan expired" for _ in over)

    def _give_up(self, owner: str) -> None:
        number = self._number(owner)
        if number is None:
            return
        tree, root = self.held[number], self.folder / str(number)
        del tree.owners[owner]
        if not tree.holders(self.clock.now()):
            self._empty(number)
        elif tree.marked == owner:
            commit = tree.recipe[2]
            self._fill(root, next(its.files[commit] for its in self.repositories.values() if commit in its.files))
            tree.marked = ""

    def _empty(self, number: int) -> None:
        del self.held[number]
        shutil.rmtree(self.folder / str(number), ignore_errors=True)

    def _fill(self, root: Path, files: dict[str, str]) -> None:
        shutil.rmtree(root, ignore_errors=True)
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")

    def _reserve(self, service: Service, stage: str, commit: str, owner: str, *, apart: bool) -> int:
        now, recipe = self.clock.now(), _recipe(service, commit)
        shared = next((number for number, tree in self.held.items() if tree.open_to(recipe, now)), None)
        free = (n for n in range(1, LIMIT + 1) if n not in self.held or not self.held[n].holders(now))
        shared = None if apart else shared
        number = shared or next(free, None)
        if number is None:
            raise DeployError(f"{service.name}/{stage}", f"all {LIMIT} checkouts are held by other plans", "end one")
        if not shared:
            self.held[number] = _Tree(recipe, apart=apart)
        self.held[number].owners[owner] = now + timedelta(hours=1, minutes=15, seconds=service.deploy.total_seconds)
        return number

    def _number(self, owner: str) -> int | None:
        return next((number for number, tree in self.held.items() if owner in tree.owners), None)

    def _copy_nothing(self, service: Service, stage: str) -> None:
        """No file is ever there to be copied: a fake has no folder of the user's."""
        for name in service.deploy.files:
            raise DeployError(f"{service.name}/{stage}", f"deploy.files: {name} is not in {service.repo}", "create it")


def _assess(service: Service, files: dict[str, str]) -> Assessment:
    """Return what follows from the attributes at the repository's root, of the form `PATTERN filter=NAME`."""
    rows = [row.split(" filter=") for row in files.get(".gitattributes", "").splitlines()]
    filters = {path: name for pattern, name in rows for path in files if fnmatch.fnmatch(path, pattern)}
    folders = [posixpath.normpath(path) for path in service.paths]
    return assess_deviations(Deviations(files, filters, frozenset(filters.values())), folders)


def _recipe(service: Service, commit: str) -> tuple[str, ...]:
    deploy = service.deploy
    return service.repo, service.name, commit, repr((deploy.install, deploy.before, deploy.env, deploy.files))


def _looks(root: Path) -> str:
    state = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        state.update(str(path).encode() + (path.read_bytes() if path.is_file() else b"folder"))
    return state.hexdigest()
