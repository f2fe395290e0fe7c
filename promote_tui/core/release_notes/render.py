"""Release notes as Markdown and as HTML: nothing from outside means anything in either.

Both hold plain words that were cleaned and escaped, and links that were made here. The HTML is a
whole page that renders alone: no script, nothing loaded.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from promote_tui.core.text import clean, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from promote_tui.core.changes.model import ResourceChange
    from promote_tui.core.release_notes.model import End, Entry, Notes, ServiceNotes

_ALWAYS = re.compile(r"([\\`*_{}\[\]<>&|~#!$^=])")
_AT_THE_START = re.compile(r"^(\d+)([.)])|^([-+:])")
_NOT_IN_A_LINK = re.compile(r"[^!#-'*-;=?-\[\]^-~]", re.ASCII)
_SCHEMES = ("https://", "http://")
_SIGNS = {"add": "added", "modify": "modified", "remove": "removed"}
_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }}
code {{ font-size: 0.9em; }}
.breaking {{ border-left: 4px solid #c33; padding-left: 1rem; }}
.by {{ opacity: 0.7; }}
</style>
</head>
<body>
{body}
</body>
</html>
"""


def markdown(notes: Notes) -> str:
    """Return the notes as Markdown (CommonMark)."""
    lines = [f"# {_md(title(notes))}", ""]
    for its in notes.services:
        lines += _markdown_service(its)
    return "\n".join(lines).rstrip("\n") + "\n"


def _markdown_service(its: ServiceNotes) -> Iterator[str]:
    yield from (f"## {_md(its.service)}", "", _range(its, _md, _md_link), "")
    for section in its.sections:
        yield from (f"### {section.title}", "")
        yield from (f"- {line}" for entry in section.entries for line in [_entry(entry, _md, _md_link, "**")])
        yield ""
    infrastructure = [f"- {line}" for line in _infrastructure(its, _md)]
    if infrastructure:
        yield from ("### Infrastructure", "", *infrastructure, "")
    if its.authors:
        yield from (f"By {', '.join(_md(name) for name in its.authors)}.", "")


def html(notes: Notes) -> str:
    """Return the notes as a whole HTML page."""
    body = [f"<h1>{_html(title(notes))}</h1>"]
    for its in notes.services:
        body += _html_service(its)
    return _PAGE.format(title=_html(title(notes)), body="\n".join(body))


def _html_service(its: ServiceNotes) -> Iterator[str]:
    yield f"<section>\n<h2>{_html(its.service)}</h2>\n<p>{_range(its, _html, _html_link)}</p>"
    for section in its.sections:
        loud = ' class="breaking"' if section.entries[0].breaking is not None else ""
        items = [f"<li>{_entry(entry, _html, _html_link, 'strong')}</li>" for entry in section.entries]
        yield "\n".join((f"<div{loud}>\n<h3>{section.title}</h3>\n<ul>", *items, "</ul>\n</div>"))
    infrastructure = [f"<li>{line}</li>" for line in _infrastructure(its, _html)]
    if infrastructure:
        yield "\n".join(("<h3>Infrastructure</h3>\n<ul>", *infrastructure, "</ul>"))
    if its.authors:
        yield f'<p class="by">By {", ".join(_html(name) for name in its.authors)}.</p>'
    yield "</section>"


def title(notes: Notes) -> str:
    """Return the notes' headline."""
    return f"{notes.project}: from {notes.source} to {notes.target}, {notes.at:%Y-%m-%d}"


def _range(its: ServiceNotes, say: Callable[[str], str], link: Callable[[str, str | None], str]) -> str:
    ends = f"{_end(its.source)}, which {_end(its.target)} lacks"
    if not its.count:
        return say(f"Nothing new: {_end(its.target)} has every commit of {_end(its.source)}.")
    more = " (the newest; there are more)" if its.cut else ""
    words = say(f"{plural(its.count, 'commit')}{more} of {ends}.")
    return f"{words} {link('All changes', its.compare)}" if its.compare else words


def _end(end: End) -> str:
    if end.sha is None:
        return f"{end.name} (nothing deployed)"
    return end.name if end.sha.startswith(end.name) else f"{end.name} ({end.sha[:7]})"


def _entry(entry: Entry, say: Callable[[str], str], link: Callable[[str, str | None], str], strong: str) -> str:
    scope = _strong(f"{say(entry.scope)}:", strong) + " " if entry.scope else ""
    named = [link(ticket.id, ticket.url) for ticket in entry.tickets if ticket.url or ticket.id not in entry.text]
    facts = [link(entry.commit.short, entry.url), *named, say(entry.commit.author)]
    words = [f"{scope}{say(entry.text)} ({', '.join(facts)})"]
    if entry.breaking is not None and entry.breaking != entry.text:
        words.append(f"{_strong('Breaking:', strong)} {say(entry.breaking)}")
    if entry.reverts is not None:
        words.append(say(f"Reverts {entry.reverts}."))
    if entry.taken_back is not None:
        words.append(say(f"Taken back by {entry.taken_back}."))
    return " ".join(words)


def _strong(words: str, strong: str) -> str:
    return f"**{words}**" if strong == "**" else f"<{strong}>{words}</{strong}>"


def _infrastructure(its: ServiceNotes, say: Callable[[str], str]) -> Iterator[str]:
    if its.infrastructure.unknown:
        yield say(f"Cannot be told: {its.infrastructure.unknown}.")
    for change in its.infrastructure.changes:
        yield say(_change(change))


def _change(change: ResourceChange) -> str:
    names = ", ".join(dict.fromkeys(each.path for each in change.properties))
    replaced = {"true": ", replaced", "conditional": ", may be replaced"}.get(change.replacement, "")
    data = ", holds data" if change.loses_data else ""
    return f"{change.logical_id} ({change.resource_type}) {_SIGNS[change.action]}{replaced}{data}" + (
        f": {names}" if names and change.action == "modify" else ""
    )


def _md(text: str) -> str:
    """Return text in which nothing means anything to Markdown."""
    words = " ".join(clean(text, limit=1_000).split())
    return _AT_THE_START.sub(_escaped_start, _ALWAYS.sub(r"\\\1", words))


def _escaped_start(found: re.Match[str]) -> str:
    return f"{found[1]}\\{found[2]}" if found[1] else f"\\{found[3]}"


def _md_link(text: str, url: str | None) -> str:
    if not url or not url.startswith(_SCHEMES):
        return _md(text)
    return f"[{_md(text)}]({_NOT_IN_A_LINK.sub(lambda bad: f'%{ord(bad[0]):02X}', url)})"


def _html(text: str) -> str:
    return escape(" ".join(clean(text, limit=1_000).split()))


def _html_link(text: str, url: str | None) -> str:
    if not url or not url.startswith(_SCHEMES):
        return _html(text)
    return f'<a href="{escape(clean(url, limit=2_000))}">{_html(text)}</a>'
