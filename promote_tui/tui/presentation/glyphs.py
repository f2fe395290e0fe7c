"""The characters that stand for states, in Unicode and in plain ASCII."""

from __future__ import annotations

from promote_tui.core.value import Value


class Glyphs(Value):
    """One set of characters, each a single cell wide; `cut` may be wider, and `frames` animate what is running."""

    same: str = "●"
    behind: str = "▼"
    ahead: str = "▲"
    diverged: str = "◆"
    altered: str = "≠"
    failed: str = "✗"
    never: str = "○"
    unknown: str = "?"
    hold: str = "⊘"
    veto: str = "⊗"
    alone: str = "·"
    loading: str = "…"
    passed: str = "✓"
    attention: str = "!"
    replaced: str = "±"
    modified: str = "~"
    added: str = "+"
    removed: str = "−"  # noqa: RUF001 - the sign that stands as high as the plus
    arrow: str = "→"
    crumb: str = "▸"
    dot: str = "·"
    rule: str = "─"
    rail: str = "│"
    mark: str = "▎"
    bar_full: str = "▰"
    bar_empty: str = "▱"
    sort: str = "↓"
    none: str = "—"
    back: str = "↩"
    more_left: str = "◂"
    more_right: str = "▸"
    cut: str = "…"
    frames: str = "◐◓◑◒"

    def running(self, frame: int = 0) -> str:
        """Return the running glyph at a frame of its animation."""
        return self.frames[frame % len(self.frames)]


UNICODE = Glyphs()
ASCII = Glyphs(
    same="=",
    behind="v",
    ahead="^",
    diverged="%",
    altered="!",
    hold="#",
    veto="x",
    failed="X",
    never="-",
    alone=".",
    loading=".",
    passed="+",
    replaced="R",
    removed="-",
    arrow=">",
    crumb=">",
    dot="/",
    rule="-",
    rail="|",
    mark="*",
    bar_full="#",
    bar_empty=".",
    sort="v",
    none="-",
    back="<",
    more_left="<",
    more_right=">",
    cut="...",
    frames="*",
)
