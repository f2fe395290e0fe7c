"""Text from outside inside of Markdown: it is shown as it is, and means nothing there."""

from __future__ import annotations

import re

from promote_tui.core.text import clean, mask

_ALWAYS = re.compile(r"([\\`*_{}\[\]<>&|~#!$^=])")
_AT_THE_START = re.compile(r"^(\d+)([.)])|^([-+:])")
_NOT_IN_A_LINK = re.compile(r"[^!#-'*-;=?-\[\]^-~]", re.ASCII)
_SCHEMES = ("https://", "http://")
_APART = "&#8203;"
"""A space without width, written in ASCII."""
_REFERENCE = re.compile(r"""@|(?:\\[#!~$&^]|%)(?=[\w"])|\bGH(?=-\d)|:(?=//)|\bwww(?=\.)""", re.IGNORECASE)


def escape(text: str) -> str:
    """Return a text in one line, with all Markdown in it escaped."""
    return _AT_THE_START.sub(_escape_start, _ALWAYS.sub(r"\\\1", one_line(text)))


def escape_comment(text: str) -> str:
    """Return a text for a comment on a pull request: it mentions nobody, refers to nothing and links nowhere.

    GitHub, GitLab and Bitbucket look for `@team`, `#12`, `!12`, `%v1`, `GH-12` and addresses in what Markdown came to,
    so escaping alone would not keep them from it.
    """
    return _REFERENCE.sub(lambda found: found[0] + _APART, escape(mask(text)))


def link(text: str, url: str | None) -> str:
    """Return a link to an http(s) address, or else the text alone."""
    if not url or not url.startswith(_SCHEMES):
        return escape(text)
    return f"[{escape(text)}]({_NOT_IN_A_LINK.sub(lambda bad: f'%{ord(bad[0]):02X}', url)})"


def one_line(text: str) -> str:
    """Return a text in one line, cleaned."""
    return " ".join(clean(text, limit=1_000).split())


def _escape_start(found: re.Match[str]) -> str:
    return f"{found[1]}\\{found[2]}" if found[1] else f"\\{found[3]}"
