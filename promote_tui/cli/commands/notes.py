"""`notes`: release notes as Markdown, HTML or JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from promote_tui.cli import json_output
from promote_tui.cli.click_types import Leaf, with_session
from promote_tui.core.release_notes.render import html, markdown
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from promote_tui.cli.context import Session
    from promote_tui.core.changes.model import ResourceChange
    from promote_tui.core.release_notes.model import End, Entry, Notes, ServiceNotes

_LIMIT = 4_096
_PAGE = 50_000_000


@click.command(cls=Leaf)
@click.argument("services", nargs=-1, required=True, metavar="SERVICE...")
@click.option("--from", "source", required=True, metavar="END", help="What is new: a stage, a branch or a commit.")
@click.option("--to", "target", required=True, metavar="END", help="What it is compared with: the same.")
@click.option("--format", "form", type=click.Choice(("md", "html", "json")), default="md", help="Default: md.")
@with_session
def notes(session: Session, services: tuple[str, ...], *, source: str, target: str, form: str) -> int:
    """Write release notes: what one end has and the other lacks."""
    found = session.engine.notes(services, source, target)
    if form == "json":
        session.json(document(found))
        return 0
    text = html(found) if form == "html" else markdown(found)
    session.out.lines(clean(text, limit=_PAGE, newlines=True).removesuffix("\n").split("\n"))
    return 0


def document(found: Notes) -> dict[str, Any]:
    """Return `notes --format json`."""
    return {
        "project": _text(found.project),
        "from": _text(found.source),
        "to": _text(found.target),
        "at": json_output.moment(found.at),
        "services": [_service(its) for its in found.services],
    }


def _service(its: ServiceNotes) -> dict[str, Any]:
    return {
        "service": its.service,
        "from": _end(its.source),
        "to": _end(its.target),
        "compare": its.compare,
        "authors": [_text(name) for name in its.authors],
        "sections": [
            {"title": section.title, "commits": [_entry(entry) for entry in section.entries]}
            for section in its.sections
        ],
        "cut": its.cut,
        "infrastructure": [_change(change) for change in its.infrastructure.changes],
        "infrastructure_unknown": _maybe(its.infrastructure.unknown),
    }


def _end(end: End) -> dict[str, Any]:
    return {"name": _text(end.name), "commit": end.sha}


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        **json_output.commit_(entry.commit),
        "kind": entry.kind or None,
        "scope": _maybe(entry.scope),
        "text": _text(entry.text),
        "url": entry.url,
        "tickets": [{"id": _text(ticket.id), "url": _maybe(ticket.url)} for ticket in entry.tickets],
        "breaking": _maybe(entry.breaking),
        "reverts": _maybe(entry.reverts),
        "taken_back_by": entry.taken_back,
    }


def _change(change: ResourceChange) -> dict[str, Any]:
    return {
        "logical_id": _text(change.logical_id),
        "type": _text(change.resource_type),
        "action": change.action,
        "replacement": change.replacement,
        "holds_data": change.holds_data,
        "properties": [_text(each.path) for each in change.properties],
    }


def _text(value: str) -> str:
    return clean(value, limit=_LIMIT)


def _maybe(value: str | None) -> str | None:
    return _text(value) if value else None
