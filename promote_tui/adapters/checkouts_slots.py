"""Which of our work trees belongs to whom: a small file under a lock, so that no two plans share one."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.adapters import git_folders
from promote_tui.core.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIMIT = 8
FEW = 3
"""So many work trees are made before those of other dependencies are used again."""
LIFE = timedelta(hours=1)
"""How long a plan may be run."""
SLACK = timedelta(minutes=15)
"""For what goes on around the commands that have a limit of their own: git, copying, looking where it would go."""
_FILE = "slots.json"


@dataclass(frozen=True, slots=True)
class Slot:
    """One work tree: who holds it until when (None with an owner: until release), and what is in it.

    `key` names the dependencies that are installed in it, `files` are those that were copied into it.
    """

    number: int
    owner: str | None = None
    until: float | None = None
    key: str = ""
    files: tuple[str, ...] = ()

    def free(self, now: float) -> bool:
        """Tell whether another plan may take it."""
        return self.owner is None or (self.until is not None and self.until <= now)


@dataclass(slots=True)
class Slots:
    """The work trees of one repository."""

    repo: str = ""
    all: dict[int, Slot] = field(default_factory=dict)

    def of(self, owner: str) -> Slot | None:
        """Return what an owner holds."""
        return next((slot for slot in self.all.values() if slot.owner == owner), None)

    def reserve(self, owner: str, key: str, now: float, until: float) -> Slot | None:
        """Give the owner a work tree until then, best one with the same dependencies; None where all are taken."""
        held = self.of(owner)
        number = held.number if held else self._choose(key, now)
        if number is None:
            return None
        before = self.all.get(number, Slot(number))
        slot = replace(before, owner=owner, until=until)
        self.all[number] = slot
        return slot

    def change(self, slot: Slot, **fields: object) -> Slot:
        """Replace some facts of a slot and return it."""
        changed = replace(slot, **fields)  # type: ignore[arg-type]  # the fields' names are checked by replace
        self.all[slot.number] = changed
        return changed

    def _choose(self, key: str, now: float) -> int | None:
        free = sorted((slot for slot in self.all.values() if slot.free(now)), key=lambda slot: slot.number)
        fresh = next((number for number in range(1, LIMIT + 1) if number not in self.all), None)
        for slot in free:
            if slot.key == key:
                return slot.number
        if fresh is not None and (fresh <= FEW or not free):
            return fresh
        return free[0].number if free else None


@contextlib.contextmanager
def editing(home: Path) -> Iterator[Slots]:
    """Hold the lock of a repository's work trees, and write down what was changed; raises GitError."""
    with git_folders.locked(home.with_name(f"{home.name}.lock")):
        slots = _read(home / _FILE)
        before = (slots.repo, dict(slots.all))
        yield slots
        if home.is_dir() and (slots.repo, slots.all) != before:
            _write(home / _FILE, slots)


def _read(file: Path) -> Slots:
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
        found = [Slot(**{**slot, "files": tuple(slot["files"])}) for slot in raw["slots"]]
        return Slots(raw["repo"], {slot.number: slot for slot in found})
    except FileNotFoundError:
        return Slots()
    except (OSError, ValueError, KeyError, TypeError) as problem:
        step = f"when nothing is being promoted, remove {file.parent}"
        raise GitError(str(file), "the record of our checkouts cannot be read", step) from problem


def _write(file: Path, slots: Slots) -> None:
    text = json.dumps({"repo": slots.repo, "slots": [asdict(slot) for slot in slots.all.values()]})
    fresh = file.with_suffix(".new")
    with git_folders.named(file):
        fresh.unlink(missing_ok=True)
        fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fd, "w", encoding="utf-8") as out:
            out.write(text)
        fresh.replace(file)
