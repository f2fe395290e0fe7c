"""Whether what is about to be deployed is what was verified in the stage before, byte for byte."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Sameness: TypeAlias = Literal["equal", "different", "unknown"]
SameArtifact: TypeAlias = Literal["warn", "require"]
"""Whether a stage only says so where the artifact differs, or stays closed."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The functions' code compared with that of the stage before.

    `reason` says in plain words what it was compared with and, where known, why it differs or cannot be
    compared; `functions` are the logical ids that differ.
    """

    verdict: Sameness
    reason: str
    functions: tuple[str, ...] = ()
