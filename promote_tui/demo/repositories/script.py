"""How a repository came about, told in steps; nothing here knows of git or of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

FILE = "100644"
LINK = "120000"


@dataclass(frozen=True, slots=True)
class Edit:
    """One change to a file: `new` takes the place of `old`, or is added at the end (of a new file, where it is new)."""

    path: str
    new: str
    old: str = ""
    mode: str = FILE


@dataclass(frozen=True, slots=True)
class Fork:
    """A branch begins at another one's tip."""

    branch: str
    start: str


@dataclass(frozen=True, slots=True)
class Change:
    """A commit on a branch; `label` is a name by which the sandbox finds it again."""

    branch: str
    author: str
    subject: str
    edits: tuple[Edit, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Merge:
    """A merge commit on `branch`; each file is taken from the side that changed it."""

    branch: str
    source: str
    author: str
    subject: str
    label: str = ""


Step: TypeAlias = Fork | Change | Merge


@dataclass(frozen=True, slots=True)
class Story:
    """A repository: its steps, oldest first, and the branches that are still there at the end."""

    name: str
    branches: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def commits(self) -> int:
        """How many commits it has."""
        return sum(not isinstance(step, Fork) for step in self.steps)


ANA = "Ana Ferreira"
JOE = "Joe Whitaker"
LUKAS = "Lukas Brandt"
MEI = "Mei Tanaka"
PRIYA = "Priya Nair"


def email_of(author: str) -> str:
    """Return the author's address: the first name at the company."""
    return f"{author.split(maxsplit=1)[0].lower()}@acme.example"
