"""Checkouts without git: a commit's files written to a plain folder."""

from __future__ import annotations

import hashlib
import posixpath
import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.core.errors import DeployError, GitError
from promote_tui.core.package import Checkout
from promote_tui.core.text import short
from promote_tui.ports import Clock
from tests.fakes.git import FakeRepository

if TYPE_CHECKING:
    from promote_tui.core.model import Service

LIMIT = 8


@dataclass(slots=True)
class FakeCheckouts:
    """The port Checkouts over repositories in memory; work trees are in `folder`.

    `kept` and `released` list the owners that asked for it, in order.
    """

    repositories: dict[str, FakeRepository]
    folder: Path
    clock: Clock
    held: dict[int, tuple[str, datetime | None]] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    released: list[str] = field(default_factory=list)

    def prepare(self, service: Service, stage: str, commit: str, owner: str, log: Path) -> Checkout:
        repository = self.repositories.get(service.repo)
        if repository is None or commit not in repository.files:
            raise GitError(service.repo, f"{short(commit)} is not in this clone", "run `git fetch` there")
        folder = posixpath.normpath(service.path)
        if not any(folder == "." or name.startswith(f"{folder}/") for name in repository.files[commit]):
            raise DeployError(f"{service.name}/{stage}", f"{short(commit)} has no folder {folder}", "choose another")
        self._copy_nothing(service, stage)
        root = self.folder / str(self._reserve(service, stage, owner))
        shutil.rmtree(root, ignore_errors=True)
        for name, text in repository.files[commit].items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        with log.open("a", encoding="utf-8") as out:
            out.write(f"checked out {commit}\n")
        return Checkout(str(root), str(root / folder), commit)

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
        self.held[number] = (owner, None)

    def release(self, owner: str) -> None:
        self.released.append(owner)
        number = self._number(owner)
        if number is not None:
            del self.held[number]

    def prune(self, now: datetime) -> tuple[str, ...]:
        over = [number for number, (_, until) in self.held.items() if until is not None and until <= now]
        for number in over:
            del self.held[number]
            shutil.rmtree(self.folder / str(number), ignore_errors=True)
        return tuple("a checkout, whose plan expired" for _ in over)

    def _reserve(self, service: Service, stage: str, owner: str) -> int:
        now = self.clock.now()
        taken = {
            number for number, (who, until) in self.held.items() if who != owner and (until is None or until > now)
        }
        own = self._number(owner)
        number = own if own in range(1, LIMIT + 1) else next((n for n in range(1, LIMIT + 1) if n not in taken), None)
        if number is None:
            raise DeployError(f"{service.name}/{stage}", f"all {LIMIT} checkouts are held by other plans", "end one")
        life = timedelta(hours=1, minutes=15, seconds=service.deploy.total_seconds)
        self.held[number] = (owner, now + life)
        return number

    def _number(self, owner: str) -> int | None:
        return next((number for number, (who, _) in self.held.items() if who == owner), None)

    def _copy_nothing(self, service: Service, stage: str) -> None:
        """No file is ever there to be copied: a fake has no folder of the user's."""
        for name in service.deploy.files:
            raise DeployError(f"{service.name}/{stage}", f"deploy.files: {name} is not in {service.repo}", "create it")
