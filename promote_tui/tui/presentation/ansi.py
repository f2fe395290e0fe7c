"""Lines of a log: their colours are kept, and nothing else in them that a terminal could act on."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.color import Color
from textual.content import Content, Span
from textual.style import Style

from promote_tui.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 2000
"""How many characters of a line are shown."""

# CSI, OSC and the other string sequences, then two-character escapes; their 8-bit forms too
_SEQUENCES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]"
)
_RESOURCE = re.compile(r"\s*([A-Z_]{6,50}) - ([A-Z]\w+::[\w:]+) - ([\w.-]+)(.*)")
_SGR = re.compile(r"\x1b\[([0-9;:]*)m")
_COLOURS = ("$ink-faint", "$text-error", "$text-success", "$text-warning", "$text-primary", "$text-secondary")
_NAMED = (*_COLOURS, "$text-accent", "$ink")
"""The eight colours as this theme has them, as a terminal's palette would: readable on its background."""
_GROUNDS = ("$panel", "$error-muted", "$success-muted", "$warning-muted", "$primary-muted", "$secondary-muted")
_BEHIND = (*_GROUNDS, "$accent-muted", "$panel")
_CUBE = (0, 95, 135, 175, 215, 255)


@dataclass(frozen=True, slots=True)
class _Pen:
    """What the text behind the last sequence looks like."""

    fore: str | Color | None = None
    back: str | Color | None = None
    flags: frozenset[str] = frozenset()

    def spans(self, start: int, end: int) -> Iterator[Span]:
        if self.back is not None:
            yield Span(start, end, f"on {self.back}" if isinstance(self.back, str) else Style(background=self.back))
        if self.fore is not None and self.fore != self.back:  # text in its own colour is hidden text
            yield Span(start, end, self.fore if isinstance(self.fore, str) else Style(foreground=self.fore))
        if self.flags:
            yield Span(start, end, Style(**dict.fromkeys(self.flags, True)))  # type: ignore[arg-type]


def plain_text(raw: str) -> str:
    """Return a line as it would have ended up on a terminal, without colours and all that acts on one."""
    return clean(_last(_SEQUENCES.sub("", raw)), limit=LONGEST)


def styled_text(raw: str) -> Content:
    """Return a line with the colours that it asks for; its text is that of `plain`."""
    parts = _SGR.split(_last(_SEQUENCES.sub(_kept, raw)))
    pen, text, spans = _Pen(), "", list[Span]()
    for number, part in enumerate(parts):
        if number % 2:
            pen = _moved(pen, part)
            continue
        start, text = len(text), text + clean(part, limit=LONGEST + 1)
        spans += pen.spans(start, len(text)) if len(text) > start else ()
        if len(text) > LONGEST:
            text = clean(text, limit=LONGEST)
            break
    return Content(text, spans)


def columns(text: Content) -> Content:
    """Return the CLI's line about a resource as status, logical id and type, below each other; others as they are."""
    found = _RESOURCE.fullmatch(text.plain)
    if found is None or text.spans:
        return text
    status, kind, name, rest = found.groups()
    return Content(f"{status:<18}  {name:<24}  {kind.removeprefix('AWS::')}{rest}")


def colour_text(raw: str) -> str:
    """Return a line of any length for a pager: with its colours as sequences, and no other sequence."""
    parts = _SGR.split(_last(_SEQUENCES.sub(_kept, raw)))
    if len(parts) == 1:
        return clean(parts[0], limit=len(parts[0]))
    shown = (f"\x1b[{part}m" if number % 2 else clean(part, limit=len(part)) for number, part in enumerate(parts))
    return "".join(shown) + "\x1b[0m"


def _kept(found: re.Match[str]) -> str:
    sequence = found[0].replace("\x9b", "\x1b[")
    return sequence if _SGR.fullmatch(sequence) else ""


def _last(text: str) -> str:
    """Return what is left of a line that was written over."""
    return text.rstrip("\r").rpartition("\r")[2]


_ON = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse", 9: "strike"}
_OFF = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 27: ("reverse",), 29: ("strike",)}

# what SGR's numbers mean
_FORE: dict[int, str | None] = {tens + ones: name for tens in (30, 90) for ones, name in enumerate(_NAMED)} | {39: None}
_BACK: dict[int, str | None] = {tens + ones: name for tens in (40, 100) for ones, name in enumerate(_BEHIND)} | {
    49: None
}
_FORE_EXTENDED, _BACK_EXTENDED = 38, 48
_BY_NUMBER, _BY_PARTS = 5, 2
_BYTE = 255
_CUBE_START, _GREYS_START = 16, 232
"""The palette of 256: 16 names, a cube, and greys."""


def _moved(pen: _Pen, parameters: str) -> _Pen:
    codes = [int(code) if code else 0 for code in parameters.replace(":", ";")[:100].split(";")]
    while codes:
        code = codes.pop(0)
        if code == _FORE_EXTENDED:
            pen = replace(pen, fore=_extended(codes))
        elif code == _BACK_EXTENDED:
            pen = replace(pen, back=_extended(codes))
        else:
            pen = _simple(pen, code)
    return pen


def _simple(pen: _Pen, code: int) -> _Pen:
    if code == 0:
        return _Pen()
    if code in _ON:
        return replace(pen, flags=pen.flags | {_ON[code]})
    if code in _OFF:
        return replace(pen, flags=pen.flags - set(_OFF[code]))
    if code in _FORE:
        return replace(pen, fore=_FORE[code])
    return replace(pen, back=_BACK[code]) if code in _BACK else pen


def _extended(codes: list[int]) -> str | Color | None:
    """Take `5;N` or `2;R;G;B` from the codes and return the colour; None where it is not one."""
    kind = codes.pop(0) if codes else 0
    wanted = {_BY_NUMBER: 1, _BY_PARTS: 3}.get(kind, 0)
    values, codes[:] = codes[:wanted], codes[wanted:]
    if not wanted or len(values) < wanted or max(values) > _BYTE:
        return None
    if kind == _BY_NUMBER:
        return _indexed(values[0])
    red, green, blue = values
    return Color(red, green, blue)


def _indexed(number: int) -> str | Color:
    if number < _CUBE_START:
        return _NAMED[number % 8]
    if number >= _GREYS_START:
        grey = 8 + 10 * (number - _GREYS_START)
        return Color(grey, grey, grey)
    cell = number - _CUBE_START
    return Color(_CUBE[cell // 36], _CUBE[cell // 6 % 6], _CUBE[cell % 6])
