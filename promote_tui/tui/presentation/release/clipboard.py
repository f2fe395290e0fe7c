"""A release as plain text, to be copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.model.cells import Never
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Collection

    from promote_tui.tui.presentation.release.model import Release, ReleaseEntry


def notes(release: Release, project: str) -> str:
    """Return the release as plain text, to be copied: each service with the commits that it would bring."""
    lines = [f"{project} to {release.stage.name}"]
    names: Collection[str] = {part.service for part in release.included}
    for wave in release.waves:
        within = [release.parts[name] for name in wave.services if name in names]
        lines += ["", f"wave {wave.number}"] if within else []
        for part in within:
            lines += _note(part)
    return "\n".join(clean(text) for text in lines)


def _note(part: ReleaseEntry) -> list[str]:
    draft = part.draft
    if draft is None:
        return [f"  {part.service}"]
    old = draft.deployed.short if draft.deployed else "nothing" if isinstance(draft.cell, Never) else "unknown"
    first = f"  {part.service} {old} -> {draft.commit.short}"
    return [first, *(f"    {it.short} {it.subject} ({it.author})" for it in draft.brings)]
