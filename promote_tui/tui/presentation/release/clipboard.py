"""A release as plain text, to be copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.model.cells import Never
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Collection

    from promote_tui.tui.presentation.copy_items import CopyItem
    from promote_tui.tui.presentation.release.model import ReleaseDraft, ReleaseEntry


def copies(release: ReleaseDraft, entry: ReleaseEntry | None, project: str) -> list[CopyItem]:
    """Return the release in words, and the commit that a service would get."""
    found: list[CopyItem] = [("notes of the release", notes(release, project))] if release.included else []
    if entry is not None and entry.draft is not None:
        found.append((f"commit for {entry.service}", entry.draft.commit.sha))
    return found


def notes(release: ReleaseDraft, project: str) -> str:
    """Return the release as plain text, to be copied: each service with the commits that it would bring."""
    lines = [f"{project} to {release.stage.name}"]
    names: Collection[str] = {entry.service for entry in release.included}
    for wave in release.waves:
        within = [release.entries[name] for name in wave.services if name in names]
        lines += ["", f"wave {wave.number}"] if within else []
        for entry in within:
            lines += _note(entry)
    return "\n".join(clean(text) for text in lines)


def _note(entry: ReleaseEntry) -> list[str]:
    draft = entry.draft
    if draft is None:
        return [f"  {entry.service}"]
    old = draft.deployed.short if draft.deployed else "nothing" if isinstance(draft.cell, Never) else "unknown"
    first = f"  {entry.service} {old} -> {draft.commit.short}"
    return [first, *(f"    {it.short} {it.subject} ({it.author})" for it in draft.brings)]
