"""The files that a service's configuration reads besides itself, and those that a checkout lacks."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from promote_tui.core.value import Value


class FileReferences(Value):
    """What a configuration reads, by paths from the repository's top; each with what reads it, in words.

    `otherwise` is read only where `first` is not there (both empty where that is not so).
    """

    files: Mapping[str, str]
    first: str = ""
    otherwise: str = ""


def missing_files(found: FileReferences, there: Collection[str], yours: Collection[str]) -> tuple[str, ...]:
    """Return a line for each file that is read and is in the user's folder (`yours`), not in the checkout (`there`)."""
    over = {found.otherwise} if found.first and (found.first in there or found.first in yours) else set()
    lacking = [path for path in found.files if path in yours and path not in there and path not in over]
    return tuple(
        f"{path} is not in the commit, and {found.files[path]}: name it in deploy.files, which copies yours"
        for path in lacking
    )
