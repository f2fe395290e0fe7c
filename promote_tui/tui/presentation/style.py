"""Text with a role: the one place where roles become theme colours and outside text is cleaned."""

from __future__ import annotations

from typing import Literal, TypeAlias

from rich.cells import cell_len, set_cell_size
from textual.color import Color
from textual.content import Content
from textual.style import Style

from promote_tui.core.text import clean

Role: TypeAlias = Literal[
    "plain",
    "strong",
    "muted",
    "faint",
    "label",
    "good",
    "warn",
    "bad",
    "live",
    "strong good",
    "strong warn",
    "strong bad",
    "strong live",
]
STYLES: dict[Role, str] = {
    "plain": "$ink",
    "strong": "bold $ink",
    "muted": "$ink-muted",
    "faint": "$ink-faint",
    "label": "bold $ink-muted",
    "good": "$text-success",
    "warn": "$text-warning",
    "bad": "$text-error",
    "live": "$text-primary",
    "strong good": "bold $text-success",
    "strong warn": "bold $text-warning",
    "strong bad": "bold $text-error",
    "strong live": "bold $text-primary",
}
CURSOR = "on $primary-muted"
TROUBLE = "on $error-muted"
PAUSED = "on $warning-muted"
HIT, HIT_HERE = "underline on $warning-muted", "bold reverse $text-warning"
"""What a search has found, and the one of it that is looked at."""
BLANK = Content("")


_ANSI_GROUNDS = dict.fromkeys(("primary-muted", "error-muted", "warning-muted"), "ansi_default")
"""Where the terminal mixes the colours, red on red cannot be told apart: brackets show the cursor instead."""


def text_colours(background: str, foreground: str) -> dict[str, str]:
    """Return the colours of plain, muted and faint text on a background; on the terminal's own, its own.

    There the grounds under a cursor and under trouble are given too.
    """
    ground = Color.parse(background)
    if ground.ansi is not None:
        return {"ink": foreground, "ink-muted": foreground, "ink-faint": foreground, **_ANSI_GROUNDS}
    over = ground.get_contrast_text(1.0)
    shades = {"ink": 0.87, "ink-muted": 0.6, "ink-faint": 0.38}
    return {name: ground.blend(over, part, alpha=1.0).hex for name, part in shades.items()}


def ink(text: str, role: Role = "plain", *, limit: int = 500) -> Content:
    """Return text of any origin as it may be shown, in a role's colour; it is never read as markup."""
    return Content.styled(clean(text, limit=limit), STYLES[role])


def to_ascii(content: Content) -> Content:
    """Return the content with the sign of what was cut as plain ASCII; it is one cell, as before."""
    if "…" not in content.plain:
        return content
    return Content(content.plain.replace("…", "~"), spans=list(content.spans))


def line(*parts: Content | str) -> Content:
    """Return the parts side by side; plain strings are for spaces and our own words."""
    return Content.assemble(*parts)


def spread(left: Content, right: Content, width: int) -> Content:
    """Return one line of exactly `width` cells with `right` at its end; `left` is cut where it must be."""
    room = max(0, width - right.cell_length - (1 if right.plain else 0))
    return line(fit(left, room), " " if right.plain else "", right).truncate(width, pad=True)


def fit(content: Content, width: int) -> Content:
    """Return the content in exactly `width` cells, cut at its end or padded."""
    return content.truncate(max(0, width), ellipsis=True, pad=True)


def align_right(content: Content, width: int) -> Content:
    """Return the content at the end of `width` cells."""
    return content.truncate(width, ellipsis=True).pad_left(max(0, width - content.cell_length))


def cut_middle(text: str, width: int) -> str:
    """Return the text in at most `width` cells, cut in its middle."""
    shown = clean(text)
    if cell_len(shown) <= width:
        return shown
    tail = max(0, (width - 1) // 2)
    end = shown[-tail:] if tail else ""
    return set_cell_size(shown, max(0, width - 1 - cell_len(end))) + "…" + end


def rule(left: Content, right: Content, width: int, char: str) -> Content:
    """Return a hairline between two texts."""
    room = width - left.cell_length - right.cell_length - 2
    if room < 1:
        return spread(left, right, width)
    return line(left, " ", Content.styled(char * room, "$panel"), " ", right)


def make_clickable(content: Content, action: str) -> Content:
    """Return the content so that a click on it does an action, as a key does; the action is never text from outside."""
    return content.stylize(Style.from_meta({"@click": action}))


def first_lines(lines: list[Content], most: int, width: int) -> list[Content]:
    """Return the first lines, with a sign at the end of the last one where more were cut off."""
    if len(lines) <= most:
        return lines
    kept = lines[: max(1, most)]
    return [*kept[:-1], line(kept[-1].truncate(max(0, width - 1)), "…")]


def wrap(content: Content, width: int, indent: int = 0) -> list[Content]:
    """Return the content in lines of at most `width` cells; its first `indent` characters hang to the left."""
    first, *rest = content[indent:].wrap(max(1, width - indent)) or [BLANK]
    return [line(content[:indent], first), *(more.pad_left(indent) for more in rest)]
