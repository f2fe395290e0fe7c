"""A notice as a webhook gets it: plain JSON of a published form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import msgspec

from promote_tui.core.durations import timestamp
from promote_tui.core.model.channels import Occasion
from promote_tui.core.text import clean, mask

if TYPE_CHECKING:
    from datetime import datetime

    from promote_tui.core.runs.notices import Notice

VERSION = 1
"""The version of the form: the first key of every post."""


class NoticePayload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a webhook is sent.

    `stage` is null for what holds in every stage, `kind`, `run` and `status` are those of a run. A release names all of
    its services.
    """

    event: Occasion
    at: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
    project: str
    services: tuple[str, ...]
    stage: str | None
    commit: str | None
    subject: str | None
    kind: str | None
    run: str | None
    status: str | None
    release: str | None
    who: str | None
    reason: str | None
    text: str


def encode_payload(notice: Notice, project: str, at: datetime) -> bytes:
    """Return the body of a post: ASCII, cleaned, and without anything shaped like a key."""
    about = notice.about
    payload = NoticePayload(
        event=notice.occasion,
        at=timestamp(at),
        project=_text(project) or "",
        services=tuple(_text(name) or "" for name in about.services),
        stage=_text(about.stage),
        commit=_text(about.commit),
        subject=_text(about.subject),
        kind=_text(about.kind),
        run=_text(about.run),
        status=_text(about.status),
        release=_text(about.release),
        who=_text(about.who),
        reason=_text(about.reason),
        text=_text(notice.text) or "",
    )
    return json.dumps({"schema": VERSION, **msgspec.to_builtins(payload)}).encode()


def _text(value: str) -> str | None:
    return mask(clean(value)) or None
