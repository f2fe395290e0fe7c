"""Release notes as Markdown and as HTML: nothing from outside means anything in either.

The Markdown holds plain words that were cleaned and escaped, and links that were made here. The HTML is made from
it, as a whole page that renders alone: no script, nothing loaded.
"""

from __future__ import annotations

import itertools
from html import escape as escape_html
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from promote_tui.core.markdown import escape, link, one_line
from promote_tui.core.release_notes.model import BREAKING
from promote_tui.core.text import plural, short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.core.changes.model import ResourceChange
    from promote_tui.core.release_notes.model import End, Entry, Notes, ServiceNotes

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
.breaking, .breaking + ul {{ border-left: 4px solid #c33; padding-left: 1rem; margin: 0; }}
.breaking + ul {{ padding-left: 2rem; }}
</style>
</head>
<body>
{body}
</body>
</html>
"""


def markdown(notes: Notes) -> str:
    """Return the notes as Markdown (CommonMark)."""
    lines = [f"# {escape(title(notes))}", ""]
    for its in notes.services:
        lines += _markdown_service(its)
    return "\n".join(lines).rstrip("\n") + "\n"


def _markdown_service(its: ServiceNotes) -> Iterator[str]:
    yield from (f"## {escape(its.service)}", "", _range(its), "")
    if its.remark:
        yield from (escape(f"{its.remark}."), "")
    for section in its.sections:
        yield from (f"### {section.title}", "")
        yield from (f"- {line}" for entry in section.entries for line in [_entry(entry)])
        yield ""
    infrastructure = [f"- {line}" for line in _infrastructure(its)]
    if infrastructure:
        yield from ("### Infrastructure", "", *infrastructure, "")
    if its.authors:
        yield from (f"By {', '.join(escape(name) for name in its.authors)}.", "")


def html(notes: Notes) -> str:
    """Return the notes as a whole HTML page, made from their Markdown with all HTML escaped."""
    made = MarkdownIt("commonmark", {"html": False})
    tokens = made.parse(markdown(notes))
    for opening, inline in itertools.pairwise(tokens):
        if opening.type == "heading_open" and inline.content == BREAKING:
            opening.attrSet("class", "breaking")
    body = made.renderer.render(tokens, made.options, {})
    return _PAGE.format(title=escape_html(one_line(title(notes))), body=body.rstrip("\n"))


def title(notes: Notes) -> str:
    """Return the notes' headline."""
    if notes.release:
        return f"{notes.project}: release {notes.release} to {notes.target}, {notes.at:%Y-%m-%d}"
    return f"{notes.project}: from {notes.source} to {notes.target}, {notes.at:%Y-%m-%d}"


def _range(its: ServiceNotes) -> str:
    ends = f"{_end(its.source)}, which {_end(its.target)} lacks"
    if not its.count:
        return escape(f"Nothing new: {_end(its.target)} has every commit of {_end(its.source)}.")
    more = " (the newest; there are more)" if its.cut else ""
    words = escape(f"{plural(its.count, 'commit')}{more} of {ends}.")
    return f"{words} {link('All changes', its.compare)}" if its.compare else words


def _end(end: End) -> str:
    if end.sha is None:
        return f"{end.name} (nothing deployed)"
    return end.name if end.sha.startswith(end.name) else f"{end.name} ({short(end.sha)})"


def _entry(entry: Entry) -> str:
    scope = f"**{escape(entry.scope)}:** " if entry.scope else ""
    named = [link(ticket.id, ticket.url) for ticket in entry.tickets if ticket.url or ticket.id not in entry.text]
    facts = [link(entry.commit.short, entry.url), *named, escape(entry.commit.author)]
    words = [f"{scope}{escape(entry.text)} ({', '.join(facts)})"]
    if entry.breaking is not None and entry.breaking != entry.text:
        words.append(f"**Breaking:** {escape(entry.breaking)}")
    if entry.reverts is not None:
        words.append(escape(f"Reverts {entry.reverts}."))
    if entry.taken_back is not None:
        words.append(escape(f"Reverted by {entry.taken_back}."))
    return " ".join(words)


def _infrastructure(its: ServiceNotes) -> Iterator[str]:
    if its.infrastructure.unknown:
        yield escape(f"Unknown: {its.infrastructure.unknown}.")
    for change in its.infrastructure.changes:
        yield escape(_change(change))


def _change(change: ResourceChange) -> str:
    names = ", ".join(dict.fromkeys(each.path for each in change.properties))
    replaced = {"true": ", replaced", "conditional": ", may be replaced"}.get(change.replacement, "")
    data = ", holds data" if change.loses_data else ""
    return f"{change.logical_id} ({change.resource_type}) {_SIGNS[change.action]}{replaced}{data}" + (
        f": {names}" if names and change.action == "modify" else ""
    )
