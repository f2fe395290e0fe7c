"""Which of our work trees serves which plans: a small file under a lock.

Plans that want the very same thing prepared share a work tree; a plan that a runner executes keeps
newcomers out, because a deploy may take long and no two of the CLI's processes work in one folder.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.adapters.files import locks, private
from promote_tui.core.errors import GitError
from promote_tui.private_files import write_private

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIMIT = 8
FEW = 3
"""How many work trees are made before those with other dependencies are reused."""
LIFE = timedelta(hours=1)
"""How long a plan may be run."""
SLACK = timedelta(minutes=15)
"""For what goes on around the commands that have a limit of their own: git, copying, looking where it would go."""
_FILE = "trees.json"


@dataclass(frozen=True, slots=True)
class Slot:
    """One work tree: who holds it until when (None: until release), and what is in it.

    `recipe` names all that it is prepared from, `ready` says that it is prepared; `key` names the
    dependencies that are installed in it, `files` are those that were copied into it. `busy` is who
    entered it and did not leave yet, `marked` whose packaging left files in it, `limit` how many
    seconds a command may take there. `apart` is nobody's to share, nor are its dependencies before they
    are known to be as they were installed.
    """

    number: int
    owners: Mapping[str, float | None] = field(default_factory=dict)
    recipe: str = ""
    ready: bool = False
    key: str = ""
    files: tuple[str, ...] = ()
    busy: str = ""
    marked: str = ""
    limit: float = 0.0
    apart: bool = False

    def holders(self, now: float) -> tuple[str, ...]:
        """Return who holds it at that moment."""
        return tuple(owner for owner, until in self.owners.items() if until is None or until > now)

    def open_to(self, recipe: str, now: float) -> bool:
        """Tell whether another plan may share it: it is what that plan wants, and no runner works with it."""
        held = self.holders(now)
        shared = self.recipe == recipe and not self.marked and not self.apart
        return bool(held) and shared and None not in self.owners.values()


@dataclass(slots=True)
class Slots:
    """The work trees of one repository."""

    repo: str = ""
    all: dict[int, Slot] = field(default_factory=dict)

    def of(self, owner: str) -> Slot | None:
        """Return what an owner holds."""
        return next((slot for slot in self.all.values() if owner in slot.owners), None)

    def reserve(  # noqa: PLR0913 - each a fact of its own
        self, owner: str, recipe: str, key: str, now: float, until: float, *, apart: bool = False
    ) -> Slot | None:
        """Give the owner a work tree until then, and return it; None where all are taken.

        Best one that is prepared from the same recipe, else one with the same dependencies.
        """
        shared = next((slot for slot in self.all.values() if slot.open_to(recipe, now)), None)
        if shared and not apart:
            return self.change(shared, owners={**shared.owners, owner: until})
        number = self._choose(key, now)
        if number is None:
            return None
        before = self.all.get(number, Slot(number))
        key = "" if before.apart else before.key  # it was not given back
        fresh = Slot(number, {owner: until}, recipe, key=key, files=before.files, apart=apart)
        self.all[number] = fresh
        return fresh

    def change(self, slot: Slot, **fields: object) -> Slot:
        """Replace some facts of a slot and return it."""
        changed = replace(slot, **fields)  # type: ignore[arg-type]  # the fields' names are checked by replace
        self.all[slot.number] = changed
        return changed

    def _choose(self, key: str, now: float) -> int | None:
        free = sorted((slot for slot in self.all.values() if not slot.holders(now)), key=lambda slot: slot.number)
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
    with locks.hold_lock(home.with_name(f"{home.name}.lock")):
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
    with private.translate_os_errors(file):
        write_private(file, text.encode())
